import Foundation
import OffprintProcesses
import OffprintTesting
import OffprintWire
import Testing

/// Requests that programs have read differently, sent to the server and through a proxy (rows 8 to 12, E12).
@Suite(.serialized) struct ProxyFramingTests {
  private static let body = #"{"cursor":null}"#
  private static let chunked = "f\r\n\(body)\r\n0\r\n\r\n"

  /// The head of a push with these lines, and what follows.
  private static func post(_ lines: String, _ rest: String = body) -> String {
    "POST /v1/sync HTTP/1.1\r\nHost: 127.0.0.1\r\n{token}Content-Type: application/json\r\n\(lines)\r\n\r\n\(rest)"
  }

  private static func get(_ lines: String, target: String = "/v1/info") -> String {
    "GET \(target) HTTP/1.1\r\nHost: 127.0.0.1\r\n\(lines)\r\n"
  }

  static let requests: [String] =
    [
      post("Content-Length: 15"), post("Content-Length: 015"), post("Content-Length: +15"),
      post("Content-Length: -15"), post("Content-Length: 0xF"), post("Content-Length: 15, 15"),
      post("Content-Length: 15,15"), post("Content-Length: 15 "), post("Content-Length: 1 5"), post("Content-Length:"),
      post("Content-Length: 18446744073709551631"), post("Content-Length: 15\r\nContent-Length: 15"),
      post("Content-Length: 15\r\nContent-Length: 0"), post("Content-Length: 0\r\nContent-Length: 15"),
      post("Content-Length : 15"), post(" Content-Length: 15"), post("Content-Length\t: 15"),
      post("X: 1\r\n Content-Length: 15"), post("Content-Length:\r\n 15"), post("X: 1\nContent-Length: 15"),
      post("X: 1\rContent-Length: 15"), post("X: a\0b\r\nContent-Length: 15"), post("X\0: a\r\nContent-Length: 15"),
      post("Content_Length: 15"), post("Content-Length: 15\r\n: a"), post("Content-Length: 15\r\nno colon"),
      post("Content-Length: 15\r\nX: \u{b}"), post("Content-Length: 15\r\nExpect: nonsense"),
    ]
    + [
      post("Transfer-Encoding: chunked", chunked), post("Transfer-Encoding: CHUNKED", chunked),
      post("Content-Length: 15\r\nTransfer-Encoding: chunked", chunked),
      post("Transfer-Encoding: chunked\r\nContent-Length: 15", chunked),
      post("Transfer-Encoding: chunked\r\nContent-Length: 0", chunked),
      post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", chunked),
      post("Transfer-Encoding: identity, chunked", chunked), post("Transfer-Encoding: chunked, identity", chunked),
      post("Transfer-Encoding: gzip, chunked", chunked), post("Transfer-Encoding: xchunked\r\nContent-Length: 15"),
      post("Transfer-Encoding: \u{b}chunked\r\nContent-Length: 15"),
      post("Transfer-Encoding: identity\r\nContent-Length: 15"),
      post("Transfer-Encoding : chunked\r\nContent-Length: 15"), post("Transfer-Encoding:\r\n chunked", chunked),
      post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", chunked),
      post("Transfer-Encoding: \"chunked\"\r\nContent-Length: 15"),
      post("Transfer-Encoding: chunked", "0f\r\n\(body)\r\n0\r\n\r\n"),
      post("Transfer-Encoding: chunked", "0xf\r\n\(body)\r\n0\r\n\r\n"),
      post("Transfer-Encoding: chunked", "+f\r\n\(body)\r\n0\r\n\r\n"),
      post("Transfer-Encoding: chunked", "-1\r\n\(body)\r\n0\r\n\r\n"),
      post("Transfer-Encoding: chunked", "f \r\n\(body)\r\n0\r\n\r\n"),
      post("Transfer-Encoding: chunked", "f;a=b\r\n\(body)\r\n0\r\n\r\n"),
      post("Transfer-Encoding: chunked", "f;a=\"\r\n\(body)\r\n0\r\n\r\n"),
      post("Transfer-Encoding: chunked", "f;\n\(body)\r\n0\r\n\r\n"),
      post("Transfer-Encoding: chunked", "f\n\(body)\n0\n\n"),
      post("Transfer-Encoding: chunked", "f\r\n\(body)XX0\r\n\r\n"),
      post("Transfer-Encoding: chunked", "10000000000000000f\r\n\(body)\r\n0\r\n\r\n"),
      post("Transfer-Encoding: chunked", "f\r\n\(body)\r\n0\r\nContent-Length: 100\r\nHost: b\r\n\r\n"),
      post("Transfer-Encoding: chunked", "f\r\n\(body)\r\n0\r\nX: 1\n\n"),
      post("Transfer-Encoding: chunked", "f\r\n\(body)\r\n00000\r\n\r\n"),
    ]
    + [
      get(""), get("", target: "/v1/../v1/info"), get("", target: "//v1/info"), get("", target: "/v1/%69nfo"),
      get("", target: "/v1/info%00"), get("", target: "/v1/info#x"), get("", target: "/v1/info?a#b"),
      get("", target: "/v1/./info"), get("", target: "/v1\\info"), get("", target: "http://b/v1/info"),
      get("", target: "http://127.0.0.1/v1/info"), get("", target: "/v1/info/"), get("", target: "/v1/info;x"),
      get("", target: "/V1/info"), get("", target: "/v1/a b"), get("", target: "/v1/a\tb"), get("", target: "*"),
      get("", target: "v1/info"), get("", target: "/v1/\u{e9}"), get("Host: b\r\n"), get("Content-Length: 0\r\n"),
      get("X-Forwarded-For: 1.2.3.4\r\nConnection: X-Forwarded-For\r\n"),
      get("Upgrade: h2c\r\nConnection: Upgrade\r\n"),
      get("Content-Length: 3\r\n") + "abc", get("Transfer-Encoding: chunked\r\n") + "0\r\n\r\n",
      "GET /v1/info HTTP/1.1\r\n\r\n", "GET /v1/info HTTP/1.0\r\n\r\n", "GET /v1/info\r\n\r\n",
      "GET /v1/info HTTP/1.1\nHost: 127.0.0.1\n\n", "GET  /v1/info HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
      "GET\t/v1/info HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", "get /v1/info HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
      "GET /v1/info HTTP/1.2\r\nHost: 127.0.0.1\r\n\r\n", "GET /v1/info HTTP/2.0\r\nHost: 127.0.0.1\r\n\r\n",
      "GET /v1/info HTTP/01.1\r\nHost: 127.0.0.1\r\n\r\n", "\r\nGET /v1/info HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
      "POST /v1/sync HTTP/1.0\r\nHost: 127.0.0.1\r\n{token}Transfer-Encoding: chunked\r\n\r\n" + chunked,
      "POST /v1/sync HTTP/1.1\r\nHost: 127.0.0.1\r\n{token}\r\n" + body, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ]

