import OffprintHTTP

/// Carries one request to a server and brings its answer back: all that the core asks of a network.
///
/// An implementation follows no redirect, keeps no cookies and no cache, and never sends the request's headers to another
/// address than the one named: they hold the token. Any answer of an HTTP server, also a 404 or a 500, is returned; errors
/// are for what was no answer. It may be called by many tasks at once.
public protocol Transport: Sendable {
  /// Sends a request and waits for the whole answer, its body decoded.
  ///
  /// Ends at once with ``TransportError/cancelled`` when the task is cancelled. After an error it is unknown whether the
  /// server has seen the request.
  func send(_ request: TransportRequest) async throws(TransportError) -> HTTPResponse
}

/// A request on its way out.
public struct TransportRequest: Sendable, Hashable {
  /// The absolute address, `http` or `https`, without user and password.
  public var url: String
  /// The method, upper-case.
  public var method: String
  /// The header fields; length, host and accepted codings are the transport's own business.
  public var headers: HTTPHeaders
  /// The body as it is to go out.
  public var body: [UInt8]
  /// The most bytes that the answer's body may have after decoding. Counted while it arrives.
  public var responseBytesMax: Int
  /// How long the wait may be, from the start or from the last byte, for the next byte.
  public var timeoutSeconds: Double
  /// How long all of it may take.
  public var deadlineSeconds: Double

  /// A request of these parts.
  public init(
    url: String, method: String = "GET", headers: HTTPHeaders = [:], body: [UInt8] = [], responseBytesMax: Int,
    timeoutSeconds: Double, deadlineSeconds: Double
  ) {
    self.url = url
    self.method = method
    self.headers = headers
    self.body = body
    self.responseBytesMax = responseBytesMax
    self.timeoutSeconds = timeoutSeconds
    self.deadlineSeconds = deadlineSeconds
  }
}

/// Why there is no answer.
///
/// All but `badURL` and `redirected` may be gone at the next try. Reasons are plain words such as "connection refused", fit
/// for a person; they hold no address, token or content.
public enum TransportError: Error, Sendable, Hashable {
  /// No connection, or it broke before the answer was whole.
  case unreachable(reason: String)
  /// An answer came whole whose coding is damaged, so that its body cannot be told.
  case damaged
  /// No byte came for too long, or all of it took too long.
  case timedOut
  /// No secure connection: a certificate that does not hold, say.
  case tlsFailed(reason: String)
  /// The server wants the request at another address, given as the server wrote it; it was not sent there.
  case redirected(to: String)
  /// The answer was given up as soon as it passed the limit, in bytes.
  case responseTooLarge(limit: Int)
  /// The task was cancelled.
  case cancelled
  /// The text is no address of an HTTP server.
  case badURL(String)
}
