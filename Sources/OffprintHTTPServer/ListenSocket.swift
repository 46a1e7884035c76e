#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Makes and names listening TCP sockets.
enum ListenSocket {
  /// A socket that listens on an address literal and does not block; the caller closes it.
  static func open(address: String, port: UInt16) throws(HTTPServerError) -> Int32 {
    var hints = addrinfo()
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE
    hints.ai_family = AF_UNSPEC
    hints.ai_socktype = streamType
    var found: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(address, String(port), &hints, &found) == 0, let found else { throw .badAddress(address) }
    defer { freeaddrinfo(found) }

    let socket = socket(found.pointee.ai_family, streamType, 0)
    guard socket >= 0 else { throw error(errno, address, port) }
    var one: Int32 = 1
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
    if found.pointee.ai_family == AF_INET6 {
      var sixOnly: Int32 = address == "::" ? 0 : 1
      setsockopt(socket, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &sixOnly, socklen_t(MemoryLayout<Int32>.size))
    }
    guard fcntl(socket, F_SETFD, FD_CLOEXEC) == 0, fcntl(socket, F_SETFL, O_NONBLOCK) == 0,
      bind(socket, found.pointee.ai_addr, found.pointee.ai_addrlen) == 0, listen(socket, SOMAXCONN) == 0
    else {
      let code = errno
      close(socket)
      throw error(code, address, port)
    }
    return socket
  }

  /// The port that a socket is bound to; 0 if the system does not say.
  static func port(of socket: Int32) -> UInt16 {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    return withUnsafeMutablePointer(to: &storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        guard getsockname(socket, address, &length) == 0 else { return 0 }
        // The port stands at the same place for both families.
        return address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { UInt16(bigEndian: $0.pointee.sin_port) }
      }
    }
  }

  /// The address of a socket's peer as a literal without port; an IPv4 address that came in over IPv6 as IPv4.
  static func peer(of socket: Int32) -> String? {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    var text = [UInt8](repeating: 0, count: Int(NI_MAXHOST))
    let done = withUnsafeMutablePointer(to: &storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        text.withUnsafeMutableBytes { bytes in
          getpeername(socket, address, &length) == 0
            // The system would make up a name for the other end of a Unix socket.
            && address.pointee.sa_family != sa_family_t(AF_UNIX)
            && getnameinfo(
              address, length, bytes.assumingMemoryBound(to: CChar.self).baseAddress, socklen_t(bytes.count), nil, 0,
              NI_NUMERICHOST) == 0
        }
      }
    }
    guard done else { return nil }
    let literal = String(decoding: text.prefix { $0 != 0 }, as: UTF8.self)
    return literal.hasPrefix("::ffff:") && literal.contains(".") ? String(literal.dropFirst(7)) : literal
  }

  /// Ends both directions of a socket, which stays open as a descriptor.
  static func shutDown(_ socket: Int32) {
    // SHUT_RDWR, which Glibc's module does not show.
    _ = shutdown(socket, 2)
  }

  private static var streamType: Int32 {
    #if canImport(Darwin)
      SOCK_STREAM
    #else
      Int32(SOCK_STREAM.rawValue)
    #endif
  }

  private static func error(_ code: Int32, _ address: String, _ port: UInt16) -> HTTPServerError {
    switch code {
    case EADDRINUSE: .addressInUse(address: address, port: port)
    case EADDRNOTAVAIL, EINVAL, EAFNOSUPPORT: .badAddress(address)
    case EACCES, EPERM: .notPermitted(address: address, port: port)
    default: .cannotListen(reason: String(cString: strerror(code)))
    }
  }
}
