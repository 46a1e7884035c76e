/// One HTTP request as a value: what a handler answers and what a transport sends.
public struct HTTPRequest: Sendable, Hashable {
  /// The method, upper-case as it stands on the request line: `GET`, `POST` ...
  public var method: String
  /// The path as it stands on the request line, without the query, neither decoded nor normalised: `/v1/changes`.
  public var path: String
  /// The query as it stands after `?`, undecoded; nil where there is no `?`.
  public var query: String?
  /// The header fields.
  public var headers: HTTPHeaders
  /// The body as sent, before any `Content-Encoding` is undone.
  public var body: [UInt8]
  /// The address of the peer, as text without a port; nil for a request this process makes.
  public var peer: String?

  /// A request of these parts.
  public init(
    method: String, path: String, query: String? = nil, headers: HTTPHeaders = [:], body: [UInt8] = [],
    peer: String? = nil
  ) {
    self.method = method
    self.path = path
    self.query = query
    self.headers = headers
    self.body = body
    self.peer = peer
  }
}
