import Foundation
import OffprintCrypto
import OffprintProcesses
import OffprintTesting
import OffprintWire
import Testing

/// Hints while they are fresh: long polls and server-sent events of the daemon as a process.
@Suite(.serialized) struct LiveTests {
  /// What the tests know of a daemon that they talk to without a library.
  private struct Daemon {
    let world: RealWorld
    let port: UInt16
    let token: String
    let device: String

    init(variables: [String: String] = [:]) async throws {
      world = try RealWorld(variables: variables)
      port = UInt16(world.url.split(separator: ":").last ?? "") ?? 0
      (token, device) = try await Self.signIn(port)
    }

    static func signIn(_ port: UInt16) async throws -> (token: String, device: String) {
      let body = #"{"user":"ana","password":"\#(RealWorld.password.dropLast())","device":"raw"}"#
      let answer = try await RawClient(port: port).exchange(
        "POST /v1/devices HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
          + body)
      let json = try JSONValue(parsing: answer.body)
      return (try #require(json["token"]?.string), try #require(json["device"]?.string))
    }

    func request(_ method: String, _ target: String, token: String? = nil) -> String {
      "\(method) \(target) HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(token ?? self.token)\r\n\r\n"
    }
  }

  @Test func `events tell where the log stands, each move of it, and in between that they are there`() async throws {
    let daemon = try await Daemon(variables: ["OFFPRINTD_TEST_EVENT_SECONDS_MAX": "1"])
    let client = try RawClient(port: daemon.port)
    try await client.send(daemon.request("GET", "/v1/events"))
    let opening = try await client.text(through: "\n\n")
    #expect(opening.contains("Content-Type: text/event-stream") && !opening.contains("Content-Encoding"))
    let first = opening.contains("data: {\"head\":0}") ? "" : try await client.text(through: "\n\n")
    #expect((opening + first).contains("data: {\"head\":0}\n\n"))
    _ = try await client.text(through: ": still here\n\n")
    #expect(try daemon.world.signIn("phone").status == 0)
    #expect(try daemon.world.client("phone", "add", "https://example.org/a").status == 0)
    #expect(try daemon.world.client("phone", "sync").status == 0)
    _ = try await client.text(through: "data: {\"head\":1}\n\n")
  }

  @Test func `a stream of events ends when its device is revoked and when the server stops`() async throws {
    let daemon = try await Daemon(variables: ["OFFPRINTD_TEST_EVENT_SECONDS_MAX": "1"])
    let other = try await Daemon.signIn(daemon.port)
    let client = try RawClient(port: daemon.port)
    try await client.send(daemon.request("GET", "/v1/events", token: other.token))
    _ = try await client.text(through: "{\"head\":0}\n\n")
    let revoke = daemon.request("DELETE", "/v1/devices/\(other.device)")
    #expect(try await RawClient(port: daemon.port).exchange(revoke).status == 204)
    _ = try await client.text(through: "\r\n0\r\n\r\n")
    let staying = try RawClient(port: daemon.port)
    try await staying.send(daemon.request("GET", "/v1/events"))
    _ = try await staying.text(through: "{\"head\":0}\n\n")
    #expect(daemon.world.stop(SIGTERM)?.status == 0)
    _ = try await staying.text(through: "\r\n0\r\n\r\n")
  }

  @Test func `HEAD and wrong tokens of the events end at once`() async throws {
    let daemon = try await Daemon()
    let client = try RawClient(port: daemon.port)
    let head = try await client.exchange(daemon.request("HEAD", "/v1/events"), toHead: true)
    #expect(head.status == 200 && head.headers["content-type"] == "text/event-stream")
    #expect(
      try await client.exchange(daemon.request("GET", "/v1/events", token: String(repeating: "0", count: 64))).status
        == 401)
  }

  /// OFFPRINT_LONG: 10,000 of them.
  @Test func `thousands of devices wait at no thread each, and all are told of a change`() async throws {
    let waiting = ProcessInfo.processInfo.environment["OFFPRINT_LONG"] == nil ? 1_000 : 10_000
    let world = try RealWorld(starts: false)
    var tokens: [String] = []
    let database = world.serverDatabase
    for number in 0..<(waiting / 2) {
      let token = Hex.encode(SHA256.hash(Array("device \(number)".utf8)))
      tokens.append(token)
    }
    try DamagedFiles.insertDevices(database, tokens: tokens)
    try world.start(variables: ["OFFPRINTD_TEST_EVENT_SECONDS_MAX": "600", "OFFPRINTD_LIMITS_ACCOUNT_DEVICES": "0"])
    let port = UInt16(world.url.split(separator: ":").last ?? "") ?? 0
    #expect(try world.signIn("phone").status == 0)
    #expect(try world.client("phone", "sync").status == 0)
    let page = try await RawClient(port: port).exchange(
      "GET /v1/changes HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(tokens[0])\r\n\r\n")
    guard
      case .end(let end)? = try page.body.split(separator: 0x0A).last.map({ try SyncAnswerLine(parsing: Array($0)) })
    else { throw RealWorld.Failure(text: "no page") }
    let process = try #require(world.server?.processID)
    let before = ProcessFigures(of: process)
    // Half of them by long polls, half by events.
    let requests = tokens.flatMap { token in
      ["/v1/changes?since=\(end.cursor)&wait=55", "/v1/events"].map {
        "GET \($0) HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(token)\r\n\r\n"
      }
    }
    let crowd = Crowd(port: port)
    // One group behind the other: all at once the server would ask to come again later.
    for first in stride(from: 0, to: waiting, by: 500) {
      let group = first..<(first + 500)
      try crowd.join(requests[group])
      let open = crowd.wait(seconds: 60, for: group.filter { $0 % 2 == 1 }) { $0.contains("{\"head\":0}") }
      #expect(open == 250, "\(open) streams are open of those from \(first) on")
    }
    let during = ProcessFigures(of: process)
    #expect(during.threads <= before.threads + 2, "\(before.threads) threads became \(during.threads)")
    #expect(try world.client("phone", "add", "https://example.org/news").status == 0)
    let began = Date()
    #expect(try world.client("phone", "sync").status == 0)
    let told = crowd.wait(seconds: 120, for: requests.indices) {
      $0.contains("{\"head\":1}") || $0.contains("/news")
    }
    let seconds = Date().timeIntervalSince(began)
    #expect(told == waiting, "\(told) of \(waiting) were told")
    print(
      "\(waiting) devices wait: \((during.residentBytes - before.residentBytes) / 1_048_576) MiB more,"
        + " \(during.threads) threads; all told after \(String(format: "%.1f", seconds)) s")
  }
}

/// What the system says of a process.
private struct ProcessFigures {
  let threads: Int
  let residentBytes: Int

  init(of process: Int32) {
    let status = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
    func number(_ name: String) -> Int {
      let line = status.split(separator: "\n").first { $0.hasPrefix(name + ":") } ?? ""
      return Int(line.filter(\.isNumber)) ?? 0
    }
    threads = number("Threads")
    residentBytes = number("VmRSS") * 1_024
  }
}
