import Foundation

/// Many connections to one server on one thread, each of which has sent one request and waits.
package final class Crowd {
  private var sockets: [Int32] = []
  private var received: [[UInt8]] = []

  private let port: UInt16

  /// Nobody yet, of this port of 127.0.0.1.
  package init(port: UInt16) { self.port = port }

  /// Connects once more for each request and sends it.
  package func join(_ requests: some Sequence<String>) throws {
    for request in requests {
      let socket = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      guard socket >= 0 else { throw RawClient.Failure.noConnection(errno) }
      sockets.append(socket)
      received.append([])
      try Loopback.connect(socket, port: port)
      let bytes = Array(request.utf8)
      let sent = bytes.withUnsafeBytes { send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard sent == bytes.count else { throw RawClient.Failure.notSent(errno) }
    }
  }

  deinit { for socket in sockets { close(socket) } }

  /// Reads what comes until each of those asked about has got a text that satisfies the condition.
  /// - Returns: how many have within the time.
  package func wait(seconds: Int, for asked: some Collection<Int>, _ isEnough: (String) -> Bool) -> Int {
    let end = Date().addingTimeInterval(Double(seconds))
    let isLacking = { [unowned self] (index: Int) in !isEnough(String(decoding: received[index], as: UTF8.self)) }
    var lacking = asked.filter(isLacking)
    var chunk = [UInt8](repeating: 0, count: 16_384)
    while !lacking.isEmpty, Date() < end {
      var polled = lacking.map { pollfd(fd: sockets[$0], events: Int16(POLLIN), revents: 0) }
      guard poll(&polled, nfds_t(polled.count), 500) > 0 else { continue }
      for (index, entry) in zip(lacking, polled) where entry.revents != 0 {
        let count = chunk.withUnsafeMutableBytes { recv(sockets[index], $0.baseAddress, $0.count, Int32(MSG_DONTWAIT)) }
        if count > 0 { received[index] += chunk[..<count] }
      }
      let before = lacking.count
      lacking = lacking.filter(isLacking)
      // Those that were closed would be told again and again.
      if before == lacking.count { usleep(2_000) }
    }
    return asked.count - lacking.count
  }
}
