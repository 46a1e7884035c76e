/// A strict pull reader of JSON text (RFC 8259, narrowed by Protocol, JSON-1).
///
/// Stricter than Foundation's: UTF-8 only, no byte order mark, no duplicate names (compared as decoded bytes), no lone
/// surrogates, no trailing commas, bounded nesting. Nothing is built that the caller did not ask for, so the cost of a
/// hostile document is one pass over its bytes.
public struct JSONScanner {
  /// The whole document.
  public let bytes: [UInt8]
  /// Where the next byte is read.
  public private(set) var position: Int
  private let end: Int
  private let depthMax: Int
  private var depth = 0

  /// A reader of `bytes`, or of the given part of them.
  public init(_ bytes: [UInt8], range: Range<Int>? = nil, depthMax: Int = Limits.jsonDepthMax) {
    self.bytes = bytes
    self.position = range?.lowerBound ?? 0
    self.end = range?.upperBound ?? bytes.count
    self.depthMax = depthMax
  }

  /// What kind of value stands next.
  public enum Kind: Sendable { case object, array, string, number, bool, null }

  /// The kind of the next value, which is not consumed.
  public mutating func peek() throws(JSONError) -> Kind {
    skipWhitespace()
    guard position < end else { throw malformed("the text ends early") }
    switch bytes[position] {
    case UInt8(ascii: "{"): return .object
    case UInt8(ascii: "["): return .array
    case UInt8(ascii: "\""): return .string
    case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
    case UInt8(ascii: "n"): return .null
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
    default: throw malformed("unexpected character")
    }
  }

  /// Reads an object, giving each member's name to `member`, which must consume the value.
  public mutating func readObject(
    _ member: (inout JSONScanner, String) throws(JSONError) -> Void
  ) throws(JSONError) {
    guard try peek() == .object else { throw unexpected("an object") }
    try enter()
    var names = MemberNames()
    if try !closes(with: UInt8(ascii: "}")) {
      repeat {
        guard try peek() == .string else { throw malformed("expected a member name") }
        let name = try readString()
        guard names.insert(name) else { throw malformed("duplicate member name") }
        skipWhitespace()
        try consume(UInt8(ascii: ":"))
        try member(&self, name)
      } while try continues(until: UInt8(ascii: "}"))
    }
    depth -= 1
  }

  /// Reads an array, calling `element` before each element, which it must consume.
  public mutating func readArray(_ element: (inout JSONScanner) throws(JSONError) -> Void) throws(JSONError) {
    guard try peek() == .array else { throw unexpected("an array") }
    try enter()
    if try !closes(with: UInt8(ascii: "]")) {
      repeat { try element(&self) } while try continues(until: UInt8(ascii: "]"))
    }
    depth -= 1
  }

  /// Reads a string, its escapes decoded.
  public mutating func readString() throws(JSONError) -> String {
    guard try peek() == .string else { throw unexpected("a string") }
    position += 1
    let start = position
    var seen: UInt8 = 0
    while position < end {
      let byte = bytes[position]
      if byte == UInt8(ascii: "\"") {
        // ASCII needs no validation, which costs more than all else here.
        let text =
          seen < 0x80
          ? bytes.withUnsafeBufferPointer {
            String(decoding: UnsafeBufferPointer(rebasing: $0[start..<position]), as: UTF8.self)
          }
          : try text(of: bytes[start..<position])
        position += 1
        return text
      }
      if byte == UInt8(ascii: "\\") { return try readEscapedString(from: start) }
      guard byte >= 0x20 else { throw malformed("control character in a string") }
      seen |= byte
      position += 1
    }
    throw malformed("the string does not end")
  }

  /// Reads an integer of at most 53 bits; `1.0` and `1e2` are not integers.
  public mutating func readInteger() throws(JSONError) -> Int64 {
    guard try peek() == .number else { throw unexpected("an integer") }
    let start = position
    let isInteger = try skipNumber()
    guard isInteger, let value = Int64(String(decoding: bytes[start..<position], as: UTF8.self)),
      (-JSONValue.integerMax...JSONValue.integerMax).contains(value)
    else { throw .unexpected(wanted: "an integer within 2^53 - 1", offset: start) }
    return value
  }

  /// Reads `true` or `false`.
  public mutating func readBool() throws(JSONError) -> Bool {
    guard try peek() == .bool else { throw unexpected("true or false") }
    let value = bytes[position] == UInt8(ascii: "t")
    try consumeWord(value ? "true" : "false")
    return value
  }

  /// Reads `null` if it stands next; says whether it did.
  public mutating func readNull() throws(JSONError) -> Bool {
    guard try peek() == .null else { return false }
    try consumeWord("null")
    return true
  }

  /// Passes over any value, checking it, and gives the range of its bytes.
  @discardableResult
  public mutating func skipValue() throws(JSONError) -> Range<Int> {
    let kind = try peek()
    let start = position
    switch kind {
    case .object: try readObject { (scanner, _) throws(JSONError) in try scanner.skipValue() }
    case .array: try readArray { (scanner) throws(JSONError) in try scanner.skipValue() }
    case .string: _ = try readString()
    case .number: _ = try skipNumber()
    case .bool: _ = try readBool()
    case .null: _ = try readNull()
    }
    return start..<position
  }

  /// Checks that nothing but white space is left.
  public mutating func readEnd() throws(JSONError) {
    skipWhitespace()
    guard position == end else { throw malformed("more text behind the document") }
  }

