import CSQLite

/// Why SQLite, or this module on its behalf, did not do what was asked.
///
/// ``kind`` is what code decides by. ``message`` is for logs and never holds a bound value: people's text stays out of logs.
package struct SQLiteError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What failed, as far as a caller can act on it.
  package enum Kind: String, Sendable, CaseIterable {
    /// Another connection holds the lock; trying again may help.
    case busy
    /// No space left on the device, or the database reached its size limit.
    case full
    /// The file, its directory or the connection cannot be written.
    case readOnly
    /// The file is not there, is no plain file, or may not be opened.
    case cannotOpen
    /// The file is damaged.
    case corrupt
    /// The file is something else than a database.
    case notADatabase
    /// The device failed. After a failed commit the change may be there or not.
    case ioError
    /// A UNIQUE, CHECK, NOT NULL, foreign key or STRICT type rule of the schema refused a row.
    case constraint
    /// ``Interrupter/interrupt()`` was called.
    case interrupted
    /// A column held another type than asked for, or text that is not UTF-8.
    case unexpectedValue
    /// The calling code is wrong: a missing parameter, a closed connection, a transaction inside another.
    case misuse
    /// Anything else: an error in SQL, a value above the size limit, no memory.
    case other
  }

  /// What failed.
  package let kind: Kind
  /// SQLite's extended result code; its low byte is the primary one.
  package let extendedCode: Int32
  /// One line in SQLite's words.
  package let message: String

  /// SQLite's primary result code.
  package var code: Int32 { extendedCode & 0xff }

  /// The kind, the words, the number.
  package var description: String { "SQLite: \(kind.rawValue): \(message) (\(extendedCode))" }

  init(code: Int32, message: String? = nil) {
    kind = Self.kind(code)
    extendedCode = code
    self.message = message ?? String(cString: sqlite3_errstr(code))
  }

  init(_ kind: Kind, code: Int32, message: String) {
    self.kind = kind
    extendedCode = code
    self.message = message
  }

  static func misuse(_ message: String) -> SQLiteError {
    SQLiteError(.misuse, code: SQLITE_MISUSE, message: message)
  }

  private static func kind(_ code: Int32) -> Kind {
    switch code & 0xff {
    case SQLITE_BUSY, SQLITE_LOCKED: .busy
    case SQLITE_FULL: .full
    case SQLITE_READONLY: .readOnly
    case SQLITE_CANTOPEN, SQLITE_PERM: .cannotOpen
    case SQLITE_CORRUPT: .corrupt
    case SQLITE_NOTADB: .notADatabase
    case SQLITE_IOERR: .ioError
    case SQLITE_CONSTRAINT: .constraint
    case SQLITE_INTERRUPT: .interrupted
    case SQLITE_MISUSE, SQLITE_RANGE: .misuse
    default: .other
    }
  }
}
