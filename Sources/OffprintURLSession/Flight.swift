import Dispatch
import Foundation
import Offprint
import OffprintHTTP
import OffprintLocks

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// One request between being sent and being answered. The first of answer, error, deadline and cancellation ends it.
final class Flight: Sendable {
  /// What comes of it.
  typealias Outcome = Result<HTTPResponse, TransportError>

  private struct State {
    var task: URLSessionDataTask?
    var continuation: CheckedContinuation<Outcome, Never>?
    /// Set when it is over.
    var outcome: Outcome?
    var response = HTTPResponse(status: 0)
  }

  private let url: String
  private let responseBytesMax: Int
  private let isHead: Bool
  private let state = Mutex(State())

  init(url: String, responseBytesMax: Int, isHead: Bool) {
    self.url = url
    self.responseBytesMax = responseBytesMax
    self.isHead = isHead
  }

  /// Whether it has not ended.
  var isOpen: Bool { state.withLock { $0.outcome == nil } }

  /// Takes who waits for the outcome. False if it has ended before it began; then that one has been told.
  func begin(_ continuation: CheckedContinuation<Outcome, Never>) -> Bool {
    let outcome = state.withLock { state -> Outcome? in
      if state.outcome == nil { state.continuation = continuation }
      return state.outcome
    }
    if let outcome { continuation.resume(returning: outcome) }
    return outcome == nil
  }

  /// Takes the session's task, to cancel it if need be.
  func attach(_ task: URLSessionDataTask) {
    let hasEnded = state.withLock { state in
      if state.outcome == nil { state.task = task }
      return state.outcome != nil
    }
    if hasEnded { Self.cancel(task) }
  }

  /// Ends the flight, unless it has ended.
  func finish(_ outcome: Outcome) {
    let ended = state.withLock { state -> State? in
      guard state.outcome == nil else { return nil }
      let before = state
      state = State(outcome: outcome)
      return before
    }
    guard let ended else { return }
    ended.continuation?.resume(returning: outcome)
    if case .failure = outcome, let task = ended.task { Self.cancel(task) }
  }

  /// Cancels a task elsewhere: on Linux that waits for the session's queue, which the caller may be on.
  static func cancel(_ task: URLSessionTask) {
    // A queue of its own has a thread of its own; the few that the global ones share may all be waiting like this.
    DispatchQueue(label: "offprint.transport.cancel").async { task.cancel() }
  }

  /// The head of the answer is there. False if the body is not wanted.
  func receive(_ response: URLResponse) -> Bool {
    guard let response = response as? HTTPURLResponse else {
      finish(.failure(.unreachable(reason: "the answer is not HTTP")))
      return false
    }
    var headers = HTTPHeaders()
    for (name, value) in response.allHeaderFields {
      if let name = name as? String, let value = value as? String { headers.append(name, value) }
    }
    // 304 is an answer of its own; the others point elsewhere.
    if (300...399).contains(response.statusCode), response.statusCode != 304 {
      finish(.failure(.redirected(to: headers["Location"] ?? "")))
      return false
    }
    if headers["Content-Encoding"] != nil {
      // Both speak of the coded body, which nobody sees.
      headers["Content-Encoding"] = nil
      headers["Content-Length"] = nil
    } else if !isHead, response.statusCode != 304, response.expectedContentLength > Int64(responseBytesMax) {
      // A 304 and an answer to HEAD tell the length of a body that does not come.
      finish(.failure(.responseTooLarge(limit: responseBytesMax)))
      return false
    }
    return state.withLock { state in
      state.response = HTTPResponse(status: response.statusCode, headers: headers)
      return state.outcome == nil
    }
  }

  /// Decoded bytes of the body.
  func receive(_ data: Data) {
    let fits = state.withLock { state in
      guard state.outcome == nil else { return true }
      guard data.count <= responseBytesMax - state.response.body.count else { return false }
      state.response.body.append(contentsOf: data)
      return true
    }
    if !fits { finish(.failure(.responseTooLarge(limit: responseBytesMax))) }
  }

  /// The session is done with the request.
  ///
  /// - Parameter response: the head of the answer, which Linux keeps back until now for a redirect that it cannot follow.
  func complete(_ error: (any Error)?, response: URLResponse?) {
    if let error { return finish(.failure(TransportError(error, url: url))) }
    if state.withLock({ $0.response.status == 0 }) {
      guard let response else { return finish(.failure(.unreachable(reason: "the answer is not HTTP"))) }
      guard receive(response) else { return }
    }
    finish(.success(state.withLock { $0.response }))
  }
}
