/// The header fields of one HTTP message, in the order they were given.
///
/// Names compare without regard to ASCII case (RFC 9110, section 5.1). Values are kept as they came; whoever reads one
/// that came from outside checks its form.
public struct HTTPHeaders: Sendable, Hashable, ExpressibleByDictionaryLiteral {
  /// The fields, in order; a name may stand more than once.
  public private(set) var fields: [Field] = []

  /// One header line.
  public struct Field: Sendable, Hashable {
    /// The name as given.
    public var name: String
    /// The value as given, without surrounding white space.
    public var value: String

    /// A header line of this name and value.
    public init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  /// No header at all.
  public init() {}

  /// The headers of a literal, in its order.
  public init(dictionaryLiteral elements: (String, String)...) {
    for (name, value) in elements { append(name, value) }
  }

  /// The value of the only line of that name; the first one's where there are several; nil where there is none.
  ///
  /// Assigning replaces all lines of that name by one, or removes them for nil.
  public subscript(name: String) -> String? {
    get { fields.first { Self.same($0.name, name) }?.value }
    set {
      fields.removeAll { Self.same($0.name, name) }
      if let newValue { fields.append(Field(name: name, value: newValue)) }
    }
  }

  /// All values of that name, in order.
  public func all(_ name: String) -> [String] {
    fields.filter { Self.same($0.name, name) }.map(\.value)
  }

  /// Adds a line, keeping those of the same name.
  public mutating func append(_ name: String, _ value: String) {
    fields.append(Field(name: name, value: value))
  }

  private static func same(_ one: String, _ other: String) -> Bool {
    one.utf8.count == other.utf8.count && zip(one.utf8, other.utf8).allSatisfy { lower($0) == lower($1) }
  }

  private static func lower(_ byte: UInt8) -> UInt8 {
    (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
  }
}
