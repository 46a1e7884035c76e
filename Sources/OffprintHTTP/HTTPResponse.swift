/// One HTTP answer as a value.
public struct HTTPResponse: Sendable, Hashable {
  /// The status code, such as 200.
  public var status: Int
  /// The header fields; `Content-Length` and `Connection` are the connection's own business and are not set here.
  public var headers: HTTPHeaders
  /// The body: on a server as it goes out (compressed if `Content-Encoding` says so), on a client already decoded.
  public var body: [UInt8]
  /// Whether the server closes the connection behind this answer.
  public var closesConnection: Bool

  /// An answer of these parts.
  public init(status: Int, headers: HTTPHeaders = [:], body: [UInt8] = [], closesConnection: Bool = false) {
    self.status = status
    self.headers = headers
    self.body = body
    self.closesConnection = closesConnection
  }
}
