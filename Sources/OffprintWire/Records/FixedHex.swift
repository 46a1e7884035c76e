/// Numbers as lower-case hexadecimal text of a fixed width: such texts sort as the numbers do (Protocol, STAMP-1).
package enum FixedHex {
  /// The text of `value` in `digits` digits, zeros in front.
  package static func text(_ value: UInt64, digits: Int) -> String {
    // Never shorter than the number.
    let needed = max(1, (67 - value.leadingZeroBitCount) / 4)
    let count = max(digits, needed)
    return String(unsafeUninitializedCapacity: count) { text in
      for place in 0..<count {
        let shift = 4 * (count - 1 - place)
        let digit = shift < 64 ? UInt8(truncatingIfNeeded: value >> UInt64(shift) & 15) : 0
        text[place] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
      }
      return count
    }
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
