import OffprintCrypto

/// A device's token: 256 random bits, shown once; only its SHA-256 is stored.
package struct Token: Sendable {
  /// 64 lower-case hexadecimal digits: what the device keeps and sends.
  package let text: String
  /// SHA-256 of the 32 bytes: what is stored.
  package let hash: [UInt8]

  /// Bytes of a token.
  package static let byteCount = 32

  /// A token of these random bytes; nil if they are not 32.
  package init?(bytes: [UInt8]) {
    guard bytes.count == Self.byteCount else { return nil }
    text = Hex.encode(bytes)
    hash = SHA256.hash(bytes)
  }

  /// Reads the text of a token; nil for any other text.
  package init?(_ text: some StringProtocol) {
    guard text.utf8.count == 2 * Self.byteCount, let bytes = Hex.decode(String(text)) else { return nil }
    self.init(bytes: bytes)
  }

  /// The token of an `Authorization` header; nil unless it is one bearer token (RFC 6750, section 2.1).
  package init?(authorization value: String) {
    let parts = value.split(separator: " ", omittingEmptySubsequences: true)
    guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
    self.init(parts[1])
  }
}
