import Foundation

/// A client that sends exactly the bytes it is given.
///
/// Its calls block, so each client has a queue of its own: the threads that tasks share are as many as processors.
package actor RawClient {
  /// An answer as it came.
  package struct Answer: Sendable, Equatable {
    /// The status code.
    package var status: Int
    /// The header lines, names lower-case.
    package var headers: [String: String]
    /// The body.
    package var body: [UInt8]

    /// The body as text.
    package var text: String { String(decoding: body, as: UTF8.self) }
  }

  /// What a client met with.
  package enum Failure: Error, Equatable {
    case noConnection(Int32)
    case notSent(Int32)
    /// The server closed before a byte of the answer was there.
    case closed
    case reset
    /// The server closed in the middle of the answer.
    case cutOff
    case tookTooLong
    case notHTTP(String)
  }

  private nonisolated let socket: Int32
  private var buffer: [UInt8] = []
  private nonisolated let executor = QueueExecutor()

  package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  /// Connects to a port of 127.0.0.1. Reading gives up after `seconds`: long, since the other tests of the package may keep
  /// the threads that handlers need.
  package init(port: UInt16, seconds: Int = 120, receiveBuffer: Int32? = nil) throws {
    socket = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var wait = timeval(tv_sec: seconds, tv_usec: 0)
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
    if var receiveBuffer {
      setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, socklen_t(MemoryLayout<Int32>.size))
    }
    try Loopback.connect(socket, port: port)
  }

  deinit { close(socket) }

  /// Goes away: nothing is sent or read any more.
  package nonisolated func disconnect() {
    // The descriptor itself is closed with the client.
    shutdown(socket, 2)
  }

  /// Sends text.
  package func send(_ text: String) throws { try send(Array(text.utf8)) }

  /// Sends bytes.
  package func send(_ bytes: [UInt8]) throws {
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        Foundation.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { throw Failure.notSent(errno) }
      sent += count
    }
  }

  /// Sends a piece again and again, at a pace that does not depend on how busy the other tests keep the machine.
  package func send(_ piece: String, times: Int, everyMilliseconds: UInt32) throws {
    for _ in 0..<times {
      try send(piece)
      usleep(everyMilliseconds * 1_000)
    }
  }

  /// Closes the sending half.
  package func finishSending() { shutdown(socket, 1) }

  /// Reads the next answer. The body of an answer to HEAD is not waited for.
  package func answer(toHead: Bool = false) throws -> Answer {
    let blank = Array("\r\n\r\n".utf8)
    var end = Self.find(blank, in: buffer)
    while end == nil {
      guard try receiveMore() else { throw buffer.isEmpty ? Failure.closed : Failure.cutOff }
      end = Self.find(blank, in: buffer)
    }
    let head = String(decoding: buffer[..<(end ?? 0)], as: UTF8.self)
    buffer.removeFirst((end ?? 0) + 4)
    var lines = head.components(separatedBy: "\r\n")
    let first = lines.removeFirst().split(separator: " ")
    guard first.count >= 2, first[0].hasPrefix("HTTP/1."), let status = Int(first[1]) else {
      throw Failure.notHTTP(head)
    }
    var headers: [String: String] = [:]
    for line in lines {
      guard let colon = line.firstIndex(of: ":") else { throw Failure.notHTTP(head) }
      headers[line[..<colon].lowercased()] = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
    }
    let hasBody = !toHead && status != 204 && status != 304
    let length = hasBody ? Int(headers["content-length"] ?? "0") ?? 0 : 0
    while buffer.count < length {
      guard try receiveMore() else { throw Failure.cutOff }
    }
    defer { buffer.removeFirst(length) }
    return Answer(status: status, headers: headers, body: Array(buffer[..<length]))
  }

  /// Reads until a text has come, and gives all up to its end: for answers without an end.
  package func text(through end: String) throws -> String {
    let end = Array(end.utf8)
    var searched = 0
    while true {
      // Only what is new is looked through: an answer without an end may be long.
      if let found = Self.find(end, in: Array(buffer[searched...])) {
        let count = searched + found + end.count
        defer { buffer.removeFirst(count) }
        return String(decoding: buffer[..<count], as: UTF8.self)
      }
      searched = max(0, buffer.count - end.count)
      guard try receiveMore() else { throw buffer.isEmpty ? Failure.closed : Failure.cutOff }
    }
  }

  /// Sends a request and reads its answer.
  package func exchange(_ text: String, toHead: Bool = false) throws -> Answer {
    try send(text)
    return try answer(toHead: toHead)
  }

  /// Whether the server closes the connection, with nothing more to read or, if that is to be dropped, after more.
  package func isClosed(droppingRest: Bool = false) throws -> Bool {
    guard droppingRest || buffer.isEmpty else { return false }
    do {
      while try receive() {
        guard droppingRest else { return false }
      }
      return true
    } catch Failure.reset {
      return true
    }
  }

  private func receiveMore() throws -> Bool {
    do { return try receive() } catch Failure.reset where !buffer.isEmpty { throw Failure.cutOff }
  }

  private func receive() throws -> Bool {
    var chunk = [UInt8](repeating: 0, count: 65_536)
    let count = chunk.withUnsafeMutableBytes { recv(socket, $0.baseAddress, $0.count, 0) }
    if count < 0 { throw errno == EAGAIN ? Failure.tookTooLong : Failure.reset }
    buffer += chunk[..<count]
    return count > 0
  }

  private static func find(_ part: [UInt8], in whole: [UInt8]) -> Int? {
    guard whole.count >= part.count else { return nil }
    return (0...(whole.count - part.count)).first {
      whole[$0] == part[0] && Array(whole[$0..<($0 + part.count)]) == part
    }
  }
}

/// Runs an actor on a queue.
private final class QueueExecutor: SerialExecutor {
  private let queue = DispatchQueue(label: "raw client")

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
  }
}
