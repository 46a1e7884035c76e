import Foundation
import OffprintCrypto
import OffprintProcesses
import OffprintServer
import Testing

/// What holds of every route (E18, D5, G23); the routes are the router's own.
@Suite(.daemon(), .serialized) struct RouteTests {
  /// A route's name with what it is tried with.
  struct Tried: Sendable, CustomTestStringConvertible {
    var route: Route
    var testDescription: String { "\(route.method) \(route.pattern)" }
  }

  static let routes = Router.routes.map { Tried(route: $0) }
  private static let bytes = Array("<p>a</p>".utf8)
  private static let hash = Hex.encode(SHA256.hash(bytes))
  private static let id = "0123456789abcdef0123456789abcdef"

  /// A request that is right for the route.
  private func request(_ route: Route, _ daemon: HostileDaemon, token: String?) -> RawRequest {
    let target = route.pattern.replacing("{hash}", with: Self.hash).replacing("{id}", with: Self.id)
    switch (route.method, route.name) {
    case ("POST", "sync"): return .json(target, token: token, Array(#"{"cursor":null}"#.utf8))
    case ("POST", "sign-in"):
      return .json(target, token: token, Array(#"{"user":"x","password":"y","device":"z"}"#.utf8))
    case ("POST", _): return .json(target, token: token, Array(#"{"hashes":["\#(Self.hash)"]}"#.utf8))
    case ("PUT", _): return RawRequest(route.method, target, token: token, body: Self.bytes)
    default: return RawRequest(route.method, target, token: token)
    }
  }

  private func keptContent(_ daemon: HostileDaemon, _ token: String) async throws {
    let put = try await daemon.send(RawRequest("PUT", "/v1/contents/\(Self.hash)", token: token, body: Self.bytes))
    #expect(put.status == 204)
  }

  @Test(arguments: routes)
  func `E18: the headers of a route's answers are these and no others`(_ item: Tried) async throws {
    let daemon = try theDaemon()
    try await keptContent(daemon, daemon.ana)
    var lines: [String] = []
    for (name, token) in [("signed in", daemon.ana), ("nobody", nil)] {
      let answer = try await daemon.send(request(item.route, daemon, token: token))
      #expect(answer.headers["offprint-request"]?.count == 16 && answer.headers["offprint-time"] != nil)
      #expect(answer.headers["x-content-type-options"] == "nosniff")
      let names = answer.headers.keys.filter { $0.hasPrefix("access-control-") || $0 == "server" || $0 == "set-cookie" }
      #expect(names.isEmpty)
      lines.append("\(name) \(answer.status) \(HeaderSnapshot.line(answer))")
    }
    #expect(try lines == HeaderSnapshot.expected(item.testDescription), "\(lines)")
  }

  @Test(arguments: routes)
  func `E18: errors, other methods and HEAD carry the same headers`(_ item: Tried) async throws {
    let daemon = try theDaemon()
    for method in ["HEAD", "FOO", "OPTIONS"] {
      var asked = request(item.route, daemon, token: daemon.ana)
      asked.method = method
      asked.headers.append(("Origin", "https://evil.example"))
      let answer = try await daemon.send(asked)
      #expect(answer.headers["x-content-type-options"] == "nosniff" && answer.headers["cache-control"] != nil)
      #expect(answer.headers["offprint-request"]?.count == 16 && answer.headers["offprint-time"] != nil)
      #expect(!answer.headers.keys.contains { $0.hasPrefix("access-control-") || $0 == "server" })
    }
  }

  @Test(arguments: routes.filter { $0.route.needsDevice })
  func `DEV-2: a route that needs a device answers 401 without one`(_ item: Tried) async throws {
    let daemon = try theDaemon()
    let answer = try await daemon.send(request(item.route, daemon, token: nil))
    #expect(answer.status == 401 && answer.slug == "unauthorized")
    #expect(answer.headers["offprint-account"] == nil)
  }

  @Test func `E2: the routes that need no device are these`() {
    #expect(
      Self.routes.filter { !$0.route.needsDevice }.map(\.testDescription) == [
        "GET /healthz", "GET /readyz", "GET /v1/info", "POST /v1/devices",
      ])
  }

  @Test(arguments: routes)
  func `D5: no GET or HEAD changes anything, whatever it says it is`(_ item: Tried) async throws {
    let daemon = try theDaemon()
    let device = try await HostileDaemon.signIn(daemon.port, "ana")
    daemon.keepFromLog(device.token)
    let before = try await daemon.dump(daemon.ana)
    for method in ["GET", "HEAD"] {
      var asked = request(item.route, daemon, token: daemon.ana)
      if item.route.name == "sync" { asked.body = RawPush(daemon, [RecordTests.sample(5, life: "live")]).body }
      asked.target =
        asked.target.replacing(Self.id, with: device.device)
        + "?_method=\(item.route.method)&method=\(item.route.method)"
      asked.method = method
      asked.headers += [("X-HTTP-Method-Override", item.route.method), ("X-Method-Override", item.route.method)]
      let answer = try await daemon.send(asked)
      #expect(answer.status != 201 && answer.status != 204)
    }
    #expect(try await daemon.dump(daemon.ana) == before)
    #expect(try await daemon.send(RawRequest("GET", "/v1/devices", token: device.token)).status == 200)
  }
}

/// The headers of answers as one line each.
enum HeaderSnapshot {
  private static let changing: Set<String> = [
    "offprint-request", "offprint-time", "offprint-account", "date", "content-length", "etag", "retry-after",
  ]

  /// Names and, where they do not change, values.
  static func line(_ answer: RawClient.Answer) -> String {
    answer.headers.map { changing.contains($0) ? $0 : "\($0)=\($1)" }.sorted().joined(separator: "; ")
  }

  /// The lines of `Tests/Fixtures/headers.txt` that begin with a route.
  static func expected(_ route: String) throws -> [String] {
    let text = try String(contentsOfFile: RealProgram.repository + "/Tests/Fixtures/headers.txt", encoding: .utf8)
    return text.split(separator: "\n").filter { $0.hasPrefix(route + ": ") }.map {
      String($0.dropFirst(route.count + 2))
    }
  }
}
