import OffprintSQLite
import OffprintServer
import OffprintTesting
import OffprintWire
import Testing

/// A purge and records whose bytes were damaged.
@Suite struct PurgeDamageTests {
  private static let account = RecordID(high: 1, low: 1)

  @Test func `a living article that was damaged and set aside is no tombstone: it stays, and its children live`() throws
  {
    let folder = try TemporaryFolder()
    let store = try StoreSQLite(
      folder: folder.file("data"), use: .serving, random: { Array(repeating: 7, count: $0) })
    defer { store.close() }
    let id = RecordID(high: 0, low: 9)
    let stamp = Stamp(milliseconds: 5, counter: 0, replica: ReplicaID(bits: 1))
    let records = [RecordType.article, .progress].map { type in
      var record = Record(key: RecordKey(type, id))
      record.registers[.life] = Register(stamp: stamp, value: Record.live)
      return record
    }
    try store.write { transaction in
      try transaction.insert(
        Account(id: Self.account, name: "ana", passwordHash: "-", created: 1), log: RecordID(high: 2, low: 1),
        replica: ReplicaID(bits: 5))
      _ = try LogWriter(account: Self.account, transaction: transaction, now: 1)
        .write(records.map { (nil, $0, $0.stateHash) })
    }
    let connection = try Connection(path: folder.file("data/offprintd.sqlite"), role: .writer(create: false))
    try connection.run("UPDATE record SET registers = x'00' WHERE type = 'article'", [])
    connection.close()
    // Whoever meets it has it set aside: it counts as dead from then on.
    func article() throws -> StoredRecord? { try store.read { try $0.record(records[0].key, of: Self.account) } }
    #expect(try article()?.damage?.isLive == true)
    #expect(try article()?.damage?.isLive == false)
    let purge = Purge(now: 1_000 * 86_400_000, retentionMilliseconds: 86_400_000)
    let outcome = try store.write { try purge.runBatch(after: 0, of: Self.account, in: $0) }
    #expect(outcome.buried == 0 && outcome.removed == 0)
    #expect(try store.read { try $0.record(records[1].key, of: Self.account)?.isLive } == true)
    #expect(try article() != nil)
  }
}
