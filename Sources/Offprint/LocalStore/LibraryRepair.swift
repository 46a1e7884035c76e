import OffprintFiles
import OffprintSQLite
import OffprintWire

/// Makes a library with a damaged database usable again: keeps the damaged files, saves unsent edits first, carries over
/// what can be read, and lets the next sync fetch the rest.
///
/// At every moment the folder holds the old database, or the new one whole: a repair that was interrupted is gone on with.
/// Until the old database is moved aside it counts, and a new one beside it is thrown away and made anew: the library may
/// have been used meanwhile.
package struct LibraryRepair {
  private let folder: LibraryFolder
  private let environment: Environment

  /// A repair of the library in a folder.
  package init(folder: String, environment: Environment) {
    self.folder = LibraryFolder(path: folder, files: environment.files)
    self.environment = environment
  }

  private var partial: String { folder.database + ".partial" }

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
      if folder.holdsInterruptedRepair { return try putInPlace() }
      remove(folder.repaired)
      remove(partial)
      if try isWhole() { return RepairReport(wasWhole: true) }
      do {
        try rebuild(discardUnsent: discardUnsent, lock)
      } catch {
        remove(partial)
        throw error
      }
      try folder.move(partial, to: folder.repaired)
      return try putInPlace()
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

  private func remove(_ database: String) {
    for suffix in ["", "-wal", "-shm"] { folder.remove(database + suffix) }
  }

  // MARK: The new database

  private func rebuild(discardUnsent: Bool, _ lock: any FileLock) throws {
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
    if report.unsent > 0 { report.unsentFile = try store.read { try store.writeUnsentFile() } }
    report.asideFolder = folder.freeName("damaged-\(environment.wallMilliseconds())")
    _ = try store.transaction { try store.setMeta(.repair, report.text) }
    guard try target.checkpoint(.truncate) else {
      throw OffprintError(.inUse, "another process reads the new database; try again", retry: .after(seconds: 5))
    }
  }

  // MARK: In place of the old one

  /// Moves the damaged files aside, then the new database in. Until the last step there is no database, which every other
  /// program takes for damage; whoever repairs again ends what was begun.
  private func putInPlace() throws -> RepairReport {
    var (marker, report) = try readRepaired()
    let aside = report.asideFolder ?? folder.freeName("damaged-\(environment.wallMilliseconds())")
    report.asideFolder = aside
    try folder.makeFolder(aside)
    for file in [folder.database, folder.database + "-wal", folder.database + "-shm"] where folder.exists(file) {
      try folder.move(file, to: "\(folder.path)/\(aside)/\(file.dropFirst(folder.path.utf8.count + 1))")
    }
    let oldMarker = "\(folder.path)/\(aside)/library.json"
    // Once it is there, the one in the library's folder may be the new one already.
    if !folder.exists(oldMarker), let old = try? folder.read(folder.marker) { try folder.write(oldMarker, old) }
    try folder.write(folder.marker, marker.bytes)
    try folder.move(folder.repaired, to: folder.database)
    return report
  }

  /// What the new database says of itself.
  private func readRepaired() throws -> (LibraryMarker, RepairReport) {
    let reader = try LibrarySchema.schema.openReader(path: folder.repaired, vfs: folder.files.sqliteVFS)
    defer {
      reader.close()
      for suffix in ["-wal", "-shm"] { folder.remove(folder.repaired + suffix) }
    }
    let store = LibraryStore(
      database: reader, folder: folder, environment: environment, lock: nil, marker: LibraryMarker(id: ""))
    return try store.read {
      var marker = LibraryMarker(id: try store.metaText(.library) ?? "")
      marker.changes = try store.metaInteger(.changes)
      marker.isComplete = true
      marker.isClean = true
      return (marker, RepairReport(parsing: try store.metaText(.repair) ?? ""))
    }
  }
}

extension RepairReport {
  /// As the new database keeps it, for whoever ends a repair that was interrupted.
  var text: String {
    let json = JSONValue.members(
      ("asideFolder", asideFolder.map { .string($0) } ?? .null), ("contents", .integer(Int64(contents))),
      ("hasAllUnsent", .bool(hasAllUnsent)), ("records", .integer(Int64(records))),
      ("unreadable", .integer(Int64(unreadable))), ("unsent", .integer(Int64(unsent))),
      ("unsentFile", unsentFile.map { .string($0) } ?? .null))
    return String(decoding: json.canonicalBytes, as: UTF8.self)
  }

  /// Reads what ``text`` has written; what is not there is as in an empty report.
  init(parsing text: String) {
    self.init()
    guard let json = try? JSONValue(parsing: Array(text.utf8)) else { return }
    func number(_ name: String) -> Int { Int(clamping: json[name]?.integer ?? 0) }
    records = number("records")
    contents = number("contents")
    unsent = number("unsent")
    unreadable = number("unreadable")
    hasAllUnsent = json["hasAllUnsent"]?.bool ?? true
    unsentFile = json["unsentFile"]?.string
    asideFolder = json["asideFolder"]?.string.flatMap { $0.contains("/") ? nil : $0 }
  }
}
