import OffprintCrypto
import OffprintSeed
import Testing

@Suite struct `Text forms of bytes` {
  @Test func `hexadecimal goes there and back`() {
    var random = generator()
    for _ in 0..<500 {
      let bytes = random.bytes(Int.random(in: 0...80, using: &random))
      #expect(Hex.decode(Hex.encode(bytes)) == bytes)
    }
    #expect(Hex.encode([0x00, 0x09, 0xaf, 0xff]) == "0009afff")
  }

  @Test(arguments: ["0", "abc", "AB", "0G", " 00", "0x00", "é0", "\u{0}\u{0}", "00 "])
  func `hexadecimal in any other form is refused`(text: String) {
    #expect(Hex.decode(text) == nil)
  }

  /// RFC 4648, section 10, without the padding, and a value that needs the URL alphabet.
  @Test(
    arguments: [
      ([], ""), (Array("f".utf8), "Zg"), (Array("fo".utf8), "Zm8"), (Array("foo".utf8), "Zm9v"),
      (Array("foob".utf8), "Zm9vYg"), (Array("fooba".utf8), "Zm9vYmE"), (Array("foobar".utf8), "Zm9vYmFy"),
      ([0xfb, 0xef, 0xff], "--__"),
    ] as [([UInt8], String)])
  func `published base64url examples come out as published`(bytes: [UInt8], text: String) {
    #expect(Base64URL.encode(bytes) == text)
    #expect(Base64URL.decode(text) == bytes)
  }

  @Test func `base64url goes there and back`() {
    var random = generator()
    for _ in 0..<500 {
      let bytes = random.bytes(Int.random(in: 0...80, using: &random))
      #expect(Base64URL.decode(Base64URL.encode(bytes)) == bytes)
    }
  }

  @Test(arguments: [
    "Z", "Zm9vY", "Zg==", "Zg=", "Zh", "Zm9", "Zm9vYmF", "Z+", "Z/", "Z g", "Zg\n", "é", "Z\u{0}",
  ])
  func `base64url in any other form is refused`(text: String) {
    #expect(Base64URL.decode(text) == nil)
  }

  @Test func `no two texts stand for the same bytes`() {
    var random = generator()
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    for _ in 0..<2_000 {
      let count = Int.random(in: 0...12, using: &random)
      let text = (0..<count).compactMap { _ in alphabet.randomElement(using: &random) }
      guard let bytes = Base64URL.decode(text) else { continue }
      #expect(Array(Base64URL.encode(bytes).utf8) == text)
    }
  }
}
