import OffprintSQLite

extension StoreError {
  /// What an error of SQLite means to the server.
  /// - Parameter whileWriting: then a failing disk is told like a full one: later may be better.
  init(_ error: any Error, whileWriting: Bool) {
    switch error {
    case let error as StoreError: self = error
    case let error as SQLiteError: self = Self.translated(error, whileWriting: whileWriting)
    case SchemaError.newer: self = .newerVersion
    case SchemaError.missing, SchemaError.empty:
      self = .damaged("the database is gone or empty, although there was one")
    case SchemaError.foreign, SchemaError.unversioned: self = .damaged("the file is not a database of this server")
    default: self = .failed("\(error)")
    }
  }

  private static func translated(_ error: SQLiteError, whileWriting: Bool) -> StoreError {
    switch error.kind {
    case .full: .full
    case .ioError: whileWriting ? .full : .failed(error.description)
    case .busy: .busy
    case .interrupted: .cutOff
    case .corrupt, .notADatabase, .unexpectedValue: .damaged(error.description)
    case .cannotOpen, .readOnly: .unusable(error.description)
    default: .failed(error.description)
    }
  }
}
