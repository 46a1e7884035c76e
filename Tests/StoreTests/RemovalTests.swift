import OffprintCrypto
import OffprintGzip
import OffprintSQLite
import OffprintServer
import OffprintTesting
import OffprintWire
import Testing

/// What is left of a removed account in the tables: nothing.
@Suite struct RemovalTests {
  private static let accounts = TwoAccounts.ids
  private let world: TwoAccounts
  private var store: StoreSQLite { world.store }

  init() throws {
    world = try TwoAccounts()
    for id in Self.accounts {
      for low in 0..<60 { try add(UInt64(low), to: id) }
      try seal(id)
    }
  }

  /// Adds an article whose text the account stores.
  private func add(_ low: UInt64, to account: RecordID) throws {
    let bytes = Array("text \(low)".utf8)
    let hash = SHA256.hash(bytes)
    let stamp = Stamp(milliseconds: 5, counter: 0, replica: ReplicaID(bits: 1))
    var record = Record(key: RecordKey(.article, RecordID(high: 0, low: low)))
    record.registers[.life] = Register(stamp: stamp, value: Record.live)
    let reference = try #require(ContentReference(hash: Hex.encode(hash), size: Int64(bytes.count)))
    record.registers[.content] = Register(stamp: stamp, value: reference.value)
    try store.write { transaction in
      try transaction.addContent(hash, Fragment(deflating: bytes), of: account, at: 1)
      _ = try LogWriter(account: account, transaction: transaction, now: 1).write([(nil, record, record.stateHash)])
    }
  }

  private func seal(_ account: RecordID) throws {
    let sealer = RunSealer(account: account, recordsMax: 8)
    var next: Int64? = 0
    while let number = next { next = try sealer.step(after: number, in: store) }
  }

  private func rows(_ sql: String) throws -> Int {
    let reader = try Connection(path: world.folder.file("data/offprintd.sqlite"), role: .reader)
    defer { reader.close() }
    return try reader.first(sql, []) { try $0.int(0) } ?? 0
  }

  @Test func `a removal leaves no row of the account, nor of what only it had; sealing does not bring any back`() throws
  {
    let runs = try rows("SELECT count(*) FROM run")
    #expect(runs >= 10)
    let account = Self.accounts[0]
    let first = SHA256.hash(Array("text 0".utf8))
    let only = SHA256.hash([1])
    try store.write { transaction in
      try transaction.addContent(only, Fragment(deflating: [1]), of: account, at: 1)
      try transaction.beginRemoval(of: account, at: 7)
    }
    while try store.write({ try $0.removeSome(of: account, limit: 10) }) {
      // The server's upkeep runs meanwhile.
      try seal(account)
      // At no moment is a run left that says what no record says any more.
      let stale = try rows(
        """
        SELECT count(*) FROM run WHERE body IS NOT NULL AND NOT EXISTS (
          SELECT 1 FROM record WHERE record.account = run.account AND record.number = run.last)
        """)
      #expect(stale == 0)
    }
    try seal(account)
    for table in ["run", "record", "content_use", "content_owner", "push", "bucket", "fork", "device", "pairing"] {
      let stray = try rows("SELECT count(*) FROM \(table) WHERE account NOT IN (SELECT row FROM account)")
      #expect(stray == 0, "\(table)")
    }
    #expect(try rows("SELECT count(*) FROM account") == 1)
    #expect(try rows("SELECT count(*) FROM run") == runs / 2, "the other account's stay")
    #expect(try rows("SELECT count(*) FROM content") == 60)
    #expect(try store.read { try $0.content(first, of: Self.accounts[1]) } != nil)
  }
}
