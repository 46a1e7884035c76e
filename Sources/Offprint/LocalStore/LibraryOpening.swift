import OffprintCrypto
import OffprintFiles
import OffprintSQLite
import OffprintWire

#if MUTANTS
  import OffprintMutants
#endif

/// Opens a library's files, or says why they cannot be trusted. An empty or missing file where a library should be is
/// damage, never a first run.
package struct LibraryOpening {
  let folder: LibraryFolder
  let environment: Environment
  let schema: Schema

  /// A way to open the library in a folder.
  /// - Parameter schema: The tables to bring it to; tests of upgrades give another one.
  package init(folder: String, environment: Environment, schema: Schema = LibrarySchema.schema) {
    self.folder = LibraryFolder(path: folder, files: environment.files)
    self.environment = environment
    self.schema = schema
  }

  /// Opens the library; see ``Library/open(at:create:environment:)``.
  package func open(create: Bool) throws(OffprintError) -> LibraryStore {
    if !folder.holdsLibrary {
      guard create else {
        throw OffprintError(
          .noLibrary,
          "there is no library in \(folder.path); `offprint add` or `offprint login` makes one there")
      }
      try folder.create()
    }
    guard folder.isWritable else { return try StoreFailure.translating { try openReadOnly() } }
    let lock = try folder.openLock(folder.lock)
    guard lock.lock(timeoutMilliseconds: LibraryStore.lockTimeoutMilliseconds) else {
      throw OffprintError(.inUse, "another process holds this library; try again", retry: .after(seconds: 1))
    }
    defer { lock.unlock() }
    return try StoreFailure.translating { try open(lock) }
  }

  /// Opens a library on a read-only disk, or of somebody else: all can be read and nothing written.
  private func openReadOnly() throws -> LibraryStore {
    guard let marker = try folder.read(folder.marker).map({ try LibraryMarker(parsing: $0, path: folder.marker) })
    else { throw LibraryStore.cannotWrite(folder) }
    let database = try openReaderWithoutWriting()
    let store = LibraryStore(database: database, folder: folder, environment: environment, lock: nil, marker: marker)
    try store.checkMarker()
    try store.refreshMoment()
    return store
  }

  /// As SQLite reads what others may be writing, where the files that it needs beside the database are there. Else as a file
  /// that nobody changes, but only where that is so: on a disk made available for reading alone, with nothing in the log.
  private func openReaderWithoutWriting() throws -> Connection {
    do {
      return try schema.openReader(path: folder.database, vfs: folder.files.sqliteVFS)
    } catch let error as SQLiteError where error.kind == .cannotOpen || error.kind == .readOnly {
      guard folder.isOnReadOnlyDisk, try folder.size(of: folder.database + "-wal") ?? 0 == 0 else {
        throw OffprintError(
          .failed,
          "\(folder.path) cannot be read without writing beside it: let a program that may write there open and close it, or"
            + " read a copy")
      }
    }
    return try schema.openReader(path: folder.database, isImmutable: true, vfs: folder.files.sqliteVFS)
  }

  private func open(_ lock: any FileLock) throws -> LibraryStore {
    guard !folder.holdsInterruptedRepair else {
      throw OffprintError(.damaged, "a repair of \(folder.path) was interrupted; `offprint repair` goes on with it")
    }
    let marker = try folder.read(folder.marker).map { try LibraryMarker(parsing: $0, path: folder.marker) }
    guard marker != nil || !folder.exists(folder.database) else {
      throw OffprintError(.damaged, "library.json is missing beside \(folder.database); \(StoreFailure.repairAdvice)")
    }
    let isNew = marker?.isComplete != true
    let current: LibraryMarker
    if let marker {
      current = marker
    } else {
      current = LibraryMarker(id: Hex.encode(environment.randomBytes(16)))
      try folder.write(folder.marker, current.bytes)
    }
    if !isNew, !folder.exists(folder.database) {
      throw OffprintError(
        .damaged, "\(folder.database) is missing, though library.json says it was there; \(StoreFailure.repairAdvice)")
    }
    let database = try schema.openWriter(
      path: folder.database, presence: isNew ? .mayCreate : .mustExist,
      vfs: folder.files.sqliteVFS)
    #if MUTANTS
      if Mutant.isOn(.clientSynchronousNormal) { try database.run("PRAGMA synchronous=NORMAL", []) }
    #endif
    let store = LibraryStore(database: database, folder: folder, environment: environment, lock: lock, marker: current)
    try store.prepare(isNew: isNew)
    return store
  }
}

/// `library.json`: says that a library was made here, whose it is and how far it had got when it was last closed.
struct LibraryMarker {
  /// The library's id, which the database holds too.
  var id: String
  /// Whether the database was made whole once.
  var isComplete = false
  /// Write transactions at the last clean close: the database can never have fewer.
  var changes: Int64 = 0
  /// Whether nothing was written since the last clean close.
  var isClean = false

  init(id: String) { self.id = id }

  init(parsing bytes: [UInt8], path: String) throws(OffprintError) {
    guard let json = try? JSONValue(parsing: bytes), json["application"]?.string == "offprint",
      let id = json["id"]?.string, let isComplete = json["complete"]?.bool
    else { throw OffprintError(.damaged, "\(path) is damaged; \(StoreFailure.repairAdvice)") }
    self.id = id
    self.isComplete = isComplete
    changes = json["changes"]?.integer ?? 0
    isClean = json["clean"]?.bool ?? false
  }

  var bytes: [UInt8] {
    JSONValue.members(
      ("application", .string("offprint")), ("changes", .integer(changes)), ("clean", .bool(isClean)),
      ("complete", .bool(isComplete)), ("id", .string(id)), ("schema", .integer(1))
    ).canonicalBytes + [0x0A]
  }
}
