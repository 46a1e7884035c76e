import OffprintCrypto
import OffprintGzip
import OffprintSQLite
import OffprintServer
import OffprintTesting
import OffprintWire
import Testing

/// Which contents are kept, for how long, beside a model that knows what is named.
@Suite struct ContentUseTests {
  private static let accounts = TwoAccounts.ids
  private static let contents: [[UInt8]] = (0..<6).map { Array("content \($0)".utf8) }
  private static let hashes = contents.map { SHA256.hash($0) }
  private let world: TwoAccounts
  private var store: StoreSQLite { world.store }

  init() throws {
    world = try TwoAccounts()
  }

  /// What an account has stored: nil while a record names it, else since when none does.
  private struct Model {
    var unnamed: [[UInt8]: Int64?] = [:]
    var named: [RecordKey: Set<[UInt8]>] = [:]

    func isNamed(_ hash: [UInt8]) -> Bool { named.values.contains { $0.contains(hash) } }

    mutating func name(_ hashes: Set<[UInt8]>?, by key: RecordKey, at now: Int64) {
      let before = named.updateValue(hashes ?? [], forKey: key) ?? []
      for hash in before.subtracting(hashes ?? []) where unnamed[hash] != nil && !isNamed(hash) {
        unnamed[hash] = .some(now)
      }
      for hash in hashes ?? [] where unnamed[hash] != nil { unnamed[hash] = .some(nil) }
    }
  }

  private func record(_ low: UInt64, _ hashes: [[UInt8]], at now: Int64) -> Record {
    let stamp = Stamp(milliseconds: UInt64(now), counter: 0, replica: ReplicaID(bits: 1))
    let names: [RegisterName?] = [.content, RegisterName("x-picture")]
    let entries = zip(names, hashes).compactMap { name, hash in
      ContentReference(hash: Hex.encode(hash), size: 9).flatMap { reference in
        name.map { RegisterMap.Entry($0, Register(stamp: stamp, value: reference.value)) }
      }
    }
    let life = RegisterMap.Entry(.life, Register(stamp: stamp, value: Record.live))
    return Record(key: RecordKey(.article, RecordID(high: 0, low: low)), registers: RegisterMap(entries + [life]))
  }

  @Test
  func `a content is kept while a record of its account names it, and so long after; never longer, never shorter`()
    throws
  {
    var generator = SeededGenerator(seed: runSeed, case: 77)
    var models = [Model(), Model()]
    var now: Int64 = 1_000
    for step in 0..<cases(short: 300) {
      now += Int64(generator.below(30))
      let index = generator.below(2)
      let account = Self.accounts[index]
      switch generator.below(6) {
      case 0, 1:
        let content = generator.below(Self.contents.count)
        let fragment = try Fragment(deflating: Self.contents[content])
        let hash = Self.hashes[content]
        try store.write { try $0.addContent(hash, fragment, of: account, at: now) }
        models[index].unnamed[hash] = .some(models[index].isNamed(hash) ? nil : now)
      case 2, 3:
        let named = (0..<generator.below(3)).map { _ in generator.pick(Self.hashes) }
        let record = record(UInt64(generator.below(5)), named, at: now)
        try store.write { transaction in
          let before = try transaction.record(record.key, of: account)
          _ = try LogWriter(account: account, transaction: transaction, now: now)
            .write([(before, record, record.stateHash)])
        }
        models[index].name(Set(named), by: record.key, at: now)
      case 4:
        let key = RecordKey(.article, RecordID(high: 0, low: UInt64(generator.below(5))))
        try store.write { try $0.remove(key, of: account, at: now) }
        models[index].name(nil, by: key, at: now)
      default:
        while try store.write(.background, { try $0.collectContents(unnamedSince: now - 100, now: now) }) {}
        for each in models.indices {
          models[each].unnamed = models[each].unnamed.filter { $0.value.map { $0 > now - 100 } ?? true }
        }
      }
      for (model, account) in zip(models, Self.accounts) {
        let taken = try store.read { try $0.log(of: account)?.usage.contentBytes }
        #expect(taken == Int64(9 * model.unnamed.count), "OFFPRINT_SEED=\(runSeed), step \(step)")
        #expect(try store.read { try $0.countedUsage(of: account).contentBytes } == taken)
        let there = try store.read { reader in
          try Self.hashes.filter { try reader.contentSize($0, of: account) != nil }
        }
        #expect(Set(there) == Set(model.unnamed.keys), "OFFPRINT_SEED=\(runSeed), step \(step)")
      }
    }
    store.close()
    // Bytes that no account has stored are gone as well.
    let reader = try Connection(path: world.folder.file("data/offprintd.sqlite"), role: .reader)
    defer { reader.close() }
    let kept = try reader.query("SELECT hash FROM content") { try $0.blob(0) }
    #expect(Set(kept) == Set(models.flatMap { $0.unnamed.keys }))
  }

  @Test func `a content with other bytes than were kept is given to nobody, and asked for anew`() throws {
    let (hash, account) = (Self.hashes[0], Self.accounts[0])
    let fragment = try Fragment(deflating: Self.contents[0])
    try store.write { try $0.addContent(hash, fragment, of: account, at: 1) }
    #expect(try store.read { try $0.content(hash, of: account) } == fragment)
    let connection = try Connection(path: world.folder.file("data/offprintd.sqlite"), role: .writer(create: false))
    var bytes = fragment.bytes
    bytes[bytes.count / 2] ^= 4
    try connection.run("UPDATE content SET fragment = ?1", [.blob(bytes)])
    connection.close()
    #expect(try store.read { try $0.content(hash, of: account) } == nil)
    #expect(try store.read { try $0.contentSize(hash, of: account) } == nil, "`missing` names it")
    func taken() throws -> Int64? { try store.read { try $0.log(of: account)?.usage.contentBytes } }
    #expect(try taken() == 9 && store.read { try $0.ownsContent(hash, of: account) }, "it still counts")
    try store.write { try $0.addContent(hash, fragment, of: account, at: 2) }
    #expect(try store.read { try $0.content(hash, of: account) } == fragment)
    #expect(try taken() == 9, "once")
  }
}
