import Foundation

/// A server that answers each connection by a script, to say what no honest server says.
package final class RawServer: Sendable {
  /// One connection of a client, for the script that serves it.
  package struct Client: Sendable {
    fileprivate let socket: Int32

    /// Reads until the blank line behind a request's head. What was read.
    @discardableResult
    package func readHead() -> String {
      var bytes: [UInt8] = []
      var byte: UInt8 = 0
      while !bytes.suffix(4).elementsEqual([13, 10, 13, 10]), recv(socket, &byte, 1, 0) == 1 { bytes.append(byte) }
      return String(decoding: bytes, as: UTF8.self)
    }

    /// Reads so many bytes, or fewer if the client sends no more.
    package func read(_ count: Int) -> [UInt8] {
      var bytes = [UInt8](repeating: 0, count: count)
      var received = 0
      while received < count {
        let got = bytes[received...].withUnsafeMutableBytes { recv(socket, $0.baseAddress, $0.count, 0) }
        guard got > 0 else { break }
        received += got
      }
      return Array(bytes[..<received])
    }

    /// Sends bytes. False when the client is gone.
    @discardableResult
    package func send(_ bytes: [UInt8]) -> Bool {
      var sent = 0
      while sent < bytes.count {
        let count = bytes[sent...].withUnsafeBytes {
          Foundation.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        guard count > 0 else { return false }
        sent += count
      }
      return true
    }

    /// Sends text. False when the client is gone.
    @discardableResult
    package func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    /// Waits.
    package func pause(milliseconds: UInt32) { usleep(milliseconds * 1_000) }

    /// Makes the end of the connection a reset.
    package func resetAtEnd() {
      var value = linger(l_onoff: 1, l_linger: 0)
      setsockopt(socket, SOL_SOCKET, SO_LINGER, &value, socklen_t(MemoryLayout<linger>.size))
    }
  }

  /// Its port on 127.0.0.1.
  package let port: UInt16
  private let socket: Int32

  /// Starts listening; the script runs once a connection, on a thread of its own, and the connection ends with it.
  package init(_ script: @escaping @Sendable (Client) -> Void) {
    let socket = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    self.socket = socket
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, length)
        listen(socket, 64)
        getsockname(socket, $0, &length)
      }
    }
    port = UInt16(bigEndian: address.sin_port)
    Thread.detachNewThread {
      while true {
        let client = accept(socket, nil, nil)
        guard client >= 0 else { break }
        Thread.detachNewThread {
          script(Client(socket: client))
          close(client)
        }
      }
      close(socket)
    }
  }

  /// The thread above closes the socket: closed here, its number could be another's by the time that thread uses it.
  deinit { shutdown(socket, 2) }
}
