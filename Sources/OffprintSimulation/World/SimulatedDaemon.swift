import OffprintFaultDisk
import OffprintGzip
import OffprintHTTP
import OffprintSeed
import OffprintServer
import OffprintWire

/// The server of a world: the shipped core and store over a disk of its own, without sockets.
final class SimulatedDaemon: SimulatedNode {
  /// What runs while it is up.
  private var core: ServerCore?
  private var store: StoreSQLite?
  /// How far its clock is from the truth, in milliseconds.
  var clockOffset: Int64 = 0
  /// The time it tells, and its randomness.
  private let environment: DaemonEnvironment
  private let configuration: ServerConfiguration
  /// The accounts by number.
  private(set) var accounts: [RecordID] = []
  /// Backups, oldest first.
  var backups: [Backup] = []
  /// How often an older state was put back.
  var restores = 0
  /// When that was last, in true milliseconds.
  var restoredAt: Int64?
  private static let folder = "/data"

  /// A copy of all files at one moment, as a snapshot of the disk is.
  struct Backup {
    let image: FaultImage
    /// When, in true milliseconds.
    let time: Int64
    /// What it is called in the log.
    let name: String
    /// What the oracle calls the copies of the accounts.
    let numbers: [Int]
  }

  /// The password of every account.
  static let password = "correct horse"
  /// The address that devices sign in at.
  static let url = "http://server.invalid"

  init(disk: FaultDisk, setup: Setup, time: Int64) throws {
    environment = DaemonEnvironment(now: time, seed: setup.seed &+ 1)
    var configuration = ServerConfiguration()
    configuration.retentionDays = setup.retentionDays
    configuration.passwordHash = .cheapestForTests
    configuration.failedSignInsPerMinuteMax = 1_000
    configuration.pushesPerMinuteMax = nil
    configuration.quota = .unlimited
    // Small pages, so that first syncs take several.
    configuration.pageRecordsDefault = 7
    // And small runs, so that pages are laid together from several.
    configuration.runRecords = 2
    self.configuration = configuration
    super.init(name: "server", disk: disk)
    try start()
    for index in 0..<setup.accounts {
      accounts.append(try running().accounts.create(name: Self.user(index), password: Self.password).id)
    }
  }

  /// The name of an account's user.
  static func user(_ account: Int) -> String { "user\(account)" }

  /// Its clock.
  func setTime(_ time: Int64) { environment.now = time + clockOffset }
  /// Draws all further randomness from this seed.
  func reseed(_ seed: UInt64) { environment.generator = SeededGenerator(seed: seed) }

  var isRunning: Bool { core != nil }

  /// Opens its files.
  /// - Throws: ``StoreError``; the disk may have gone down in the middle.
  func start() throws {
    let environment = environment
    let store = try StoreSQLite(
      folder: Self.folder, use: .serving, random: { environment.randomBytes($0) }, files: disk)
    self.store = store
    core = try ServerCore(
      store: store, configuration: configuration,
      environment: ServerEnvironment(
        now: { environment.now }, randomBytes: { environment.randomBytes($0) },
        sleep: { _ in throw CancellationError() }))
  }

  /// Ends it in good order.
  func stop() {
    core = nil
    store?.close()
    store = nil
  }

  /// The core.
  /// - Throws: ``StoreError/failed(_:)`` while it does not run.
  func running() throws -> ServerCore {
    guard let core else { throw StoreError.failed("the simulated server does not run") }
    return core
  }

  /// Answers a request as it would come over a socket, with the body decoded as a client's transport does it.
  func answer(_ request: HTTPRequest) throws -> HTTPResponse {
    var response = try running().handleNow(request)
    if response.headers["Content-Encoding"] == "gzip" {
      response.body = try Gzip.inflate(response.body, outputBytesMax: 64 << 20)
    }
    return response
  }

  /// Purges, forgets unnamed texts, and seals the logs.
  func purge() throws { try running().keepUp() }

  /// What it holds of a record.
  func record(_ key: RecordKey, of account: Int) throws -> StoredRecord? {
    guard let store else { throw StoreError.failed("the simulated server does not run") }
    return try store.read { try $0.record(key, of: accounts[account]) }
  }

  /// All that it holds of an account, tombstones too.
  func records(of account: Int) throws -> [StoredRecord] {
    guard let store else { throw StoreError.failed("the simulated server does not run") }
    var all: [StoredRecord] = []
    try store.read { reader in
      try reader.forEachRecord(of: accounts[account], after: 0, deadAfter: 0) { stored in
        all.append(stored)
        return true
      }
    }
    return all
  }

  /// Where an account's log stands.
  func log(of account: Int) throws -> AccountLog? {
    guard let store else { throw StoreError.failed("the simulated server does not run") }
    return try store.read { try $0.log(of: accounts[account]) }
  }

  /// Whether it holds a content for that account.
  func holdsContent(_ hash: [UInt8], of account: Int) throws -> Bool {
    guard let store else { throw StoreError.failed("the simulated server does not run") }
    return try store.read { try $0.contentSize(hash, of: accounts[account]) } != nil
  }

  /// How a backup is put back.
  enum Restore: Int, CaseIterable {
    /// By `offprintd restore`: the logs fork at once.
    case byCommand
    /// The database's files alone, by hand; what is beside them tells the server at its start.
    case byFile
    /// All files, so that nothing at the server shows it.
    case unnoticed
  }

  /// Puts a backup back and starts anew.
  func restore(_ backup: Backup, _ how: Restore) throws {
    stop()
    restores += 1
    switch how {
    case .byCommand, .unnoticed: disk.restore(backup.image)
    case .byFile:
      for suffix in ["", "-wal", "-shm"] {
        disk.restore(Self.folder + "/offprintd.sqlite" + suffix, from: backup.image)
      }
    }
    try start()
    if how == .byCommand, let store {
      for account in accounts { try store.recordRestore(of: account, random: { environment.randomBytes($0) }) }
    }
  }

  /// Every structural error in its database; empty if it is whole.
  func integrityErrors() throws -> [String] {
    guard let store else { throw StoreError.failed("the simulated server does not run") }
    return try store.integrityErrors()
  }
}

/// A clock and randomness that a simulation sets.
///
/// `@unchecked Sendable`: a simulated world lives on one thread, and the server's core calls this on the thread that calls it.
final class DaemonEnvironment: @unchecked Sendable {
  var now: Int64
  var generator: SeededGenerator

  init(now: Int64, seed: UInt64) {
    self.now = now
    generator = SeededGenerator(seed: seed)
  }

  func randomBytes(_ count: Int) -> [UInt8] { generator.bytes(count) }
}
