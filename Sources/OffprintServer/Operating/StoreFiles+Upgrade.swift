import OffprintFiles
import OffprintSQLite

extension StoreFiles {
  /// What had to be done before the database may be opened by this program.
  package enum Readiness: Sendable, Hashable {
    /// Nothing: there is none yet, or it has this program's version.
    case current
    /// It is of an older version, and a copy of it is at that path now. Opening it brings it up to date.
    case copied(from: Int32, to: Int32, copy: String)
  }

  /// Looks at the version of the database, and copies it aside if opening it would change its tables.
  ///
  /// One copy of each version is kept, `before-version-N.sqlite`: that of the last attempt, so that a start that fails again
  /// and again does not fill the disk.
  ///
  /// - Parameters:
  ///   - mayMigrate: whether an older database may be brought up to date.
  ///   - isServing: whether the caller holds the server's lock; else it is taken for as long as the copy takes, so that no
  ///     running server has its tables changed under it.
  ///   - progress: what it throws ends the copy.
  /// - Throws: ``StoreError``: `newerVersion` with nothing written, `inUse`, `full`, `damaged`.
  package func prepareToOpen(
    mayMigrate: Bool, progress: @escaping (CopyProgress) throws -> Void = { _ in }
  ) throws -> Readiness {
    guard folder.files.mayWrite(in: folder.path) else {
      throw StoreError.unusable("cannot write in \(folder.path): a read-only disk, or somebody else's folder")
    }
    do {
      let found: Int32
      do { found = try schema.version(of: folder.database) } catch SchemaError.missing {
        return .current
      } catch let error as SQLiteError where error.kind == .readOnly {
        // Killed while the file was made: what was begun waits for a writer to roll it back. Opening it judges what is left.
        return .current
      }
      guard found > 0, found < schema.version else { return .current }
      guard mayMigrate else { throw SchemaError.outdated(version: found, known: schema.version) }
      let serving = try folder.openLock(folder.serveLock)
      guard serving.tryLock() else { throw StoreError.inUse }
      defer { serving.unlock() }
      let copying = try folder.openLock(folder.copyLock)
      guard copying.tryLock() else { throw StoreError.failed("a backup of these data is being made; try again") }
      defer { copying.unlock() }
      // By itself and not by the schema, which would read the older tables as no reader.
      let reader = try Connection(path: folder.database, role: .reader)
      defer { reader.close() }
      let copy = "\(folder.path)/before-version-\(schema.version).sqlite"
      try reader.backup(
        to: copy, replacing: true, pagesPerStep: Self.pagesPerStep,
        progress: { try progress(.copying(done: $0.totalPages - $0.remainingPages, of: $0.totalPages)) })
      return .copied(from: found, to: schema.version, copy: copy)
    } catch {
      throw Self.translated(error)
    }
  }

  /// Removes what interrupted copies left behind. Called when a server starts.
  package func removeStaleCopies() { folder.removeStaleCopies() }
}
