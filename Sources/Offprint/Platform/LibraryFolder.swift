import Foundation

/// The files of a library: a folder with `library.sqlite`, `library.json`, `lock`, `sync.lock`, `credential.json`.
struct LibraryFolder {
  /// The folder, a path taken literally.
  let path: String

  static let databaseName = "library.sqlite"

  var database: String { path + "/" + Self.databaseName }
  var marker: String { path + "/library.json" }
  var lock: String { path + "/lock" }
  var syncLock: String { path + "/sync.lock" }
  var credential: String { path + "/credential.json" }

  /// Whether a library was made here: its marker file exists, or its database does.
  var holdsLibrary: Bool { exists(marker) || exists(database) }

  func exists(_ file: String) -> Bool { FileManager.default.fileExists(atPath: file) }

  /// Makes the folder, readable by its owner alone.
  func create() throws(OffprintError) {
    do {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw OffprintError(.failed, "cannot make the library folder \(path): \(error.localizedDescription)")
    }
  }

  /// The file's bytes; nil if there is none.
  func read(_ file: String, bytesMax: Int = 1 << 20) throws(OffprintError) -> [UInt8]? {
    guard exists(file) else { return nil }
    guard let bytes = FileManager.default.contents(atPath: file), bytes.count <= bytesMax else {
      throw OffprintError(.failed, "cannot read \(file); check its permissions")
    }
    return Array(bytes)
  }

  /// Replaces a file whole or not at all: temporary file, fsync, rename, fsync of the folder. Mode 0600.
  func write(_ file: String, _ bytes: [UInt8]) throws(OffprintError) {
    let temporary = file + ".new"
    unlink(temporary)
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw Self.failure(opening: temporary, errno) }
    var written = 0
    var code: Int32 = 0
    while written < bytes.count, code == 0 {
      let count = bytes[written...].withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if count > 0 { written += count } else if errno != EINTR { code = errno }
    }
    if code == 0, fsync(descriptor) != 0 { code = errno }
    if close(descriptor) != 0, code == 0 { code = errno }
    if code == 0, rename(temporary, file) != 0 { code = errno }
    guard code == 0 else {
      unlink(temporary)
      throw Self.failure(opening: file, code)
    }
    let folder = open(path, O_RDONLY | O_CLOEXEC)
    if folder >= 0 {
      fsync(folder)
      close(folder)
    }
  }

  func remove(_ file: String) { unlink(file) }

  /// The error for a system call on a file that failed with `code`.
  static func failure(opening path: String, _ code: Int32) -> OffprintError {
    let reason = String(cString: strerror(code))
    switch code {
    case ENOSPC, EDQUOT: return OffprintError(.diskFull, "the disk is full: \(path) could not be written")
    case EROFS, EACCES, EPERM: return OffprintError(.failed, "cannot write \(path): \(reason)")
    default: return OffprintError(.failed, "cannot open \(path): \(reason)")
    }
  }
}
