import CSQLite

extension Connection {
  /// Takes checkpoints over from SQLite, which would do them within a commit: from now on only ``checkpoint(_:)`` does any, and
  /// closing. For the one writer only.
  package func keepOwnLog() throws(SQLiteError) {
    sqlite3_wal_hook(try handle.open(), noteLogPages, Unmanaged.passUnretained(handle).toOpaque())
  }

  /// Pages in the write-ahead log as of the last commit, whether or not they were copied back; known after ``keepOwnLog()`` only.
  package var logPages: Int { handle.logPages }

  /// How long to wait for another connection's lock from now on.
  package func setBusyTimeout(milliseconds: Int32) throws(SQLiteError) {
    sqlite3_busy_timeout(try handle.open(), milliseconds)
  }
}

/// Called by SQLite after each commit, with the handle of the connection that committed.
private func noteLogPages(
  _ context: UnsafeMutableRawPointer?, _ database: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ pages: Int32
) -> Int32 {
  guard let context else { return SQLITE_OK }
  Unmanaged<Connection.Handle>.fromOpaque(context).takeUnretainedValue().logPages = Int(pages)
  return SQLITE_OK
}
