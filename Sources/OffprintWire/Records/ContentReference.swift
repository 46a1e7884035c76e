/// A body or image by the SHA-256 of its bytes (Protocol, CONT-1).
public struct ContentReference: Sendable, Hashable {
  /// 64 lower-case hexadecimal digits.
  public var hash: String
  /// Bytes.
  public var size: Int64

  /// A reference of these parts; nil if the hash has another form or the size is negative.
  public init?(hash: String, size: Int64) {
    guard Self.isHash(hash), size >= 0 else { return nil }
    self.hash = hash
    self.size = size
  }

  /// Reads a `content` register's value; nil for null and for any other form.
  public init?(_ value: JSONValue) {
    guard let hash = value["hash"]?.string, let size = value["size"]?.integer else { return nil }
    self.init(hash: hash, size: size)
  }

  /// Reads an `images` register's value; nil for null and for any other form.
  public static func list(_ value: JSONValue) -> [ContentReference]? {
    guard let elements = value.array else { return nil }
    let references = elements.compactMap { ContentReference($0) }
    return references.count == elements.count ? references : nil
  }

  /// An `images` register's value.
  public static func value(of list: [ContentReference]) -> CanonicalValue {
    CanonicalValue(.array(list.map(\.value.json)))
  }

  /// The register's value.
  public var value: CanonicalValue {
    CanonicalValue(.members(("hash", .string(hash)), ("size", .integer(size))))
  }

  /// Whether a text is 64 lower-case hexadecimal digits.
  public static func isHash(_ text: String) -> Bool {
    text.utf8.count == 64
      && text.utf8.allSatisfy {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
      }
  }
}
