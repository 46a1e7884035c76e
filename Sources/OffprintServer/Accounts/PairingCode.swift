/// A pairing code: twelve characters that a person can read aloud and type, such as `7KQM-2F9D-XW3T` (Protocol, DEV-9).
///
/// The first four find the code, the other eight (40 bits) are the secret. Digits and capital letters without I, L, O and U, so that
/// nothing is mistaken for something else (the alphabet of Crockford's base 32).
package struct PairingCode: Sendable, Hashable {
  /// What it is found by; no secret.
  package let handle: String
  /// What has to be known.
  package let secret: String

  private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)
  private static let handleCount = 4
  private static let secretCount = 8
  /// Bytes of text that are looked at; no code with all its hyphens is longer.
  package static let textBytesMax = 64

  /// A code of 64 random bits.
  package init(random: UInt64) {
    var rest = random
    var characters: [UInt8] = []
    for _ in 0..<(Self.handleCount + Self.secretCount) {
      characters.append(Self.alphabet[Int(rest & 31)])
      rest >>= 5
    }
    self.init(characters: characters)
  }

  /// Reads what somebody typed: small letters are capital ones, O is 0, I and L are 1, hyphens and spaces count for nothing. Nil for
  /// anything else.
  package init?(_ text: some StringProtocol) {
    guard text.utf8.count <= Self.textBytesMax else { return nil }
    var characters: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "-"), UInt8(ascii: " "): continue
      case UInt8(ascii: "o"), UInt8(ascii: "O"): characters.append(UInt8(ascii: "0"))
      case UInt8(ascii: "i"), UInt8(ascii: "I"), UInt8(ascii: "l"), UInt8(ascii: "L"):
        characters.append(UInt8(ascii: "1"))
      default:
        let capital = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) ? byte - 0x20 : byte
        guard Self.alphabet.contains(capital) else { return nil }
        characters.append(capital)
      }
    }
    guard characters.count == Self.handleCount + Self.secretCount else { return nil }
    self.init(characters: characters)
  }

  private init(characters: [UInt8]) {
    handle = String(decoding: characters.prefix(Self.handleCount), as: UTF8.self)
    secret = String(decoding: characters.dropFirst(Self.handleCount), as: UTF8.self)
  }

  /// The code in groups of four.
  package var text: String { "\(handle)-\(secret.prefix(4))-\(secret.dropFirst(4))" }
}
