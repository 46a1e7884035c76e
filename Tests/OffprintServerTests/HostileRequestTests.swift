import OffprintCrypto
import OffprintGzip
import OffprintHTTP
import OffprintTesting
import OffprintWire
import Testing

/// Requests no correct client sends: each gets its answer, and the next good request succeeds.
@Suite struct HostileRequestTests {
  private let folder: TemporaryFolder
  private let server: SimulatedServer
  private let token: String
  private let cursor: String
  private let replica = "00000000000000aa"

  init() throws {
    folder = try TemporaryFolder()
    server = try SimulatedServer(folder: folder.file("server"), users: ["ana", "ben"], seed: 3)
    token = try Self.signIn(server, "ana")
    cursor = try Self.cursor(server, token)
  }

  private static func signIn(_ server: SimulatedServer, _ user: String) throws -> String {
    let body = #"{"user":"\#(user)","password":"\#(SimulatedServer.password)","device":"d"}"#
    let answer = try server.handle(
      HTTPRequest(
        method: "POST", path: "/v1/devices", headers: ["Content-Type": "application/json"], body: Array(body.utf8)))
    return try #require(JSONValue(parsing: answer.body)["token"]?.string)
  }

  private static func cursor(_ server: SimulatedServer, _ token: String) throws -> String {
    let answer = try server.handle(
      HTTPRequest(method: "GET", path: "/v1/changes", headers: ["Authorization": "Bearer \(token)"]))
    let last = try #require(answer.body.split(separator: 0x0A).last)
    guard case .end(let end) = try SyncAnswerLine(parsing: Array(last)) else { return "" }
    return end.cursor
  }

  private func post(_ body: [UInt8], _ headers: HTTPHeaders = ["Content-Type": "application/json"]) throws
    -> HTTPResponse
  {
    var all = headers
    all["Authorization"] = "Bearer \(token)"
    return try server.handle(HTTPRequest(method: "POST", path: "/v1/sync", headers: all, body: body))
  }

  private func get(_ path: String, _ query: String? = nil, _ method: String = "GET") throws -> HTTPResponse {
    try server.handle(
      HTTPRequest(method: method, path: path, query: query, headers: ["Authorization": "Bearer \(token)"]))
  }

  private func slug(_ answer: HTTPResponse) -> String { Problem(parsing: answer.body)?.slug.rawValue ?? "-" }

