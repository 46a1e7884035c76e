import OffprintFiles
import OffprintSQLite

/// The files of a default store as its operator handles them: checked, copied, put back. Nothing here serves.
///
/// What reads may be done while a server runs; what replaces the database takes the server's lock for as long as it takes.
package struct StoreFiles: Sendable {
  let folder: DataFolder
  let schema: Schema

  /// The store in a data folder.
  /// - Parameter schema: the tables that this program writes; tests of upgrades give another one.
  /// - Throws: ``StoreError``.
  package init(folder path: String, schema: Schema = ServerSchema.schema) throws(StoreError) {
    folder = try DataFolder(preparing: path, files: SystemFiles())
    self.schema = schema
  }

  /// The database's path.
  package var database: String { folder.database }

  /// Checks the whole database as of now; a server may run meanwhile.
  /// - Parameter advanced: told how many records and contents are done; what it throws ends the check.
  /// - Throws: ``StoreError``, and what `advanced` throws.
  package func check(advanced: @escaping (Int) throws -> Void = { _ in }) throws -> CheckReport {
    do {
      let reader = try schema.openReader(path: folder.database)
      defer { reader.close() }
      return try StoreCheck.run(on: reader, heads: try HeadsFile(in: folder), advanced: advanced)
    } catch {
      throw Self.translated(error)
    }
  }

  /// Checks a database file that nobody writes, such as a backup, and leaves nothing beside it.
  func check(file path: String, advanced: @escaping (Int) throws -> Void = { _ in }) throws -> CheckReport {
    let reader = try schema.openReader(path: path, isImmutable: true)
    defer { reader.close() }
    return try StoreCheck.run(on: reader, heads: nil, advanced: advanced)
  }

  /// SQLite's and the schema's errors as the store's; all else as it is.
  static func translated(_ error: any Error) -> any Error {
    switch error {
    case SchemaError.outdated(let version, let known):
      StoreError.unusable(
        "the data are of version \(version) and this offprintd writes version \(known); its next start without"
          + " --no-migrate brings them up to date")
    case let error as FileError: StoreError(error)
    case is SQLiteError, is SchemaError: StoreError(error, whileWriting: true)
    default: error
    }
  }
}

extension StoreSQLite {
  /// Meets every live record, so that damaged ones are taken out of the digests and devices that have them offer them; then
  /// lets the runs go that say other than their records, so that they are made anew.
  /// - Throws: ``StoreError``.
  package func mend() throws {
    for account in try read({ try $0.accounts() }) {
      try read { reader in
        try reader.forEachRecord(of: account.id, after: 0, deadAfter: .max) { _ in true }
      }
      try loosenWrongRuns(of: account.id)
    }
  }
}

extension DataFolder {
  /// Held by whoever makes a copy, so that two do not use one name.
  var copyLock: String { path + "/copy.lock" }
  /// A copy on its way to standard output, and the database that a restore prepares.
  var passingCopy: String { path + "/passing-copy.sqlite" }
  /// See ``passingCopy``.
  var restoring: String { path + "/restoring.sqlite" }

  /// The names that belong to a database file.
  static let databaseSuffixes = ["", "-wal", "-shm"]

  /// Removes what an interrupted copy left, unless one is being made.
  func removeStaleCopies() {
    guard let lock = try? openLock(copyLock), lock.tryLock() else { return }
    defer { lock.unlock() }
    for name in [passingCopy, restoring] {
      for suffix in Self.databaseSuffixes + [".partial", ".partial-journal"] { files.remove(name + suffix) }
    }
  }
}
