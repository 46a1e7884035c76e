import Foundation
import OffprintLocks
import OffprintProcesses

/// Listens on every address of this machine, of both families, and counts who connects.
final class CountingListener: Sendable {
  let port: UInt16
  private let socket: Int32
  private let accepted = Mutex(0)

  init() throws {
    let socket = Foundation.socket(AF_INET6, Int32(SOCK_STREAM.rawValue), 0)
    self.socket = socket
    var only: Int32 = 0
    setsockopt(socket, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &only, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in6()
    address.sin6_family = sa_family_t(AF_INET6)
    var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
    let done = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, length) == 0 && listen(socket, 64) == 0 && getsockname(socket, $0, &length) == 0
      }
    }
    guard done else { throw CannotListen() }
    port = UInt16(bigEndian: address.sin6_port)
    Thread.detachNewThread { [weak self] in
      while true {
        let client = accept(socket, nil, nil)
        guard client >= 0 else { break }
        self?.accepted.withLock { $0 += 1 }
        close(client)
      }
      close(socket)
    }
  }

  struct CannotListen: Error {}

  /// The thread above closes the socket: closed here, its number could be another's by the time that thread uses it.
  deinit { shutdown(socket, 2) }

  /// How many connections others made up to now. Connections are accepted in the order in which they came, so one more of our
  /// own says that all before it are counted.
  func count() throws -> Int {
    let mine = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(mine) }
    try Loopback.connect(mine, port: port)
    var patience = timeval(tv_sec: 20, tv_usec: 0)
    setsockopt(mine, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    var byte: UInt8 = 0
    // It is closed once it is counted.
    _ = recv(mine, &byte, 1, 0)
    return accepted.withLock { accepted in
      accepted -= 1
      return accepted
    }
  }
}