  /// An error at the place reached, for a value of the wrong kind.
  public func unexpected(_ wanted: String) -> JSONError { .unexpected(wanted: wanted, offset: position) }
}

extension JSONScanner {
  private func malformed(_ reason: String) -> JSONError { .malformed(reason: reason, offset: position) }

  private mutating func skipWhitespace() {
    while position < end, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
  }

  private mutating func enter() throws(JSONError) {
    depth += 1
    guard depth <= depthMax else { throw .tooDeep(limit: depthMax) }
    position += 1
  }

  private mutating func closes(with bracket: UInt8) throws(JSONError) -> Bool {
    skipWhitespace()
    guard position < end, bytes[position] == bracket else { return false }
    position += 1
    return true
  }

  private mutating func continues(until bracket: UInt8) throws(JSONError) -> Bool {
    skipWhitespace()
    guard position < end else { throw malformed("the text ends early") }
    if bytes[position] == bracket {
      position += 1
      return false
    }
    try consume(UInt8(ascii: ","))
    return true
  }

  private mutating func consume(_ byte: UInt8) throws(JSONError) {
    guard position < end, bytes[position] == byte else {
      throw malformed("expected '\(Character(Unicode.Scalar(byte)))'")
    }
    position += 1
  }

  private mutating func consumeWord(_ word: StaticString) throws(JSONError) {
    let length = word.utf8CodeUnitCount
    let matches = word.withUTF8Buffer { wanted in
      end - position >= length && bytes[position..<position + length].elementsEqual(wanted)
    }
    guard matches else { throw malformed("unknown word") }
    position += length
  }

  /// Passes over a number by the grammar of RFC 8259; true if it has neither fraction nor exponent.
  private mutating func skipNumber() throws(JSONError) -> Bool {
    let start = position
    if bytes[position] == UInt8(ascii: "-") { position += 1 }
    if position < end, bytes[position] == UInt8(ascii: "0") { position += 1 } else { try skipDigits() }
    var isInteger = true
    if position < end, bytes[position] == UInt8(ascii: ".") {
      isInteger = false
      position += 1
      try skipDigits()
    }
    if position < end, bytes[position] | 0x20 == UInt8(ascii: "e") {
      isInteger = false
      position += 1
      if position < end, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") { position += 1 }
      try skipDigits()
    }
    if !isInteger, Double(String(decoding: bytes[start..<position], as: UTF8.self))?.isFinite != true {
      throw malformed("number out of range")
    }
    return isInteger
  }

  private mutating func skipDigits() throws(JSONError) {
    let start = position
    while position < end, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) { position += 1 }
    guard position > start else { throw malformed("expected a digit") }
  }

  private func text(of slice: some Collection<UInt8>) throws(JSONError) -> String {
    guard let text = String(validating: slice, as: UTF8.self) else { throw malformed("invalid UTF-8") }
    return text
  }

  private mutating func readEscapedString(from start: Int) throws(JSONError) -> String {
    var decoded = Array(bytes[start..<position])
    while position < end {
      let byte = bytes[position]
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return try text(of: decoded)
      case UInt8(ascii: "\\"): try readEscape(into: &decoded)
      case 0..<0x20: throw malformed("control character in a string")
      default: decoded.append(byte)
      }
    }
    throw malformed("the string does not end")
  }

  private mutating func readEscape(into decoded: inout [UInt8]) throws(JSONError) {
    guard position < end else { throw malformed("the string does not end") }
    let byte = bytes[position]
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): decoded.append(byte)
    case UInt8(ascii: "b"): decoded.append(0x08)
    case UInt8(ascii: "f"): decoded.append(0x0C)
    case UInt8(ascii: "n"): decoded.append(0x0A)
    case UInt8(ascii: "r"): decoded.append(0x0D)
    case UInt8(ascii: "t"): decoded.append(0x09)
    case UInt8(ascii: "u"): decoded.append(contentsOf: String(Character(try readUnicodeEscape())).utf8)
    default: throw malformed("unknown escape")
    }
  }

  private mutating func readUnicodeEscape() throws(JSONError) -> Unicode.Scalar {
    let first = try readHexadecimal()
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard (0xD800..<0xDC00).contains(first), end - position >= 6, bytes[position] == UInt8(ascii: "\\"),
      bytes[position + 1] == UInt8(ascii: "u")
    else { throw malformed("lone surrogate") }
    position += 2
    let second = try readHexadecimal()
    guard (0xDC00..<0xE000).contains(second),
      let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    else { throw malformed("lone surrogate") }
    return scalar
  }

  private mutating func readHexadecimal() throws(JSONError) -> UInt32 {
    guard end - position >= 4 else { throw malformed("the string does not end") }
    var value: UInt32 = 0
    for byte in bytes[position..<position + 4] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
        throw malformed("expected four hexadecimal digits")
      }
      value = value << 4 | UInt32(digit)
    }
    position += 4
    return value
  }

  /// The names met in one object. Swift's own string equality would merge canonically equivalent names, so bytes count.
  private struct MemberNames {
    private var few: [String] = []
    private var many: Set<[UInt8]> = []

    mutating func insert(_ name: String) -> Bool {
      if many.isEmpty {
        if few.contains(where: { $0.utf8.elementsEqual(name.utf8) }) { return false }
        few.append(name)
        if few.count > 16 { many = Set(few.map { Array($0.utf8) }) }
        return true
      }
      return many.insert(Array(name.utf8)).inserted
    }
  }
}
