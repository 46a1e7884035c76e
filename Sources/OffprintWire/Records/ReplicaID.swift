/// One installation's name in stamps and positions: 64 random bits (Protocol, REC-5).
///
/// A *device* has a token; a *replica* is one copy of a library. A restored or cloned library takes a new one.
public struct ReplicaID: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The 64 bits.
  public let bits: UInt64

  /// A replica of these bits.
  public init(bits: UInt64) { self.bits = bits }

  /// Reads 16 lower-case hexadecimal digits; nil for any other text.
  public init?(_ text: some StringProtocol) {
    guard let bits = FixedHex.value(text, digits: 16) else { return nil }
    self.bits = bits
  }

  /// 16 lower-case hexadecimal digits.
  public var description: String { FixedHex.text(bits, digits: 16) }

  /// Order as unsigned numbers, which is the order of the texts.
  public static func < (one: Self, other: Self) -> Bool { one.bits < other.bits }
}
