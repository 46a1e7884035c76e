import OffprintHTTP
import OffprintWire

/// One thing a client may ask for: a method and a path, and what answers it.
package struct Route: Sendable {
  /// The method; a route for `GET` answers `HEAD` too.
  package let method: String
  /// The path, compared byte for byte; a segment in braces takes any text that is not empty.
  package let pattern: String
  /// A short name for logs and figures, where paths must not stand.
  package let name: String
  /// Whether only a signed-in device is answered.
  package let needsDevice: Bool
  /// The most bytes of a body as sent.
  package let bodyBytesMax: Int
  /// Answers the request.
  let answer: @Sendable (ServerCore, Call) throws -> Answer

  /// What a handler is given.
  struct Call: Sendable {
    let request: HTTPRequest
    let query: RequestQuery
    /// The texts that stand for the pattern's braces, in order.
    let parameters: [String]
    let sender: Device?
    let now: Int64
    let bodyBytesMax: Int

    /// The device that asks. Routes that need none have none.
    func device() throws(Problem) -> Device {
      guard let sender else { throw Problem(.unauthorized, "sign in first") }
      return sender
    }

    /// These members of the body, a JSON object; others may hold whatever JSON admits (Protocol, GEN-8).
    func jsonObject(_ names: Set<String>) throws(Problem) -> JSONValue {
      let bytes = try RequestBody.json(of: request, sentBytesMax: bodyBytesMax, bytesMax: bodyBytesMax)
      do throws(JSONError) {
        var scanner = JSONScanner(bytes)
        guard try scanner.peek() == .object else {
          throw JSONError.malformed(reason: "the body is no object", offset: 0)
        }
        var members: [JSONValue.Member] = []
        try scanner.readObject { (scanner, name) throws(JSONError) in
          if names.contains(name) {
            members.append(JSONValue.Member(name, try scanner.readValue()))
          } else {
            try scanner.skipValue()
          }
        }
        try scanner.readEnd()
        return .object(members)
      } catch {
        if case .unexpected = error { throw Problem(.badRequest, error.description) }
        throw Problem(.badJSON, error.description)
      }
    }
  }

  private var segments: [Substring.UTF8View] {
    pattern.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
  }

  /// The texts that stand for the braces; nil if the path is another one.
  package func parameters(in path: String) -> [String]? {
    let parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    let segments = segments
    guard parts.count == segments.count else { return nil }
    var parameters: [String] = []
    for (segment, part) in zip(segments, parts) {
      if segment.first == UInt8(ascii: "{") {
        guard !part.isEmpty else { return nil }
        parameters.append(String(decoding: part, as: UTF8.self))
      } else if !segment.elementsEqual(part) {
        return nil
      }
    }
    return parameters
  }
}
