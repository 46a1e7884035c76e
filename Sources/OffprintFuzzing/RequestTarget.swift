import OffprintCrypto
import OffprintHTTP
import OffprintServer
import OffprintTesting
import OffprintWire
import OffprintLocks

extension FuzzTarget {
  /// Whole requests to the server core over a real store. Every input has an account of its own.
  static let request = FuzzTarget("request", bytesMax: 4_096) { bytes in
    try RequestWorld.current().run(bytes)
  }

  /// How many requests this process has answered.
  package static var requestsAnswered: Int { RequestWorld.answered.withLock { $0 } }
}

/// A server with one account that nobody may touch, and a new account for each input.
private final class RequestWorld: Sendable {
  static let answered = Mutex(0)
  private static let shared = Mutex<RequestWorld?>(nil)
  /// Then the store is made anew, so that it does not grow for ever.
  private static let accountsMax = 500

  private let server: TestServer
  private let other: TestDevice
  private let otherCursor: String
  private let otherState: AccountState
  private let accounts = Mutex(0)

  static func current() throws -> RequestWorld {
    try shared.withLock { shared in
      if let world = shared, world.accounts.withLock({ $0 < accountsMax }) { return world }
      shared = nil
      let world = try RequestWorld()
      shared = world
      return world
    }
  }

  private init() throws {
    server = try TestServer()
    var other = try server.signIn("other")
    try other.push([other.article(9, title: "not yours")])
    self.other = other
    otherCursor = try other.pullAll().end.cursor
    otherState = try AccountState(of: other.account, in: server.store)
  }

  func run(_ bytes: [UInt8]) throws {
    let index = accounts.withLock { accounts in
      accounts += 1
      return accounts
    }
    let user = "user-\(index)"
    var device = try server.signIn(user)
    // A server core of its own forgets the failed sign-ins of inputs before.
    let core = try ServerCore(store: server.store, configuration: configuration, environment: environment(index))
    let start = try device.pullAll().end.cursor
    let first = device.article(1, title: "one")
    let dead = device.record(RecordKey(.bookmark, RecordID(high: 0, low: 2)), [.life: .string("dead")])
    try device.push([first, dead], cursor: start)
    let content = Array("<p>text</p>".utf8)
    let hash = Hex.encode(SHA256.hash(content))
    _ = device.send(
      "PUT", "/v1/contents/\(hash)", headers: ["Content-Type": "application/octet-stream"], body: content)
    let texts: [(Character, String)] = [
      ("T", device.token), ("C", try device.pullAll().end.cursor), ("O", start), ("F", otherCursor), ("V", other.token),
      ("U", user), ("P", TestServer.password), ("D", device.id.description), ("H", hash),
      ("S", device.stamp(server.now).description),
    ]
    let names = texts.map { (($0.0.asciiValue ?? 0), Array($0.1.utf8)) }
    let script = RequestScript(bytes, RequestScript.Names(uniqueKeysWithValues: names))
    var state = try AccountState(of: device.account, in: server.store)
    for request in script.requests { state = try ask(request, core, device.account, before: state) }
    try hold(try AccountState(of: other.account, in: server.store) == otherState, "another account was touched")
  }

  /// Asks once, and a push once more.
  /// - Returns: what is stored afterwards.
  private func ask(
    _ request: HTTPRequest, _ core: ServerCore, _ account: RecordID, before: AccountState
  ) throws -> AccountState {
    Self.answered.withLock { $0 += 1 }
    let response = core.handleNow(request)
    try ResponseRules.check(response, to: request)
    let after = try AccountState(of: account, in: server.store)
    let name = "\(request.method) \(request.path): \(response.status)"
    let isPush = request.method == "POST" && request.path == "/v1/sync"
    if response.status >= 400 || !isPush {
      try hold(
        after.records == before.records && after.logOfRecords == before.logOfRecords, "\(name) changed records")
    }
    if response.status >= 400 || request.method == "GET" {
      try hold(after.log == before.log, "\(name) changed what the account takes")
      try hold(after.devices == before.devices, "\(name) changed devices")
    }
    guard isPush, response.status == 200 else { return after }
    try checkResults(response, after, name)
    // The same bytes once more, as a proxy repeats them, change nothing.
    Self.answered.withLock { $0 += 1 }
    try ResponseRules.check(core.handleNow(request), to: request)
    let repeated = try AccountState(of: account, in: server.store)
    try hold(repeated.records == after.records && repeated.log == after.log, "\(name), repeated, changed something")
    return repeated
  }

  /// What a push is told to be stored is stored, at that number and with that hash.
  private func checkResults(_ response: HTTPResponse, _ state: AccountState, _ name: String) throws {
    guard response.headers["Content-Encoding"] == nil else { return }
    for line in response.body.split(separator: 0x0A) {
      guard case .result(let result) = try SyncAnswerLine(parsing: Array(line)),
        case .stored(let hash, let number, _) = result.outcome
      else { continue }
      let stored = state.records.first { $0.record.key == result.key }
      try hold(stored?.hash == hash && stored?.number == number, "\(name) says stored what is not: \(shown(line))")
    }
  }

  private var configuration: ServerConfiguration {
    var configuration = ServerConfiguration()
    configuration.passwordHash = .cheapestForTests
    return configuration
  }

  private func environment(_ index: Int) -> ServerEnvironment {
    let generator = Mutex(SeededGenerator(seed: UInt64(index)))
    let now = server.now
    return ServerEnvironment(
      now: { now }, randomBytes: { count in generator.withLock { $0.bytes(count) } },
      sleep: { _ in throw CancellationError() })
  }
}
