import OffprintCrypto
import OffprintHTTP
import OffprintWire

/// The server without threads, sockets or a clock of its own: a request in, an answer out, at once.
///
/// Everything but waiting: a simulator drives it as it is, ``Service`` puts threads and long polls around it.
package final class ServerCore: Sendable {
  /// This program's name in `/v1/info`.
  package static let software = "offprintd"
  /// This program's version.
  package static let version = "0.1.0"

  let store: any Store
  let configuration: ServerConfiguration
  let environment: ServerEnvironment
  /// Accounts and devices.
  package let accounts: Accounts
  /// What wakes long polls.
  package let signals = ChangeSignals()
  let signInLimiter: SignInLimiter
  let pairingLimiter: SignInLimiter
  /// Nil where pushes are not limited.
  let pushLimiter: TokenBuckets<RecordID>?
  /// What was lately heard of devices.
  package let notes = DeviceNotes()
  /// What is counted.
  package let figures = ServerFigures()
  /// What is to be done behind the answers.
  let upkeep = Upkeep()

  /// A server over a store.
  /// - Throws: ``StoreError``.
  package init(
    store: any Store, configuration: ServerConfiguration = ServerConfiguration(), environment: ServerEnvironment
  ) throws {
    self.store = store
    self.configuration = configuration
    self.environment = environment
    accounts = try Accounts(
      store: store, environment: environment, passwords: configuration.passwordHash, quota: configuration.quota)
    signInLimiter = SignInLimiter(failuresMax: configuration.failedSignInsPerMinuteMax)
    pairingLimiter = SignInLimiter(failuresMax: configuration.failedPairingsPerMinuteMax)
    let burst = configuration.pushBurstMax
    pushLimiter = configuration.pushesPerMinuteMax.map { TokenBuckets(perMinute: $0, burst: burst) }
  }

  /// An answer with what its log line says, and what it waits for.
  package struct Reply: Sendable {
    /// The answer.
    package var response: HTTPResponse
    /// The route's name; `-` where there is none.
    package var route: String
    /// The request's id.
    package var requestID: String
    /// The account, once known.
    package var account: RecordID?
    /// Set if the request would rather wait; ``response`` is the answer if it may not.
    package var wait: Answer.Wait?
    /// What went wrong inside, for the log alone: never sent.
    package var failure: String?
  }

  /// Answers a request at once.
  package func handleNow(_ request: HTTPRequest) -> HTTPResponse { reply(to: request).response }

  /// Answers a request at once, with what its log line says.
  package func reply(to request: HTTPRequest) -> Reply {
    let requestID = FixedHex.text(environment.randomNumber(), digits: 16)
    var route = "-"
    var device: Device?
    var failure: String?
    var answer: Answer
    do {
      let match = try match(request)
      route = match.route.name
      if match.route.needsDevice { device = try authenticate(request) }
      let call = Route.Call(
        request: request, query: try RequestQuery(request.query), parameters: match.parameters, sender: device,
        now: environment.now(), bodyBytesMax: match.route.bodyBytesMax)
      answer = try match.route.answer(self, call)
    } catch {
      var problem = Self.problem(for: error)
      if problem.slug == .internalError, let device, hasGone(device) { problem = Self.notSignedIn }
      if problem.slug == .internalError || problem.slug == .storageFull { failure = "\(error)" }
      if problem.slug == .cursorExpired { figures.count(.expired) }
      if case .busy = error as? StoreError { figures.count(.busy) }
      answer = .problem(problem, requestID: requestID)
      if case .otherMethods(let methods) = error as? Router.Refused {
        answer.headers["Allow"] = methods.joined(separator: ", ")
      }
    }
    let wait = answer.wait
    let response = answer.response(
      requestID: requestID, account: device?.account, now: environment.now(),
      admitsGzip: AcceptEncoding.admitsGzip(request.headers.all("Accept-Encoding")))
    if route == "sync" || route == "changes" { count(request, response) }
    return Reply(
      response: response, route: route, requestID: requestID, account: device?.account, wait: wait, failure: failure)
  }

  private func count(_ request: HTTPRequest, _ response: HTTPResponse) {
    func coding(_ headers: HTTPHeaders) -> String { headers["Content-Encoding"] == nil ? "identity" : "gzip" }
    figures.count(.bytes, "coding=\"\(coding(request.headers))\",direction=\"in\"", request.body.count)
    figures.count(.bytes, "coding=\"\(coding(response.headers))\",direction=\"out\"", response.body.count)
  }

  /// The problem as an answer with all common headers: for what goes wrong before a request reaches a handler.
  package func answer(_ problem: Problem) -> HTTPResponse {
    let requestID = FixedHex.text(environment.randomNumber(), digits: 16)
    return Answer.problem(problem, requestID: requestID)
      .response(requestID: requestID, account: nil, now: environment.now(), admitsGzip: false)
  }

  private func match(_ request: HTTPRequest) throws -> Router.Match {
    try Router.match(method: request.method, path: request.path)
  }

  /// The device whose token the request carries.
  /// - Throws: ``Problem``: `unauthorized`, `device-revoked`; ``StoreError``.
  private func authenticate(_ request: HTTPRequest) throws -> Device {
    let lines = request.headers.all("Authorization")
    guard lines.count == 1, let token = Token(authorization: lines[0]), let device = try accounts.device(token) else {
      throw Self.notSignedIn
    }
    guard device.revoked == nil else { throw Problem(.deviceRevoked, "this device was signed out; sign in again") }
    guard !device.isDisabled else { throw Self.notSignedIn }
    noteSeen(device)
    return device
  }

  private static let notSignedIn = Problem(.unauthorized, "sign in first")

  /// Whether the device's account was removed while its request was worked on: then what failed is no defect.
  private func hasGone(_ device: Device) -> Bool {
    (try? store.read { try $0.account(device.account) == nil }) ?? false
  }

  /// What the client is told of an error. Nothing about the inside gets out.
  private static func problem(for error: any Error) -> Problem {
    switch error {
    case let problem as Problem: problem
    case Router.Refused.unknownPath: Problem(.notFound, "there is nothing at this path")
    case Router.Refused.otherMethods: Problem(.methodNotAllowed, "this path does not take that method")
    case StoreError.full:
      Problem(.storageFull, "the server's disk is full; try again once there is room", retryAfterSeconds: 60)
    case StoreError.cutOff: Problem(.busy, "the answer took too long to put together", retryAfterSeconds: 2)
    case StoreError.busy: Problem(.busy, "the server's store is busy", retryAfterSeconds: 1)
    default: Problem(.internalError, "something went wrong in the server")
    }
  }
}
