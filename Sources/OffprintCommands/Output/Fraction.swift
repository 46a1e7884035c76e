/// A share of an article as people write it, and as the core counts it: in whole millionths.
package enum Fraction {
  /// The whole.
  package static let whole: Int64 = 1_000_000

  /// Reads `0.4` or `40%`; nil for any other text and outside of 0...1.
  ///
  /// Digit by digit, without a floating-point number in between; what is finer than a millionth is cut off.
  package static func millionths(of text: String) -> Int64? {
    let isPercent = text.utf8.last == UInt8(ascii: "%")
    let number = Array(isPercent ? text.utf8.dropLast() : text.utf8[...])
    let parts = number.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
    guard let before = parts.first, !before.isEmpty, before.count <= 9, isDigits(before) else { return nil }
    let after = parts.count > 1 ? parts[1] : []
    if parts.count > 1, after.isEmpty || !isDigits(after) { return nil }
    let places = isPercent ? 4 : 6
    var value: Int64 = 0
    for digit in before { value = value * 10 + Int64(digit - UInt8(ascii: "0")) }
    for place in 0..<places {
      value = value * 10 + (place < after.count ? Int64(after[after.startIndex + place] - UInt8(ascii: "0")) : 0)
    }
    // 1.0000001 is more than the whole even though its millionths are not.
    let isBeyond = value == whole && after.dropFirst(places).contains { $0 != UInt8(ascii: "0") }
    return value <= whole && !isBeyond ? value : nil
  }

  /// Whole percents, rounded down, so that only the end is `100 %`.
  package static func percent(_ millionths: Int64) -> String { "\(min(max(millionths, 0), whole) / 10_000) %" }

  private static func isDigits(_ bytes: ArraySlice<UInt8>) -> Bool {
    bytes.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }
}