  /// Where one of two readings is known to be stricter than the other and tells so, by 404: a proxy takes the host off a target, the
  /// server knows no path that begins with one.
  private static func isRewritten(_ text: String) -> Bool { text.hasPrefix("GET http://") }

  /// What one connection came to.
  private struct Reading {
    /// Method, route and status of each request that the server took, in order, with the last one's behind them.
    var taken: [String] = []
    /// Ids of those requests.
    var ids: [String] = []
    /// Ids the client was given, in order.
    var answered: [String] = []
  }

  @Test(arguments: Proxy.allCases)
  func `what the server reads as requests a proxy reads as the same ones, or one of them refuses it`(proxy: Proxy)
    async throws
  {
    let world = try RealWorld()
    let token = "Authorization: Bearer \(try await signIn(world))\r\n"
    let port = Proxy.freePort()
    guard let front = try proxy.start(before: "127.0.0.1:\(world.port)", port: port, world.folder) else { return }
    defer { front.send(SIGKILL) }
    var same = 0
    var refused = 0
    for text in Self.requests {
      // What a reader who sees less or more of the first request takes for the next.
      let whole =
        text.replacing("{token}", with: token)
        + "DELETE /v1/devices/x HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
      let direct = try await reading(of: whole, at: world.port, world)
      let passed = try await reading(of: whole, at: port, world)
      let shown = text.debugDescription
      // The server did nothing that the client was not told of, and told it nothing that it did not do.
      #expect(direct.ids == direct.answered, "\(shown): \(direct)")
      // An answer of HTTP/0.9 has no head that could name it.
      if !text.hasPrefix("GET /v1/info\r\n") { #expect(passed.ids == passed.answered, "\(proxy) \(shown): \(passed)") }
      guard !Self.isRewritten(text) else {
        #expect(direct.taken.first == "GET - 404" && passed.taken.count <= direct.taken.count)
        continue
      }
      let shorter = min(direct.taken.count, passed.taken.count)
      #expect(
        direct.taken.prefix(shorter) == passed.taken.prefix(shorter),
        "\(proxy) \(shown): read as \(direct.taken), through the proxy as \(passed.taken)")
      if direct.taken == passed.taken, !direct.taken.isEmpty { same += 1 }
      if direct.taken.isEmpty { refused += 1 }
    }
    #expect(same > 10 && refused > 30, "\(proxy): \(same) read alike, \(refused) refused")
    #expect(front.isRunning && world.server?.isRunning == true)
  }

