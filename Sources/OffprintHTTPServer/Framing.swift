import OffprintHTTP

/// How the bytes behind a head are divided, or why the request is refused.
///
/// The library reads more than is safe behind a proxy: Content-Length beside Transfer-Encoding, two lengths, two hosts,
/// folded lines, a bare LF. Whoever stands in front may read such a request in another way and take its rest for a second
/// one, so it is refused and the connection closed (RFC 9112, sections 5 and 6; nothing is guessed).
package enum Framing: Sendable {
  /// The request may be read: its parts but the body, the length of the body (nil: chunked) and its limit.
  case read(HTTPRequest, bodyBytes: Int?, bodyBytesMax: Int)
  /// The request is answered by a problem and the connection closed.
  case refuse(Refusal)

  /// The problem that a refused request is answered by.
  package struct Refusal: Sendable, Hashable {
    /// The slug of the protocol's table.
    package var slug: String
    /// The status code.
    package var status: Int
    /// A sentence for whoever wrote the client.
    package var detail: String

    /// A refusal of these parts.
    package init(_ slug: String, _ status: Int, _ detail: String) {
      self.slug = slug
      self.status = status
      self.detail = detail
    }

    static func framing(_ detail: String) -> Refusal { Refusal("bad-framing", 400, detail) }
    static func tooLarge(_ limit: Int) -> Refusal {
      Refusal("too-large", 413, "the body is longer than the limit of \(limit) bytes")
    }
  }

  /// Judges a head.
  package init(_ head: RequestHead, peer: String?, configuration: HTTPServerConfiguration) {
    do throws(Refusal) {
      guard head.isWellFormed else { throw .framing("the request's head is not made of lines that end in CR LF") }
      try Self.checkSizes(head, configuration)
      let headers = try Self.headers(head)
      let hosts = head.values("host").count
      guard hosts == 1 || (hosts == 0 && head.isVersion10) else {
        throw .framing(hosts == 0 ? "the Host header is missing" : "there is more than one Host header")
      }
      let length = try Self.bodyLength(head)
      let target = try Self.target(head)
      let method = String(decoding: head.method, as: UTF8.self)
      let request = HTTPRequest(
        method: method, path: target.path, query: target.query, headers: headers, peer: peer)
      if length == .absent, method == "POST" || method == "PUT" {
        throw Refusal("length-required", 411, "a request that has a body says its length")
      }
      let limit = configuration.bodyBytesMax(method, target.path)
      switch length {
      case .chunked: self = .read(request, bodyBytes: nil, bodyBytesMax: limit)
      case .exactly(let bytes) where bytes > limit: throw .tooLarge(limit)
      case .exactly(let bytes): self = .read(request, bodyBytes: bytes, bodyBytesMax: limit)
      case .absent: self = .read(request, bodyBytes: 0, bodyBytesMax: limit)
      }
    } catch {
      self = .refuse(error)
    }
  }

  private enum BodyLength: Hashable {
    case absent
    case exactly(Int)
    case chunked
  }

  private static func checkSizes(_ head: RequestHead, _ configuration: HTTPServerConfiguration) throws(Refusal) {
    guard head.lineBytes <= configuration.requestLineBytesMax else {
      throw Refusal(
        "uri-too-long", 414, "the request line is longer than \(configuration.requestLineBytesMax) bytes")
    }
    guard head.headerBytes <= configuration.headerBytesMax else {
      throw Refusal("headers-too-large", 431, "the headers are longer than \(configuration.headerBytesMax) bytes")
    }
    guard head.fields.count <= configuration.headersMax else {
      throw Refusal("headers-too-large", 431, "there are more than \(configuration.headersMax) headers")
    }
  }

  private static func headers(_ head: RequestHead) throws(Refusal) -> HTTPHeaders {
    var headers = HTTPHeaders()
    for field in head.fields {
      guard !field.name.isEmpty, field.name.allSatisfy(isTokenByte) else {
        throw .framing("a header's name has a byte that names do not have")
      }
      var value = field.value[...]
      while let last = value.last, last == 0x20 || last == 0x09 { value.removeLast() }
      guard value.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
        throw .framing("a header's value has a control character")
      }
      guard let text = String(validating: value, as: UTF8.self) else {
        throw .framing("a header's value is not UTF-8")
      }
      headers.append(String(decoding: field.name, as: UTF8.self), text)
    }
    return headers
  }

  private static func bodyLength(_ head: RequestHead) throws(Refusal) -> BodyLength {
    let codings = head.values("transfer-encoding")
    let lengths = head.values("content-length")
    if let coding = codings.first {
      guard lengths.isEmpty else { throw .framing("Content-Length and Transfer-Encoding stand side by side") }
      guard !head.isVersion10, codings.count == 1,
        coding.map({ (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }) == Array("chunked".utf8)
      else { throw .framing("the only Transfer-Encoding understood here is chunked") }
      return .chunked
    }
    guard let length = lengths.first else { return .absent }
    guard lengths.count == 1 else { throw .framing("there is more than one Content-Length") }
    // Digits alone: Int's own parser would take a sign.
    guard !length.isEmpty, length.allSatisfy({ (0x30...0x39).contains($0) }),
      let bytes = Int(String(decoding: length, as: UTF8.self))
    else { throw .framing("the Content-Length is no number") }
    return .exactly(bytes)
  }

  private static func target(_ head: RequestHead) throws(Refusal) -> (path: String, query: String?) {
    guard !head.method.isEmpty, head.method.allSatisfy(isTokenByte) else { throw .framing("the method is no word") }
    guard head.target.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
      throw .framing("the request target has a blank or a control character")
    }
    guard let text = String(validating: head.target, as: UTF8.self) else {
      throw .framing("the request target is not UTF-8")
    }
    guard let mark = text.utf8.firstIndex(of: 0x3F) else { return (text, nil) }
    return (String(text[..<mark]), String(text[text.utf8.index(after: mark)...]))
  }

  /// RFC 9110, section 5.6.2.
  private static func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E, 0x5F, 0x60, 0x7C, 0x7E: true
    default: false
    }
  }
}

extension Framing.Refusal: Error {}
