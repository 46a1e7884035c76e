import CSQLite

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Android)
  import Android
#else
  import Darwin
#endif

/// What has to be right about a path before SQLite sees it.
struct DatabaseFile {
  let path: String
  let role: Connection.Role

  /// The path in a form that SQLite can only take for a file name, not for a URI or a special name.
  func literalPath() throws(SQLiteError) -> String {
    guard !path.isEmpty else { throw SQLiteError(code: SQLITE_CANTOPEN) }
    // C would stop at U+0000 and open another file.
    guard !path.utf8.contains(0) else { throw SQLiteError(code: SQLITE_CANTOPEN) }
    return path.utf8.first == UInt8(ascii: "/") ? path : "./" + path
  }

  /// Checks what is there, makes the file if it is to be made, and gives its absolute path.
  ///
  /// Links in the directory are resolved here, since `SQLITE_OPEN_NOFOLLOW` refuses them anywhere in the path and some platforms
  /// have them everywhere (`/var` on iOS); a link as the file itself is left for it to refuse.
  func prepare() throws(SQLiteError) -> String {
    let resolved = try resolvedPath()
    var info = stat()
    let found = role.isReader ? stat(resolved, &info) : lstat(resolved, &info)
    if found == 0 {
      if info.st_mode & S_IFMT == S_IFLNK { throw SQLiteError(code: Self.symbolicLink) }
      // A pipe would block the open for ever.
      guard info.st_mode & S_IFMT == S_IFREG else { throw SQLiteError(code: Self.directory) }
    } else if errno == ENOENT, role == .writer(create: true) {
      try Self.create(resolved)
    } else {
      throw Self.error(errno)
    }
    return resolved
  }

  /// The URI of an absolute path that says that nobody changes the file: the only way to say so (sqlite.org/uri.html). Every
  /// byte that is not a letter, a digit or a slash is escaped, so that the path can say nothing else.
  static func immutableURI(_ path: String) -> String {
    var uri = "file:"
    for byte in path.utf8 {
      let scalar = Unicode.Scalar(byte)
      let isPlain = byte < 0x80 && (scalar.properties.isAlphabetic || (0x30...0x39).contains(byte) || scalar == "/")
      let digits = String(byte, radix: 16)
      uri += isPlain ? String(scalar) : "%" + (digits.utf8.count == 1 ? "0" : "") + digits
    }
    return uri + "?immutable=1"
  }

  /// What is at the path, before SQLite gets to touch it.
  enum Content {
    case absent, empty, something
  }

  /// Looks without opening. A VFS other than the platform's is asked only whether there is a file: empty is `absent` to most.
  func content(vfs name: String?) throws(SQLiteError) -> Content {
    if let name {
      let path = try literalPath()
      guard let vfs = sqlite3_vfs_find(name), let access = vfs.pointee.xAccess else {
        throw SQLiteError(code: SQLITE_ERROR, message: "there is no VFS of this name")
      }
      var exists: Int32 = 0
      let code = access(vfs, path, SQLITE_ACCESS_EXISTS, &exists)
      guard code == SQLITE_OK else { throw SQLiteError(code: code) }
      return exists == 0 ? .absent : .something
    }
    var info = stat()
    guard stat(try literalPath(), &info) == 0 else {
      guard errno == ENOENT else { throw Self.error(errno) }
      return .absent
    }
    return info.st_size == 0 && info.st_mode & S_IFMT == S_IFREG ? .empty : .something
  }

  /// Makes an empty file with mode 0600 under any umask, so that the names in its directory survive power loss too.
  ///
  /// Must not exist. No connection can have it open yet: closing a descriptor of a file drops the POSIX locks that this process's
  /// connections hold on it, which is why an existing database is never opened but by SQLite.
  static func create(_ path: String) throws(SQLiteError) {
    let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw error(errno) }
    defer { close(descriptor) }
    guard fchmod(descriptor, 0o600) == 0 else { throw error(errno) }
    try synchronizeDirectory(of: path)
  }

  /// The absolute path of a file that must not be there yet.
  func newPath() throws(SQLiteError) -> String {
    let resolved = try resolvedPath()
    var info = stat()
    if lstat(resolved, &info) == 0 { throw Self.error(EEXIST) }
    guard errno == ENOENT else { throw Self.error(errno) }
    return resolved
  }

  /// The absolute path of a plain file that may be there, or may not.
  func replaceablePath() throws(SQLiteError) -> String {
    let resolved = try resolvedPath()
    var info = stat()
    if lstat(resolved, &info) == 0 {
      guard info.st_mode & S_IFMT == S_IFREG else { throw SQLiteError(code: Self.directory) }
    } else if errno != ENOENT {
      throw Self.error(errno)
    }
    return resolved
  }

  /// Writes a closed file out to the disk. After a failure it must not be trusted, however often this is tried again.
  static func synchronize(_ path: String) throws(SQLiteError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw error(errno) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw SQLiteError(code: ioErrorFsync) }
  }

  static func synchronizeDirectory(of path: String) throws(SQLiteError) {
    try synchronize(split(path).directory)
  }

  static func error(_ number: Int32) -> SQLiteError {
    let code =
      switch number {
      case EROFS: SQLITE_READONLY
      case ENOSPC, EDQUOT: SQLITE_FULL
      case EIO: SQLITE_IOERR
      default: SQLITE_CANTOPEN
      }
    return SQLiteError(code: code, message: String(cString: strerror(number)))
  }

  private func resolvedPath() throws(SQLiteError) -> String {
    let (directory, name) = Self.split(try literalPath())
    guard !name.isEmpty else { throw SQLiteError(code: Self.directory) }
    guard let resolved = realpath(directory, nil) else { throw Self.error(errno) }
    defer { free(resolved) }
    let parent = String(cString: resolved)
    return parent.utf8.elementsEqual("/".utf8) ? "/" + name : parent + "/" + name
  }

  private static func split(_ path: String) -> (directory: String, name: String) {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return (".", path) }
    let directory = String(path[..<slash])
    return (directory.isEmpty ? "/" : directory, String(path[path.utf8.index(after: slash)...]))
  }

  // SQLite defines its extended codes by arithmetic that Swift does not import.
  private static let directory = SQLITE_CANTOPEN | (2 << 8)
  private static let symbolicLink = SQLITE_CANTOPEN | (6 << 8)
  private static let ioErrorFsync = SQLITE_IOERR | (4 << 8)
}
