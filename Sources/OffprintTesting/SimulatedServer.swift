import Foundation
import Offprint
import OffprintHTTP
import OffprintServer
import OffprintWire
import OffprintLocks

/// The shipped server core over a real SQLite store in a folder of its own, without sockets, with a clock under the test's
/// control.
public final class SimulatedServer: Sendable {
  private struct State {
    var now: Int64
    var generator: SeededGenerator
    var core: ServerCore?
    var store: StoreSQLite?
  }

  private let state: Mutex<State>
  private let retentionDays: Int
  /// Where its data are.
  public let folder: String

  /// The address libraries sign in at.
  public static let url = "http://simulated.invalid"
  /// The password of every user.
  public static let password = "correct horse"

  /// A server with these users.
  public init(folder: String, users: [String] = ["ana"], seed: UInt64, retentionDays: Int = 180) throws {
    self.folder = folder
    self.retentionDays = retentionDays
    state = Mutex(State(now: 1_800_000_000_000, generator: SeededGenerator(seed: seed)))
    try start()
    for user in users { _ = try core().accounts.create(name: user, password: Self.password) }
  }

  private var environment: ServerEnvironment {
    ServerEnvironment(
      now: { self.state.withLock { $0.now } }, randomBytes: { self.randomBytes($0) },
      sleep: { _ in throw CancellationError() })
  }

  private func randomBytes(_ count: Int) -> [UInt8] {
    state.withLock { state in (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &state.generator) } }
  }

  func start() throws {
    let store = try StoreSQLite(folder: folder, use: .serving, random: { self.randomBytes($0) })
    var configuration = ServerConfiguration()
    configuration.retentionDays = retentionDays
    configuration.passwordHash = .cheapestForTests
    // Its clock may stand still while it is pushed to.
    configuration.pushesPerMinuteMax = nil
    let core = try ServerCore(store: store, configuration: configuration, environment: environment)
    state.withLock { state in
      state.core = core
      state.store = store
    }
  }

  func core() throws -> ServerCore {
    guard let core = state.withLock({ $0.core }) else { throw TransportError.unreachable(reason: "not running") }
    return core
  }

  /// Its clock, in milliseconds since 1970.
  public var now: Int64 { state.withLock { $0.now } }
  /// Lets its clock go on, or back.
  public func advance(milliseconds: Int64) { state.withLock { $0.now += milliseconds } }
  /// Removes tombstones older than the retention.
  public func purge() throws { _ = try core().purge() }

  /// Answers a request as it would come over a socket.
  public func handle(_ request: HTTPRequest) throws -> HTTPResponse { try core().handleNow(request) }

  var openStore: StoreSQLite? { state.withLock { $0.store } }

  func stop() {
    let store = state.withLock { state in
      state.core = nil
      defer { state.store = nil }
      return state.store
    }
    store?.close()
  }

  /// Copies its data aside, as a backup taken now.
  public func backUp(to path: String) throws {
    stop()
    try? FileManager.default.removeItem(atPath: path)
    try FileManager.default.copyItem(atPath: folder, toPath: path)
    try start()
  }

  /// Puts the database of a backup back by hand, as an operator does who copies files: the side file beside it stays.
  public func restoreByHand(from path: String) throws {
    stop()
    for name in try FileManager.default.contentsOfDirectory(atPath: folder) where name.contains(".sqlite") {
      try FileManager.default.removeItem(atPath: folder + "/" + name)
    }
    for name in try FileManager.default.contentsOfDirectory(atPath: path) where name.contains(".sqlite") {
      try FileManager.default.copyItem(atPath: path + "/" + name, toPath: folder + "/" + name)
    }
    try start()
  }

  /// Puts all of a backup back, so that nothing at the server shows that it was.
  public func restoreUnnoticed(from path: String) throws {
    stop()
    try FileManager.default.removeItem(atPath: folder)
    try FileManager.default.copyItem(atPath: path, toPath: folder)
    try start()
  }
}
