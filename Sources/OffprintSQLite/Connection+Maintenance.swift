import CSQLite

extension Connection {
  /// How hard a checkpoint tries.
  package enum CheckpointMode: Sendable {
    /// Copies what it can without waiting for readers.
    case passive
    /// Waits for readers and writers as long as the busy timeout, copies all, and cuts the WAL to nothing.
    case truncate
  }

  /// Copies the WAL back into the database. For the one writer only.
  ///
  /// - Returns: whether all of it was copied; a reader of an old snapshot can keep a part of it back.
  /// - Throws: `readOnly` on a reader, `ioError`, `full`. A lock that was not to be had is not an error but `false`.
  package func checkpoint(_ mode: CheckpointMode = .passive) throws(SQLiteError) -> Bool {
    guard !role.isReader else { throw SQLiteError(code: SQLITE_READONLY) }
    var logFrames: Int32 = 0
    var copiedFrames: Int32 = 0
    let code = sqlite3_wal_checkpoint_v2(
      try handle.open(), "main", mode == .truncate ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE,
      &logFrames, &copiedFrames)
    switch code & 0xff {
    case SQLITE_OK:
      if mode == .truncate, logFrames == copiedFrames { handle.logPages = 0 }
      return logFrames == copiedFrames
    case SQLITE_BUSY: return false
    default: throw SQLiteError(code: code)
    }
  }

  /// Checks the whole structure but not that indexes agree with tables. O(size of the file).
  ///
  /// - Returns: what is wrong, at most 100 lines; empty if nothing was found. A changed byte inside a value is not found.
  package func quickCheck() throws -> [String] {
    try check("PRAGMA quick_check(100)")
  }

  /// As ``quickCheck()``, and that indexes and full-text tables agree with their tables. Several times slower.
  package func integrityCheck() throws -> [String] {
    try check("PRAGMA integrity_check(100)")
  }

  private func check(_ sql: String) throws -> [String] {
    let lines = try query(sql) { try $0.string(0) }
    return lines == ["ok"] ? [] : lines
  }
}
