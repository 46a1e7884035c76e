import OffprintSQLite

/// The one place where an error of the database becomes the library's own.
enum StoreFailure {
  /// Runs `body`, giving every error it throws the library's form.
  static func translating<T>(_ body: () throws -> T) throws(OffprintError) -> T {
    do { return try body() } catch { throw translate(error) }
  }

  /// The library's error for any error thrown below.
  static func translate(_ error: any Error) -> OffprintError {
    if let error = error as? OffprintError { return error }
    if let error = error as? SchemaError { return translate(error) }
    guard let error = error as? SQLiteError else { return OffprintError(.failed, "unexpected failure: \(error)") }
    switch error.kind {
    case .full: return OffprintError(.diskFull, "the disk is full; nothing was changed")
    case .busy: return OffprintError(.inUse, "another process holds this library; try again", retry: .after(seconds: 1))
    // A value that its column never holds, such as text with a byte that is none, was not put there by us.
    case .corrupt, .notADatabase, .unexpectedValue:
      return OffprintError(
        .damaged, "the library's database is damaged; its files were left as they are, and \(repairAdvice)")
    case .readOnly:
      return OffprintError(.failed, "the library cannot be written: it is on a read-only disk or not yours")
    case .cannotOpen: return OffprintError(.failed, "the library's database cannot be opened; check its permissions")
    default: return OffprintError(.failed, "the library's database failed: \(error)")
    }
  }

  /// The next step where a database is damaged.
  static let repairAdvice =
    "`offprint repair` keeps a copy, saves what can be read and lets the next sync fetch the rest"

  private static func translate(_ error: SchemaError) -> OffprintError {
    switch error {
    case .newer(let version, let known):
      OffprintError(
        .newerLibrary,
        "the library is of version \(version) and this program knows \(known): use a newer Offprint; nothing was changed",
        retry: .afterUpgrade)
    case .missing, .empty:
      OffprintError(
        .damaged, "the library's database is missing or empty, though library.json says it was there; \(repairAdvice)")
    case .foreign: OffprintError(.damaged, "library.sqlite is not an Offprint library; nothing was changed")
    case .unversioned: OffprintError(.damaged, "library.sqlite was half made by something else; nothing was changed")
    case .outdated: OffprintError(.failed, "the library waits to be brought up to date by a program that may write it")
    }
  }
}
