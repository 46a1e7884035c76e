import CSQLite

/// A compiled SQL statement of one ``Connection``, to be bound, stepped and reset. Parameters are numbered from 1, as in SQL.
///
/// Not Sendable: it lives where its connection lives, and keeps it open. Use ``Connection/run(_:_:)`` and ``Connection/query(_:_:_:)``
/// where they do; this is for loops that bind one statement many times.
package final class Statement {
  private let connection: Connection.Handle
  private let pointer: OpaquePointer

  /// The number of parameters, `?1` to `?n`.
  package let parameterCount: Int

  init(connection: Connection.Handle, pointer: OpaquePointer) {
    self.connection = connection
    self.pointer = pointer
    parameterCount = Int(sqlite3_bind_parameter_count(pointer))
  }

  deinit {
    sqlite3_finalize(pointer)
  }

  /// Whether it was stepped and neither ended nor was reset.
  package var isBusy: Bool { sqlite3_stmt_busy(pointer) != 0 }

  /// Whether it leaves the database file as it is.
  package var isReadOnly: Bool { sqlite3_stmt_readonly(pointer) != 0 }

  /// Binds a value.
  ///
  /// - Throws: `misuse` for a parameter that does not exist or a statement that is under way; `other` for more bytes than the limit.
  package func bind(_ index: Int, _ value: Value) throws(SQLiteError) {
    switch value {
    case .null: try check(sqlite3_bind_null(pointer, parameter(index)))
    case .integer(let value): try bind(index, value)
    case .real(let value): try check(sqlite3_bind_double(pointer, parameter(index), value))
    case .text(let value): try bind(index, value)
    case .blob(let value): try bind(index, value)
    }
  }

  /// Binds an integer.
  package func bind(_ index: Int, _ value: Int64) throws(SQLiteError) {
    try check(sqlite3_bind_int64(pointer, parameter(index), value))
  }

  /// Binds text as its UTF-8 bytes.
  package func bind(_ index: Int, _ value: String) throws(SQLiteError) {
    let index = try parameter(index)
    var value = value
    try check(
      value.withUTF8 { bytes in
        // A missing address would bind NULL instead of empty text.
        guard let base = bytes.baseAddress else { return offprint_sqlite_bind_text(pointer, index, "", 0) }
        return offprint_sqlite_bind_text(pointer, index, base, UInt64(bytes.count))
      })
  }

  /// Binds bytes.
  package func bind(_ index: Int, _ value: [UInt8]) throws(SQLiteError) {
    let index = try parameter(index)
    try check(
      value.withUnsafeBytes { bytes in
        guard let base = bytes.baseAddress, !bytes.isEmpty else { return sqlite3_bind_zeroblob(pointer, index, 0) }
        return offprint_sqlite_bind_blob(pointer, index, base, UInt64(bytes.count))
      })
  }

  /// Binds all parameters.
  ///
  /// - Throws: `misuse` unless there are as many values as parameters.
  package func bind(_ values: [Value]) throws(SQLiteError) {
    guard values.count == parameterCount else {
      throw .misuse("\(values.count) values for \(parameterCount) parameters")
    }
    for (offset, value) in values.enumerated() { try bind(offset + 1, value) }
  }

  /// The next row, or nil at the end. Resets itself when it fails.
  ///
  /// - Throws: `misuse` in a transaction that an error has rolled back already: what ran there would be committed by itself.
  package func step() throws(SQLiteError) -> Row? {
    try connection.checkUsable()
    let code = sqlite3_step(pointer)
    switch code {
    case SQLITE_ROW: return Row(statement: pointer)
    case SQLITE_DONE: return nil
    default:
      let error = connection.stepError(code)
      sqlite3_reset(pointer)
      throw error
    }
  }

  /// Makes it ready to run again with the same values.
  package func reset() {
    // The code is that of the step before, which was reported already.
    sqlite3_reset(pointer)
  }

  /// Makes it ready to run again and lets go of the values.
  package func clear() {
    sqlite3_reset(pointer)
    sqlite3_clear_bindings(pointer)
  }

  /// Runs it to its end with these values, and clears it.
  package func run(_ values: [Value]) throws(SQLiteError) {
    defer { clear() }
    try bind(values)
    while try step() != nil {}
  }

  private func parameter(_ index: Int) throws(SQLiteError) -> Int32 {
    guard index >= 1 && index <= parameterCount else { throw .misuse("there is no parameter \(index)") }
    return Int32(index)
  }

  private func check(_ code: Int32) throws(SQLiteError) {
    guard code == SQLITE_OK else { throw SQLiteError(code: code) }
  }
}
