import CSQLite

/// The row a statement stands on. Valid until the statement steps on, so it is read at once and never kept.
///
/// Columns are numbered from 0. Each reader asks for one type and throws `unexpectedValue` for another: SQLite would
/// convert silently, and a damaged or foreign file would pass for data. The `OrNil` forms take NULL for nil.
package struct Row {
  private let statement: OpaquePointer

  init(statement: OpaquePointer) {
    self.statement = statement
  }

  /// The number of columns.
  package var count: Int { Int(sqlite3_data_count(statement)) }

  /// Whether the column is NULL.
  package func isNull(_ column: Int) throws(SQLiteError) -> Bool {
    try type(column) == SQLITE_NULL
  }

  /// An integer.
  package func int64(_ column: Int) throws(SQLiteError) -> Int64 {
    try expect(SQLITE_INTEGER, column)
    return sqlite3_column_int64(statement, Int32(column))
  }

  /// An integer that fits `Int` of this platform.
  package func int(_ column: Int) throws(SQLiteError) -> Int {
    guard let value = Int(exactly: try int64(column)) else { throw unexpected(column) }
    return value
  }

  /// An integer that is 0 or 1.
  package func bool(_ column: Int) throws(SQLiteError) -> Bool {
    switch try int64(column) {
    case 0: false
    case 1: true
    default: throw unexpected(column)
    }
  }

  /// A double; integers are not taken for one.
  package func double(_ column: Int) throws(SQLiteError) -> Double {
    try expect(SQLITE_FLOAT, column)
    return sqlite3_column_double(statement, Int32(column))
  }

  /// Text, if its bytes are valid UTF-8.
  package func string(_ column: Int) throws(SQLiteError) -> String {
    try expect(SQLITE_TEXT, column)
    // The bytes first: asking for the length first could give that of another encoding (sqlite3_column_blob, documentation).
    guard let bytes = sqlite3_column_text(statement, Int32(column)) else { throw SQLiteError(code: SQLITE_NOMEM) }
    let count = Int(sqlite3_column_bytes(statement, Int32(column)))
    let text = UnsafeBufferPointer(start: bytes, count: count)
    // ASCII needs no validation, which costs more than the copy.
    if text.reduce(0, |) < 0x80 { return String(decoding: text, as: UTF8.self) }
    guard let text = String(validating: text, as: UTF8.self) else { throw unexpected(column) }
    return text
  }

  /// Bytes.
  package func blob(_ column: Int) throws(SQLiteError) -> [UInt8] {
    try withBlob(column) { Array($0) }
  }

  /// Lends the bytes of a blob without copying them.
  package func withBlob<T>(_ column: Int, _ body: (UnsafeRawBufferPointer) -> T) throws(SQLiteError) -> T {
    try expect(SQLITE_BLOB, column)
    let bytes = sqlite3_column_blob(statement, Int32(column))
    let count = Int(sqlite3_column_bytes(statement, Int32(column)))
    // An empty blob has no address. A missing address with a length means that memory ran out.
    guard bytes != nil || count == 0 else { throw SQLiteError(code: SQLITE_NOMEM) }
    return body(UnsafeRawBufferPointer(start: bytes, count: count))
  }

  /// An integer or nil.
  package func int64OrNil(_ column: Int) throws(SQLiteError) -> Int64? { try isNull(column) ? nil : try int64(column) }
  /// An integer or nil.
  package func intOrNil(_ column: Int) throws(SQLiteError) -> Int? { try isNull(column) ? nil : try int(column) }
  /// 0, 1 or nil.
  package func boolOrNil(_ column: Int) throws(SQLiteError) -> Bool? { try isNull(column) ? nil : try bool(column) }
  /// A double or nil.
  package func doubleOrNil(_ column: Int) throws(SQLiteError) -> Double? {
    try isNull(column) ? nil : try double(column)
  }
  /// Text or nil.
  package func stringOrNil(_ column: Int) throws(SQLiteError) -> String? {
    try isNull(column) ? nil : try string(column)
  }
  /// Bytes or nil.
  package func blobOrNil(_ column: Int) throws(SQLiteError) -> [UInt8]? { try isNull(column) ? nil : try blob(column) }

  /// Whatever the column holds.
  package func value(_ column: Int) throws(SQLiteError) -> Value {
    switch try type(column) {
    case SQLITE_INTEGER: .integer(try int64(column))
    case SQLITE_FLOAT: .real(try double(column))
    case SQLITE_TEXT: .text(try string(column))
    case SQLITE_BLOB: .blob(try blob(column))
    default: .null
    }
  }

  /// All columns.
  package func values() throws(SQLiteError) -> [Value] {
    var values: [Value] = []
    values.reserveCapacity(count)
    for column in 0..<count { values.append(try value(column)) }
    return values
  }

  private func type(_ column: Int) throws(SQLiteError) -> Int32 {
    guard column >= 0 && column < count else { throw .misuse("there is no column \(column) in this row") }
    return sqlite3_column_type(statement, Int32(column))
  }

  private func expect(_ type: Int32, _ column: Int) throws(SQLiteError) {
    guard try self.type(column) == type else { throw unexpected(column) }
  }

  /// Names the column, never what is in it.
  private func unexpected(_ column: Int) -> SQLiteError {
    let name = sqlite3_column_name(statement, Int32(column)).map { String(cString: $0) } ?? "\(column)"
    return SQLiteError(.unexpectedValue, code: SQLITE_MISMATCH, message: "column \(name) holds an unexpected value")
  }
}
