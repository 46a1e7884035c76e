import Dispatch
import Foundation
import Offprint
import OffprintHTTP

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

  private let session: URLSession
  private let flights = Flights()
  /// Where requests are started. On Linux all sessions of a process work on one queue, and whoever starts a request waits for
  /// it: a server that keeps it busy would block a thread that tasks share, and no deadline would help.
  private let starts = DispatchQueue(label: "offprint.transport.starts")

  /// A transport with a session of its own: no cookies, no cache, no stored credentials.
  ///
  /// - Parameter connectionsPerHostMax: how many requests to one server may be under way at one time; further ones wait.
  public init(connectionsPerHostMax: Int = 6) {
    let configuration = URLSessionConfiguration.ephemeral
    configuration.httpCookieStorage = nil
    configuration.httpCookieAcceptPolicy = .never
    configuration.httpShouldSetCookies = false
    configuration.urlCache = nil
    configuration.requestCachePolicy = .reloadIgnoringLocalCacheData
    configuration.urlCredentialStorage = nil
    configuration.httpMaximumConnectionsPerHost = connectionsPerHostMax
    session = URLSession(configuration: configuration, delegate: flights, delegateQueue: DelegateQueue())
  }

  deinit {
    // It may have to wait, see `starts`.
    starts.async { [session] in session.invalidateAndCancel() }
  }

  /// Sends a request and waits for the whole answer; see ``Transport/send(_:)``.
  public func send(_ request: TransportRequest) async throws(TransportError) -> HTTPResponse {
    let outgoing = try Self.urlRequest(request)
    let flight = Flight(url: request.url, responseBytesMax: request.responseBytesMax, isHead: request.method == "HEAD")
    let outcome = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        guard flight.begin(continuation) else { return }
        // URLSession's own limit for a whole transfer does not fire on Linux.
        Self.deadlines.asyncAfter(deadline: .now() + max(0, min(86_400, request.deadlineSeconds))) { [weak flight] in
          flight?.finish(.failure(.timedOut))
        }
        starts.async { [session, flights] in
          guard flight.isOpen else { return }
          let task = session.dataTask(with: outgoing)
          flights.add(flight, for: task)
          flight.attach(task)
          // Also one that was given up meanwhile: a suspended task would never be let go.
          task.resume()
        }
      }
    } onCancel: {
      flight.finish(.failure(.cancelled))
    }
    return try outcome.get()
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
