import OffprintSQLite
import OffprintWire

/// A reader's library on this device: articles, reading progress and bookmarks, complete and usable without a network.
///
/// One library belongs to one account, once it was signed in. Every call that changes something is durable when it returns.
/// The actor runs on a thread of its own, since SQLite blocks; several processes may have one library open.
public actor Library {
  /// Where the library's files are.
  public nonisolated let folder: String
  nonisolated let environment: Environment
  nonisolated let runs = SyncRuns()
  private let thread: DatabaseThread
  private var opened: LibraryStore?

  /// The library's own thread.
  public nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  private init(folder: String, environment: Environment) throws(OffprintError) {
    self.folder = folder
    self.environment = environment
    thread = DatabaseThread(name: "offprint-library")
  }

  /// Opens the library in a folder, bringing it up to date; never talks to a network.
  ///
  /// - Parameters:
  ///   - folder: The folder, a path taken literally.
  ///   - create: Whether to make a library where there is none.
  ///   - environment: The machine's clocks and randomness.
  /// - Throws: `.noLibrary`, `.damaged`, `.newerLibrary`, `.inUse`, `.diskFull`, `.failed`.
  public static func open(
    at folder: String, create: Bool, environment: Environment = .live
  ) async throws(OffprintError) -> Library {
    let library = try Library(folder: folder, environment: environment)
    try await library.open(create: create)
    return library
  }

  /// Repairs the library in a folder that `open` calls damaged: keeps the damaged files in a folder of their own, carries
  /// over what can be read, unsent edits first, and lets the next sync fetch the rest. Nobody may have the library open.
  ///
  /// - Parameter discardUnsent: Go on although unsent edits may be among what cannot be read.
  /// - Throws: `.noLibrary`, `.inUse`, `.newerLibrary`, `.diskFull`; `.decisionNeeded` if unsent edits may be lost.
  public static func repair(
    at folder: String, discardUnsent: Bool = false, environment: Environment = .live
  ) async throws(OffprintError) -> RepairReport {
    let library = try Library(folder: folder, environment: environment)
    return try await library.repair(discardUnsent: discardUnsent)
  }

  private func repair(discardUnsent: Bool) throws(OffprintError) -> RepairReport {
    try LibraryRepair(folder: folder, environment: environment).run(discardUnsent: discardUnsent)
  }

  /// Whether records were met that cannot be read: the next sync fetches what the server has of them.
  public func hasMetDamage() throws(OffprintError) -> Bool { try store().hasMetDamage }

  private func open(create: Bool) throws(OffprintError) {
    opened = try LibraryOpening(folder: folder, environment: environment)
      .open(create: create)
  }

  /// Ends cleanly; the library cannot be used afterwards.
  public func close() {
    opened?.close()
    opened = nil
  }

  /// The store, for the extensions of this actor.
  func store() throws(OffprintError) -> LibraryStore {
    guard let opened else { throw OffprintError(.failed, "the library was closed") }
    return opened
  }

  func write<T>(_ body: (LibraryStore) throws -> T) throws(OffprintError) -> T {
    let store = try store()
    return try store.write { try body(store) }
  }

  func read<T>(_ body: (LibraryStore) throws -> T) throws(OffprintError) -> T {
    let store = try store()
    return try store.read { try body(store) }
  }
}
