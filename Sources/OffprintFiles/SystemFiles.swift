#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Android)
  import Android
#else
  import Darwin
#endif

/// The files of the machine.
package struct SystemFiles: FileSystem {
  /// The machine's files.
  package init() {}

  /// The platform's own.
  package var sqliteVFS: String? { nil }

  /// Whether there is anything of that name; links are followed.
  package func exists(_ path: String) -> Bool {
    var info = stat()
    return stat(path, &info) == 0
  }

  /// The bytes that a file has; links are followed.
  package func size(of path: String) throws(FileError) -> Int64? {
    var info = stat()
    if stat(path, &info) == 0 { return Int64(info.st_size) }
    if errno == ENOENT { return nil }
    throw FileError(path, errno)
  }

  /// The bytes of a file; nil if there is none.
  package func read(_ path: String, bytesMax: Int) throws(FileError) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw FileError(path, errno)
    }
    defer { close(descriptor) }
    var info = stat()
    guard fstat(descriptor, &info) == 0 else { throw FileError(path, errno) }
    guard info.st_mode & S_IFMT == S_IFREG, info.st_size >= 0, info.st_size <= bytesMax else {
      throw FileError(.unsuitable, path: path, reason: "not a file of at most \(bytesMax) bytes")
    }
    let size = Int(info.st_size)
    var count = 0
    var code: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, initialized in
      while count < size {
        let got = readSome(descriptor, buffer.baseAddress.map { $0 + count }, size - count)
        if got < 0, errno == EINTR { continue }
        if got <= 0 {
          code = got < 0 ? errno : EIO
          break
        }
        count += got
      }
      initialized = count
    }
    guard code == 0 else { throw FileError(path, code) }
    return bytes
  }

  /// Writes beside the file, and renames once that is on the disk; then the folder, which holds the name.
  package func replace(_ path: String, with bytes: [UInt8]) throws(FileError) {
    let temporary = path + ".new"
    // What an interrupted call left. Were it a link, the link goes and not what it names.
    unlink(temporary)
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw FileError(temporary, errno) }
    var written = 0
    var code: Int32 = 0
    while written < bytes.count, code == 0 {
      let count = bytes[written...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if count > 0 { written += count } else if errno != EINTR { code = errno }
    }
    if code == 0, fsync(descriptor) != 0 { code = errno }
    if close(descriptor) != 0, code == 0 { code = errno }
    if code == 0, rename(temporary, path) != 0 { code = errno }
    guard code == 0 else {
      unlink(temporary)
      throw FileError(path, code)
    }
    try synchronizeFolder(of: path)
  }

  /// Whether the folder may be written: its permissions and its disk allow it.
  package func mayWrite(in folder: String) -> Bool { access(folder, W_OK | X_OK) == 0 }

  /// Whether the system says so of the disk, and not of this user.
  package func isReadOnly(_ folder: String) -> Bool { access(folder, W_OK) != 0 && errno == EROFS }

  /// Renames, and writes the names out to the disk.
  package func move(_ path: String, to target: String) throws(FileError) {
    guard rename(path, target) == 0 else { throw FileError(path, errno) }
    try synchronizeFolder(of: target)
    try synchronizeFolder(of: path)
  }

  private func synchronizeFolder(of path: String) throws(FileError) {
    let end = path.utf8.lastIndex(of: UInt8(ascii: "/"))
    let parent = end.map { $0 == path.utf8.startIndex ? "/" : String(path[..<$0]) } ?? "."
    let folder = open(parent, O_RDONLY | O_CLOEXEC)
    guard folder >= 0 else { return }
    defer { close(folder) }
    // A file system that cannot sync a folder says so with EINVAL; one that failed to must be heard.
    guard fsync(folder) == 0 || errno == EINVAL else { throw FileError(path, errno) }
  }

  /// Removes a file.
  package func remove(_ path: String) { unlink(path) }

  /// Makes a folder with mode 0700, its parents too, and writes the names of all of them out to the disk.
  package func makeFolder(_ path: String) throws(FileError) {
    var end = path.utf8.startIndex
    while let slash = path.utf8[end...].firstIndex(of: UInt8(ascii: "/")) {
      end = path.utf8.index(after: slash)
      let parent = String(path[..<slash])
      guard !parent.isEmpty else { continue }
      let isNew = mkdir(parent, 0o700) == 0
      // One that is there may have been made by a call that did not get to this; mostly it was not, and may be anybody's.
      do { try synchronizeFolder(of: parent) } catch { if isNew { throw error } }
    }
    let isNew = mkdir(path, 0o700) == 0
    guard isNew || errno == EEXIST else { throw FileError(path, errno) }
    var info = stat()
    guard stat(path, &info) == 0 else { throw FileError(path, errno) }
    guard info.st_mode & S_IFMT == S_IFDIR else { throw FileError(path, ENOTDIR) }
    do { try synchronizeFolder(of: path) } catch { if isNew { throw error } }
  }

  /// Opens the file of a lock.
  package func lock(_ path: String) throws(FileError) -> any FileLock { try SystemLock(path: path) }
}

/// The system's `read`, which the method above hides by its name.
private func readSome(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
  read(descriptor, buffer, count)
}

extension FileError {
  /// The error that a system call on a file left in `errno`.
  init(_ path: String, _ code: Int32) {
    let kind: Kind =
      switch code {
      case ENOSPC, EDQUOT: .noSpace
      case EROFS, EACCES, EPERM: .notPermitted
      case EISDIR, ENOTDIR, ELOOP: .unsuitable
      default: .other
      }
    self.init(kind, path: path, reason: String(cString: strerror(code)))
  }
}
