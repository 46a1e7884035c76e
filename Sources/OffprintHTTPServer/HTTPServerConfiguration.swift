import OffprintHTTP

/// How an ``HTTPServer`` listens and what it lets through.
public struct HTTPServerConfiguration: Sendable {
  /// The IPv4 or IPv6 literal to listen on, such as `127.0.0.1` or `::1`; `::` takes IPv4 as well.
  public var address: String
  /// The TCP port; 0 lets the system choose a free one.
  public var port: UInt16
  /// The path of a Unix socket to listen on instead, made with mode 0660; nil for TCP. Every peer is then unknown.
  public var unixSocket: String?
  /// Threads that move bytes and give immediate answers; handlers run elsewhere.
  public var threads = 2
  /// Connections open at one time; further ones wait in the system's queue.
  public var connectionsMax = 12_500
  /// Connections open at one time from one address, closed at once beyond it; 0 for no such limit (behind a proxy all
  /// come from one address).
  public var connectionsPerAddressMax = 0
  /// Bytes kept for the head and the answer's head of each connection. A connection holds this much all the time.
  public var connectionMemoryBytes = 65_536

  /// The longest request line, with its end.
  public var requestLineBytesMax = 8_192
  /// The longest block of header fields, with its line ends.
  public var headerBytesMax = 32_768
  /// The most header fields in one request.
  public var headersMax = 100
  /// The longest body that a request of this method and path may have, decided before any of it is read.
  public var bodyBytesMax: @Sendable (_ method: String, _ path: String) -> Int = { _, _ in 1_048_576 }

  /// Seconds in which the head of a request is to be there whole, from the connection's start or its request line.
  public var headSecondsMax = 10.0
  /// Seconds without a byte in either direction after which a connection is closed; also the longest wait for a kept
  /// connection's next request. Whole seconds count.
  public var idleSecondsMax = 30.0
  /// Seconds a body may take before its pace is looked at.
  public var bodyPaceAfterSeconds = 10.0
  /// The least bytes a second of a body, on average after ``bodyPaceAfterSeconds``.
  public var bodyBytesPerSecondMin = 1_024.0

  /// Makes the answers that the server gives by itself (400, 408, 411, 413, 414, 431, 500, 503), from a slug of the
  /// protocol's table, the status and a sentence.
  public var problem: @Sendable (_ slug: String, _ status: Int, _ detail: String) -> HTTPResponse

  /// A configuration with the limits of the protocol.
  ///
  /// - Parameter problem: see ``problem``; without it the answer's body is the bare sentence.
  public init(
    address: String = "127.0.0.1", port: UInt16 = 0,
    problem: @escaping @Sendable (_ slug: String, _ status: Int, _ detail: String) -> HTTPResponse = {
      HTTPResponse(status: $1, headers: ["Content-Type": "text/plain; charset=utf-8"], body: Array("\($2)\n".utf8))
    }
  ) {
    self.address = address
    self.port = port
    self.problem = problem
  }
}
