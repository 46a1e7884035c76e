import Dispatch
import Foundation
import Offprint
import OffprintHTTP
import Synchronization

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// The transport that comes with the core: URLSession, as it is on iOS, macOS and Linux.
///
/// Connections are kept and shared by the requests of one transport, so make one and use it for all. gzip and what else the
/// system knows is asked for and undone; the limit of an answer counts decoded bytes while they arrive. The system's proxy
/// settings hold.
public final class URLSessionTransport: Transport {
  /// Where deadlines fire; not a global queue, whose few threads may all be blocked.
  private static let deadlines = DispatchQueue(label: "offprint.transport.deadlines")

  private let connectionsPerHostMax: Int
  private let line: Mutex<Line>

  /// A transport of its own: no cookies, no cache, no stored credentials.
  ///
  /// - Parameter connectionsPerHostMax: how many requests to one server may be under way at one time; further ones wait.
  public init(connectionsPerHostMax: Int = 6) {
    self.connectionsPerHostMax = connectionsPerHostMax
    line = Mutex(Line(connectionsPerHostMax: connectionsPerHostMax))
  }

  /// Sends a request and waits for the whole answer; see ``Transport/send(_:)``.
  public func send(_ request: TransportRequest) async throws(TransportError) -> HTTPResponse {
    let outgoing = try Self.urlRequest(request)
    let flight = Flight(url: request.url, responseBytesMax: request.responseBytesMax, isHead: request.method == "HEAD")
    let line = line.withLock { $0 }
    let outcome = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        guard flight.begin(continuation) else { return }
        // URLSession's own limit for a whole transfer does not fire on Linux.
        Self.deadlines.asyncAfter(deadline: .now() + max(0, min(86_400, request.deadlineSeconds))) {
          [weak flight] in flight?.finish(.failure(.timedOut))
        }
        line.start(flight, outgoing)
      }
    } onCancel: {
      flight.finish(.failure(.cancelled))
    }
    if Self.mayHaveJammed(outcome) { replace(line) }
    return try outcome.get()
  }

  /// Whether a request was given up while the server may still be sending.
  private static func mayHaveJammed(_ outcome: Flight.Outcome) -> Bool {
    switch outcome {
    case .failure(.timedOut), .failure(.responseTooLarge), .failure(.redirected): true
    default: false
    }
  }

  /// Puts a new session in the place of one whose server may keep it busy.
  ///
  /// On Linux a session does all its work on one queue, which a server that goes on sending can hold for as long as it likes
  /// (the body of a redirect, a small answer that inflates to gigabytes). Requests to come are to know nothing of it.
  private func replace(_ jammed: Line) {
    let next = Line(connectionsPerHostMax: connectionsPerHostMax)
    line.withLock { line in
      if line === jammed { line = next }
    }
  }

  private static func urlRequest(_ request: TransportRequest) throws(TransportError) -> URLRequest {
    guard let url = URL(string: request.url), let scheme = url.scheme?.lowercased(),
      scheme == "http" || scheme == "https", let host = url.host, !host.isEmpty, url.user == nil, url.password == nil,
      (1...65_535).contains(url.port ?? 80)
    else { throw .badURL(request.url) }
    #if canImport(FoundationNetworking)
      // Its URLSession compares the host with and without the brackets, and refuses.
      guard !host.contains(":") else {
        throw .unreachable(reason: "this system reaches IPv6 addresses by name only")
      }
    #endif
    var outgoing = URLRequest(url: url, cachePolicy: .reloadIgnoringLocalCacheData)
    // Linux takes whole seconds; less than one would be none.
    outgoing.timeoutInterval = max(1, min(86_400, request.timeoutSeconds.rounded(.up)))
    outgoing.httpMethod = request.method
    outgoing.httpShouldHandleCookies = false
    for field in request.headers.fields { outgoing.addValue(field.value, forHTTPHeaderField: field.name) }
    if !request.body.isEmpty || ["POST", "PUT", "PATCH"].contains(request.method) {
      outgoing.httpBody = Data(request.body)
    }
    return outgoing
  }
}
