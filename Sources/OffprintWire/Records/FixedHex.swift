/// Numbers as lower-case hexadecimal text of a fixed width: such texts sort as the numbers do (Protocol, STAMP-1).
package enum FixedHex {
  /// The text of `value` in `digits` digits, zeros in front.
  package static func text(_ value: UInt64, digits: Int) -> String {
    let short = String(value, radix: 16)
    return String(repeating: "0", count: max(0, digits - short.utf8.count)) + short
  }

  /// The number a text of exactly `digits` lower-case digits stands for; nil for any other text.
  package static func value(_ text: some StringProtocol, digits: Int) -> UInt64? {
    var text = String(text)
    return text.withUTF8 { $0.count == digits ? value($0[...]) : nil }
  }

  /// The number that at most 16 lower-case digits stand for; nil for other bytes. Stamps are read by the million.
  static func value(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> UInt64? {
    guard bytes.count <= 16 else { return nil }
    var value: UInt64 = 0
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt64(byte - UInt8(ascii: "0"))
      case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt64(byte - UInt8(ascii: "a") + 10)
      default: return nil
      }
    }
    return value
  }
}
