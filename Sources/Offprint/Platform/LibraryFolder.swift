import OffprintFiles

/// The files of a library: a folder with `library.sqlite`, `library.json`, `lock`, `sync.lock`, `credential.json`.
package struct LibraryFolder: Sendable {
  /// The folder, a path taken literally.
  package let path: String
  /// The disk it is on.
  let files: any FileSystem

  static let databaseName = "library.sqlite"

  /// The folder of that path.
  package init(path: String, files: any FileSystem) {
    self.path = path
    self.files = files
  }

  var database: String { path + "/" + Self.databaseName }
  /// A new database that a repair has made whole and not yet put in place of the old one.
  var repaired: String { database + ".repaired" }
  var marker: String { path + "/library.json" }
  var lock: String { path + "/lock" }
  var syncLock: String { path + "/sync.lock" }
  var credential: String { path + "/credential.json" }

  /// Whether a library was made here: its marker file exists, or its database does, or the one that is to replace it.
  var holdsLibrary: Bool { exists(marker) || exists(database) || exists(repaired) }

  /// Whether a repair ended between its last steps: the old database is aside, and the new one not yet in its place.
  var holdsInterruptedRepair: Bool { !exists(database) && exists(repaired) }

  func exists(_ file: String) -> Bool { files.exists(file) }

  /// Makes the folder, readable by its owner alone.
  func create() throws(OffprintError) {
    try translating { () throws(FileError) in try files.makeFolder(path) }
  }

  /// A name of this beginning and end that nothing in the library's folder has.
  func freeName(_ beginning: String, _ end: String = "") -> String {
    var name = beginning + end
    var number = 2
    while exists(path + "/" + name) {
      name = "\(beginning)-\(number)\(end)"
      number += 1
    }
    return name
  }

  /// The bytes that a file has; nil if there is none.
  func size(of file: String) throws(OffprintError) -> Int64? {
    try translating { () throws(FileError) in try files.size(of: file) }
  }

  /// The file's bytes; nil if there is none.
  func read(_ file: String, bytesMax: Int = 1 << 20) throws(OffprintError) -> [UInt8]? {
    try translating { () throws(FileError) in try files.read(file, bytesMax: bytesMax) }
  }

  /// Replaces a file whole or not at all. Mode 0600.
  func write(_ file: String, _ bytes: [UInt8]) throws(OffprintError) {
    try translating { () throws(FileError) in try files.replace(file, with: bytes) }
  }

  func remove(_ file: String) { files.remove(file) }

  /// Makes a folder in the library's, for its owner alone.
  func makeFolder(_ name: String) throws(OffprintError) {
    try translating { () throws(FileError) in try files.makeFolder(path + "/" + name) }
  }

  /// Whether the library can be written; not so on a read-only disk.
  var isWritable: Bool { files.mayWrite(in: path) }

  /// Whether nobody can write the library: its disk was made available for reading alone.
  var isOnReadOnlyDisk: Bool { files.isReadOnly(path) }

  /// Gives a file of the library another name.
  func move(_ file: String, to target: String) throws(OffprintError) {
    try translating { () throws(FileError) in try files.move(file, to: target) }
  }

  /// Opens a lock's file.
  func openLock(_ file: String) throws(OffprintError) -> any FileLock {
    try translating { () throws(FileError) in try files.lock(file) }
  }

  private func translating<T>(_ body: () throws(FileError) -> T) throws(OffprintError) -> T {
    do throws(FileError) { return try body() } catch { throw OffprintError(error) }
  }
}

extension OffprintError {
  /// The library's error for a file's.
  init(_ error: FileError) {
    switch error.kind {
    case .noSpace: self.init(.diskFull, "the disk is full: \(error.path) could not be written")
    default: self.init(.failed, "cannot use \(error.path): \(error.reason)")
    }
  }
}
