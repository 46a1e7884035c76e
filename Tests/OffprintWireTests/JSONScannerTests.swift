import OffprintWire
import Testing

/// Which documents are JSON to us: stricter than most readers, because two that differ would disagree for ever.
@Suite struct JSONScannerTests {
  @Test(arguments: [
    "{}", "[]", "null", " \t\r\n1 ", "[1,2]", "[[],{}]", #"{"a":{"b":[null,true,false]}}"#, #""\u00e9\n\"""#,
    #""\ud83d\ude00""#, #""\uD83D\uDE00""#, "\"😀\"", "0", "-1", "1.5", "-0.0", "1e2", "1E+2", "1e-400",
    "12345678901234567890",
    "\"\u{feff}\"", "\"\u{7f}\"", #"{"":1}"#, "{\"\u{e9}\":1,\"e\u{301}\":2}", "[0.1]",
  ])
  func `a strict document is passed over whole`(text: String) throws {
    var scanner = JSONScanner(Array(text.utf8))
    try scanner.skipValue()
    try scanner.readEnd()
  }

  @Test(arguments: [
    "", " ", "{", "}", "[", "]", "[1", "[1,", "[1,]", "[,1]", "{\"a\":1,}", "{,}", "{\"a\"}", "{\"a\":}", "{\"a\" 1}",
    "{a:1}",
    "{'a':1}", "{1:1}", "[1 2]", "[1]]", "{}{}", "1 2", "nul", "nulll", "True", "NaN", "Infinity", "-Infinity", "+1",
    ".5", "1.",
    "-", "--1", "01", "-01", "1e", "1e+", "0x10", "1e400", "-1e400", "1_000", "// c\n1", "/* c */1", "[1/**/]", "\"",
    "\"a",
    "\"\\", "\"\\\"", "\"\\x\"", "\"\\u\"", "\"\\u12\"", "\"\\u12G4\"", "\"\\u 123\"", "\"\\u+123\"", "\"\n\"",
    "\"\t\"",
    "\"\u{0}\"", "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\u0041\"", "\"\\ud800x\"", "\"\\ud800\\n\"",
    "\"\\udc00\\ud800\"",
    "\"\\ud800\\ud800\"", "\u{feff}{}", "{}\u{0}", "\u{a0}1", "{\"n\":1,\"n\":2}", "{\"n\":1,\"\\u006e\":2}",
    "[{\"a\":1,\"a\":1}]",
    "{\"a\":1 \"b\":2}", "[1}", "{\"a\":1]",
  ])
  func `what other readers let pass is refused`(text: String) {
    #expect(throws: JSONError.self) {
      var scanner = JSONScanner(Array(text.utf8))
      try scanner.skipValue()
      try scanner.readEnd()
    }
    #expect((try? JSONValue(parsing: Array(text.utf8))) == nil)
  }

  @Test(
    arguments: [
      [0xff], [0x80], [0xc0, 0xaf], [0xc1, 0xbf], [0xe0, 0x80, 0xaf], [0xed, 0xa0, 0x80],
      [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80],
      [0xf4, 0x90, 0x80, 0x80], [0xf8, 0x88, 0x80, 0x80, 0x80], [0xe2, 0x82], [0xf0, 0x9f, 0x98], [0xc3],
    ] as [[UInt8]])
  func `bytes that are no UTF-8 are refused in strings and names`(bytes: [UInt8]) {
    let quoted = [0x22] + bytes + [0x22]
    for document in [quoted, [0x7b] + quoted + Array(":1}".utf8), quoted.dropLast() + Array(#"\n""#.utf8)] {
      #expect((try? JSONValue(parsing: Array(document))) == nil)
      var scanner = JSONScanner(Array(document))
      #expect(throws: JSONError.self) { try scanner.skipValue() }
    }
    #expect((try? JSONValue(parsing: bytes)) == nil)
  }

  @Test func `UTF-16 is refused`() {
    #expect((try? JSONValue(parsing: [0xff, 0xfe, 0x7b, 0, 0x7d, 0])) == nil)
    #expect((try? JSONValue(parsing: [0x7b, 0, 0x7d, 0])) == nil)
    #expect((try? JSONValue(parsing: [0, 0x7b, 0, 0x7d])) == nil)
  }

  @Test(
    arguments: [
      ("1.0", nil), ("1e2", nil), ("-0.0", nil), ("\"1\"", nil), ("true", nil), ("null", nil),
      ("9007199254740992", nil),
      ("-9007199254740992", nil), ("9223372036854775807", nil), ("9223372036854775808", nil),
      ("-9223372036854775808", nil),
      ("-9223372036854775809", nil), ("99999999999999999999999999999999999999", nil), ("0", 0), ("-1", -1),
      ("9007199254740991", 9_007_199_254_740_991), ("-9007199254740991", -9_007_199_254_740_991),
    ] as [(String, Int64?)])
  func `an integer is an integer of 53 bits and never traps`(text: String, value: Int64?) {
    var scanner = JSONScanner(Array(text.utf8))
    #expect((try? scanner.readInteger()) == value)
  }

  @Test func `a hundred thousand brackets are refused at the limit`() {
    for bracket in ["[", "{\"a\":"] {
      let text = String(repeating: bracket, count: 100_000)
      var scanner = JSONScanner(Array(text.utf8))
      #expect(throws: JSONError.tooDeep(limit: Limits.jsonDepthMax)) { try scanner.skipValue() }
    }
  }

  @Test func `many members are compared by bytes without end of work`() throws {
    let names = (0..<2_000).map { "\"n\($0)\":0" }
    _ = try JSONValue(parsing: Array("{\(names.joined(separator: ","))}".utf8))
    #expect((try? JSONValue(parsing: Array("{\((names + ["\"n7\":1"]).joined(separator: ","))}".utf8))) == nil)
    #expect((try? JSONValue(parsing: Array("{\((names + ["\"n1999\":1"]).joined(separator: ","))}".utf8))) == nil)
  }

  @Test func `a part of a document is read without looking beyond it`() {
    let bytes = Array("[1,2] \"never closed".utf8)
    var scanner = JSONScanner(bytes, range: 0..<5)
    #expect((try? scanner.skipValue()) == 0..<5)
    #expect((try? scanner.readEnd()) != nil)
    var cut = JSONScanner(bytes, range: 0..<2)
    #expect(throws: JSONError.self) { try cut.skipValue() }
    for end in 0..<bytes.count {
      var scanner = JSONScanner(Array("\"\\ud83d\\ude00\"".utf8), range: 0..<min(end, 13))
      #expect(throws: JSONError.self) { try scanner.readString() }
    }
  }

  @Test func `an error's text holds nothing of the document`() {
    let secret = "hunter2"
    for text in ["{\"\(secret)\":1,\"\(secret)\":2}", "[\(secret)]", "\"\(secret)\\q\"", "{\"a\":\"\(secret)"] {
      do {
        _ = try JSONValue(parsing: Array(text.utf8))
        Issue.record("\(text) was read")
      } catch { #expect(!error.description.contains(secret)) }
    }
  }
}
