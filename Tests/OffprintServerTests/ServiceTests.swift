import OffprintHTTP
import OffprintServer
import OffprintTesting
import OffprintWire
import OffprintLocks
import Testing

/// The core on threads: who waits, who is turned away, and whom that does not concern.
@Suite(.serialized, .timeLimit(.minutes(10))) struct ServiceTests {
  private func poll(_ device: TestDevice, _ cursor: String, seconds: Int = 90_000) -> HTTPRequest {
    HTTPRequest(
      method: "GET", path: "/v1/changes", query: "since=\(cursor)&wait=\(seconds)",
      headers: ["Authorization": "Bearer \(device.token)"])
  }

  /// Another process with the same folder: what `offprintd device revoke` opens.
  private func beside(_ server: TestServer, _ body: (Accounts) throws -> Void) throws {
    let store = try StoreSQLite(
      folder: server.folder.file("data"), use: .command, random: { .init(repeating: 7, count: $0) })
    defer { store.close() }
    try body(
      Accounts(
        store: store,
        environment: ServerEnvironment(
          now: { server.now }, randomBytes: { .init(repeating: 7, count: $0) }, sleep: { _ in }),
        passwords: .cheapestForTests))
  }

  @Test(arguments: ["revoke", "disable", "remove"])
  func `E3: what another process takes away ends a long poll that waits, and nobody else's`(what: String) async throws {
    let server = try TestServer {
      $0.accessCheckMilliseconds = 20
      // So that no poll ends by itself.
      $0.waitSecondsMax = 100_000
    }
    let service = Service(core: server.core)
    let (phone, tablet, ben) = (try server.signIn(), try server.signIn(), try server.signIn("ben"))
    let cursor = try phone.pullAll().end.cursor
    let bens = try ben.pullAll().end.cursor
    async let ended = service.whole(poll(phone, cursor))
    let others = [poll(tablet, cursor), poll(ben, bens)].map { request in Task { await service.whole(request) } }
    try await Task.sleep(for: .milliseconds(60))
    try await blocking {
      try beside(server) { accounts in
        switch what {
        case "revoke": #expect(try accounts.revoke(phone.id, of: phone.account))
        case "disable": #expect(try accounts.setDisabled(true, user: "anna"))
        default: try accounts.remove("anna")
        }
      }
    }
    let answer = await ended
    #expect(answer.status == 401)
    #expect(Problem(parsing: answer.body)?.slug == (what == "revoke" ? .deviceRevoked : .unauthorized))
    // The others wait on: ben's ends only by a change of his own.
    let pushed = try await blocking {
      var device = ben
      return try device.push([device.article(1, title: "t")]).end.number
    }
    #expect(pushed == 1)
    server.core.signals.notify(ben.account)
    #expect(await others[1].value.status == 200)
    others[0].cancel()
    #expect(await others[0].value.status == (what == "revoke" ? 200 : 401))
    await service.stop()
  }

  private final class Statuses: Sendable {
    private let statuses = Mutex<[Int]>([])
    var all: [Int] { statuses.withLock { $0 } }
    func add(_ status: Int) { statuses.withLock { $0.append(status) } }
  }

  @Test func `E5: a hundred sign-ins at once keep nobody else waiting, and those that find no room are told so`()
    async throws
  {
    let server = try TestServer { $0.passwordHash = .interactive }
    let service = Service(core: server.core)
    let phone = try server.signIn()
    let body = JSONValue.members(
      ("device", .string("d")), ("password", .string(TestServer.password)), ("user", .string("anna"))
    ).canonicalBytes
    let done = Statuses()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<100 {
        group.addTask {
          let answer = await service.whole(
            HTTPRequest(
              method: "POST", path: "/v1/devices", headers: ["Content-Type": "application/json"], body: body))
          if answer.status == 503 { #expect(answer.headers["Retry-After"] != nil) }
          done.add(answer.status)
        }
      }
      // Once some of them were turned away the queue is full: now somebody reads.
      while !done.all.contains(503) { await Task.yield() }
      let read = await service.whole(
        HTTPRequest(method: "GET", path: "/v1/changes", headers: ["Authorization": "Bearer \(phone.token)"]))
      #expect(read.status == 200)
      let signedIn = done.all.count { $0 == 201 }
      #expect(signedIn < 50, "it was answered while sign-ins waited: \(signedIn) were done")
      try await group.waitForAll()
    }
    let statuses = done.all
    #expect(statuses.count == 100 && Set(statuses) == [201, 503])
    #expect(statuses.count { $0 == 201 } <= 52)
    await service.stop()
  }

  @Test func `what was noted of devices is written at the end`() async throws {
    let server = try TestServer()
    let service = Service(core: server.core)
    var phone = try server.signIn()
    try phone.push([phone.article(1, title: "t")])
    server.advance(milliseconds: 100_000)
    _ = await service.whole(
      HTTPRequest(method: "GET", path: "/v1/changes", headers: ["Authorization": "Bearer \(phone.token)"]))
    await service.stop()
    let listed = try server.core.accounts.devices(of: "anna")
    #expect(listed.map(\.device.lastSeen) == [server.now] && listed.map(\.behind) == [0])
  }

  @Test func `a short read is answered on the thread that asks, as it is on any other, and nothing else is`()
    async throws
  {
    let server = try TestServer()
    let service = Service(core: server.core)
    var device = try server.signIn()
    try device.push([device.article(1, title: "t")])
    let cursor = try device.pullAll().end.cursor
    let headers: HTTPHeaders = ["Authorization": "Bearer \(device.token)", "Content-Type": "application/json"]
    func request(_ method: String, _ path: String, _ query: String? = nil, _ body: String = "") -> HTTPRequest {
      HTTPRequest(method: method, path: path, query: query, headers: headers, body: Array(body.utf8))
    }
    let pull = #"{"cursor":"\#(cursor)","limit":5}"#
    for read in [
      request("GET", "/v1/changes"), request("GET", "/v1/changes", "since=\(cursor)"),
      request("GET", "/v1/digest"), request("GET", "/v1/info"), request("GET", "/healthz"),
      request("POST", "/v1/sync", nil, pull), request("POST", "/v1/sync", nil, "{"),
    ] {
      let atOnce = service.handleAtOnce(read)
      let other = await service.whole(read)
      #expect(atOnce?.status == other.status && atOnce?.headers["Content-Type"] == other.headers["Content-Type"])
      // Problems name their request, and what is read again is the same.
      if other.status == 200 { #expect(atOnce?.body == other.body, "\(read.path)") }
    }
    let push = #"{"cursor":"\#(cursor)","replica":"00000000000000aa","n":1,"nonce":"00000000000000aa","records":[]}"#
    for other in [
      request("POST", "/v1/sync", nil, push), request("GET", "/v1/changes", "since=\(cursor)&wait=1"),
      request("GET", "/v1/changes", "since=\(cursor)&%77ait=1"), request("GET", "/v1/events"),
      request("GET", "/v1/contents/\(String(repeating: "0a", count: 32))"), request("POST", "/v1/devices", nil, "{}"),
      request("POST", "/v1/sync", nil, pull + String(repeating: " ", count: 2_000)),
    ] {
      #expect(service.handleAtOnce(other) == nil, "\(other.method) \(other.path)")
    }
    await service.stop()
  }
}

extension Service {
  /// The answer to a request that is no stream.
  fileprivate func whole(_ request: HTTPRequest) async -> HTTPResponse {
    switch await handle(request) {
    case .whole(let response): response
    case .stream(let head, _): head
    }
  }
}