  private func expectGood() throws { #expect(try get("/v1/changes").status == 200) }

  private func push(_ record: String, n: Int = 1) -> [UInt8] {
    Array(
      #"{"cursor":"\#(cursor)","replica":"\#(replica)","n":\#(n),"nonce":"0000000000000001","records":[\#(record)]}"#
        .utf8)
  }

  private var stamp: String {
    Stamp(milliseconds: UInt64(server.now), counter: 0, replica: ReplicaID(bits: 0xAA)).description
  }

  private func article(_ values: String, new: String = "", stamp: String? = nil, id: String? = nil) -> String {
    let id = id ?? "00000000000000000000000000000001"
    return #"{"type":"article","id":"\#(id)","stamp":"\#(stamp ?? self.stamp)","new":[\#(new)],"values":{\#(values)}}"#
  }

  private func outcome(_ body: [UInt8]) throws -> String {
    let answer = try post(body)
    guard answer.status == 200, let first = answer.body.split(separator: 0x0A).first,
      case .result(let result) = try SyncAnswerLine(parsing: Array(first))
    else { return "\(answer.status) \(slug(answer))" }
    if case .refused(let refusal) = result.outcome {
      return refusal.slug.rawValue + (refusal.field.map { " \($0)" } ?? "")
    }
    return "stored"
  }

  @Test func `no token, a garbage token and a token in the query are the same 401`() throws {
    for (headers, query) in [
      ([:], nil), (["Authorization": "Bearer nonsense"], nil), (["Authorization": "Basic x"], nil),
      ([:], "token=\(token)"),
    ] as [(HTTPHeaders, String?)] {
      let answer = try server.handle(HTTPRequest(method: "GET", path: "/v1/changes", query: query, headers: headers))
      #expect(answer.status == 401 && slug(answer) == "unauthorized")
      #expect(answer.headers["WWW-Authenticate"] == "Bearer")
    }
    try expectGood()
  }

  @Test(arguments: ["/nothing", "//", "/v1/../v1/info", "/v1/%2e%2e/v1/info", "/v1/changes%00", "/V1/changes"])
  func `an unknown path is 404 and nothing is normalised`(path: String) throws {
    let answer = try get(path)
    #expect(answer.status == 404 && slug(answer) == "not-found")
  }

  @Test(arguments: ["TRACE", "FOO", "PUT", "DELETE"])
  func `another method is 405 with the allowed ones`(method: String) throws {
    let answer = try get("/v1/changes", nil, method)
    #expect(answer.status == 405 && slug(answer) == "method-not-allowed")
    #expect(answer.headers["Allow"]?.contains("GET") == true)
  }

  @Test(arguments: [
    "", "null", "[]", "\"x\"", "{\"cursor\":null,}", "{\"cursor\":null}//", "{\"n\":1,\"n\":2}", "{\"n\":NaN}",
    "{\"n\":1e400}",
    "{\"n\":01}", "\u{FEFF}{}", "{}{}", "{\"x\":\"\\ud800\"}", String(repeating: "[", count: 100_000),
    "{\"x\":" + String(repeating: "[", count: 17) + String(repeating: "]", count: 17) + "}",
  ])
  func `what is not strict JSON is 400 bad-json`(body: String) throws {
    let answer = try post(Array(body.utf8))
    #expect(answer.status == 400 && slug(answer) == "bad-json", "\(answer.status) \(slug(answer))")
    try expectGood()
  }

  @Test(
    arguments: [
      [0x22, 0xFF, 0x22], [0x22, 0xC0, 0xAF, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0xFF, 0xFE, 0x7B, 0],
    ] as [[UInt8]])
  func `invalid UTF-8 and other encodings are 400 bad-json`(value: [UInt8]) throws {
    let answer = try post(Array("{\"x\":".utf8) + value + Array("}".utf8))
    #expect(answer.status == 400 && slug(answer) == "bad-json")
  }

  @Test(arguments: ["-1", "1.5", "\"1\"", "9223372036854775807", "9223372036854775808", "null", "0"])
  func `a push number that is none is 400 and no trap`(number: String) throws {
    let body =
      #"{"cursor":"\#(cursor)","replica":"\#(replica)","n":\#(number),"nonce":"0000000000000001","records":[\#(article(#""life":"live""#))]}"#
    #expect(try post(Array(body.utf8)).status == 400)
    try expectGood()
  }

  @Test func `another content type or coding is 415`() throws {
    #expect(slug(try post(Array("{}".utf8), ["Content-Type": "text/plain"])) == "unsupported-media-type")
    for coding in ["br", "deflate", "zstd", "gzip, gzip"] {
      let answer = try post(Array("{}".utf8), ["Content-Type": "application/json", "Content-Encoding": coding])
      #expect(answer.status == 415 && slug(answer) == "unsupported-encoding", "\(coding)")
    }
  }

  @Test func `a gzip bomb is 413 and damaged gzip is 400`() throws {
    let headers: HTTPHeaders = ["Content-Type": "application/json", "Content-Encoding": "gzip"]
    let bomb = try post(try Gzip.deflate([UInt8](repeating: 0x20, count: 40 << 20)), headers)
    #expect(bomb.status == 413 && slug(bomb) == "inflate-limit")
    let whole = try Gzip.deflate(Array("{\"cursor\":null}".utf8))
    #expect(try post(whole, headers).status == 200)
    let damages: [[UInt8]] = [
      Array(whole.dropLast(3)), Array(whole.dropLast(8)) + [UInt8](repeating: 0, count: 8), whole + [1, 2, 3],
      [1, 2, 3],
    ]
    for damaged in damages {
      let answer = try post(damaged, headers)
      #expect(answer.status == 400 && slug(answer) == "bad-encoding")
    }
    let twice = try post(try Gzip.deflate(whole), headers)
    #expect(twice.status == 400 && slug(twice) == "bad-json")
  }

  @Test func `more than 500 records are 413 and nothing is applied`() throws {
    let record = article(#""life":"live""#)
    let answer = try post(push(Array(repeating: record, count: 501).joined(separator: ",")))
    #expect(answer.status == 413 && slug(answer) == "too-large")
    #expect(try get("/v1/changes").body.split(separator: 0x0A).count == 1)
  }

  @Test(arguments: [
    (#""title":"a\u0000b""#, "invalid title"), (#""saved":"2026-02-30""#, "invalid saved"),
    (#""saved":1.5"#, "invalid saved"),
    (#""saved":253402300799000"#, "stored"), (#""archived":1"#, "invalid archived"),
    (#""url":"javascript:alert(1)""#, "invalid url"),
    (#""url":"file:///etc/passwd""#, "invalid url"), (#""url":"https://u:p@example.org/""#, "invalid url"),
    (#""url":"https://example.org:99999/""#, "invalid url"), (#""url":"https://exa\tmple.org/""#, "invalid url"),
    (#""life":"undead""#, "invalid life"), (#""same":"x""#, "invalid same"),
    (#""future":{"b":1,"a":2}"#, "invalid future"),
    (#""future":{"a":1,"b":2}"#, "stored"),
  ])
  func `a value of another form refuses its record alone`(values: String, expected: String) throws {
    #expect(try outcome(push(article(values))) == expected)
    try expectGood()
  }

  @Test func `lengths bind what is declared new, counted in bytes`() throws {
    let title = String(repeating: "x", count: 1_025)
    #expect(try outcome(push(article(#""title":"\#(title)""#, new: #""title""#))) == "invalid title")
    #expect(try outcome(push(article(#""title":"\#(title)""#), n: 2)) == "stored")
    let marks = "tag:e" + String(repeating: "\u{301}", count: 200)
    let longTag = try outcome(push(article(#""\#(marks)":true"#, new: #""\#(marks)""#), n: 3))
    #expect(longTag.utf8.starts(with: "invalid tag:e".utf8))
    let tags = (0..<65).map { "\"tag:\($0)\"" }
    let many = article(tags.map { $0 + ":true" }.joined(separator: ","), new: tags.joined(separator: ","))
    #expect(try outcome(push(many, n: 4)) == "invalid tag:")
    let unknown = article(#""future":"\#(String(repeating: "x", count: 4_097))""#, new: #""future""#)
    #expect(try outcome(push(unknown, n: 5)) == "invalid")
  }

  @Test(arguments: [
    "", "A0000000000000000000000000000001", "../../x", "%00", "\u{1F600}", "__proto__",
    String(repeating: "0", count: 1_000),
  ])
  func `an id of another form is refused`(id: String) throws {
    #expect(try outcome(push(article(#""life":"live""#, id: id))) == "invalid id")
  }

  @Test func `stamps are judged as the specification says`() throws {
    #expect(try outcome(push(article(#""title":"a""#, stamp: "nonsense"))) == "invalid stamp")
    let year1970 = Stamp(milliseconds: 5, counter: 0, replica: ReplicaID(bits: 0xAA)).description
    #expect(try outcome(push(article(#""title":"a""#, new: #""title""#, stamp: year1970), n: 2)) == "stored")
    let ahead = Stamp(milliseconds: UInt64(server.now) + 600_000, counter: 0, replica: ReplicaID(bits: 0xAA))
      .description
    #expect(try outcome(push(article(#""title":"b""#, new: #""title""#, stamp: ahead), n: 3)) == "clock-skew title")
    let relayed = Stamp(milliseconds: UInt64(server.now) + 600_000, counter: 0, replica: ReplicaID(bits: 0xBB))
      .description
    #expect(try outcome(push(article(#""title":"c""#, stamp: relayed), n: 4)) == "stored")
    #expect(try outcome(push(article(#""title":"d""#, new: #""title""#, stamp: relayed), n: 5)) == "invalid title")
  }

  @Test func `one bad record of many refuses itself alone`() throws {
    let records = (0..<20).map { index in
      article(
        index == 9 ? #""saved":"x""# : #""life":"live""#,
        id: FixedHex.text(0, digits: 16) + FixedHex.text(UInt64(index), digits: 16))
    }
    let lines = try post(push(records.joined(separator: ","))).body.split(separator: 0x0A)
    let refused = lines.filter { String(decoding: $0, as: UTF8.self).contains("\"refused\"") }
    #expect(refused.count == 1)
    #expect(try get("/v1/changes").body.split(separator: 0x0A).count == 20)
  }

  @Test func `each cursor meets its fate before anything of the push is applied`() throws {
    let ours = try #require(Cursor(cursor))
    let cases: [(String, Int, String)] = [
      ("", 400, "bad-request"), ("AAAA", 400, "bad-request"), (String(cursor.dropLast()), 400, "bad-request"),
      (try Self.cursor(server, Self.signIn(server, "ben")), 403, "wrong-account"),
      (Cursor(account: ours.account, log: RecordID(high: 1, low: 1), number: 0).text, 410, "log-unknown"),
    ]
    for (text, status, expected) in cases {
      let answer = try get("/v1/changes", "since=\(text)")
      #expect(answer.status == status && slug(answer) == expected, "\(text)")
      let body =
        #"{"cursor":"\#(text)","replica":"\#(replica)","n":1,"nonce":"0000000000000001","records":[\#(article(#""life":"live""#))]}"#
      #expect(try post(Array(body.utf8)).status == status)
    }
    let above = Cursor(account: ours.account, log: ours.log, number: 1_000_000).text
    #expect(try get("/v1/changes", "since=\(above)").status == 200)
    #expect(try get("/v1/changes").body.split(separator: 0x0A).count == 1, "nothing was applied")
  }

  @Test func `a push of a lesser number, or of the same with another nonce, is 409 and changes nothing`() throws {
    #expect(try outcome(push(article(#""title":"a""#), n: 5)) == "stored")
    #expect(try outcome(push(article(#""title":"b""#), n: 4)) == "409 device-rewound")
    let other = String(decoding: push(article(#""title":"b""#), n: 5), as: UTF8.self)
      .replacing("0000000000000001\",\"records", with: "0000000000000002\",\"records")
    #expect(try outcome(Array(other.utf8)) == "409 device-rewound")
    #expect(try outcome(push(article(#""title":"a""#), n: 5)) == "stored", "a proxy's repeat is answered as usual")
  }

  @Test func `another account's content is treated as an unknown one`() throws {
    let bytes = Array("<p>text</p>".utf8)
    let ben = try Self.signIn(server, "ben")
    func put(_ token: String) throws -> HTTPResponse {
      try server.handle(
        HTTPRequest(
          method: "PUT", path: "/v1/contents/" + contentHash(bytes), headers: ["Authorization": "Bearer \(token)"],
          body: bytes))
    }
    #expect(try put(ben).status == 204)
    let foreign = try get("/v1/contents/" + contentHash(bytes))
    let unknown = try get("/v1/contents/" + String(repeating: "a", count: 64))
    #expect(foreign.status == 404 && unknown.status == 404)
    #expect(try put(token).status == 204)
    #expect(try get("/v1/contents/" + contentHash(bytes)).body == bytes)
    let wrong = try server.handle(
      HTTPRequest(
        method: "PUT", path: "/v1/contents/" + String(repeating: "a", count: 64),
        headers: ["Authorization": "Bearer \(token)"], body: bytes))
    #expect(wrong.status == 400)
  }

  private func contentHash(_ bytes: [UInt8]) -> String { Hex.encode(SHA256.hash(bytes)) }
}
