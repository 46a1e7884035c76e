import OffprintCrypto
import OffprintProcesses
import OffprintServer
import OffprintWire
import Testing

/// Another account's ids get what unknown ones get (G23), on every route that takes one.
@Suite(.daemon(), .serialized) struct IsolationTests {
  private static let bytes = Array("<p>\(HostileDaemon.title)</p>".utf8)
  private static let theirs = Hex.encode(SHA256.hash(bytes))
  private static let unknown = String(repeating: "5", count: 64)
  private static let record = "00000000000000000000000000000023"

  /// Things of ana's that ben asks for: an address or body that names it, and one that names nothing.
  private struct Pair {
    var name: String
    var theirs: RawRequest
    var unknown: RawRequest
  }

  /// For every route whose pattern, query or body names something: the list comes from the router.
  private func pairs(_ daemon: HostileDaemon, device: String) -> [Pair] {
    Router.routes.flatMap { route -> [Pair] in
      func pair(_ method: String, _ theirs: String, _ unknown: String, _ build: (String) -> RawRequest) -> Pair {
        Pair(name: "\(method) \(route.pattern)", theirs: build(theirs), unknown: build(unknown))
      }
      switch route.name {
      case "revoke":
        return [
          pair("DELETE", device, String(repeating: "5", count: 32)) {
            RawRequest("DELETE", "/v1/devices/\($0)", token: daemon.ben)
          }
        ]
      case "content":
        return ["GET", "HEAD"].flatMap { method in
          [[("If-None-Match", "\"\(Self.theirs)\"")], [("Range", "bytes=0-0")], [("Accept-Encoding", "gzip")], []].map {
            headers in
            pair(method, Self.theirs, Self.unknown) {
              RawRequest(method, "/v1/contents/\($0)", token: daemon.ben, headers)
            }
          }
        }
      case "upload":
        return [
          pair("PUT", Self.theirs, Self.unknown) {
            RawRequest("PUT", "/v1/contents/\($0)", token: daemon.ben, body: [1, 2, 3])
          }
        ]
      case "missing", "batch":
        return [
          pair("POST", Self.theirs, Self.unknown) {
            .json(route.pattern, token: daemon.ben, Array(#"{"hashes":["\#($0)"]}"#.utf8))
          }
        ]
      case "digest":
        return [
          pair("GET", "article:\(Self.record)", "article:\(String(repeating: "5", count: 32))") {
            RawRequest("GET", "/v1/digest?bucket=1&after=\($0)", token: daemon.ben)
          }
        ]
      case "healthz", "readyz", "metrics", "info", "sign-in", "devices", "changes", "events", "sync":
        // These name nothing but cursors and records, which have tests of their own.
        return []
      default:
        Issue.record("the route \(route.name) is new: say here what it names of an account")
        return []
      }
    }
  }

  @Test func `G23: ben gets the same bytes for ana's ids as for ids that nobody has, in the same time`() async throws {
    let daemon = try theDaemon()
    #expect(
      try await daemon.send(RawRequest("PUT", "/v1/contents/\(Self.theirs)", token: daemon.ana, body: Self.bytes))
        .status == 204)
    #expect(
      try await daemon.outcome(
        #""title":"\#(HostileDaemon.title)","url":"https://\#(HostileDaemon.host)/""#, id: Self.record) == "stored")
    let devices = try await daemon.send(RawRequest("GET", "/v1/devices", token: daemon.ana))
    let device = try #require(try JSONValue(parsing: devices.body)["devices"]?.array?.first?["id"]?.string)
    let pairs = pairs(daemon, device: device)
    #expect(pairs.count == 13)
    for pair in pairs {
      let theirs = try await daemon.send(pair.theirs)
      let unknown = try await daemon.send(pair.unknown)
      #expect(theirs.comparable.replacing(Self.theirs, with: Self.unknown) == unknown.comparable, "\(pair.name)")
    }
    try await compareTimes(daemon, pairs)
    // Nothing of ana's was touched, and ben sees nothing of it.
    #expect(
      try await daemon.send(RawRequest("GET", "/v1/contents/\(Self.theirs)", token: daemon.ana)).body == Self.bytes)
    #expect(try await !daemon.dump(daemon.ben).joined().contains(HostileDaemon.title))
    let left = try await daemon.send(RawRequest("GET", "/v1/devices", token: daemon.ana))
    #expect(left.text.contains(device))
  }

  /// Medians of pairs asked in turn: whatever else the machine does falls on both.
  private func compareTimes(_ daemon: HostileDaemon, _ pairs: [Pair]) async throws {
    let client = try RawClient(port: daemon.port)
    for pair in pairs where pair.name.hasPrefix("GET") || pair.name.hasPrefix("DELETE") {
      var times: [[Duration]] = [[], []]
      for _ in 0..<60 {
        for (index, request) in [pair.theirs, pair.unknown].enumerated() {
          let start = ContinuousClock.now
          try await client.send(request.bytes)
          _ = try await client.answer()
          times[index].append(ContinuousClock.now - start)
        }
      }
      let medians = times.map { $0.sorted()[$0.count / 2] }
      let (less, more) = (medians.min() ?? .zero, medians.max() ?? .zero)
      #expect(more < less * 2 + .microseconds(500), "\(pair.name): \(medians)")
    }
  }

  @Test func `G23: another account's cursor tells nothing but that it is not one's own`() async throws {
    let daemon = try theDaemon()
    let ours = try #require(Cursor(daemon.cursor))
    let nobodys = Cursor(account: RecordID(high: 5, low: 5), log: RecordID(high: 5, low: 6), number: 3).text
    for target in ["/v1/changes?since=", "/v1/digest?since="] {
      let theirs = try await daemon.send(RawRequest("GET", target + ours.text, token: daemon.ben))
      let unknown = try await daemon.send(RawRequest("GET", target + nobodys, token: daemon.ben))
      #expect(theirs.status == 403 && theirs.slug == "wrong-account")
      #expect(theirs.comparable == unknown.comparable)
    }
  }

  @Test func `G23: ben's records under ana's ids, and naming her articles and texts, get what unknown ones get`()
    async throws
  {
    let daemon = try theDaemon()
    _ = try await daemon.send(RawRequest("PUT", "/v1/contents/\(Self.theirs)", token: daemon.ana, body: Self.bytes))
    let hers = "00000000000000000000000000000024"
    #expect(try await daemon.outcome(#""title":"\#(HostileDaemon.title)""#, id: hers) == "stored")
    let page = try await daemon.send(RawRequest("GET", "/v1/changes", token: daemon.ben))
    guard case .end(let end)? = try page.lines.last else { throw HostileDaemon.Failure(text: "no end") }
    func push(_ article: String, _ hash: String, _ bookmark: String) async throws -> [String] {
      let replica = daemon.newReplica()
      let stamp = RawPush.stamp(replica)
      let records = [
        RawPush.record(
          #""content":{"hash":"\#(hash)","size":3},"title":"mine""#, id: article, stamp: stamp),
        RawPush.record(#""article":"\#(article)""#, type: "bookmark", id: bookmark, stamp: stamp),
      ]
      let body = RawPush(daemon, replica: replica, cursor: end.cursor, records).body
      let answer = try await daemon.send(.json("/v1/sync", token: daemon.ben, body))
      #expect(answer.status == 200)
      return try answer.lines.compactMap { line in
        guard case .result(let result) = line else { return nil }
        guard case .stored(_, _, let record) = result.outcome else { return "refused" }
        return "stored \(record == nil)"
      }
    }
    let known = try await push(hers, Self.theirs, "00000000000000000000000000000025")
    let unknown = try await push("00000000000000000000000000000026", Self.unknown, "00000000000000000000000000000027")
    #expect(known == unknown && known == ["stored true", "stored true"])
    #expect(try await daemon.send(RawRequest("GET", "/v1/contents/\(Self.theirs)", token: daemon.ben)).status == 404)
    let title = try await daemon.dump(daemon.ana).joined()
    #expect(title.contains(HostileDaemon.title) && !title.contains("mine"))
  }
}
