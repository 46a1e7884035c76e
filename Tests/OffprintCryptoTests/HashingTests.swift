import OffprintCrypto
import OffprintSeed
import Testing

@Suite struct `Hashing` {
  /// FIPS 180-4 examples (NIST, "Examples with intermediate values", SHA256.pdf) and the well-known hash of nothing.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ])
  func `published examples come out as published`(text: String, hash: String) {
    #expect(Hex.encode(SHA256.hash(Array(text.utf8))) == hash)
    var fed = SHA256()
    fed.update(utf8: text)
    #expect(Hex.encode(fed.finalize()) == hash)
  }

  @Test func `a million letters hash as published`() {
    let hash = SHA256.hash([UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000))
    #expect(Hex.encode(hash) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  @Test func `bytes fed in any pieces hash like the whole`() {
    var random = generator()
    for _ in 0..<200 {
      let bytes = random.bytes(Int.random(in: 0...300, using: &random))
      var hash = SHA256()
      var rest = bytes[...]
      while !rest.isEmpty {
        let piece = rest.prefix(Int.random(in: 1...70, using: &random))
        rest = rest.dropFirst(piece.count)
        hash.update(piece)
      }
      #expect(hash.finalize() == SHA256.hash(bytes))
      #expect(SHA256.hash(bytes[...]) == SHA256.hash(bytes))
    }
  }

  @Test func `a copy and a finished hash can both be fed on`() {
    var first = SHA256()
    first.update(Array("ab".utf8))
    var second = first
    _ = first.finalize()
    first.update(Array("c".utf8))
    second.update(Array("d".utf8))
    #expect(first.finalize() == SHA256.hash(Array("abc".utf8)))
    #expect(second.finalize() == SHA256.hash(Array("abd".utf8)))
  }
}
