import Offprint
import OffprintHTTP
import OffprintLocks

/// A network between a library and a ``SimulatedServer`` that loses, repeats and delays what the test says.
public final class FaultyTransport: Transport {
  /// What happens to one request.
  public enum Fault: Sendable, CaseIterable {
    /// It is delivered, and its answer too.
    case none
    /// It never arrives.
    case requestLost
    /// It arrives, and its answer is lost.
    case answerLost
    /// It arrives twice; the second answer comes back.
    case repeated
    /// It is held back, and arrives with ``deliverDelayed()``; the sender sees a broken connection.
    case delayed
  }

  private struct State {
    var delayed: [HTTPRequest] = []
    var log: [String] = []
  }

  private let server: SimulatedServer
  private let fault: @Sendable (TransportRequest) -> Fault
  private let state = Mutex(State())

  /// A network to `server`; `fault` is asked for each request.
  public init(to server: SimulatedServer, fault: @escaping @Sendable (TransportRequest) -> Fault = { _ in .none }) {
    self.server = server
    self.fault = fault
  }

  /// The requests so far: method and path.
  public var log: [String] { state.withLock { $0.log } }

  /// Lets what was held back arrive; nobody hears the answers.
  public func deliverDelayed() throws {
    let requests = state.withLock { state in
      defer { state.delayed = [] }
      return state.delayed
    }
    for request in requests { _ = try server.handle(request) }
  }

  /// Sends a request, as far as its fault lets it.
  public func send(_ request: TransportRequest) async throws(TransportError) -> HTTPResponse {
    let target = request.url.dropFirst(SimulatedServer.url.utf8.count).split(separator: "?", maxSplits: 1)
    let message = HTTPRequest(
      method: request.method, path: String(target[0]), query: target.count > 1 ? String(target[1]) : nil,
      headers: request.headers, body: request.body, peer: "127.0.0.1")
    state.withLock { $0.log.append("\(request.method) \(target[0])") }
    let broken = TransportError.unreachable(reason: "connection lost")
    switch fault(request) {
    case .none: return try deliver(message)
    case .requestLost: throw broken
    case .answerLost:
      _ = try deliver(message)
      throw broken
    case .repeated:
      _ = try deliver(message)
      return try deliver(message)
    case .delayed:
      state.withLock { $0.delayed.append(message) }
      throw broken
    }
  }

  private func deliver(_ message: HTTPRequest) throws(TransportError) -> HTTPResponse {
    do { return try server.handle(message) } catch { throw .unreachable(reason: "not running") }
  }
}
