import Foundation
import OffprintProcesses

/// A connection that is kept, for one thread: a request out, its answer in.
final class BenchConnection {
  /// What came.
  struct Answer {
    var status: Int
    var body: [UInt8]
  }

  private let socket: Int32
  private var chunk = [UInt8](repeating: 0, count: 262_144)

  /// Connects to a port of 127.0.0.1.
  init(port: UInt16) throws {
    socket = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    try Loopback.connect(socket, port: port)
    var on: Int32 = 1
    setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
  }

  deinit { close(socket) }

  /// Sends a request and reads its answer, which has a length.
  func exchange(_ request: [UInt8]) throws -> Answer {
    var sent = 0
    while sent < request.count {
      let count = request[sent...].withUnsafeBytes { send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard count > 0 else { throw RawClient.Failure.notSent(errno) }
      sent += count
    }
    var received: [UInt8] = []
    while true {
      let count = chunk.withUnsafeMutableBytes { recv(socket, $0.baseAddress, $0.count, 0) }
      guard count > 0 else { throw RawClient.Failure.cutOff }
      received += chunk[..<count]
      if let answer = Self.whole(received) { return answer }
    }
  }

  private static func whole(_ bytes: [UInt8]) -> Answer? {
    let blank: [UInt8] = [13, 10, 13, 10]
    guard let end = bytes.prefix(4_096).indices.first(where: { bytes[$0...].starts(with: blank) }) else { return nil }
    let head = String(decoding: bytes[..<end], as: UTF8.self).lowercased()
    let status = Int(head.split(separator: " ").dropFirst().first ?? "") ?? 0
    let length = head.components(separatedBy: "content-length: ").dropFirst().first?.prefix { $0.isNumber } ?? "0"
    let body = bytes[(end + 4)...]
    return body.count >= Int(length) ?? 0 ? Answer(status: status, body: Array(body)) : nil
  }
}
