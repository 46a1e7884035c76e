import CFaultVFS
import OffprintFiles

/// Small files in the steps that `SystemFiles` takes, each a counted call that may fail, crash or find no room.
extension FaultDisk: FileSystem {
  /// The name of its SQLite VFS.
  package var sqliteVFS: String? { vfs }

  /// Whether there is anything of that name; no for a process that has ended.
  package func exists(_ path: String) -> Bool { fault_disk_exists(disk, path) != 0 }

  /// The bytes that a file has; nil if there is none.
  package func size(of path: String) throws(FileError) -> Int64? {
    var size: Int64 = 0
    let found = fault_disk_size(disk, path, &size)
    if found == FaultDisk.notFound { return nil }
    try check(found, path)
    return size
  }

  /// The bytes of a file; nil if there is none.
  package func read(_ path: String, bytesMax: Int) throws(FileError) -> [UInt8]? {
    guard let size = try size(of: path) else { return nil }
    guard size <= bytesMax else {
      throw FileError(.unsuitable, path: path, reason: "not a file of at most \(bytesMax) bytes")
    }
    var bytes = [UInt8](repeating: 0, count: Int(size))
    try check(fault_disk_read(disk, path, &bytes, size), path)
    return bytes
  }

  /// Puts a file in place of any earlier one.
  package func replace(_ path: String, with bytes: [UInt8]) throws(FileError) {
    try check(fault_disk_replace(disk, path, bytes, Int64(bytes.count)), path)
  }

  /// Removes a file; the folder is not synced.
  package func remove(_ path: String) { fault_disk_remove(disk, path) }

  /// Makes a folder with those above it.
  package func makeFolder(_ path: String) throws(FileError) { try check(fault_disk_make_folder(disk, path), path) }

  /// Yes: what this disk refuses, it refuses call by call.
  package func mayWrite(in folder: String) -> Bool { true }

  /// No.
  package func isReadOnly(_ folder: String) -> Bool { false }

  /// Gives a file another name, in place of any that has it.
  package func move(_ path: String, to target: String) throws(FileError) {
    try check(fault_disk_move(disk, path, target), path)
  }

  /// Opens the file of a lock.
  package func lock(_ path: String) throws(FileError) -> any FileLock {
    var code: Int32 = 0
    let lock = fault_lock_open(disk, path, &code)
    try check(code, path)
    guard let lock else { throw FileError(.other, path: path, reason: "no lock") }
    return FaultLock(lock, on: self)
  }

  /// SQLite's codes, of which the C side has a few; this target does not know SQLite.
  private static let full: Int32 = 13
  private static let misuse: Int32 = 21
  private static let notFound: Int32 = 12
  private static let isFolder: Int32 = 14 | 2 << 8

  private func check(_ code: Int32, _ path: String) throws(FileError) {
    switch code {
    case 0: return
    case Self.full: throw FileError(.noSpace, path: path, reason: "no space left")
    case Self.isFolder, Self.misuse: throw FileError(.unsuitable, path: path, reason: "not a file or not a folder")
    default:
      throw FileError(.other, path: path, reason: isDown ? "the process has ended" : "input/output error \(code)")
    }
  }
}
