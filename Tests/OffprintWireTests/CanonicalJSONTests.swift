import OffprintTesting
import OffprintWire
import Testing

/// One value, one text: what hashes and joins are taken over.
@Suite struct CanonicalJSONTests {
  @Test func `the canonical form of what was parsed is a fixed point`() {
    forAll { generator throws(Counterexample) in
      let bytes = ValueBuilder.any(&generator).canonicalBytes
      guard let read = try? JSONValue(parsing: bytes) else { throw Counterexample("unreadable: \(text(bytes))") }
      try hold(read.canonicalBytes == bytes, "\(text(bytes)) became \(text(read.canonicalBytes))")
      try hold(CanonicalValue(validating: bytes)?.bytes == bytes, "\(text(bytes)) is refused")
    }
  }

  @Test func `every mutation of a canonical value is refused or is itself canonical`() {
    forAll { generator throws(Counterexample) in
      let bytes = ValueBuilder.any(&generator).canonicalBytes
      let donor = ValueBuilder.any(&generator).canonicalBytes
      let damaged = Mutation.damaged(bytes, donor: donor, &generator)
      guard let value = CanonicalValue(validating: damaged) else { return }
      try hold(value.bytes == damaged, "\(text(damaged)) was rewritten")
      try hold(value.json.canonicalBytes == damaged, "\(text(damaged)) is taken but means another text")
    }
  }

  @Test func `members given in any order come out in the order of their bytes`() {
    forAll(cases: 3_000) { generator throws(Counterexample) in
      let members = ValueBuilder.texts.prefix(8).map { JSONValue.Member($0, .null) }
      let one = JSONValue.object(generator.shuffled(members)).canonicalBytes
      try hold(one == JSONValue.object(members).canonicalBytes, text(one))
      try hold(CanonicalValue(validating: one) != nil, "\(text(one)) is refused")
    }
  }

  @Test(arguments: [
    (#" 1"#, "white space"), (#"1 "#, "white space"), (#"[1, 2]"#, "white space"), (#"{"b":1,"a":2}"#, "order"),
    (#""\/""#, "a needless escape"), (#""\u0041""#, "a needless escape"), (#""\u000a""#, "a long escape"),
    (#""\u001F""#, "an upper-case escape"), (#""\u00e9""#, "a needless escape"), (#""\ud83d\ude00""#, "escaped pair"),
    (#"-0"#, "minus zero"), (#"1.0"#, "a fraction"), (#"1e2"#, "an exponent"), (#"01"#, "a leading zero"),
    (#"9007199254740992"#, "2^53"), (#"-9007199254740992"#, "-2^53"), (#"-9223372036854775808"#, "-2^63"),
    (#"9223372036854775808"#, "2^63"), (#"{"a":1,"a":1}"#, "a duplicate name"), (#"nul"#, "a cut word"),
    ("", "nothing"),
    ("\"\u{1}\"", "a bare control character"), ("[1]]", "a bracket too many"), ("NaN", "no JSON"),
    (#"{"a":1,"\u0061":2}"#, "a duplicate name in disguise"),
  ])
  func `a value in another form is refused and never rewritten`(text: String, why: String) {
    #expect(CanonicalValue(validating: Array(text.utf8)) == nil, "\(why)")
  }

  @Test(arguments: [
    "null", "true", "false", "0", "-1", "9007199254740991", "-9007199254740991", #""""#, #""/""#, "\"\u{7f}\u{80}\"",
    "\"\u{2028}\"", "\"\u{feff}\"", "\"é\"", #""\b\t\n\f\r\u0000\u001f\"\\""#, "[]", "{}", #"{"":0,"A":1,"a":2,"é":3}"#,
    "{\"e\u{301}\":1,\"\u{e9}\":2}", "{\"\u{ffff}\":1,\"\u{10000}\":2}",
  ])
  func `a canonical value is taken as it is`(text: String) {
    #expect(CanonicalValue(validating: Array(text.utf8))?.bytes == Array(text.utf8))
  }

  @Test func `a value may nest so deep that its frame stays within the limit`() {
    func nested(_ depth: Int) -> [UInt8] {
      Array(repeating: UInt8(ascii: "["), count: depth) + Array(repeating: UInt8(ascii: "]"), count: depth)
    }
    #expect(CanonicalValue(validating: nested(CanonicalValue.depthMax)) != nil)
    #expect(CanonicalValue(validating: nested(CanonicalValue.depthMax + 1)) == nil)
    #expect((try? JSONValue(parsing: nested(Limits.jsonDepthMax))) != nil)
    #expect(throws: JSONError.tooDeep(limit: Limits.jsonDepthMax)) {
      try JSONValue(parsing: nested(Limits.jsonDepthMax + 1))
    }
  }

  @Test func `equal stamps order values by bytes as unsigned numbers`() {
    #expect(CanonicalValue(.string("\u{7f}")) < CanonicalValue(.string("\u{e9}")))
    #expect(CanonicalValue(.integer(10)) < CanonicalValue(.integer(9)))
    #expect(CanonicalValue(.string("é")) != CanonicalValue(.string("e\u{301}")))
  }
}

/// Bytes for a message.
private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
