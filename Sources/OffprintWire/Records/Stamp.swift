/// When, and by whom, a register was written: what decides which of two values stays (Protocol, STAMP-1).
///
/// Text form: 12 + 8 + 16 lower-case hexadecimal digits joined by `-`; the texts sort as the stamps do.
public struct Stamp: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// Milliseconds since 1970 by the server's clock, as well as the writer knew it; 48 bits.
  public let milliseconds: UInt64
  /// Orders stamps of the same millisecond.
  public let counter: UInt32
  /// Who wrote.
  public let replica: ReplicaID

  /// Milliseconds at and above this are refused, so that every stamp has a successor.
  public static let millisecondsEnd: UInt64 = 1 << 47

  /// A stamp of these parts; milliseconds beyond 48 bits are cut to the greatest that fit.
  public init(milliseconds: UInt64, counter: UInt32, replica: ReplicaID) {
    self.milliseconds = min(milliseconds, 1 << 48 - 1)
    self.counter = counter
    self.replica = replica
  }

  /// Reads the text form; nil for any other text and for milliseconds of 2^47 and above.
  public init?(_ text: some StringProtocol) {
    var text = String(text)
    let read = text.withUTF8 { bytes -> Stamp? in
      let dash = UInt8(ascii: "-")
      guard bytes.count == 38, bytes[12] == dash, bytes[21] == dash,
        let milliseconds = FixedHex.value(bytes[0..<12]), milliseconds < Self.millisecondsEnd,
        let counter = FixedHex.value(bytes[13..<21]), let replica = FixedHex.value(bytes[22..<38])
      else { return nil }
      return Stamp(milliseconds: milliseconds, counter: UInt32(counter), replica: ReplicaID(bits: replica))
    }
    guard let read else { return nil }
    self = read
  }

  /// The text form.
  public var description: String {
    "\(FixedHex.text(milliseconds, digits: 12))-\(FixedHex.text(UInt64(counter), digits: 8))-\(replica)"
  }

  /// Order by milliseconds, then counter, then replica.
  public static func < (one: Self, other: Self) -> Bool {
    (one.milliseconds, one.counter, one.replica) < (other.milliseconds, other.counter, other.replica)
  }
}
