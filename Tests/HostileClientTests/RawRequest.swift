import OffprintProcesses
import OffprintWire

/// A request by its parts, which are sent as they are.
struct RawRequest: Sendable {
  var method: String
  var target: String
  var headers: [(String, String)]
  var body: [UInt8]
  /// Whether a length is said where one belongs.
  var saysLength = true

  init(
    _ method: String, _ target: String, token: String? = nil, _ headers: [(String, String)] = [], body: [UInt8] = []
  ) {
    self.method = method
    self.target = target
    self.headers = headers
    self.body = body
    if let token { self.headers.append(("Authorization", "Bearer \(token)")) }
  }

  /// A POST of JSON.
  static func json(_ target: String, token: String?, _ body: [UInt8], _ headers: [(String, String)] = []) -> RawRequest
  {
    RawRequest("POST", target, token: token, [("Content-Type", "application/json")] + headers, body: body)
  }

  /// The bytes on the wire.
  var bytes: [UInt8] {
    var text = "\(method) \(target) HTTP/1.1\r\nHost: a\r\n"
    for (name, value) in headers { text += "\(name): \(value)\r\n" }
    let isFramed =
      !saysLength || headers.contains { ["content-length", "transfer-encoding"].contains($0.0.lowercased()) }
    if !isFramed, !body.isEmpty || ["POST", "PUT"].contains(method) { text += "Content-Length: \(body.count)\r\n" }
    return Array((text + "\r\n").utf8) + body
  }
}

extension RawClient.Answer {
  /// The slug of a problem document; `-` if it is none.
  var slug: String {
    headers["content-type"] == "application/problem+json" ? Problem(parsing: body)?.slug.rawValue ?? "-" : "-"
  }

  /// Whether the server says that it closes.
  var saysClose: Bool { headers["connection"]?.lowercased() == "close" }

  /// The lines of a page.
  var lines: [SyncAnswerLine] {
    get throws { try body.split(separator: 0x0A).map { try SyncAnswerLine(parsing: Array($0)) } }
  }

  /// The answer without what differs each time: the request's id, the time.
  var comparable: String {
    var headers = headers
    let requestID = headers["offprint-request"] ?? "-"
    for name in ["offprint-request", "offprint-time", "date"] { headers[name] = "" }
    let lines = headers.map { "\($0): \($1)" }.sorted().joined(separator: "\n")
    return "\(status)\n\(lines)\n\n\(text.replacing(requestID, with: "ID"))"
  }
}