  private func signIn(_ world: RealWorld) async throws -> String {
    let body = #"{"user":"ana","password":"\#(RealWorld.password.dropLast())","device":"raw"}"#
    let answer = try await RawClient(port: world.port).exchange(
      "POST /v1/devices HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
        + body)
    return try #require(try JSONValue(parsing: answer.body)["token"]?.string)
  }

  private func reading(of text: String, at port: UInt16, _ world: RealWorld) async throws -> Reading {
    let before = try await lines(of: world).count
    let client = try RawClient(port: port, seconds: 3)
    try? await client.send(text)
    var reading = Reading()
    // To the end of the connection, or until nothing more comes.
    while let answer = try? await client.answer() {
      // A continuation is no answer, and what a proxy says by itself has no id.
      if let id = answer.headers["offprint-request"], answer.status >= 200, !isOfTheServerItself(answer) {
        reading.answered.append(id)
      }
    }
    client.disconnect()
    for line in try await lines(of: world).dropFirst(before) where line["route"]?.string != "healthz" {
      let words = ["method", "route"].map { line[$0]?.string ?? "" } + ["\(line["status"]?.integer ?? 0)"]
      reading.taken.append(words.joined(separator: " "))
      reading.ids.append(line["request"]?.string ?? "")
    }
    return reading
  }

  /// What the server refuses before it takes it for a request is not in the log of requests.
  private func isOfTheServerItself(_ answer: RawClient.Answer) -> Bool {
    ["bad-framing", "length-required", "request-timeout", "too-large", "uri-too-long", "headers-too-large"]
      .contains(Problem(parsing: answer.body)?.slug.rawValue)
  }

  /// The server's log, once it holds all that was answered before.
  private func lines(of world: RealWorld) async throws -> [JSONValue] {
    let last = try await RawClient(port: world.port).exchange("GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    let id = last.headers["offprint-request"] ?? "-"
    let deadline = ContinuousClock.now + .seconds(20)
    while ContinuousClock.now < deadline {
      let log = world.server?.errors ?? ""
      guard log.contains(id), log.hasSuffix("\n") else { continue }
      return try log.split(separator: "\n").map { try JSONValue(parsing: Array($0.utf8)) }
    }
    throw RealWorld.Failure(text: "the log does not hold the last request")
  }
}
