import CSQLite

/// One connection to one SQLite database file, hardened and set for durability.
///
/// **Where it lives.** Not Sendable: it stays with the actor or thread that made it, which the compiler checks; see ``DatabaseThread``.
/// That is why it is opened without SQLite's own mutexes (`SQLITE_OPEN_NOMUTEX`): they would serialise what is serial already,
/// and hide, not heal, a connection that leaked to a second thread. ``interrupter`` is the one thing that may be used from elsewhere.
///
/// **One writer.** SQLite before 3.51.3 can corrupt a WAL when two connections write and checkpoint at the same moment, so each
/// database has one writer connection at a time, and only it checkpoints. Readers neither checkpoint nor write.
///
/// **Durability.** WAL with `synchronous=FULL`: a commit that returned survives power loss. A commit that failed with `ioError` or
/// `full` may nonetheless be there after a restart.
package final class Connection {
  /// What a connection may do.
  package enum Role: Equatable, Sendable {
    /// Reads, writes and checkpoints. Without `create` a missing file is `cannotOpen`. A symbolic link is refused.
    case writer(create: Bool)
    /// Reads. Never makes a file, never checkpoints.
    case reader
    /// Reads a file that nobody can change, such as one on a read-only disk: without locks and without files beside it. What
    /// stands in a write-ahead log is not seen.
    case immutableReader

    /// Whether it never writes.
    var isReader: Bool { self == .reader || self == .immutableReader }
  }

  /// When the writer copies the WAL back into the database.
  package enum Checkpointing: Equatable, Sendable {
    /// After a commit that leaves 1,000 pages or more, and when it closes.
    case automatic
    /// Only in ``Connection/checkpoint(_:)``: for writers that must hold a lock of their own while they do it.
    case manual
  }

  /// What a commit waits for.
  package enum Synchronous: Int, Sendable {
    /// Nothing: the last commits do not survive power loss. For controls in tests alone, which must be seen to lose them.
    case normal = 1
    /// Until it is on the disk.
    case full = 2
  }

  /// Where the file is: absolute, links in its directory resolved; as given when a VFS was named.
  package let path: String
  /// What it was opened for.
  package let role: Role
  /// Stops what it is doing, from any thread.
  package let interrupter: Interrupter

  let handle: Handle
  let checkpointing: Checkpointing
  let synchronous: Synchronous
  private let statements = StatementCache()

  /// Opens a database file.
  ///
  /// A new file is readable by its owner alone (0600), whatever the umask; an old one keeps its mode. Nothing is created beside it
  /// but SQLite's `-wal` and `-shm`, which have the same mode.
  ///
  /// - Parameters:
  ///   - path: taken literally: `:memory:` and `file:x?mode=memory` name plain files.
  ///   - busyTimeoutMilliseconds: how long to wait for another connection's lock.
  ///   - synchronous: anything but `full` for controls in tests alone.
  ///   - vfs: the name of a registered SQLite VFS; nil for the platform's. With one, the file system is not asked about the path.
  /// - Throws: `cannotOpen` (missing, a directory, a pipe, a link), `readOnly` (a writer on a read-only file), `notADatabase`, `corrupt`, `busy`, `ioError`.
  package init(
    path: String, role: Role, checkpointing: Checkpointing = .automatic, busyTimeoutMilliseconds: Int32 = 5_000,
    synchronous: Synchronous = .full, vfs: String? = nil
  ) throws(SQLiteError) {
    let file = DatabaseFile(path: path, role: role)
    self.path = vfs == nil ? try file.prepare() : try file.literalPath()
    self.role = role
    self.checkpointing = checkpointing
    self.synchronous = synchronous
    let name = role == .immutableReader && vfs == nil ? DatabaseFile.immutableURI(self.path) : self.path
    handle = try Handle(path: name, flags: Self.flags(role, vfs: vfs), vfs: vfs)
    interrupter = handle.interrupter
    sqlite3_busy_timeout(handle.pointer, busyTimeoutMilliseconds)
    try harden()
    try configure()
  }

  /// Closes it. Otherwise it closes when the last reference to it and its statements goes.
  package func close() {
    statements.removeAll()
    handle.close()
  }

  /// Compiles one statement that is kept by the caller.
  ///
  /// - Throws: `other` for an error in the SQL, `misuse` for anything after the first statement.
  package func prepare(_ sql: String) throws(SQLiteError) -> Statement {
    try prepare(sql, persistent: false)
  }

  /// A statement for this SQL, compiled only the first time; clear, and not in use elsewhere.
  ///
  /// The text is the key, so it should come from a fixed set: values are bound, never written into it.
  package func cached(_ sql: String) throws(SQLiteError) -> Statement {
    if let statement = statements.free(sql) { return statement }
    let statement = try prepare(sql, persistent: true)
    statements.keep(statement, for: sql)
    return statement
  }

  /// The rowid of the last insert that succeeded on this connection.
  package var lastInsertRowID: Int64 { handle.pointer.map { sqlite3_last_insert_rowid($0) } ?? 0 }

  /// The rows changed by the last INSERT, UPDATE or DELETE, without those changed by foreign keys.
  package var changes: Int { handle.pointer.map { Int(sqlite3_changes64($0)) } ?? 0 }

  /// Whether a transaction is open.
  package var isInTransaction: Bool { handle.pointer.map { sqlite3_get_autocommit($0) == 0 } ?? false }

  private func prepare(_ sql: String, persistent: Bool) throws(SQLiteError) -> Statement {
    let (statement, rest) = try handle.prepare(Array(sql.utf8)[...], persistent: persistent)
    guard let statement else { throw .misuse("there is no statement in this SQL") }
    let compiled = Statement(connection: handle, pointer: statement)
    guard try handle.isBlank(rest) else { throw .misuse("there is more than one statement in this SQL") }
    return compiled
  }

  private static func flags(_ role: Role, vfs: String?) -> Int32 {
    let confined = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE
    switch role {
    case .reader: return confined | SQLITE_OPEN_READONLY
    case .immutableReader: return confined | SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
    case .writer(let create):
      // On the platform's own VFS the file was made beforehand, with the right mode.
      let creation = create && vfs != nil ? SQLITE_OPEN_CREATE : 0
      return confined | SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW | creation
    }
  }
}
