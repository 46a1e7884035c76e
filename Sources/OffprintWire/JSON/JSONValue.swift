/// A JSON value as a tree, for values of known shape: positions, ranges, small answers.
///
/// There are no floats on this wire, so a number is an integer of at most 53 bits (Protocol, JSON-2).
public indirect enum JSONValue: Sendable {
  /// `null`
  case null
  /// `true` or `false`
  case bool(Bool)
  /// An integer within ``integerMax`` on both sides of zero.
  case integer(Int64)
  /// A string.
  case string(String)
  /// An array.
  case array([JSONValue])
  /// An object; the order of the members means nothing.
  case object([Member])

  /// One name and value of an object.
  public struct Member: Sendable {
    /// The name.
    public var name: String
    /// The value.
    public var value: JSONValue

    /// A member of this name and value.
    public init(_ name: String, _ value: JSONValue) {
      self.name = name
      self.value = value
    }
  }

  /// The greatest integer that crosses the wire: 2^53 - 1, which every language's JSON reader keeps exact.
  public static let integerMax: Int64 = 9_007_199_254_740_991

  /// An object of these members.
  public static func members(_ members: (String, JSONValue)...) -> JSONValue {
    .object(members.map { Member($0.0, $0.1) })
  }

  /// The value of the member of that name, compared by bytes; nil if this is no object or has no such member.
  public subscript(name: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name.utf8.elementsEqual(name.utf8) }?.value
  }

  /// The string, if this is one.
  public var string: String? { if case .string(let text) = self { text } else { nil } }
  /// The integer, if this is one.
  public var integer: Int64? { if case .integer(let number) = self { number } else { nil } }
  /// The truth value, if this is one.
  public var bool: Bool? { if case .bool(let flag) = self { flag } else { nil } }
  /// The elements, if this is an array.
  public var array: [JSONValue]? { if case .array(let elements) = self { elements } else { nil } }
  /// The members, if this is an object.
  public var members: [Member]? { if case .object(let members) = self { members } else { nil } }
  /// Whether this is `null`.
  public var isNull: Bool { if case .null = self { true } else { false } }

  /// Reads one document.
  /// - Throws: ``JSONError`` for anything but strict JSON, and for a number that is not an integer of 53 bits.
  public init(parsing bytes: [UInt8], depthMax: Int = Limits.jsonDepthMax) throws(JSONError) {
    var scanner = JSONScanner(bytes, depthMax: depthMax)
    self = try scanner.readValue()
    try scanner.readEnd()
  }

  /// The one canonical text of this value (Protocol, JSON-3).
  public var canonicalBytes: [UInt8] {
    var writer = JSONWriter()
    writer.write(self)
    return writer.bytes
  }
}

extension JSONScanner {
  /// Reads any value as a tree.
  public mutating func readValue() throws(JSONError) -> JSONValue {
    switch try peek() {
    case .object:
      var members: [JSONValue.Member] = []
      try readObject { (scanner, name) throws(JSONError) in
        members.append(JSONValue.Member(name, try scanner.readValue()))
      }
      return .object(members)
    case .array:
      var elements: [JSONValue] = []
      try readArray { (scanner) throws(JSONError) in elements.append(try scanner.readValue()) }
      return .array(elements)
    case .string: return .string(try readString())
    case .number: return .integer(try readInteger())
    case .bool: return .bool(try readBool())
    case .null:
      _ = try readNull()
      return .null
    }
  }
}
