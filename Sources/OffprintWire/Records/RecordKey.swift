/// What kind of record: `article`, `progress`, `bookmark`, or one this program does not know and keeps all the same.
public struct RecordType: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The name: `[a-z][a-z0-9-]{0,31}` (Protocol, REC-2).
  public let name: String

  /// A type of that name; nil if the name has another form.
  public init?(_ name: String) {
    let bytes = Array(name.utf8)
    guard let first = bytes.first, bytes.count <= 32, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first),
      bytes.allSatisfy({
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
          || $0 == UInt8(ascii: "-")
      })
    else { return nil }
    self.name = name
  }

  private init(known name: String) { self.name = name }

  /// A saved page.
  public static let article = RecordType(known: "article")
  /// How far an article has been read, by each replica.
  public static let progress = RecordType(known: "progress")
  /// A marked passage.
  public static let bookmark = RecordType(known: "bookmark")

  /// The name.
  public var description: String { name }

  /// Order by bytes of the name.
  public static func < (one: Self, other: Self) -> Bool { one.name.utf8.lexicographicallyPrecedes(other.name.utf8) }
}

/// A record's identity within its type: 128 bits, on the wire 32 lower-case hexadecimal digits (Protocol, REC-3).
public struct RecordID: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The first 64 bits.
  public let high: UInt64
  /// The last 64 bits.
  public let low: UInt64

  /// An id of these bits.
  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// Reads 32 lower-case hexadecimal digits; nil for any other text.
  public init?(_ text: some StringProtocol) {
    var text = String(text)
    let halves = text.withUTF8 { bytes -> (UInt64, UInt64)? in
      guard bytes.count == 32, let high = FixedHex.value(bytes[0..<16]), let low = FixedHex.value(bytes[16..<32])
      else { return nil }
      return (high, low)
    }
    guard let halves else { return nil }
    self.init(high: halves.0, low: halves.1)
  }

  /// The first 16 bytes, most significant first; nil if there are fewer.
  public init?(bytes: some Collection<UInt8>) {
    guard bytes.count >= 16 else { return nil }
    let parts = bytes.prefix(16).map(UInt64.init)
    self.init(
      high: parts[..<8].reduce(0) { $0 << 8 | $1 },
      low: parts[8...].reduce(0) { $0 << 8 | $1 })
  }

  /// The 16 bytes, most significant first.
  public var bytes: [UInt8] {
    [high, low].flatMap { half in (0..<8).map { UInt8(truncatingIfNeeded: half >> (56 - 8 * $0)) } }
  }

  /// 32 lower-case hexadecimal digits.
  public var description: String { FixedHex.text(high, digits: 16) + FixedHex.text(low, digits: 16) }

  /// Order as unsigned numbers, which is the order of the texts.
  public static func < (one: Self, other: Self) -> Bool { (one.high, one.low) < (other.high, other.low) }
}

/// What names a record in its account: type and id.
public struct RecordKey: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The type.
  public let type: RecordType
  /// The id within the type.
  public let id: RecordID

  /// A key of these parts.
  public init(_ type: RecordType, _ id: RecordID) {
    self.type = type
    self.id = id
  }

  /// Reads `TYPE:ID`; nil for any other text.
  public init?(_ text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let type = RecordType(String(parts[0])), let id = RecordID(parts[1]) else { return nil }
    self.init(type, id)
  }

  /// `TYPE:ID`
  public var description: String { "\(type):\(id)" }

  /// Order by type, then id.
  public static func < (one: Self, other: Self) -> Bool { (one.type, one.id) < (other.type, other.id) }
}
