import OffprintHTTP
import OffprintServer
import OffprintTesting
import OffprintWire
import OffprintLocks
import Testing

/// A store that fails: what goes wrong inside stays inside (E16).
@Suite struct FailingStoreTests {
  /// A store whose operations fail once they are told to.
  private final class FailingStore: Store {
    struct Secret: Error, CustomStringConvertible {
      var description: String { "no such table: secret_7281 in /var/lib/offprintd" }
    }

    let real: any Store
    let isFailing = Mutex(false)
    /// What it fails with.
    let error: any Error
    /// Calls that still succeed.
    let spared = Mutex(0)

    init(_ real: any Store, error: any Error = Secret()) {
      self.real = real
      self.error = error
    }

    private func check() throws {
      guard isFailing.withLock({ $0 }) else { return }
      let isSpared = spared.withLock { spared in
        spared -= 1
        return spared >= 0
      }
      if !isSpared { throw error }
    }

    func write<T>(_ load: WriteLoad, _ body: (any StoreTransaction) throws -> T) throws -> T {
      try check()
      return try real.write(load, body)
    }

    func read<T>(_ body: (any StoreReader) throws -> T) throws -> T {
      try check()
      return try real.read(body)
    }
  }

  private static let hash = "5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9"

  private func request(_ route: Route, token: String, cursor: String) -> HTTPRequest {
    var request = HTTPRequest(
      method: route.method,
      path: route.pattern.replacing("{hash}", with: Self.hash).replacing(
        "{id}", with: String(repeating: "5", count: 32)),
      headers: ["Authorization": "Bearer \(token)", "Content-Type": "application/json"])
    switch route.name {
    case "sign-in": request.body = Array(#"{"user":"anna","password":"x","device":"d"}"#.utf8)
    case "sync": request.body = Array(#"{"cursor":"\#(cursor)"}"#.utf8)
    case "upload": request.body = Array("0".utf8)
    default: if route.method == "POST" { request.body = Array(#"{"hashes":["\#(Self.hash)"]}"#.utf8) }
    }
    return request
  }

  @Test(arguments: [0, 1]) func `E16: a failure inside is a plain 500 on every route, told to the log alone`(
    spared: Int
  ) throws {
    let server = try TestServer()
    let phone = try server.signIn()
    let cursor = try phone.pullAll().end.cursor
    let store = FailingStore(server.store)
    let core = try ServerCore(
      store: store, configuration: ServerConfiguration(),
      environment: ServerEnvironment(
        now: { server.now }, randomBytes: { .init(repeating: 9, count: $0) }, sleep: { _ in }))
    var failed = 0
    for route in Router.routes {
      let request = request(route, token: phone.token, cursor: cursor)
      store.isFailing.withLock { $0 = true }
      store.spared.withLock { $0 = spared }
      let reply = core.reply(to: request)
      store.isFailing.withLock { $0 = false }
      let text = String(decoding: reply.response.body, as: UTF8.self)
      #expect(!text.contains("7281") && !text.contains("/var"), "\(route.name)")
      #expect(reply.response.headers["Offprint-Request"]?.count == 16)
      if reply.response.status == 500 {
        failed += 1
        #expect(Problem(parsing: reply.response.body)?.slug == .internalError)
        #expect(reply.failure?.contains("secret_7281") == true)
      } else {
        // A wrong password is a read, and a refusal.
        #expect([200, 401, 404, 503].contains(reply.response.status), "\(route.name) \(reply.response.status)")
      }
      // And the next one is answered as if nothing had been.
      #expect(core.reply(to: self.request(route, token: phone.token, cursor: cursor)).response.status < 500)
    }
    #expect(failed >= Router.routes.count - 5, "\(failed) of \(Router.routes.count)")
  }

  /// A commit that failed may yet be found after the server's death (ERR-4, `storage-full`): nothing is said of what became of it.
  @Test func `a full disk is told without a word on whether anything was stored`() throws {
    let server = try TestServer()
    let phone = try server.signIn()
    let store = FailingStore(server.store, error: StoreError.full)
    let core = try ServerCore(
      store: store,
      environment: ServerEnvironment(
        now: { server.now }, randomBytes: { .init(repeating: 9, count: $0) }, sleep: { _ in }))
    store.isFailing.withLock { $0 = true }
    let answer = core.handleNow(
      HTTPRequest(
        method: "PUT", path: "/v1/contents/\(Self.hash)", headers: ["Authorization": "Bearer \(phone.token)"],
        body: Array("0".utf8)))
    let problem = try #require(Problem(parsing: answer.body))
    #expect(answer.status == 507 && problem.slug == .storageFull && answer.headers["Retry-After"] == "60")
    #expect(problem.detail.contains("full") && !problem.detail.contains("stored"), "\(problem.detail)")
  }
}
