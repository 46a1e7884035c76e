import OffprintFiles
import OffprintSQLite
import OffprintWire

/// Makes a library with a damaged database usable again: keeps the damaged files, saves unsent edits first, carries over
/// what can be read, and lets the next sync fetch the rest.
///
/// At every moment the folder holds the old database, or the new one whole: a repair that was interrupted is gone on with.
package struct LibraryRepair {
  private let folder: LibraryFolder
  private let environment: Environment

  /// A repair of the library in a folder.
  package init(folder: String, environment: Environment) {
    self.folder = LibraryFolder(path: folder, files: environment.files)
    self.environment = environment
  }

  private var partial: String { folder.database + ".partial" }
  private var repaired: String { folder.database + ".repaired" }

  /// Repairs; a library that is whole is left as it is.
  ///
  /// - Parameter discardUnsent: Go on although unsent edits may be among what cannot be read.
  /// - Throws: `.noLibrary`, `.inUse`, `.newerLibrary`; `.decisionNeeded` if unsent edits may be lost: nothing was changed then.
  package func run(discardUnsent: Bool) throws(OffprintError) -> RepairReport {
    guard folder.holdsLibrary else { throw OffprintError(.noLibrary, "there is no library in \(folder.path)") }
    guard folder.isWritable else { throw LibraryStore.cannotWrite(folder) }
    let syncLock = try folder.openLock(folder.syncLock)
    let lock = try folder.openLock(folder.lock)
    guard syncLock.tryLock(), lock.lock(timeoutMilliseconds: LibraryStore.lockTimeoutMilliseconds) else {
      throw OffprintError(.inUse, "another process uses this library; end it first", retry: .after(seconds: 5))
    }
    defer {
      lock.unlock()
      syncLock.unlock()
    }
    return try StoreFailure.translating {
      if folder.exists(repaired) { return try putInPlace(RepairReport()) }
      if try isWhole() { return RepairReport(wasWhole: true) }
      let report = try rebuild(discardUnsent: discardUnsent, lock)
      try folder.move(partial, to: repaired)
      return try putInPlace(report)
    }
  }

  /// Whether the files belong together and SQLite finds no fault with the structure.
  private func isWhole() throws -> Bool {
    do {
      guard let marker = try folder.read(folder.marker).map({ try LibraryMarker(parsing: $0, path: folder.marker) })
      else { return false }
      let reader = try LibrarySchema.schema.openReader(path: folder.database, vfs: folder.files.sqliteVFS)
      defer { reader.close() }
      let store = LibraryStore(
        database: reader, folder: folder, environment: environment, lock: nil, marker: marker)
      try store.checkMarker()
      return try reader.integrityCheck().isEmpty && store.read { try store.verifyRecords().indexMatches }
    } catch let error as SchemaError {
      if case .newer = error { throw error }
      return false
    } catch let error as SQLiteError where error.kind != .busy {
      return false
    } catch let error as OffprintError where error.code == .damaged {
      return false
    }
  }

  // MARK: The new database

  private func rebuild(discardUnsent: Bool, _ lock: any FileLock) throws -> RepairReport {
    for suffix in ["", "-wal", "-shm"] { folder.remove(partial + suffix) }
    let source = try? Connection(path: folder.database, role: .reader, vfs: folder.files.sqliteVFS)
    defer { source?.close() }
    let marker = try? folder.read(folder.marker).map { try LibraryMarker(parsing: $0, path: folder.marker) }
    let target = try LibrarySchema.schema.openWriter(
      path: partial, presence: .mayCreate, vfs: folder.files.sqliteVFS)
    defer { target.close() }
    let store = LibraryStore(
      database: target, folder: folder, environment: environment, lock: lock, marker: marker ?? LibraryMarker(id: ""))
    let carrying = LibraryCarrying(from: source.map { TableSalvage(connection: $0) }, to: store)
    var report = try carrying.carryAll(libraryID: marker?.id, changes: marker?.changes ?? 0)
    guard report.hasAllUnsent || discardUnsent else {
      throw OffprintError(
        .decisionNeeded,
        "edits that were not sent may be among what cannot be read; nothing was changed. `offprint repair --discard-unsent`"
          + " goes on without them and keeps the damaged files", retry: .afterDecision)
    }
    if report.unsent > 0 {
      let file = "unsent-\(environment.wallMilliseconds()).jsonl"
      try folder.write(folder.path + "/" + file, store.read { try store.unsentLines() })
      report.unsentFile = file
    }
    _ = try target.checkpoint(.truncate)
    return report
  }

  // MARK: In place of the old one

  /// Moves the damaged files aside, then the new database in. Until the last step there is no database, which every other
  /// program takes for damage; whoever repairs again ends what was begun.
  private func putInPlace(_ report: RepairReport) throws -> RepairReport {
    var report = report
    let aside = "damaged-\(environment.wallMilliseconds())"
    try folder.makeFolder(aside)
    for file in [folder.database, folder.database + "-wal", folder.database + "-shm"] where folder.exists(file) {
      try folder.move(file, to: "\(folder.path)/\(aside)/\(file.dropFirst(folder.path.utf8.count + 1))")
    }
    if let old = try? folder.read(folder.marker) { try folder.write("\(folder.path)/\(aside)/library.json", old) }
    let reader = try LibrarySchema.schema.openReader(path: repaired, vfs: folder.files.sqliteVFS)
    let store = LibraryStore(
      database: reader, folder: folder, environment: environment, lock: nil, marker: LibraryMarker(id: ""))
    var marker = LibraryMarker(id: try store.read { try store.metaText(.library) ?? "" })
    marker.changes = try store.read { try store.metaInteger(.changes) }
    marker.isComplete = true
    marker.isClean = true
    reader.close()
    for suffix in ["-wal", "-shm"] { folder.remove(repaired + suffix) }
    try folder.write(folder.marker, marker.bytes)
    try folder.move(repaired, to: folder.database)
    report.asideFolder = aside
    return report
  }
}
