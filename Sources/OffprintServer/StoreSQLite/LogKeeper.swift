import OffprintSQLite

/// Keeps the write-ahead log small: copies it back, and cuts off readers that would not let it begin anew.
///
/// SQLite can begin the log anew only when nobody reads from it. Usually that is so soon after a checkpoint. A reader that stays, or
/// readers that follow one another without a gap, keep it growing: then the oldest are cut off, at last all. A reader in another
/// process cannot be; the log then grows for as long as it stays, since what is acknowledged goes before the size of a file, and
/// the operator is told.
///
/// Belongs to the leader of the ``CommitQueue``, under the lock between processes.
final class LogKeeper {
  private let connection: Connection
  private let readers: ReaderPool
  private let report: @Sendable (StoreEvent) -> Void
  private var reportedBytes = 0
  /// From how many bytes on cutting is worth a try: more after one that failed, so that commits do not wait for it again and again.
  private var nextCutBytes = LogKeeper.cutBytes

  /// Bytes of a page in the log: 4 KiB and its header.
  private static let pageBytes = 4_120
  /// Pages from which a commit is followed by a checkpoint, as SQLite itself does by default.
  private static let checkpointPages = 1_000
  /// The log's limit in bytes. A single transaction may write 34 MiB, a content of the greatest size.
  static let bytesMax = 64 << 20
  /// From here on readers older than a second have to go.
  private static let hurryBytes = 16 << 20
  /// From here on all have to.
  private static let cutBytes = 28 << 20
  /// How long a cut reader may take to notice.
  private static let waitMilliseconds: Int32 = 300
  /// How often readers are cut off before the log is left to grow.
  private static let cutsMax = 3
  /// How much the log grows after a cut that failed before the next try.
  private static let stepBytes = 16 << 20
  /// The file's size after the log began anew.
  private static let keptBytes = 8 << 20

  /// Takes the checkpoints of `connection` over.
  init(_ connection: Connection, readers: ReaderPool, report: @escaping @Sendable (StoreEvent) -> Void) throws {
    self.connection = connection
    self.readers = readers
    self.report = report
    try connection.keepOwnLog()
    // A log that once was long is cut when it begins anew.
    _ = try connection.first("PRAGMA journal_size_limit=\(Self.keptBytes)", []) { try $0.int64(0) }
  }

  /// Whether ``checkpoint()`` has anything to do.
  var isDue: Bool { connection.logPages >= Self.checkpointPages }

  private var bytes: Int { connection.logPages * Self.pageBytes }

  /// Makes room for a transaction of about so many bytes.
  func makeRoom(for bytes: Int) {
    let room = Self.bytesMax - Self.keptBytes
    guard self.bytes > 0, self.bytes + bytes > room, self.bytes + bytes >= nextCutBytes else { return }
    cut(from: self.bytes + bytes)
  }

  /// Copies the log back. Its failure harms nobody: the next one tries again.
  func checkpoint() {
    guard isDue else { return }
    let isWhole = (try? connection.checkpoint(.passive)) ?? false
    if bytes >= nextCutBytes {
      cut(from: bytes)
    } else if bytes >= Self.hurryBytes, !isWhole {
      readers.cutOff(olderThanMilliseconds: 1_000)
    }
    warn()
  }

  /// Has every reader end, and the log with them.
  private func cut(from bytes: Int) {
    try? connection.setBusyTimeout(milliseconds: Self.waitMilliseconds)
    // Who begins to read before all is copied back reads from the log again, and has to go a second time; who begins after that
    // reads from the database alone, and is in nobody's way.
    var isCut = false
    for _ in 0..<Self.cutsMax where !isCut {
      readers.cutOff(olderThanMilliseconds: 0)
      isCut = (try? connection.checkpoint(.truncate)) ?? false
    }
    nextCutBytes = isCut ? Self.cutBytes : bytes + Self.stepBytes
    try? connection.setBusyTimeout(milliseconds: Int32(DataFolder.lockTimeoutMilliseconds))
  }

  /// Tells of a log beyond its limit, again whenever it has grown by as much.
  private func warn() {
    if bytes < Self.cutBytes { nextCutBytes = Self.cutBytes }
    guard bytes >= Self.bytesMax else { return reportedBytes = 0 }
    guard bytes >= reportedBytes + Self.bytesMax else { return }
    reportedBytes = bytes
    report(.logHeld(bytes: bytes))
  }
}
