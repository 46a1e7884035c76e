import OffprintGzip
import OffprintHTTP
import OffprintServer
import OffprintWire
import OffprintLocks

/// A whole server in this process, over a SQLite store in a temporary folder, its clock and randomness under the test's control.
package final class TestServer: Sendable {
  /// The folder of the store; goes with the server.
  package let folder: TemporaryFolder
  /// The store.
  package let store: StoreSQLite
  /// The server.
  package let core: ServerCore
  private let clock: SharedClock

  /// The password of every account made here.
  package static let password = "correct horse battery"

  /// A server whose clock stands at `now` milliseconds since 1970.
  package init(
    now: Int64 = 1_800_000_000_000, seed: UInt64 = 1, configure: (inout ServerConfiguration) -> Void = { _ in }
  ) throws {
    folder = try TemporaryFolder()
    let clock = SharedClock(now)
    let randomness = SharedRandomness(seed)
    store = try StoreSQLite(folder: folder.file("data"), use: .serving, random: { randomness.bytes($0) })
    var configuration = ServerConfiguration()
    configuration.passwordHash = .cheapestForTests
    // Its clock may stand still while it is pushed to.
    configuration.pushesPerMinuteMax = nil
    configure(&configuration)
    core = try ServerCore(
      store: store, configuration: configuration,
      environment: ServerEnvironment(
        now: { clock.now }, randomBytes: { randomness.bytes($0) },
        sleep: { try await Task.sleep(nanoseconds: UInt64(max(0, $0)) * 1_000_000) }))
    self.clock = clock
  }

  /// The server's clock, in milliseconds since 1970.
  package var now: Int64 {
    clock.now
  }

  /// Sets the server's clock.
  package func setNow(_ milliseconds: Int64) { clock.set(milliseconds) }

  /// Lets time pass.
  package func advance(milliseconds: Int64) { clock.set(clock.now + milliseconds) }

  /// Makes an account of that name with the password of all.
  @discardableResult
  package func makeAccount(_ name: String = "anna") throws -> Account {
    try core.accounts.create(name: name, password: Self.password)
  }

  /// Signs a new device in, making the account if there is none.
  package func signIn(_ name: String = "anna", device: String = "test device") throws -> TestDevice {
    if try store.read({ try $0.account(named: name) }) == nil { try makeAccount(name) }
    guard let signedIn = try core.accounts.signIn(user: name, password: Self.password, deviceName: device) else {
      throw TestServerError.notSignedIn
    }
    return TestDevice(
      server: self, token: signedIn.token.text, account: signedIn.device.account, id: signedIn.device.id)
  }

  /// Answers a request, with its body decoded as a client sees it.
  package func send(_ request: HTTPRequest) -> HTTPResponse {
    var response = core.handleNow(request)
    if response.headers["Content-Encoding"] == "gzip",
      let body = try? Gzip.inflate(response.body, outputBytesMax: 1 << 27)
    {
      response.body = body
    }
    return response
  }
}

/// Why a test's server did not do what the test takes for granted.
package enum TestServerError: Error {
  /// The account's own password was refused.
  case notSignedIn
  /// The answer was a problem, or lacked its last line.
  case unexpected(HTTPResponse)
}

/// A clock that tests set.
private final class SharedClock: Sendable {
  private let time: Mutex<Int64>

  init(_ now: Int64) { time = Mutex(now) }

  var now: Int64 { time.withLock { $0 } }

  func set(_ now: Int64) { time.withLock { $0 = now } }
}

/// Randomness that follows from a seed.
private final class SharedRandomness: Sendable {
  private let generator: Mutex<SeededGenerator>

  init(_ seed: UInt64) { generator = Mutex(SeededGenerator(seed: seed)) }

  func bytes(_ count: Int) -> [UInt8] {
    generator.withLock { generator in (0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next() >> 24) } }
  }
}
