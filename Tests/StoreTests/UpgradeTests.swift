import Foundation
import OffprintCrypto
import OffprintServer
import OffprintSQLite
import OffprintTesting
import OffprintWire
import Testing

/// Data of one version under a program of another.
@Suite struct UpgradeTests {
  private let folder: TemporaryFolder
  private let now = ServerSchema.schema
  /// What a later program writes.
  private let next = ServerSchema.schema.appending([
    Migration("a later table", sql: "CREATE TABLE later (x INTEGER NOT NULL) STRICT")
  ])

  init() throws {
    folder = try TemporaryFolder()
    let store = try open(now)
    defer { store.close() }
    let account = RecordID(high: 1, low: 7)
    try store.write { transaction in
      try transaction.insert(
        Account(id: account, name: "ana", passwordHash: "-", created: 1), log: RecordID(high: 2, low: 7),
        replica: ReplicaID(bits: 3))
      let records = (1...20).map { Self.article($0) }
      _ = try LogWriter(account: account, transaction: transaction, now: 1)
        .write(records.map { (before: nil, after: $0, hash: $0.stateHash) })
    }
  }

  private static func article(_ index: Int) -> Record {
    let stamp = Stamp(milliseconds: UInt64(index), counter: 0, replica: ReplicaID(bits: 77))
    return Record(
      key: RecordKey(.article, RecordID(high: 9, low: UInt64(index))),
      registers: RegisterMap([
        RegisterMap.Entry(.life, Register(stamp: stamp, value: CanonicalValue(.string("live"))))
      ]))
  }

  private var database: String { folder.file("data/offprintd.sqlite") }
  private var hash: String {
    (try? Data(contentsOf: URL(fileURLWithPath: database))).map { Hex.encode(SHA256.hash(Array($0))) } ?? ""
  }

  private func open(_ schema: Schema, _ use: StoreSQLite.Use = .serving) throws -> StoreSQLite {
    try StoreSQLite(folder: folder.file("data"), use: use, random: { Array(repeating: 7, count: $0) }, schema: schema)
  }

  private func files(_ schema: Schema) throws -> StoreFiles {
    try StoreFiles(folder: folder.file("data"), schema: schema)
  }

  @Test func `data of an older version are copied aside before their tables change, and once only`() throws {
    let copy = folder.file("data/before-version-\(next.version).sqlite")
    #expect(try files(now).prepareToOpen(mayMigrate: true) == .current)
    #expect(
      try files(next).prepareToOpen(mayMigrate: true) == .copied(from: now.version, to: next.version, copy: copy))
    // A start that failed after the copy tries again, and does not fill the disk.
    #expect(
      try files(next).prepareToOpen(mayMigrate: true) == .copied(from: now.version, to: next.version, copy: copy))
    let store = try open(next)
    #expect(try store.read { try $0.log(of: RecordID(high: 1, low: 7))?.position.head } == 20)
    store.close()
    #expect(try files(next).prepareToOpen(mayMigrate: true) == .current)
    #expect(try files(next).check().isSound)
    // To go back is to restore the copy with the older program.
    let restored = try files(now).restore(from: copy, keptAs: "kept", random: { SecureRandom.bytes($0) })
    #expect(restored.report.records == 20 && restored.migratedFrom == nil)
    #expect(try files(now).check().isSound)
  }

  @Test func `data of an older version stay as they are if they are to`() throws {
    let before = hash
    #expect(throws: StoreError.self) { try files(next).prepareToOpen(mayMigrate: false) }
    #expect(hash == before)
    #expect(!FileManager.default.fileExists(atPath: folder.file("data/before-version-\(next.version).sqlite")))
  }

  @Test func `data of a newer version are refused, and not a byte of them changes`() throws {
    try open(next).close()
    let before = hash
    #expect(throws: StoreError.newerVersion) { try files(now).prepareToOpen(mayMigrate: true) }
    #expect(throws: StoreError.newerVersion) { try open(now) }
    #expect(throws: StoreError.newerVersion) { try files(now).check() }
    #expect(throws: StoreError.newerVersion) {
      try files(now).backup(to: folder.file("copy.sqlite"), replacing: false)
    }
    #expect(hash == before && !FileManager.default.fileExists(atPath: folder.file("copy.sqlite")))
  }

  @Test func `no command changes the tables under a server that runs`() throws {
    let server = try open(now)
    defer { server.close() }
    #expect(throws: StoreError.inUse) { try files(next).prepareToOpen(mayMigrate: true) }
    #expect(try server.read { try $0.accounts().count } > 0)
  }

  @Test func `a backup of an older version is brought up to date while it is restored`() throws {
    let backup = folder.file("old.sqlite")
    _ = try files(now).backup(to: backup, replacing: false)
    let restored = try files(next).restore(from: backup, keptAs: "kept", random: { SecureRandom.bytes($0) })
    #expect(restored.migratedFrom == now.version && restored.report.records == 20)
    let store = try open(next)
    defer { store.close() }
    let log = try store.read { try $0.log(of: RecordID(high: 1, low: 7)) }
    #expect(log?.position.head == 20 && log?.position.ancestry.count == 1, "every log has forked")
  }

  @Test func `two backups of the same data do not use one name at one time`() throws {
    let files = try files(now)
    _ = try files.backup(to: folder.file("a.sqlite"), replacing: false) { _ in
      #expect(throws: StoreError.self) { try files.backup(to: folder.file("b.sqlite"), replacing: false) }
    }
    struct Stop: Error {}
    #expect(throws: Stop.self) { try files.backup(to: folder.file("c.sqlite"), replacing: false) { _ in throw Stop() } }
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    #expect(names == ["a.sqlite", "data"])
  }

  @Test func `a start removes what an interrupted copy left, and not what is being made`() throws {
    let leftovers = ["passing-copy.sqlite", "passing-copy.sqlite.partial", "restoring.sqlite-wal"]
      .map { folder.file("data/\($0)") }
    for path in leftovers { try Data("x".utf8).write(to: URL(fileURLWithPath: path)) }
    let files = try files(now)
    try files.withPassingBackup { backup in
      files.removeStaleCopies()
      #expect(FileManager.default.fileExists(atPath: backup.path))
    }
    try Data("x".utf8).write(to: URL(fileURLWithPath: leftovers[0]))
    files.removeStaleCopies()
    for path in leftovers { #expect(!FileManager.default.fileExists(atPath: path), "\(path)") }
  }
}
