import CCurl

/// An address that may be fetched: http or https, with a host and without a user, as libcurl itself reads it. So nobody reads
/// it in two ways: who checks it and who connects are one.
package struct WebAddress: Sendable, Hashable {
  /// The whole address, without a fragment.
  package let text: String
  /// The host, of IPv6 without brackets.
  package let host: String
  /// The port, named or the scheme's own.
  package let port: UInt16

  /// Longer addresses are refused.
  package static let bytesMax = 8_192

  /// Reads an address as somebody saved it (Protocol, URL-1).
  /// - Throws: `invalidAddress`.
  package init(_ text: String) throws(FetchError) {
    let bytes = Array(text.utf8)
    guard bytes.count <= Self.bytesMax, !bytes.contains(where: Self.isForbidden), Self.begins(bytes) else {
      throw .invalidAddress
    }
    guard let handle = curl_url() else { throw .failed(Int(CURLE_OUT_OF_MEMORY.rawValue)) }
    defer { curl_url_cleanup(handle) }
    try self.init(setting: text, in: handle)
  }

  /// The address that a redirect from here leads to.
  /// - Throws: `invalidAddress`, also for other schemes.
  package func following(_ location: String) throws(FetchError) -> WebAddress {
    var bytes = Array(location.utf8)
    while let last = bytes.last, last <= 0x20 { bytes.removeLast() }
    bytes = Array(bytes.drop { $0 <= 0x20 })
    // What no address may hold and servers send all the same: spaces, and letters beyond ASCII.
    let escaped = bytes.flatMap { $0 == 0x20 || $0 >= 0x80 ? Self.escape($0) : [$0] }
    guard !escaped.isEmpty, escaped.count <= Self.bytesMax, !escaped.contains(where: Self.isForbidden) else {
      throw .invalidAddress
    }
    guard let handle = curl_url() else { throw .failed(Int(CURLE_OUT_OF_MEMORY.rawValue)) }
    defer { curl_url_cleanup(handle) }
    guard curl_url_set(handle, CURLUPART_URL, text, 0) == CURLUE_OK else { throw .invalidAddress }
    return try WebAddress(setting: String(decoding: escaped, as: UTF8.self), in: handle)
  }

  /// Has libcurl read `text`, relative to what the handle holds.
  private init(setting text: String, in handle: OpaquePointer) throws(FetchError) {
    guard curl_url_set(handle, CURLUPART_URL, text, UInt32(CURLU_DISALLOW_USER)) == CURLUE_OK,
      curl_url_set(handle, CURLUPART_FRAGMENT, nil, 0) == CURLUE_OK,
      Self.part(CURLUPART_ZONEID, of: handle) == nil, Self.part(CURLUPART_USER, of: handle) == nil,
      let scheme = Self.part(CURLUPART_SCHEME, of: handle), scheme == "http" || scheme == "https",
      let host = Self.part(CURLUPART_HOST, of: handle), !host.isEmpty,
      let port = Self.part(CURLUPART_PORT, of: handle, flags: CURLU_DEFAULT_PORT).flatMap({ UInt16($0) }), port > 0,
      let whole = Self.part(CURLUPART_URL, of: handle)
    else { throw .invalidAddress }
    self.text = whole
    self.host = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
    self.port = port
  }

  private static func part(_ part: CURLUPart, of handle: OpaquePointer, flags: Int32 = 0) -> String? {
    var found: UnsafeMutablePointer<CChar>?
    guard curl_url_get(handle, part, &found, UInt32(flags)) == CURLUE_OK, let found else { return nil }
    defer { curl_free(found) }
    return String(cString: found)
  }

  /// Programs disagree about what these mean, so they are in no address (Protocol, URL-1).
  private static func isForbidden(_ byte: UInt8) -> Bool {
    byte <= 0x20 || byte == 0x7F || byte == UInt8(ascii: "\\")
  }

  /// Whether it begins with `http://` or `https://` and a host; libcurl would take any number of slashes.
  private static func begins(_ bytes: [UInt8]) -> Bool {
    for prefix in ["http://", "https://"] {
      let start = bytes.prefix(prefix.utf8.count).map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
      if start.elementsEqual(prefix.utf8) {
        return bytes.dropFirst(start.count).first.map { !"/?#:@".utf8.contains($0) } ?? false
      }
    }
    return false
  }

  private static func escape(_ byte: UInt8) -> [UInt8] {
    let digits = Array("0123456789ABCDEF".utf8)
    return [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
  }
}
