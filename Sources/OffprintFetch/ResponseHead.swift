import OffprintHTTP

/// Status and header fields of an answer, as they come in line by line.
package struct ResponseHead: Sendable {
  /// The status; 0 before the first line.
  package private(set) var status = 0
  /// The header fields of the final answer.
  package private(set) var headers = HTTPHeaders()
  /// Whether the blank line behind the final answer's fields has come.
  package private(set) var isComplete = false

  /// Takes a line, with or without its end.
  /// - Returns: false for what is no line of a head.
  mutating func take(_ line: some Collection<UInt8>) -> Bool {
    // Trailers: nobody asked for them.
    if isComplete { return true }
    let text = String(decoding: line, as: UTF8.self).trimmed
    if text.isEmpty {
      // 100 and the like announce another answer.
      isComplete = status >= 200
      return status > 0
    }
    if text.utf8.starts(with: "HTTP/".utf8) {
      let parts = text.split(separator: " ", maxSplits: 2)
      guard parts.count >= 2, parts[1].utf8.count == 3, let number = Int(parts[1]), number >= 100 else { return false }
      status = number
      headers = HTTPHeaders()
      return true
    }
    guard status > 0, let colon = text.firstIndex(of: ":") else { return false }
    headers.append(String(text[..<colon]).trimmed, String(text[text.index(after: colon)...]).trimmed)
    return true
  }

  /// The media type, in lower case and without parameters; empty if none is named.
  package var mediaType: String {
    let whole = headers["Content-Type"] ?? ""
    return String(whole.prefix { $0 != ";" }).trimmed.lowercased()
  }

  /// Whether it points somewhere else.
  var isRedirect: Bool { [301, 302, 303, 307, 308].contains(status) }

  /// The seconds that `Retry-After` names; dates are passed over.
  var retryAfterSeconds: Int? {
    guard let text = headers["Retry-After"], text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return Int(text)
  }
}

extension String {
  /// Without spaces, tabs and ends of lines around it.
  fileprivate var trimmed: String {
    let scalars = unicodeScalars
    func isBlank(_ scalar: Unicode.Scalar) -> Bool {
      scalar == " " || scalar == "\t" || scalar == "\r" || scalar == "\n"
    }
    guard let first = scalars.firstIndex(where: { !isBlank($0) }), let last = scalars.lastIndex(where: { !isBlank($0) })
    else { return "" }
    return String(scalars[first...last])
  }
}
