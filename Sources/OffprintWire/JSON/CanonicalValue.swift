/// The value of a register: the bytes of one JSON value in canonical form (Protocol, JSON-3).
///
/// The bytes are kept and sent back verbatim, also by a program that does not know what they mean; two values are equal
/// when their bytes are, and of two values with one stamp the greater by bytes wins.
public struct CanonicalValue: Sendable, Hashable, Comparable {
  /// The canonical text, UTF-8.
  public let bytes: [UInt8]

  /// How deep a value may nest, so that a record around it stays within ``Limits/jsonDepthMax``.
  public static let depthMax = Limits.jsonDepthMax - 4

  /// Takes bytes that are canonical JSON; nil for any other form, which is refused and never rewritten.
  public init?(validating bytes: [UInt8]) {
    if PlainJSON.isCanonical(bytes, depthMax: Self.depthMax) {
      self.bytes = bytes
      return
    }
    var scanner = JSONScanner(bytes, depthMax: Self.depthMax)
    guard let value = try? scanner.readValue(), (try? scanner.readEnd()) != nil, value.canonicalBytes == bytes else {
      return nil
    }
    self.bytes = bytes
  }

  /// The canonical form of a tree.
  public init(_ value: JSONValue) { bytes = value.canonicalBytes }

  /// Bytes that were validated before they were stored by this program.
  public init(trusted bytes: [UInt8]) { self.bytes = bytes }

  /// The value as a tree; `null` if the bytes of a damaged store cannot be read.
  public var json: JSONValue { (try? JSONValue(parsing: bytes)) ?? .null }

  /// Order by bytes, as unsigned numbers.
  public static func < (one: Self, other: Self) -> Bool { one.bytes.lexicographicallyPrecedes(other.bytes) }

  /// `null`: cleared, shown as absent.
  public static let null = CanonicalValue(.null)
}
