/// The references of body text: `&amp; &lt; &gt; &quot; &nbsp;` and the numeric ones, each with its `;`.
///
/// A body holds no others. Whatever else starts with `&` stands for itself: other names, a missing `;`. A number that
/// names no Unicode scalar (a surrogate, above 10FFFF), and 0, stand for U+FFFD.
package enum CharacterReference {
  private static let named: [(name: [UInt8], scalar: Unicode.Scalar)] = [
    (Array("amp".utf8), "&"), (Array("lt".utf8), "<"), (Array("gt".utf8), ">"), (Array("quot".utf8), "\""),
    (Array("nbsp".utf8), "\u{A0}"),
  ]

  /// What the reference at an `&` stands for and where the text goes on, or nil if none stands there.
  ///
  /// Cost: the length of the reference; a number's digits are read once, however many there are.
  package static func decode(
    _ bytes: [UInt8], at ampersand: Int, end: Int
  ) -> (scalar: Unicode.Scalar, next: Int)? {
    let start = ampersand + 1
    guard start < end else { return nil }
    if bytes[start] == UInt8(ascii: "#") { return decodeNumber(bytes, from: start + 1, end: end) }
    for (name, scalar) in named {
      let semicolon = start + name.count
      guard semicolon < end, bytes[semicolon] == UInt8(ascii: ";") else { continue }
      if bytes[start..<semicolon].elementsEqual(name) { return (scalar, semicolon + 1) }
    }
    return nil
  }

  private static func decodeNumber(
    _ bytes: [UInt8], from start: Int, end: Int
  ) -> (scalar: Unicode.Scalar, next: Int)? {
    var index = start
    var base: UInt32 = 10
    if index < end, bytes[index] | 0x20 == UInt8(ascii: "x") {
      base = 16
      index += 1
    }
    let firstDigit = index
    var value: UInt32 = 0
    while index < end, let digit = digit(bytes[index], base: base) {
      // Held just above the greatest scalar, so that no number of digits overflows.
      value = min(value * base + digit, 0x11_0000)
      index += 1
    }
    guard index > firstDigit, index < end, bytes[index] == UInt8(ascii: ";") else { return nil }
    return (value == 0 ? "\u{FFFD}" : Unicode.Scalar(value) ?? "\u{FFFD}", index + 1)
  }

  private static func digit(_ byte: UInt8, base: UInt32) -> UInt32? {
    if (0x30...0x39).contains(byte) { return UInt32(byte - 0x30) }
    let letter = byte | 0x20
    guard base == 16, (0x61...0x66).contains(letter) else { return nil }
    return UInt32(letter - 0x61 + 10)
  }
}
