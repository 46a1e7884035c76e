/// Numbers as lower-case hexadecimal text of a fixed width: such texts sort as the numbers do (Protocol, STAMP-1).
package enum FixedHex {
  /// The text of `value` in `digits` digits, zeros in front.
  package static func text(_ value: UInt64, digits: Int) -> String {
    let short = String(value, radix: 16)
    return String(repeating: "0", count: max(0, digits - short.utf8.count)) + short
  }

  /// The number a text of exactly `digits` lower-case digits stands for; nil for any other text.
  package static func value(_ text: some StringProtocol, digits: Int) -> UInt64? {
    guard digits <= 16, text.utf8.count == digits else { return nil }
    var value: UInt64 = 0
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt64(byte - UInt8(ascii: "0"))
      case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt64(byte - UInt8(ascii: "a") + 10)
      default: return nil
      }
    }
    return value
  }
}
