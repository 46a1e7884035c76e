import CSQLite

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Android)
  import Android
#else
  import Darwin
#endif

extension Connection {
  /// How far a backup has come, in pages of the database.
  package struct BackupProgress: Equatable, Sendable {
    /// Pages still to be copied.
    package let remainingPages: Int
    /// Pages in all.
    package let totalPages: Int
  }

  /// Copies the database as of now into a new file, while others read and write it. Copying the file itself would not do: it may
  /// be torn, and lacks the WAL.
  ///
  /// The file appears under its name only when it is whole, checked and on the disk; before that it is `path` + `.partial`. It has mode 0600.
  /// Use a reader: the writer would not write meanwhile.
  ///
  /// - Parameters:
  ///   - path: where nothing is yet, taken literally.
  ///   - replacing: whether a plain file of that name may be there; it gives way to the new one in one step.
  ///   - progress: called after every `pagesPerStep` pages; what it throws ends the backup.
  ///   - verify: called with the path of the copy, which is whole but has not its name yet; what it throws ends the backup.
  /// - Throws: `cannotOpen` if something is there, `misuse` inside a transaction, `corrupt` if the copy has errors, `full`, `ioError`. Nothing is left behind then.
  package func backup(
    to path: String, replacing: Bool = false, pagesPerStep: Int32 = 1_000,
    progress: (BackupProgress) throws -> Void = { _ in }, verify: (String) throws -> Void = { _ in }
  ) throws {
    let file = DatabaseFile(path: path, role: .writer(create: true))
    let target = replacing ? try file.replaceablePath() : try file.newPath()
    let partial = target + ".partial"
    // What an interrupted backup left. Were it a link, the link goes and not what it names.
    _ = unlink(partial)
    try DatabaseFile.create(partial)
    do {
      try copy(to: partial, pagesPerStep: max(1, pagesPerStep), progress)
      try Self.checkCopy(partial)
      try verify(partial)
      try DatabaseFile.synchronize(partial)
      guard rename(partial, target) == 0 else { throw DatabaseFile.error(errno) }
    } catch {
      for suffix in ["", "-journal", "-wal", "-shm"] { _ = unlink(partial + suffix) }
      throw error
    }
    try DatabaseFile.synchronizeDirectory(of: target)
  }

  private func copy(
    to path: String, pagesPerStep: Int32, _ progress: (BackupProgress) throws -> Void
  ) throws {
    let source = try handle.open()
    let target = try Handle(
      path: path, flags: SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW, vfs: nil)
    defer { target.close() }
    // One snapshot from the first page to the last: without it each commit would start the copy again.
    try transaction(.deferred) {
      _ = try first("PRAGMA schema_version", [], { try $0.int64(0) })
      guard let backup = sqlite3_backup_init(try target.open(), "main", source, "main") else {
        throw SQLiteError(code: sqlite3_extended_errcode(try target.open()))
      }
      var finished = false
      defer { if !finished { sqlite3_backup_finish(backup) } }
      var code = SQLITE_OK
      while code == SQLITE_OK {
        code = sqlite3_backup_step(backup, pagesPerStep)
        try progress(
          BackupProgress(
            remainingPages: Int(sqlite3_backup_remaining(backup)), totalPages: Int(sqlite3_backup_pagecount(backup))))
      }
      guard code == SQLITE_DONE else { throw SQLiteError(code: code) }
      finished = true
      let end = sqlite3_backup_finish(backup)
      guard end == SQLITE_OK else { throw SQLiteError(code: end) }
    }
  }

  /// Reads the copy through a connection of its own, and the only one: it cleans up its `-wal` and `-shm` when it closes.
  private static func checkCopy(_ path: String) throws(SQLiteError) {
    let handle = try Handle(
      path: path, flags: SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW, vfs: nil)
    defer { handle.close() }
    let (pointer, _) = try handle.prepare(Array("PRAGMA integrity_check(1)".utf8)[...], persistent: false)
    guard let pointer else { throw SQLiteError(code: SQLITE_INTERNAL) }
    let statement = Statement(connection: handle, pointer: pointer)
    defer { statement.reset() }
    guard let row = try statement.step(), try row.string(0) == "ok" else { throw SQLiteError(code: SQLITE_CORRUPT) }
  }
}
