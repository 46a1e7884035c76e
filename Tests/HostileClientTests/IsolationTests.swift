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
      default: return []
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
    #expect(try await daemon.dump(daemon.ben).isEmpty)
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
}
