import OffprintCrypto

/// The address of a saved page, and its normal form, from which the article's id is made (Protocol, URL-1 to URL-9).
///
/// Normaliser 1 is frozen for ever: two devices that save one page offline must meet. It works on syntax alone and does
/// too little rather than too much; what it leaves apart the register `same` can join later.
public struct PageAddress: Sendable, Hashable {
  /// The address as given.
  public let given: String
  /// The normal form, without a scheme: `example.org/page?id=1`.
  public let normalForm: String

  /// Takes an http or https address; nil for any other text.
  public init?(_ given: String) {
    let bytes = Array(given.utf8)
    guard !bytes.contains(where: { $0 <= 0x20 || $0 == 0x7F || $0 == UInt8(ascii: "\\") }),
      let (isSecure, rest) = Self.scheme(of: bytes)
    else { return nil }
    let authorityEnd = rest.firstIndex { [UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#")].contains($0) }
    let authority = rest[..<(authorityEnd ?? rest.endIndex)]
    guard let host = Self.normalAuthority(authority, isSecure: isSecure) else { return nil }
    self.given = given
    normalForm = String(decoding: host + Self.normalTail(rest[(authorityEnd ?? rest.endIndex)...]), as: UTF8.self)
  }

  /// The id of the article saved under this address: the first 128 bits of SHA-256 (Protocol, URL-9).
  public var articleID: RecordID {
    let hash = SHA256.hash(Array("offprint-url-1\n".utf8) + Array(normalForm.utf8))
    return RecordID(bytes: hash) ?? RecordID(high: 0, low: 0)
  }

  private static func scheme(of bytes: [UInt8]) -> (isSecure: Bool, rest: ArraySlice<UInt8>)? {
    let lower = bytes.prefix(8).map { lowered($0) }
    if lower.starts(with: "https://".utf8) { return (true, bytes[8...]) }
    if lower.starts(with: "http://".utf8) { return (false, bytes[7...]) }
    return nil
  }

  private static func lowered(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
  }

  // MARK: Authority

  private static func normalAuthority(_ authority: ArraySlice<UInt8>, isSecure: Bool) -> [UInt8]? {
    guard !authority.contains(UInt8(ascii: "@")) else { return nil }
    var host: ArraySlice<UInt8>
    var port: ArraySlice<UInt8>?
    if authority.first == UInt8(ascii: "[") {
      guard let close = authority.firstIndex(of: UInt8(ascii: "]")) else { return nil }
      host = authority[...close]
      let behind = authority[(close + 1)...]
      guard behind.isEmpty || behind.first == UInt8(ascii: ":") else { return nil }
      port = behind.isEmpty ? nil : behind.dropFirst()
      guard host.count > 2, host.dropFirst().dropLast().allSatisfy(isLiteralAddressByte) else { return nil }
    } else {
      let colon = authority.firstIndex(of: UInt8(ascii: ":"))
      host = authority[..<(colon ?? authority.endIndex)]
      port = colon.map { authority[($0 + 1)...] }
      if host.last == UInt8(ascii: ".") { host = host.dropLast() }
      guard !host.isEmpty, host.last != UInt8(ascii: "."), host.allSatisfy(isHostByte) else { return nil }
    }
    var normal = host.map(lowered)
    if let port, !port.isEmpty {
      guard port.count <= 5, port.allSatisfy(isDigit), let number = Int(String(decoding: port, as: UTF8.self)),
        (1...65_535).contains(number)
      else { return nil }
      if number != (isSecure ? 443 : 80) { normal += Array(":\(number)".utf8) }
    }
    return normal
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(lowered(byte))
  }

  private static func isHostByte(_ byte: UInt8) -> Bool {
    isLetter(byte) || isDigit(byte) || byte >= 0x80 || "-._".utf8.contains(byte)
  }

  private static func isLiteralAddressByte(_ byte: UInt8) -> Bool {
    isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(lowered(byte)) || ":.".utf8.contains(byte)
  }

  // MARK: Path, query, fragment

  private static func normalTail(_ tail: ArraySlice<UInt8>) -> [UInt8] {
    let hash = tail.firstIndex(of: UInt8(ascii: "#")) ?? tail.endIndex
    let question = tail[..<hash].firstIndex(of: UInt8(ascii: "?")) ?? hash
    var normal = normalPath(tail[..<question])
    if question < hash {
      let query = normalQuery(tail[(question + 1)..<hash])
      if !query.isEmpty { normal += [UInt8(ascii: "?")] + query }
    }
    let fragment = tail[hash...]
    if fragment.starts(with: "#!".utf8) || fragment.starts(with: "#/".utf8) {
      normal += [UInt8(ascii: "#")] + normalEscapes(fragment.dropFirst())
    }
    return normal
  }

  /// Escapes made normal, then dot segments resolved (RFC 3986, sections 6.2.2 and 5.2.4); an empty path is `/`.
  private static func normalPath(_ path: ArraySlice<UInt8>) -> [UInt8] {
    guard !path.isEmpty else { return [UInt8(ascii: "/")] }
    let segments = normalEscapes(path).split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).dropFirst()
    var kept: [ArraySlice<UInt8>] = []
    for (index, segment) in segments.enumerated() {
      let isLast = index == segments.count - 1
      if segment.elementsEqual(".".utf8) {
        if isLast { kept.append([]) }
      } else if segment.elementsEqual("..".utf8) {
        if !kept.isEmpty { kept.removeLast() }
        if isLast { kept.append([]) }
      } else {
        kept.append(segment)
      }
    }
    return kept.isEmpty ? [UInt8(ascii: "/")] : kept.flatMap { [UInt8(ascii: "/")] + $0 }
  }

  private static let trackingParameters = Set(
    ["fbclid", "gclid", "dclid", "msclkid", "mc_cid", "mc_eid", "igshid"].map { Array($0.utf8) })

  private static func normalQuery(_ query: ArraySlice<UInt8>) -> [UInt8] {
    let parameters = normalEscapes(query).split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: false)
    let kept = parameters.filter { parameter in
      let name = parameter.prefix { $0 != UInt8(ascii: "=") }
      return !name.starts(with: "utm_".utf8) && !trackingParameters.contains(Array(name))
    }
    return Array(kept.joined(separator: [UInt8(ascii: "&")]))
  }

  /// Every byte in its one way of writing (Protocol, URL-5): unreserved ones bare; those that RFC 3986 allows nowhere,
  /// those beyond ASCII and a `%` that begins no escape as upper-case escapes; reserved ones as they were given.
  private static func normalEscapes(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var normal: [UInt8] = []
    var rest = bytes
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), let escaped = escapedByte(rest) {
        rest = rest.dropFirst(2)
        if isLetter(escaped) || isDigit(escaped) || "-._~".utf8.contains(escaped) {
          normal.append(escaped)
        } else {
          normal += escape(escaped)
        }
      } else if byte >= 0x80 || byte == UInt8(ascii: "%") || #""<>^`{|}"#.utf8.contains(byte) {
        normal += escape(byte)
      } else {
        normal.append(byte)
      }
    }
    return normal
  }

  private static func escapedByte(_ rest: ArraySlice<UInt8>) -> UInt8? {
    guard rest.count >= 2 else { return nil }
    let digits = rest.prefix(2)
    guard digits.allSatisfy({ isDigit($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(lowered($0)) }) else {
      return nil
    }
    return UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
  }

  private static func escape(_ byte: UInt8) -> [UInt8] {
    let digits = Array("0123456789ABCDEF".utf8)
    return [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
  }
}
