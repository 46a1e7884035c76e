/// Damage to bytes, as a broken peer, disk or proxy does it: flips, cuts, repeats, splices, telling tokens in odd places.
package enum Mutation {
  /// Tokens that parsers stumble over.
  package static let tokens: [[UInt8]] =
    [
      "9223372036854775807", "9223372036854775808", "-9223372036854775808", "9007199254740992", "-0", "1.0", "1e400",
      "1e2",
      "null", "true", "[", "]", "{", "}", "\"", ",", ":", "\\u0000", "\\ud800", "\\udc00", "\\ud83d\\ude00", "{}", "[]",
      "\"\"",
      "01", "[[[[[[[[[[[[[[[[[", "\u{feff}", "\u{301}", "\u{0}",
    ].map { Array($0.utf8) } + [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82]]

  /// The bytes after 1 to 4 damages; `donor` gives the other part of splices.
  package static func damaged(_ bytes: [UInt8], donor: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
    var bytes = bytes
    for _ in 0...generator.below(4) { damage(&bytes, donor: donor, &generator) }
    return bytes
  }

  private static func damage(_ bytes: inout [UInt8], donor: [UInt8], _ generator: inout SeededGenerator) {
    guard !bytes.isEmpty else { return }
    let place = generator.below(bytes.count)
    let length = min(generator.number(in: 1...12), bytes.count - place)
    switch generator.below(8) {
    case 0: bytes[place] ^= 1 << UInt8(generator.below(8))
    case 1: bytes[place] = UInt8(truncatingIfNeeded: generator.next())
    case 2: bytes.removeSubrange(place...)
    case 3: bytes.removeSubrange(place..<place + length)
    case 4: bytes.insert(contentsOf: Array(bytes[place..<place + length]), at: generator.below(bytes.count))
    case 5: bytes.insert(contentsOf: generator.pick(tokens), at: place)
    case 6: bytes.replaceSubrange(place..<place + length, with: generator.pick(tokens))
    default:
      let start = generator.below(donor.count)
      bytes.replaceSubrange(place..., with: donor[start...])
    }
  }
}
