/// A server's address with a pairing code, as a QR code holds it: `https://read.example.org/#code=7KQM-2F9D-XW3T` (Protocol, DEV-10).
///
/// What stands behind `#` is never sent to a server, in whatever program somebody opens it.
public struct PairingLink: Sendable, Hashable {
  /// The server's address, with a final slash or without.
  public let server: String
  /// The pairing code.
  public let code: String

  private static let mark = "#code="

  /// A link of these parts.
  public init(server: String, code: String) {
    self.server = server
    self.code = code
  }

  /// Reads a link; nil for an address without a code.
  public init?(_ text: String) {
    guard let mark = text.firstRange(of: Self.mark), mark.upperBound < text.endIndex else { return nil }
    self.init(server: String(text[..<mark.lowerBound]), code: String(text[mark.upperBound...]))
  }

  /// The link.
  public var text: String { server + (server.hasSuffix("/") ? "" : "/") + Self.mark + code }
}
