import Foundation
import OffprintProcesses
import OffprintWire
import OffprintLocks
import Testing

/// The daemon as a process, with the accounts ana and ben, while a suite runs against it.
final class HostileDaemon: Sendable {
  /// The daemon of the suite that runs.
  @TaskLocal static var current: HostileDaemon?

  /// Texts that stand in records and requests of the tests and must never stand in the log (E4, E17).
  static let title = "private-title-7281"
  static let host = "private-host-7281.example"

  /// Its port on 127.0.0.1.
  let port: UInt16
  /// Its process.
  let processID: Int32
  /// Its data folder.
  let folder: String
  /// The token of ana's phone, of her tablet, and of ben's phone.
  let ana: String
  let tablet: String
  let ben: String
  /// A cursor of ana at nothing.
  let cursor: String
  private let logFile: String
  private let secrets = Mutex<Set<String>>([])
  private let replicas = Mutex<UInt64>(0)

  private init(_ world: RealWorld) async throws {
    port = UInt16(world.url.split(separator: ":").last ?? "") ?? 0
    processID = world.server?.processID ?? 0
    folder = world.folder.file("server")
    logFile = world.server?.errorsFile ?? ""
    ana = try await Self.signIn(port, "ana").token
    tablet = try await Self.signIn(port, "ana").token
    ben = try await Self.signIn(port, "ben").token
    let page = try await RawClient(port: port).exchange(
      "GET /v1/changes HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(ana)\r\n\r\n")
    guard case .end(let end)? = try page.lines.last else { throw Failure(text: "no first page") }
    cursor = end.cursor
    keepFromLog(ana, tablet, ben, String(RealWorld.password.dropLast()), Self.title, Self.host)
  }

  struct Failure: Error { var text: String }

  /// Runs a daemon, the body against it, and then looks at what the daemon has left behind.
  static func run(variables: [String: String], _ body: () async throws -> Void) async throws {
    let world = try RealWorld(users: ["ana", "ben"], variables: variables)
    let daemon = try await HostileDaemon(world)
    try await $current.withValue(daemon) { try await body() }
    #expect(world.server?.isRunning == true, "the daemon has lived through the suite")
    let ended = try #require(world.stop(SIGTERM))
    #expect(ended.status == 0, "\(ended.errors.suffix(2_000))")
    daemon.judgeLog(ended.output + ended.errors)
  }

  /// One event a line, nothing of what people read, no secret (E4, E17).
  private func judgeLog(_ log: String) {
    for secret in secrets.withLock({ $0 }) where log.contains(secret) {
      Issue.record("the log holds a secret: \(secret.prefix(24))")
    }
    #expect(log.utf8.count > 100, "there is a log")
    let isPlain = log.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) }
    #expect(isPlain, "no control character")
    for line in log.split(separator: "\n").dropFirst() {
      let event = try? JSONValue(parsing: Array(line.utf8))["event"]?.string
      #expect(event != nil, "\(line.prefix(200))")
    }
  }

  /// Adds texts that must not stand in the log at the end.
  func keepFromLog(_ texts: String...) { secrets.withLock { $0.formUnion(texts) } }

  /// A replica id that no push has used.
  func newReplica() -> String {
    FixedHex.text(
      replicas.withLock { number in
        number += 1
        return 0xA0_0000 + number
      }, digits: 16)
  }

  /// Signs a device in.
  static func signIn(_ port: UInt16, _ user: String) async throws -> (token: String, device: String) {
    let body = #"{"user":"\#(user)","password":"\#(RealWorld.password.dropLast())","device":"raw"}"#
    let answer = try await RawClient(port: port).exchange(
      "POST /v1/devices HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
        + body)
    let json = try JSONValue(parsing: answer.body)
    guard let token = json["token"]?.string, let device = json["device"]?.string else {
      throw Failure(text: "no sign-in: \(answer.status)")
    }
    return (token, device)
  }

  /// The lines of its log, all requests among them that were answered before this was called.
  func logLines() async throws -> [Substring] {
    let last = try await send(RawRequest("GET", "/healthz")).headers["offprint-request"] ?? "-"
    let deadline = ContinuousClock.now + .seconds(20)
    while ContinuousClock.now < deadline {
      let lines = try String(contentsOfFile: logFile, encoding: .utf8).split(separator: "\n")
      if let index = lines.lastIndex(where: { $0.contains(last) }) { return Array(lines[..<index]) }
    }
    throw Failure(text: "the log does not hold the last request")
  }

  /// Whether the process is there.
  var isAlive: Bool { kill(processID, 0) == 0 }

  /// The next good request succeeds, and the process is the same.
  func expectGood(sourceLocation: SourceLocation = #_sourceLocation) async throws {
    let answer = try await send(RawRequest("GET", "/v1/changes?limit=1", token: ana))
    #expect(answer.status == 200, sourceLocation: sourceLocation)
    #expect(isAlive, sourceLocation: sourceLocation)
  }

  /// Sends a request on a connection of its own.
  func send(_ request: RawRequest) async throws -> RawClient.Answer {
    let client = try RawClient(port: port)
    // A server that refuses early may close before all was sent.
    try? await client.send(request.bytes)
    return try await client.answer(toHead: request.method == "HEAD")
  }
}

/// Gives a suite a daemon of its own.
struct DaemonTrait: SuiteTrait, TestScoping {
  var variables: [String: String]

  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    try await HostileDaemon.run(variables: variables) { try await function() }
  }
}

extension Trait where Self == DaemonTrait {
  /// A daemon for the whole suite, started with these variables.
  static func daemon(_ variables: [String: String] = [:]) -> Self { DaemonTrait(variables: variables) }
}
