/// What a key press asks of the pager.
package enum PagerKey: Sendable, Hashable {
  /// A line on.
  case lineDown
  /// A line back.
  case lineUp
  /// A screen on.
  case pageDown
  /// A screen back.
  case pageUp
  /// Half a screen on.
  case halfDown
  /// Half a screen back.
  case halfUp
  /// To the start.
  case start
  /// To the end.
  case end
  /// Draw anew.
  case redraw
  /// Stop reading.
  case quit
  /// Nothing.
  case other

  /// Takes the first key off what a terminal has sent; nil if there is nothing whole.
  ///
  /// - Parameter isAll: Whether nothing more is on its way, so that an escape alone is the escape key.
  package static func take(from bytes: inout ArraySlice<UInt8>, isAll: Bool) -> PagerKey? {
    guard let first = bytes.first else { return nil }
    if first == 0x1B { return sequence(from: &bytes, isAll: isAll) }
    bytes = bytes.dropFirst()
    return key(first)
  }

  private static func key(_ byte: UInt8) -> PagerKey {
    switch byte {
    case UInt8(ascii: " "), UInt8(ascii: "f"), 0x06: .pageDown
    case UInt8(ascii: "b"), 0x02, 0x7F, 0x08: .pageUp
    case UInt8(ascii: "j"), UInt8(ascii: "e"), 0x0D, 0x0A, 0x0E: .lineDown
    case UInt8(ascii: "k"), UInt8(ascii: "y"), 0x10: .lineUp
    case UInt8(ascii: "d"): .halfDown
    case UInt8(ascii: "u"): .halfUp
    case UInt8(ascii: "g"), UInt8(ascii: "<"): .start
    case UInt8(ascii: "G"), UInt8(ascii: ">"): .end
    // Ctrl-C and Ctrl-D too: in raw mode the terminal makes no signals of them.
    case UInt8(ascii: "q"), UInt8(ascii: "Q"), 0x03, 0x04: .quit
    case UInt8(ascii: "r"), 0x0C: .redraw
    default: .other
    }
  }

  /// A control sequence: ESC `[` or ESC `O`, parameters, a last byte in 0x40...0x7E (ECMA-48, 5.4).
  private static func sequence(from bytes: inout ArraySlice<UInt8>, isAll: Bool) -> PagerKey? {
    let rest = bytes.dropFirst()
    guard let second = rest.first else { return isAll ? drop(1, from: &bytes, .other) : nil }
    guard second == UInt8(ascii: "[") || second == UInt8(ascii: "O") else { return drop(1, from: &bytes, .other) }
    let body = rest.dropFirst()
    guard let last = body.firstIndex(where: { (0x40...0x7E).contains($0) }) else {
      return isAll || body.count > sequenceBytesMax ? drop(bytes.count, from: &bytes, .other) : nil
    }
    let parameters = String(decoding: body[..<last], as: UTF8.self)
    return drop(last - bytes.startIndex + 1, from: &bytes, key(ending: bytes[last], parameters))
  }

  private static let sequenceBytesMax = 16

  private static func key(ending last: UInt8, _ parameters: String) -> PagerKey {
    switch (last, parameters) {
    case (UInt8(ascii: "A"), _): .lineUp
    case (UInt8(ascii: "B"), _): .lineDown
    case (UInt8(ascii: "C"), _), (UInt8(ascii: "~"), "6"): .pageDown
    case (UInt8(ascii: "D"), _), (UInt8(ascii: "~"), "5"): .pageUp
    case (UInt8(ascii: "H"), _), (UInt8(ascii: "~"), "1"), (UInt8(ascii: "~"), "7"): .start
    case (UInt8(ascii: "F"), _), (UInt8(ascii: "~"), "4"), (UInt8(ascii: "~"), "8"): .end
    default: .other
    }
  }

  private static func drop(_ count: Int, from bytes: inout ArraySlice<UInt8>, _ key: PagerKey) -> PagerKey {
    bytes = bytes.dropFirst(count)
    return key
  }
}
