import OffprintFaultDisk
import OffprintSQLite
import OffprintSeed

/// A table of numbered rows on a disk that fails, and what is known about which of its transactions were committed.
///
/// Transaction `n` replaces row `n % rows` and adds one row per transaction, so that both growth and overwriting are seen.
final class Ledger {
  static let path = "/library/library.sqlite"

  let disk: FaultDisk
  var random: SeededGenerator
  /// Whether commits are synced: the product's way. Without it, the control.
  let isFull: Bool
  private let busyTimeoutMilliseconds: Int32
  private(set) var connection: Connection?
  /// The last transaction that returned.
  private(set) var committed = 0
  /// One that threw: it may be there or not.
  private(set) var unknown: Int?

  init(seed: UInt64, isFull: Bool = true, busyTimeoutMilliseconds: Int32 = 5_000) throws {
    disk = FaultDisk(seed: seed)
    random = SeededGenerator(seed: seed)
    self.isFull = isFull
    self.busyTimeoutMilliseconds = busyTimeoutMilliseconds
    try disk.makeFolder("/library")
  }

  func open() throws {
    let opened = try Connection(
      path: Self.path, role: .writer(create: true), busyTimeoutMilliseconds: busyTimeoutMilliseconds, vfs: disk.vfs)
    if !isFull { try opened.script("PRAGMA synchronous=NORMAL") }
    try opened.transaction {
      try opened.script(
        """
        CREATE TABLE IF NOT EXISTS log (n INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
        CREATE TABLE IF NOT EXISTS slot (id INTEGER PRIMARY KEY, n INTEGER NOT NULL, bytes BLOB NOT NULL);
        """)
    }
    connection = opened
  }

  /// One transaction of random size; now and then a checkpoint.
  func step() throws {
    guard let connection else { return }
    let next = (unknown ?? committed) + 1
    let bytes = random.bytes(random.oneIn(8) ? random.number(in: 4_000...20_000) : random.number(in: 1...300))
    do {
      try connection.transaction {
        try connection.run("INSERT INTO log VALUES (?1, ?2)", [Value(next), .blob(bytes)])
        try connection.run(
          "INSERT OR REPLACE INTO slot VALUES (?1, ?2, ?3)", [Value(next % 7), Value(next), .blob(bytes)])
      }
      committed = next
      unknown = nil
    } catch {
      unknown = next
      throw error
    }
    if random.oneIn(6) { _ = try connection.checkpoint(random.oneIn(2) ? .truncate : .passive) }
  }

  /// Lets go of the connection, as a process that ends.
  func close() {
    connection?.close()
    connection = nil
  }

  /// Ends what is left of the process and begins another, which looks at what there is.
  ///
  /// - Returns: what is wrong with it; empty if all is well.
  func restart() throws -> [String] {
    close()
    if disk.isDown { disk.beginProcess() }
    disk.disarm()
    // A power loss may have taken the new folder.
    try disk.makeFolder("/library")
    try open()
    return try look()
  }

  /// What is wrong with what there is; settles what was unknown.
  func look() throws -> [String] {
    guard let connection else { return ["not open"] }
    var wrong = try connection.integrityCheck()
    let last = try connection.first("SELECT ifnull(max(n), 0), count(*) FROM log", []) {
      (try $0.int(0), try $0.int(1))
    }
    let slots = try connection.first("SELECT ifnull(max(n), 0) FROM slot", []) { try $0.int(0) } ?? 0
    guard let (found, count) = last else { return wrong + ["no answer"] }
    if found != count { wrong.append("rows \(count) of \(found)") }
    if slots != found { wrong.append("half a transaction: \(slots) in one table, \(found) in the other") }
    if found < committed { wrong.append("lost: \(found) of \(committed)") }
    if found > max(committed, unknown ?? 0) { wrong.append("never committed: \(found)") }
    committed = found
    unknown = nil
    return wrong
  }
}
