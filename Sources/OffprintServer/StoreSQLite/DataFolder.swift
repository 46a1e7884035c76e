#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The server's data folder, for its owner alone.
struct DataFolder: Sendable {
  /// Absolute, or relative to the working directory as given.
  let path: String

  var database: String { path + "/offprintd.sqlite" }
  var heads: String { path + "/heads.json" }
  /// Held for each writing transaction.
  var writeLock: String { path + "/lock" }
  /// Held by the one server process.
  var serveLock: String { path + "/serve.lock" }

  /// The folder, made with mode 0700 if it is not there (its parents too).
  init(preparing path: String) throws(StoreError) {
    self.path = path
    var info = stat()
    if stat(path, &info) != 0 {
      try Self.make(path)
      guard stat(path, &info) == 0 else { throw Self.unusable(path) }
    }
    guard info.st_mode & S_IFMT == S_IFDIR else { throw .unusable("\(path) is not a folder") }
    guard access(path, R_OK | W_OK | X_OK) == 0 else { throw Self.unusable(path) }
  }

  private static func make(_ path: String) throws(StoreError) {
    var end = path.utf8.startIndex
    while let slash = path.utf8[end...].firstIndex(of: UInt8(ascii: "/")) {
      end = path.utf8.index(after: slash)
      let parent = String(path[..<slash])
      if !parent.isEmpty { mkdir(parent, 0o700) }
    }
    guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw unusable(path) }
  }

  private static func unusable(_ path: String) -> StoreError {
    .unusable("cannot use \(path): \(String(cString: strerror(errno)))")
  }

  /// Replaces a file so that it is, after a crash at any moment, the old or the new one whole.
  static func replace(_ path: String, with bytes: [UInt8]) throws(StoreError) {
    let temporary = path + ".new"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw unusable(temporary) }
    let written = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    let isDurable = written == bytes.count && fsync(descriptor) == 0
    close(descriptor)
    guard isDurable, rename(temporary, path) == 0 else {
      unlink(temporary)
      throw .full
    }
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return }
    let folder = open(String(path[..<slash]), O_RDONLY | O_CLOEXEC)
    guard folder >= 0 else { return }
    fsync(folder)
    close(folder)
  }

  /// The bytes of a file; nil if there is none.
  static func read(_ path: String, bytesMax: Int) throws(StoreError) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw unusable(path)
    }
    defer { close(descriptor) }
    var info = stat()
    guard fstat(descriptor, &info) == 0, info.st_size >= 0, info.st_size <= bytesMax else { throw unusable(path) }
    let size = Int(info.st_size)
    var count = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, initialized in
      while count < size {
        let got = systemRead(descriptor, buffer.baseAddress.map { $0 + count }, size - count)
        if got <= 0 { break }
        count += got
      }
      initialized = count
    }
    guard count == size else { throw unusable(path) }
    return bytes
  }
}

/// The system's `read`, which the method above hides by its name.
private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
  read(descriptor, buffer, count)
}
