import CLibXML2
import OffprintWire

/// Addresses as they may stand in a body: absolute, `http` or `https`, ASCII without anything that needs escaping care.
enum SafeAddress {
  /// Longer addresses are dropped.
  static let bytesMax = 8_192

  /// The address that a link or an image of a page leads to, or nil if it is of no use to a reader.
  ///
  /// - Parameters:
  ///   - reference: What the page says, absolute or relative.
  ///   - base: The page's own address; without it relative ones are of no use. A link within the page, such as one to a footnote,
  ///     leads to its place there; one to the page's top leads nowhere.
  static func resolve(_ reference: String, base: String?) -> String? {
    var bytes = Array(reference.utf8.filter { $0 != 0x0A && $0 != 0x0D && $0 != 0x09 })
    while let last = bytes.last, last <= 0x20 { bytes.removeLast() }
    bytes = Array(bytes.drop { $0 <= 0x20 })
    guard !bytes.isEmpty, bytes.count <= bytesMax else { return nil }
    if bytes.elementsEqual("#".utf8) || bytes.elementsEqual("#top".utf8) { return nil }
    let escaped = escape(bytes)
    if hasScheme(escaped) { return isWeb(escaped) ? String(decoding: escaped, as: UTF8.self) : nil }
    guard let base, base.utf8.count <= bytesMax else { return nil }
    let escapedBase = escape(Array(base.utf8))
    guard isWeb(escapedBase) else { return nil }
    let result = join(String(decoding: escaped, as: UTF8.self), String(decoding: escapedBase, as: UTF8.self))
    guard let result, result.utf8.count <= bytesMax, isWeb(Array(result.utf8)) else { return nil }
    return String(decoding: escape(Array(result.utf8)), as: UTF8.self)
  }

  /// The host of an absolute address or one that begins with `//`, in lower case, without `www.`; empty for others.
  static func host(of address: some Collection<UInt8>) -> [UInt8] {
    var rest = address.drop { $0 <= 0x20 }[...]
    for scheme in ["http:", "https:"]
    where rest.prefix(scheme.utf8.count).map(\.lowercasedASCII).elementsEqual(scheme.utf8) {
      rest = rest.dropFirst(scheme.utf8.count)
      break
    }
    guard rest.starts(with: "//".utf8) else { return [] }
    let host = rest.dropFirst(2).prefix { !"/?#:".utf8.contains($0) }.map(\.lowercasedASCII)
    return host.starts(with: "www.".utf8) ? Array(host.dropFirst(4)) : host
  }

  /// RFC 3986, section 5.
  private static func join(_ reference: String, _ base: String) -> String? {
    guard let joined = xmlBuildURI(reference, base) else { return nil }
    defer { offprint_xml_free(joined) }
    return String(cString: joined)
  }

  /// Percent-encodes what is not ASCII, and those ASCII characters that no address has.
  private static func escape(_ bytes: [UInt8]) -> [UInt8] {
    let digits = Array("0123456789ABCDEF".utf8)
    var escaped: [UInt8] = []
    for byte in bytes {
      if byte <= 0x20 || byte >= 0x7F || forbidden.contains(byte) {
        escaped += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      } else {
        escaped.append(byte)
      }
    }
    return escaped
  }

  private static let forbidden = Set("\"<>\\^`{|}'".utf8)

  private static func hasScheme(_ bytes: [UInt8]) -> Bool {
    guard let first = bytes.first, first.isASCIILetter, let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else {
      return false
    }
    return bytes[..<colon].allSatisfy { $0.isASCIILetter || (0x30...0x39).contains($0) || "+-.".utf8.contains($0) }
  }

  /// Whether this is `http://` or `https://` and the start of a host.
  private static func isWeb(_ bytes: [UInt8]) -> Bool {
    for prefix in ["http://", "https://"] {
      let start = bytes.prefix(prefix.utf8.count).map(\.lowercasedASCII)
      guard start.elementsEqual(prefix.utf8), let next = bytes.dropFirst(start.count).first else { continue }
      return !"/?#:@".utf8.contains(next)
    }
    return false
  }
}
