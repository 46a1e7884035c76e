import OffprintFiles
import OffprintSQLite
import OffprintWire

/// The library's database and the rules over it, synchronous and confined: it lives on one thread (in ``Library``), or in
/// the one thread of a simulator. Nothing here knows a network.
///
/// Several processes may have one library open. So nothing that another process may change is kept in memory between
/// transactions, and every write transaction holds the library's lock file: SQLite's WAL must not be written and
/// checkpointed by two connections at once (the WAL-reset defect, SQLite 3.7.0 to 3.51.2).
package final class LibraryStore {
  let database: Connection
  let folder: LibraryFolder
  let environment: Environment
  /// Held for each write; nil where nothing can be written.
  let lock: (any FileLock)?
  /// The caller's clock readings and replica, taken at the start of each transaction.
  private(set) var moment = EditMoment(
    replica: ReplicaID(bits: 0), contact: 0, wall: 0, boot: 0, bootID: "", serverNow: nil)
  /// What `library.json` says.
  var marker: LibraryMarker
  /// Articles whose derived rows must be made anew before the transaction ends.
  var staleArticles: Set<RecordID> = []
  /// Records and texts that loading found damaged in the transaction under way.
  var damageMet = DamageMet()
  /// Whether this process has met damaged records since it opened the library.
  package internal(set) var hasMetDamage = false

  /// How long a write waits for another process, which holds the lock for milliseconds.
  static let lockTimeoutMilliseconds = 5_000

  init(
    database: Connection, folder: LibraryFolder, environment: Environment, lock: (any FileLock)?, marker: LibraryMarker
  ) {
    self.database = database
    self.folder = folder
    self.environment = environment
    self.lock = lock
    self.marker = marker
  }

  /// Runs `body` in one durable transaction: all of it or, when it throws, nothing.
  package func write<T>(_ body: () throws -> T) throws(OffprintError) -> T {
    guard let lock else { throw Self.cannotWrite(folder) }
    guard lock.lock(timeoutMilliseconds: Self.lockTimeoutMilliseconds) else {
      throw OffprintError(.inUse, "another process holds this library; try again", retry: .after(seconds: 1))
    }
    defer { lock.unlock() }
    try noteUse()
    return try StoreFailure.translating {
      do { return try transaction(body) } catch {
        // What it found is noted although it failed, and all of it was undone.
        let met = damageMet
        if met.isUnnoted { _ = try? transaction { damageMet = met } }
        throw met.explaining(error)
      }
    }
  }

  static func cannotWrite(_ folder: LibraryFolder) -> OffprintError {
    OffprintError(
      .failed, "\(folder.path) cannot be written: it is on a read-only disk or not yours; reading works, changes do not"
    )
  }

  /// One writing transaction; the caller holds the lock.
  func transaction<T>(_ body: () throws -> T) throws -> T {
    try database.transaction(.immediate) {
      moment = try currentMoment()
      staleArticles = []
      damageMet = DamageMet()
      let result = try body()
      try settleDamage()
      try refreshStaleArticles()
      try setMeta(.changes, try metaInteger(.changes) + 1)
      return result
    }
  }

  /// Runs `body` over one consistent view.
  package func read<T>(_ body: () throws -> T) throws(OffprintError) -> T {
    try StoreFailure.translating {
      damageMet = DamageMet()
      let outcome = Result {
        try database.transaction(.deferred) {
          moment = try currentMoment()
          return try body()
        }
      }
      // What a read has found is noted, so that the next sync mends it; on a read-only disk it stays a remark.
      let met = damageMet
      if met.isUnnoted { _ = try? write { damageMet = met } }
      return try outcome.mapError { met.explaining($0) }.get()
    }
  }

  private func currentMoment() throws -> EditMoment {
    let wall = environment.wallMilliseconds()
    let boot = environment.bootMilliseconds()
    let bootID = environment.bootID()
    return EditMoment(
      replica: try replica(), contact: try metaInteger(.contact), wall: wall, boot: boot, bootID: bootID,
      serverNow: try serverTimeSample()?.now(boot: boot, bootID: bootID))
  }

  /// Takes the clocks anew within a transaction, after a sample of the server's time was stored.
  func refreshMoment() throws { moment = try currentMoment() }

  // MARK: Statements

  /// Runs a statement that gives no rows.
  func run(_ sql: String, _ values: Value...) throws { try database.run(sql, values) }

  /// All rows of a query the caller has bounded.
  func rows(_ sql: String, _ values: Value...) throws -> [[Value]] { try all(sql, values) }

  /// The first row of a query.
  func row(_ sql: String, _ values: Value...) throws -> [Value]? { try all(sql, values).first }

  /// The first column of the first row, a count or a sum.
  func count(_ sql: String, _ values: Value...) throws -> Int64 {
    try all(sql, values).first?.first?.integer ?? 0
  }

  /// All rows of a query the caller has bounded.
  func all(_ sql: String, _ values: [Value]) throws -> [[Value]] {
    try database.query(sql, values) { try $0.values() }
  }
}

extension Value {
  /// The integer; nil for any other kind.
  var integer: Int64? { if case .integer(let number) = self { number } else { nil } }
  /// The text; nil for any other kind.
  var text: String? { if case .text(let text) = self { text } else { nil } }
  /// The bytes; nil for any other kind.
  var blob: [UInt8]? { if case .blob(let bytes) = self { bytes } else { nil } }

  /// The integer, or null.
  static func optional(_ number: Int64?) -> Value { number.map { .integer($0) } ?? .null }
  /// The text, or null.
  static func optional(_ text: String?) -> Value { text.map { .text($0) } ?? .null }
  /// The bytes, or null.
  static func optional(_ bytes: [UInt8]?) -> Value { bytes.map { .blob($0) } ?? .null }
  /// A truth value as 0 or 1.
  static func flag(_ flag: Bool) -> Value { .integer(flag ? 1 : 0) }
  /// An id as its 16 bytes.
  static func id(_ id: RecordID) -> Value { .blob(id.bytes) }
  /// A 64-bit hash as SQLite's signed integer.
  static func hash(_ hash: UInt64) -> Value { .integer(Int64(bitPattern: hash)) }
}
