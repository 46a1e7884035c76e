import Foundation
import OffprintCrypto
import OffprintProcesses
import OffprintWire
import Testing

/// Cursors, limits and waits (rows 42 to 44).
@Suite(.daemon(["OFFPRINTD_TEST_POLLS_MAX": "3"]), .serialized) struct CursorTests {
  /// A cursor as the reference server writes it, of numbers that none has.
  private static func cursor(like text: String, number: UInt64) -> String {
    guard var bytes = Base64URL.decode(text) else { return "" }
    for index in 0..<8 { bytes[33 + index] = UInt8(truncatingIfNeeded: number >> (56 - 8 * UInt64(index))) }
    let body = Array(bytes[..<50])
    return Base64URL.encode(body + SHA256.hash(body).prefix(4))
  }

  private static func since(
    _ row: Int, _ name: String, _ status: Int, _ slug: String?, _ text: @escaping @Sendable (String) -> String
  ) -> RequestCase {
    .request(row, name, status, slug) { RawRequest("GET", "/v1/changes?since=\(text($0.cursor))", token: $0.ana) }
  }

  static let cursors: [RequestCase] = [
    since(42, "empty", 400, "bad-request") { _ in "" },
    since(42, "random", 400, "bad-request") { _ in String(repeating: "Qx", count: 36) },
    since(42, "cut", 400, "bad-request") { String($0.dropLast()) },
    since(42, "one letter changed", 400, "bad-request") { "B" + $0.dropFirst() },
    since(42, "number 2^63", 400, "bad-request") { cursor(like: $0, number: 1 << 63) },
    since(42, "number -1", 400, "bad-request") { cursor(like: $0, number: .max) },
    since(42, "number 2^53", 400, "bad-request") { cursor(like: $0, number: 1 << 53) },
    since(42, "above the head", 200, nil) { cursor(like: $0, number: 1_000_000) },
    since(42, "another log", 410, "log-unknown") {
      Cursor($0).map { Cursor(account: $0.account, log: RecordID(high: 1, low: 1), number: 0).text } ?? ""
    },
    since(42, "another account", 403, "wrong-account") {
      Cursor($0).map { Cursor(account: RecordID(high: 1, low: 1), log: $0.log, number: 0).text } ?? ""
    },
    since(42, "1 KB", 400, "bad-request") { _ in String(repeating: "A", count: 1_024) },
    .request(42, "a push with another account's cursor", 403, "wrong-account") {
      let theirs = Cursor($0.cursor).map { Cursor(account: RecordID(high: 1, low: 1), log: $0.log, number: 0).text }
      return .json("/v1/sync", token: $0.ana, RawPush($0, cursor: theirs, [RecordTests.sample(42, life: "live")]).body)
    },
    .request(42, "a digest since a cut cursor", 400, "bad-request") {
      RawRequest("GET", "/v1/digest?since=\($0.cursor.dropLast())", token: $0.ana)
    },
  ]

  static let queries: [RequestCase] = [
    ("limit=0", 400), ("limit=-5", 400), ("limit=abc", 400), ("limit=", 400), ("limit=1.5", 400), ("limit=%31", 200),
    ("limit=1&limit=2", 400), ("limit=1000000000", 200), ("limit=99999999999999999999999", 200), ("limit=%", 400),
    ("limit=%zz", 400), ("wait=-1", 400), ("wait=abc", 400), ("wait=1000000", 200), ("unknown=1", 200), ("%ff=1", 200),
    ("unknown=%ff", 400), ("&&&=", 200),
  ].map { query, status in
    .request(43, query, status, status == 400 ? "bad-request" : nil) {
      RawRequest("GET", "/v1/changes?\(query)", token: $0.ana)
    }
  }

  static let digests: [RequestCase] = [
    "limit=0", "limit=abc", "after=x", "after=", "bucket=-1", "bucket=256", "bucket=", "bucket=1&limit=0",
    "bucket=1&after=x",
    "bucket=99999999999999999999", "after=article:0",
  ].map { query in
    .request(43, "a digest with \(query)", 400, "bad-request") {
      RawRequest("GET", "/v1/digest?\(query)", token: $0.ana)
    }
  }

  @Test(arguments: cursors + queries + digests)
  func `a wrong cursor or parameter gets its answer and nothing is applied`(_ item: RequestCase) async throws {
    let daemon = try theDaemon()
    try await item.check(daemon)
    #expect(try await daemon.dump(daemon.ana).isEmpty)
  }

  @Test func `42: a cursor below the floor of a purge is cursor-expired`() async throws {
    let world = try RealWorld()
    let port = try #require(UInt16(world.url.split(separator: ":").last ?? ""))
    let token = try await HostileDaemon.signIn(port, "ana").token
    let first = try await RawClient(port: port).exchange(Self.get("/v1/changes", token))
    guard case .end(let start)? = try first.lines.last else { return }
    let stamp = RawPush.stamp("00000000000000aa")
    let record = RawPush.record(#""life":"dead""#, id: "00000000000000000000000000000042", stamp: stamp)
    let push =
      #"{"cursor":"\#(start.cursor)","replica":"00000000000000aa","n":1,"nonce":"0000000000000001","records":[\#(record)]}"#
    let request = RawRequest.json("/v1/sync", token: token, Array(push.utf8))
    let pushed = try await RawClient(port: port).exchange(String(decoding: request.bytes, as: UTF8.self))
    #expect(try HostileDaemon.outcomes(pushed) == ["stored"])
    world.stop(SIGKILL)
    // Two hundred days later; the purge runs at the start.
    try world.start(variables: ["OFFPRINTD_TEST_CLOCK_OFFSET_MS": "17280000000"])
    let deadline = ContinuousClock.now + .seconds(30)
    var answer = try await RawClient(port: port).exchange(Self.get("/v1/changes?since=\(start.cursor)", token))
    while answer.status == 200, ContinuousClock.now < deadline {
      answer = try await RawClient(port: port).exchange(Self.get("/v1/changes?since=\(start.cursor)", token))
    }
    #expect(answer.status == 410 && answer.slug == "cursor-expired")
  }

  private static func get(_ target: String, _ token: String) -> String {
    String(decoding: RawRequest("GET", target, token: token).bytes, as: UTF8.self)
  }

  @Test func `44: more than two long polls of a device are 429, one more than the server holds 503, others are served`()
    async throws
  {
    let daemon = try theDaemon()
    let polls = try await (0..<202).asyncMap { _ in try await Self.park(daemon, daemon.ana) }
    try await withThrowingTaskGroup(of: RawClient.Answer?.self) { group in
      for poll in polls { group.addTask { try? await poll.answer() } }
      for _ in 0..<200 {
        let answer = try #require(try await group.next() ?? nil)
        #expect(answer.status == 429 && answer.slug == "rate-limited" && answer.headers["retry-after"] != nil)
      }
      // Two are parked now, the server holds three: of two devices more, one is refused.
      let others = [try await Self.park(daemon, daemon.ben), try await Self.park(daemon, daemon.tablet)]
      for other in others { group.addTask { try? await other.answer() } }
      let refused = try #require(try await group.next() ?? nil)
      #expect(refused.status == 503 && refused.slug == "busy" && refused.headers["retry-after"] != nil)
      #expect(try await daemon.send(RawRequest("GET", "/v1/changes", token: daemon.ben)).status == 200)
      try await daemon.expectGood()
      for client in polls + others { client.disconnect() }
    }
  }

  /// A client that waits for news at the head of the token's account.
  private static func park(_ daemon: HostileDaemon, _ token: String) async throws -> RawClient {
    let head = try await daemon.send(RawRequest("GET", "/v1/changes", token: token))
    guard case .end(let end)? = try head.lines.last else { throw HostileDaemon.Failure(text: "no end") }
    let client = try RawClient(port: daemon.port)
    try await client.send(RawRequest("GET", "/v1/changes?since=\(end.cursor)&wait=50", token: token).bytes)
    return client
  }
}

extension Sequence {
  fileprivate func asyncMap<Value>(_ transform: (Element) async throws -> Value) async rethrows -> [Value] {
    var values: [Value] = []
    for element in self { values.append(try await transform(element)) }
    return values
  }
}
