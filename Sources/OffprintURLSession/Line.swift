import Dispatch
import Foundation
import Offprint

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// A session and what is under way on it.
final class Line: Sendable {
  private let session: URLSession
  private let flights = Flights()
  /// Where requests are started: a session that is kept busy blocks whoever does that, which may not be a task's thread.
  private let queue = DispatchQueue(label: "offprint.transport")

  init(connectionsPerHostMax: Int) {
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
    // Requests under way go on to their end. It waits for the session's queue, so it is not for this thread, nor for one of
    // the few that the global queues share.
    DispatchQueue(label: "offprint.transport.end").async { [session] in session.finishTasksAndInvalidate() }
  }

  /// Sends a request off.
  func start(_ flight: Flight, _ request: URLRequest) {
    queue.async { [self] in
      guard flight.isOpen else { return }
      let task = session.dataTask(with: request)
      flights.add(flight, for: task)
      flight.attach(task)
      // Also one that was given up meanwhile: a suspended task would never be let go.
      task.resume()
    }
  }
}
