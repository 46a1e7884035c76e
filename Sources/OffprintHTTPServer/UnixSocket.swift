#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

extension ListenSocket {
  /// Who may connect to a Unix socket: its owner and its group.
  private static let mode: mode_t = 0o660

  /// A Unix socket that listens and does not block; the caller closes it and removes its name.
  ///
  /// A name that an ended server left is taken over; one that somebody answers at is not.
  static func open(path: String) throws(HTTPServerError) -> Int32 {
    let bytes = Array(path.utf8)
    var address = sockaddr_un()
    guard !bytes.isEmpty, !bytes.contains(0), bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
      throw .cannotListen(reason: "\(path) is no path for a Unix socket")
    }
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    try removeAbandoned(path, address)

    let socket = socket(AF_UNIX, unixStream, 0)
    guard socket >= 0 else { throw failure(errno, path) }
    // The mode is right from the first moment: nobody connects before `listen`.
    guard fcntl(socket, F_SETFD, FD_CLOEXEC) == 0, fcntl(socket, F_SETFL, O_NONBLOCK) == 0,
      withAddress(address, { bind(socket, $0, $1) }) == 0, chmod(path, mode) == 0, listen(socket, SOMAXCONN) == 0
    else {
      let code = errno
      close(socket)
      throw failure(code, path)
    }
    return socket
  }

  private static func removeAbandoned(_ path: String, _ address: sockaddr_un) throws(HTTPServerError) {
    var info = stat()
    guard lstat(path, &info) == 0 else { return }
    guard info.st_mode & S_IFMT == S_IFSOCK else {
      throw .cannotListen(reason: "\(path) is there and is no socket")
    }
    let probe = socket(AF_UNIX, unixStream, 0)
    guard probe >= 0 else { throw failure(errno, path) }
    defer { close(probe) }
    guard withAddress(address, { connect(probe, $0, $1) }) != 0, errno == ECONNREFUSED else {
      throw .cannotListen(reason: "another program listens on \(path)")
    }
    unlink(path)
  }

  private static func withAddress(
    _ address: sockaddr_un, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) -> Int32 {
    withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
    }
  }

  private static func failure(_ code: Int32, _ path: String) -> HTTPServerError {
    .cannotListen(reason: "\(path): \(String(cString: strerror(code)))")
  }

  private static var unixStream: Int32 {
    #if canImport(Darwin)
      SOCK_STREAM
    #else
      Int32(SOCK_STREAM.rawValue)
    #endif
  }
}
