import CSQLite

extension Connection {
  /// Owns SQLite's pointer. Statements share it, so that it outlives them.
  final class Handle {
    let interrupter: Interrupter
    /// Nil once closed; SQLite itself would crash on that.
    private(set) var pointer: OpaquePointer?
    /// Whether ``Connection/transaction(_:_:)`` has one open.
    var isInTransactionBody = false
    /// Whether something in the open transaction could not be undone, so that all of it must be.
    var mustRollBack = false
    /// See ``Connection/stop(when:)``.
    var mustStop: (() -> Bool)?
    /// See ``Connection/logPages``.
    var logPages = 0

    init(path: String, flags: Int32, vfs: String?) throws(SQLiteError) {
      var pointer: OpaquePointer?
      let code = sqlite3_open_v2(path, &pointer, flags, vfs)
      guard code == SQLITE_OK, let pointer else {
        // Even a failed open may leave something to close; it knows the extended code.
        let extended = pointer.map { sqlite3_extended_errcode($0) } ?? code
        sqlite3_close_v2(pointer)
        throw SQLiteError(code: extended == SQLITE_OK ? code : extended)
      }
      sqlite3_extended_result_codes(pointer, 1)
      self.pointer = pointer
      interrupter = Interrupter(pointer)
    }

    deinit { close() }

    func close() {
      guard let pointer else { return }
      interrupter.forget()
      self.pointer = nil
      // Statements still alive keep it as a "zombie" that goes with the last of them (sqlite3_close_v2, documentation).
      sqlite3_close_v2(pointer)
    }

    func open() throws(SQLiteError) -> OpaquePointer {
      guard let pointer else { throw .misuse("the connection is closed") }
      return pointer
    }

    /// Compiles the first statement of `sql` and gives the rest. Nil for white-space and comments.
    func prepare(
      _ sql: ArraySlice<UInt8>, persistent: Bool
    ) throws(SQLiteError) -> (statement: OpaquePointer?, rest: ArraySlice<UInt8>) {
      let pointer = try open()
      guard let count = Int32(exactly: sql.count) else { throw SQLiteError(code: SQLITE_TOOBIG) }
      // SQLite would stop at U+0000 and silently leave out the rest.
      guard !sql.contains(0) else { throw .misuse("there is a U+0000 in this SQL") }
      let flags = persistent ? UInt32(SQLITE_PREPARE_PERSISTENT) : 0
      var statement: OpaquePointer?
      var used = 0
      let code = sql.withUnsafeBytes { bytes in
        // SQLite reads nothing for a length of 0, but wants an address.
        guard let base = bytes.baseAddress?.assumingMemoryBound(to: CChar.self), count > 0 else { return SQLITE_OK }
        var tail: UnsafePointer<CChar>?
        let code = sqlite3_prepare_v3(pointer, base, count, flags, &statement, &tail)
        used = tail.map { $0 - base } ?? sql.count
        return code
      }
      guard code == SQLITE_OK else {
        // SQL is ours and holds no values, so its error may be told in full.
        throw SQLiteError(code: code, message: String(cString: sqlite3_errmsg(pointer)))
      }
      return (statement, sql.dropFirst(used))
    }

    /// Whether nothing but white-space and comments is left.
    func isBlank(_ sql: ArraySlice<UInt8>) throws(SQLiteError) -> Bool {
      if sql.allSatisfy({ [0x09, 0x0a, 0x0c, 0x0d, 0x20].contains($0) }) { return true }
      let (statement, _) = try prepare(sql, persistent: false)
      sqlite3_finalize(statement)
      return statement == nil
    }

    /// Runs statements of our own that have no parameters, such as BEGIN, past the check of ``Statement/step()``.
    func execute(_ sql: String) throws(SQLiteError) {
      let code = sqlite3_exec(try open(), sql, nil, nil, nil)
      guard code == SQLITE_OK else { throw stepError(code) }
    }

    /// The error of a statement that ran.
    ///
    /// SQLite's own words may quote what was bound (full-text queries, JSON paths), so only those of a broken constraint are kept:
    /// they name columns and rules of the schema.
    func stepError(_ code: Int32) -> SQLiteError {
      guard let pointer, code & 0xff == SQLITE_CONSTRAINT else { return SQLiteError(code: code) }
      return SQLiteError(code: code, message: String(cString: sqlite3_errmsg(pointer)))
    }

    /// Rolls back a transaction whose body has ended but that could not even be rolled back, for want of memory: nothing of it may be
    /// kept, nothing written on its own may be lost with it, and nothing held up by it.
    func rollBackLeftover() throws(SQLiteError) {
      if !isInTransactionBody, sqlite3_get_autocommit(try open()) == 0 { try execute("ROLLBACK") }
    }

    /// - Throws: `interrupted` if it is to stop; `misuse` if the connection is closed, SQLite itself has ended the transaction that the
    ///   running body believes to be in, or a savepoint of it could not be undone.
    func checkUsable() throws(SQLiteError) {
      let pointer = try open()
      if mustStop?() == true { throw SQLiteError(code: SQLITE_INTERRUPT) }
      guard isInTransactionBody else { return try rollBackLeftover() }
      guard sqlite3_get_autocommit(pointer) == 0 else {
        throw .misuse("an earlier error has rolled this transaction back")
      }
      guard !mustRollBack else {
        throw .misuse("an earlier error could not be undone, so this transaction is rolled back")
      }
    }
  }
}
