import Foundation

/// Sockets to servers of this machine.
package enum Loopback {
  /// Connects a socket to a port of 127.0.0.1.
  /// - Throws: ``RawClient/Failure/noConnection(_:)``
  package static func connect(_ socket: Int32, port: UInt16) throws {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let done = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Foundation.connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard done == 0 else { throw RawClient.Failure.noConnection(errno) }
  }
}
