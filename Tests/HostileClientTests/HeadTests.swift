import OffprintProcesses
import Testing

/// Requests whose head is wrong (rows 1 to 14).
@Suite(.daemon(), .serialized) struct HeadTests {
  private static let get = "GET /v1/info HTTP/1.1\r\nHost: a\r\n"
  private static let post = "POST /v1/sync HTTP/1.1\r\nHost: a\r\n"
  private static let unauthorized = ["www-authenticate": "Bearer"]
  /// What must not be taken for a second request.
  private static let smuggled = "GET /v1/smuggled HTTP/1.1\r\nHost: a\r\n\r\n"

  static let tokens: [RequestCase] = [
    .request(1, "no token", 401, "unauthorized", headers: unauthorized) { _ in RawRequest("GET", "/v1/changes") },
    .request(1, "garbage token", 401, "unauthorized", headers: unauthorized) { _ in
      RawRequest("GET", "/v1/changes", token: "garbage")
    },
    .request(1, "another scheme", 401, "unauthorized", headers: unauthorized) { _ in
      RawRequest("GET", "/v1/changes", [("Authorization", "Basic YTpi")])
    },
    .request(1, "the token twice", 401, "unauthorized") {
      RawRequest("GET", "/v1/changes", token: $0.ana, [("Authorization", "Bearer \($0.ana)")])
    },
    .request(2, "token in the query", 401, "unauthorized", headers: unauthorized) {
      RawRequest("GET", "/v1/changes?token=\($0.ana)&access_token=\($0.ana)")
    },
    .request(2, "token in a cookie", 401, "unauthorized") {
      RawRequest("GET", "/v1/changes", [("Cookie", "token=\($0.ana)")])
    },
    .request(3, "token of 1 MiB", 431, nil, closes: true) { _ in
      RawRequest("GET", "/v1/changes", token: String(repeating: "f", count: 1 << 20))
    },
    .request(3, "token of 40 KB", 431, "headers-too-large", closes: true) { _ in
      RawRequest("GET", "/v1/changes", token: String(repeating: "f", count: 40_000))
    },
    .request(3, "NUL in the token", 400, "bad-framing", closes: true) {
      RawRequest("GET", "/v1/changes", token: $0.ana + "\0x")
    },
    .request(3, "CR in the token", 400, "bad-framing", closes: true) {
      RawRequest("GET", "/v1/changes", token: $0.ana + "\rx")
    },
    RequestCase(3, "a token that is no UTF-8", [400], "bad-framing", closes: true) { _ in
      Array("GET /v1/changes HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ".utf8) + [0xFF, 0xFE]
        + Array("\r\n\r\n".utf8)
    },
    // Bytes above 127 are one reading only, so this is a wrong token, not bad framing (RFC 9110, section 5.5).
    .request(3, "a token with an accent", 401, "unauthorized") { _ in RawRequest("GET", "/v1/changes", token: "é") },
  ]

  static let paths: [RequestCase] =
    ["/v1/nothing", "//", "/v1/../v1/info", "/v1/%2e%2e/v1/info", "/v1/changes%00", "/V1/changes", "/v1/changes/", "*"]
    .map { path in
      .request(4, path, 404, "not-found") { RawRequest("GET", path, token: $0.ana) }
    }
    + [
      .request(4, "a path with the host before it", 404, "not-found") {
        RawRequest("GET", "http://a/v1/changes", token: $0.ana)
      }
    ]

  static let methods: [RequestCase] = ["TRACE", "CONNECT", "FOO", "PUT", "PATCH", "OPTIONS", "DELETE"].map { method in
    .request(5, method, 405, "method-not-allowed", headers: ["allow": "GET, HEAD"]) {
      RawRequest(method, "/v1/changes", token: $0.ana)
    }
  }

  static let sizes: [RequestCase] = [
    .request(6, "a request line of 9,000 bytes", 414, "uri-too-long", closes: true) { _ in
      RawRequest("GET", "/v1/info?" + String(repeating: "a", count: 8_978))
    },
    .request(7, "101 headers", 431, "headers-too-large", closes: true) { _ in
      RawRequest("GET", "/v1/info", (1..<101).map { ("X-\($0)", "1") })
    },
    .request(7, "a header block of 33 KiB", 431, "headers-too-large", closes: true) { _ in
      RawRequest("GET", "/v1/info", (0..<33).map { ("X-\($0)", String(repeating: "a", count: 1_024)) })
    },
    .request(13, "POST without a length", 411, "length-required", closes: true) {
      var request = RawRequest("POST", "/v1/sync", token: $0.ana)
      request.saysLength = false
      return request
    },
    .request(14, "a declared length of 2,000,000", 413, "too-large", closes: true) {
      RawRequest("POST", "/v1/sync", token: $0.ana, [("Content-Length", "2000000")])
    },
  ]

  static let framings: [RequestCase] = [
    .text(
      8, "both", [400], "bad-framing",
      post + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + smuggled),
    .text(8, "two lengths", [400], "bad-framing", post + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}" + smuggled),
    .text(8, "+5", [400], nil, post + "Content-Length: +5\r\n\r\nabcde" + smuggled),
    .text(8, "-1", [400], nil, post + "Content-Length: -1\r\n\r\n" + smuggled),
    .text(8, "0x10", [400], nil, post + "Content-Length: 0x10\r\n\r\n" + smuggled),
    .text(8, "5, 5", [400], nil, post + "Content-Length: 5, 5\r\n\r\nabcde" + smuggled),
    .text(8, "2^64", [400, 413], nil, post + "Content-Length: 18446744073709551616\r\n\r\n" + smuggled),
    .text(8, "2^63", [400, 413], nil, post + "Content-Length: 9223372036854775808\r\n\r\n" + smuggled),
    .text(
      9, "a negative chunk", [400], nil, post + "Transfer-Encoding: chunked\r\n\r\n-1\r\nabc\r\n0\r\n\r\n" + smuggled),
    .text(
      9, "a chunk size of 20 digits", [400, 413], nil,
      post + "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFFFFF\r\n" + smuggled),
    .text(
      9, "no CR LF behind a chunk", [400], nil,
      post + "Transfer-Encoding: chunked\r\n\r\n3\r\nabcXX\r\n0\r\n\r\n" + smuggled),
    .text(10, "bare LF", [400], "bad-framing", "GET /v1/info HTTP/1.1\nHost: a\n\n" + smuggled),
    .text(
      10, "bare LF behind a header", [400], "bad-framing", "GET /v1/info HTTP/1.1\r\nHost: a\nX: 1\r\n\r\n" + smuggled),
    .text(10, "space before the colon", [400], "bad-framing", get + "Content-Length : 5\r\n\r\n" + smuggled),
    .text(10, "folded line", [400], "bad-framing", get + "X: 1\r\n 2\r\n\r\n" + smuggled),
    .text(10, "NUL in a header", [400], "bad-framing", get + "X: a\0b\r\n\r\n" + smuggled),
    .text(11, "HTTP/0.9", [400, 505], nil, "GET /v1/info\r\n\r\n"),
    .text(11, "the preface of HTTP/2", [400, 505], nil, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    .text(11, "HTTP/3.7", [400, 505], nil, "GET /v1/info HTTP/3.7\r\nHost: a\r\n\r\n"),
    .text(12, "no Host", [400], "bad-framing", "GET /v1/info HTTP/1.1\r\n\r\n" + smuggled),
    .text(12, "two Hosts", [400], "bad-framing", "GET /v1/info HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" + smuggled),
  ]

  @Test(arguments: tokens + paths + methods + sizes + framings)
  func `a wrong head gets its answer and the next request is served`(_ item: RequestCase) async throws {
    try await item.check(theDaemon())
  }

  @Test func `1: a missing and a garbage token get the same bytes, a revoked one its own slug`() async throws {
    let daemon = try theDaemon()
    let lost = try await HostileDaemon.signIn(daemon.port, "ana")
    daemon.keepFromLog(lost.token)
    let missing = try await daemon.send(RawRequest("GET", "/v1/changes"))
    let garbage = try await daemon.send(RawRequest("GET", "/v1/changes", token: String(repeating: "a", count: 64)))
    #expect(missing.comparable == garbage.comparable)
    #expect(try await daemon.send(RawRequest("GET", "/v1/changes", token: lost.token)).status == 200)
    let revoked = try await daemon.send(RawRequest("DELETE", "/v1/devices/\(lost.device)", token: daemon.ana))
    #expect(revoked.status == 204)
    let dead = try await daemon.send(RawRequest("GET", "/v1/changes", token: lost.token))
    #expect(dead.status == 401 && dead.slug == "device-revoked" && dead.headers["www-authenticate"] == "Bearer")
  }

  private static let hello: [UInt8] = [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xFC, 0x03, 0x03]

  @Test(arguments: [
    ("HTTP/0.9", Array("GET /v1/info\r\n\r\n".utf8)),
    ("the preface of HTTP/2", Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)),
    ("a TLS hello with line ends", hello + [0x0D, 0x0A, 0x0D, 0x0A]),
    ("a TLS hello without", hello + [UInt8](repeating: 0xC0, count: 506)),
  ])
  func `11: another protocol on the port is closed and costs one line of the log at most`(
    _ name: String, _ bytes: [UInt8]
  ) async throws {
    let daemon = try theDaemon()
    let before = try await daemon.logLines().count
    let client = try RawClient(port: daemon.port)
    try await client.send(bytes)
    let answer = try? await client.answer()
    // A hello without line ends is a head that does not come to its end.
    #expect(answer == nil || [400, 408, 505].contains(answer?.status))
    #expect(try await client.isClosed(droppingRest: true))
    // One is that of the look at the log itself.
    #expect(try await daemon.logLines().count <= before + 2)
    try await daemon.expectGood()
  }

  @Test func `9: a million chunks of one byte are one body`() async throws {
    let daemon = try theDaemon()
    let client = try RawClient(port: daemon.port)
    try await client.send(
      "POST /v1/sync HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(daemon.ana)\r\nContent-Type: application/json\r\n"
        + "Transfer-Encoding: chunked\r\n\r\n")
    let spaces = String(repeating: "1\r\n \r\n", count: 10_000)
    for _ in 0..<100 { try await client.send(spaces) }
    try await client.send("f\r\n{\"cursor\":null}\r\n0\r\n\r\n")
    #expect(try await client.answer().status == 200)
    try await daemon.expectGood()
  }
}
