import OffprintProcesses
import Testing

/// Answers that are wrong in one place (the client's side of the catalogue, SAFE-1): a code of the published table, nothing
/// applied, the library whole.
@Suite(.serialized) struct AnswerTests {
  /// One lie and how the sync ends.
  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var exit: Int32
    var says: String?
    var lie: @Sendable (LyingServer.Request) -> LyingServer.Reply?
  }

  /// A lie told to the first read.
  private static func reading(
    _ name: String, _ exit: Int32, says: String? = nil, _ reply: @escaping @Sendable () -> LyingServer.Reply
  ) -> Case {
    Case(testDescription: name, exit: exit, says: says) { $0.path == "/v1/changes" ? reply() : nil }
  }

  private static func end(_ members: String) -> String { #"{"end":{\#(members)}}"# + "\n" }
  private static let record =
    #"{"record":{"type":"article","id":"00000000000000000000000000000001","number":1,"stamp":"018000000000-00000000-00000000000000aa","values":{"life":"live","title":"Planted","url":"https://planted.example/"}}}"#
    + "\n"
  private static let head = #""cursor":"c1","number":1,"more":false,"count":1,"digest":"0000000000000001""#

  static let cases: [Case] = [
    reading("a captive portal", 11, says: "not an Offprint server") {
      .answer(status: 200, type: "text/html", headers: ["Offprint-Time": ""], body: Array("<html>Pay here</html>".utf8))
    },
    reading("a page of HTML with our headers", 11, says: "not an Offprint server") {
      .answer(status: 200, type: "text/html", headers: [:], body: Array("<html>Pay here</html>".utf8))
    },
    reading("another type with 200", 11, says: "not an Offprint server") { .json(record + end(head)) },
    reading("no end", 11, says: "broke off") { .page(record) },
    reading("cut in the middle of the end", 1) { .page(record + end(head).dropLast(9)) },
    reading("shorter than it says", 11) { .page(record + end(head), ["Content-Length": "100000"]).closing },
    reading("two ends", 1, says: "two ends") { .page(record + end(head) + end(head)) },
    reading("a line behind the end", 11) { .page(end(head) + record) },
    reading("another account", 15, says: "another account") {
      .page(record + end(head), ["Offprint-Account": "ffffffffffffffffffffffffffffffff"])
    },
    reading("number 2^63", 1) {
      .page(record + end(head.replacing("\"number\":1", with: "\"number\":9223372036854775808")))
    },
    reading("number -1", 1) { .page(record + end(head.replacing("\"number\":1", with: "\"number\":-1"))) },
    reading("count -1", 1) { .page(record + end(head.replacing("\"count\":1", with: "\"count\":-1"))) },
    reading("count 2^63", 1) {
      .page(record + end(head.replacing("\"count\":1", with: "\"count\":9223372036854775808")))
    },
    reading("a cursor of 1 MB", 1) {
      .page(record + end(head.replacing("c1", with: String(repeating: "c", count: 1 << 20))))
    },
    reading("an empty cursor", 1) { .page(record + end(head.replacing("c1", with: ""))) },
    reading("a time that is no number", 11) { .page(record + end(head), ["Offprint-Time": "soon"]) },
    reading("a list", 1) { .page("[]\n" + end(head)) },
    reading("no UTF-8", 1) {
      .answer(status: 200, type: "application/x-ndjson", headers: [:], body: [0xFF, 0x0A] + Array(end(head).utf8))
    },
    reading("[ a million times", 1) { .page(String(repeating: "[", count: 1 << 20) + "\n" + end(head)) },
    reading("another account's cursor", 15) { .problem(403, "wrong-account") },
    reading("signed out", 12) { .problem(401, "device-revoked") },
    reading("a slug nobody knows, 401", 12) { .problem(401, "new-in-2040") },
    reading("a slug nobody knows, 400", 1) { .problem(400, "new-in-2040") },
    reading("a slug nobody knows, 410, for ever", 1) { .problem(410, "new-in-2040") },
    reading("410 log-unknown for ever", 1) { .problem(410, "log-unknown") },
    reading("410 log-forked for ever", 1) { .problem(410, "log-forked", members: #","h":0,"cursor":"c","number":0"#) },
    reading("410 log-forked with numbers of nonsense", 1) {
      .problem(410, "log-forked", members: #","h":9223372036854775808,"cursor":"c","number":-1"#)
    },
    reading("413 for ever", 1) { .problem(413, "too-large") },
    reading("503 with a Retry-After of 2^63", 1) {
      .answer(
        status: 503, type: "application/problem+json", headers: ["Retry-After": "9223372036854775808"],
        body: Array(
          #"{"type":"urn:offprint:problem:busy","title":"b","status":503,"detail":"d","retryable":true}"#.utf8))
    },
    reading("500 without a problem", 11) { .answer(status: 500, type: "text/html", headers: [:], body: []) },
  ]

  @Test(arguments: cases)
  func `a wrong answer ends the sync with its code and nothing is applied`(_ item: Case) async throws {
    let victim = try Victim(item.lie)
    try await victim.expect(try await victim.run("sync"), exit: [item.exit], says: item.says)
    #expect(victim.server.seen.count < 40, "it does not go on for ever")
  }

  @Test(arguments: ["9223372036854775807", "9223372036854775808", "-1", "281474976710655", "99999999999999999999"])
  func `a server time out of range moves no stamp and is no trap`(time: String) async throws {
    let victim = try Victim { $0.path == "/v1/changes" ? .page(LyingServer.empty, ["Offprint-Time": time]) : nil }
    let result = try await victim.run("sync")
    #expect([0, 11].contains(result.ended.status), "\(result.ended)")
    try await victim.expect(result, exit: [0, 11], applies: true)
    #expect(try await victim.run("add", "https://example.org/later").ended.status == 0)
  }

  @Test func `a push that is refused for ever, or rewound for ever, ends`() async throws {
    for (status, slug, exit) in [
      (409, "device-rewound", 1), (413, "too-large", 19), (413, "inflate-limit", 19), (400, "bad-request", 1),
    ] {
      let victim = try Victim {
        $0.path == "/v1/sync" ? .problem(status, slug, members: #","n":9007199254740991"#) : nil
      }
      try await victim.expect(try await victim.run("sync"), exit: [Int32(exit)])
      #expect(victim.server.seen.count < 60, "\(slug): \(victim.server.seen.count) requests")
    }
  }

  @Test func `results for what was never sent, with numbers of nonsense, are passed over`() async throws {
    let victim = try Victim {
      guard $0.path == "/v1/sync" else { return nil }
      let id = "0000000000000000000000000000000f"
      return .page(
        #"{"result":{"type":"article","id":"\#(id)","status":"stored","hash":"0000000000000000","number":-1}}"# + "\n"
          + #"{"result":{"type":"article","id":"\#(id)","status":"refused","problem":{"slug":"x\u001b","limit":1e9}}}"#
          + "\n"
          + #"{"result":{"type":"","id":"","status":"","number":9223372036854775808}}"# + "\n" + LyingServer.empty)
    }
    let result = try await victim.run("sync")
    try await victim.expect(result, exit: [0, 1])
    #expect(try await victim.run("status", "--json").ended.output.contains(#""refused":0"#))
  }
}

extension LyingServer.Reply {
  /// The same, with the connection closed behind it.
  fileprivate var closing: LyingServer.Reply {
    guard case .answer(let status, let type, let headers, let body) = self else { return self }
    return .raw { client in
      let lines = LyingServer.common.merging(headers) { $1 }.map { "\($0.key): \($0.value)\r\n" }.joined()
      client.send(Array("HTTP/1.1 \(status) X\r\n\(lines)Content-Type: \(type)\r\n\r\n".utf8) + body)
    }
  }
}
