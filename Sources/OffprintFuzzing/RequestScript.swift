import OffprintCrypto
import OffprintGzip
import OffprintHTTP

/// Several requests as one input: text that a mutation can damage anywhere and that still makes requests.
///
/// Parts are separated by a line `---`. The first line of a part is `METHOD PATH?QUERY`, `@` in front signs it in and `^` in
/// front compresses its body; header lines and an empty line follow, then the body. What a client could not guess stands
/// as `{X}`, see ``Names``.
struct RequestScript {
  /// The requests in order.
  let requests: [HTTPRequest]

  /// What `{X}` stands for: `T` a token, `C` the cursor of the head, `O` the cursor before everything, `F` the other account's
  /// cursor, `V` its token, `U` the user, `P` the password, `D` the device, `H` the hash of a content held, `S` a stamp
  /// of now, `L` the hash of this request's own body.
  typealias Names = [UInt8: [UInt8]]

  private static let requestsMax = 6

  init(_ bytes: [UInt8], _ names: Names) {
    requests = Self.parts(of: bytes).prefix(Self.requestsMax).compactMap { Self.request($0, names) }
  }

  /// The parts of a script.
  static func parts(of bytes: [UInt8]) -> [ArraySlice<UInt8>] {
    let separator = Array("\n---\n".utf8)
    var parts: [ArraySlice<UInt8>] = []
    var start = 0
    var index = 0
    while index + separator.count <= bytes.count {
      if bytes[index..<index + separator.count].elementsEqual(separator) {
        parts.append(bytes[start..<index])
        index += separator.count
        start = index
      } else {
        index += 1
      }
    }
    parts.append(bytes[start...])
    return parts
  }

  /// A part's lines up to the empty one, and what stands behind that.
  static func head(of part: ArraySlice<UInt8>) -> (lines: [ArraySlice<UInt8>], body: ArraySlice<UInt8>) {
    var lines: [ArraySlice<UInt8>] = []
    var rest = part
    while let end = rest.firstIndex(of: 0x0A) {
      let line = rest[..<end]
      rest = rest[(end + 1)...]
      if line.isEmpty { return (lines, rest) }
      lines.append(line)
    }
    if !rest.isEmpty { lines.append(rest) }
    return (lines, [])
  }

  /// Names and values of header lines. What no HTTP parser would pass on is left out.
  static func headers(_ lines: some Sequence<ArraySlice<UInt8>>) -> HTTPHeaders {
    var headers = HTTPHeaders()
    for line in lines {
      let parts = line.split(separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty, !line.contains(0), !line.contains(0x0D) else { continue }
      let value = parts[1].drop { $0 == 0x20 }
      headers.append(String(decoding: parts[0], as: UTF8.self), String(decoding: value, as: UTF8.self))
    }
    return headers
  }

  private static func request(_ part: ArraySlice<UInt8>, _ names: Names) -> HTTPRequest? {
    let (lines, rawBody) = head(of: part)
    guard var first = lines.first else { return nil }
    let flags = first.prefix { $0 == UInt8(ascii: "@") || $0 == UInt8(ascii: "^") }
    first = first.dropFirst(flags.count)
    var body = expanded(rawBody, names)
    var names = names
    names[UInt8(ascii: "L")] = Array(Hex.encode(SHA256.hash(body)).utf8)
    first = expanded(first, names)[...]
    let words = first.split(separator: 0x20, maxSplits: 1)
    guard words.count == 2 else { return nil }
    let target = words[1].split(separator: UInt8(ascii: "?"), maxSplits: 1, omittingEmptySubsequences: false)
    var headers = headers(lines.dropFirst().map { expanded($0, names)[...] })
    if flags.contains(UInt8(ascii: "@")) {
      headers.append("Authorization", "Bearer " + String(decoding: names[UInt8(ascii: "T")] ?? [], as: UTF8.self))
    }
    if flags.contains(UInt8(ascii: "^")) {
      body = (try? Gzip.deflate(body, level: 1)) ?? body
      headers.append("Content-Encoding", "gzip")
    }
    return HTTPRequest(
      method: String(decoding: words[0], as: UTF8.self), path: String(decoding: target[0], as: UTF8.self),
      query: target.count > 1 ? String(decoding: target[1], as: UTF8.self) : nil, headers: headers, body: body,
      peer: "192.0.2.1")
  }

  /// The bytes with each `{X}` replaced that has a meaning.
  static func expanded(_ bytes: ArraySlice<UInt8>, _ names: Names) -> [UInt8] {
    var result: [UInt8] = []
    var index = bytes.startIndex
    while index < bytes.endIndex {
      if bytes[index] == UInt8(ascii: "{"), index + 2 < bytes.endIndex, bytes[index + 2] == UInt8(ascii: "}"),
        let meaning = names[bytes[index + 1]]
      {
        result += meaning
        index += 3
      } else {
        result.append(bytes[index])
        index += 1
      }
    }
    return result
  }
}
