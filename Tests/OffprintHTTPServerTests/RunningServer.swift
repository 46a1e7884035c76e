import Foundation
import OffprintHTTP
import OffprintHTTPServer
import OffprintLocks
import Testing

/// Runs a server on a free port of this machine for the time of a test.
///
/// Its problems are `slug` lines of text. Its handler, unless given, tells the request back: method, path, query, body size.
func withServer<Value: Sendable>(
  configure: (inout HTTPServerConfiguration) -> Void = { _ in },
  immediate: (@Sendable (HTTPRequest) -> HTTPResponse?)? = nil,
  handler: @escaping @Sendable (HTTPRequest) async -> HTTPResponse = { tellBack($0) },
  streaming: (@Sendable (HTTPRequest) async -> HTTPAnswer)? = nil,
  _ body: (UInt16, HTTPServer) async throws -> Value
) async throws -> Value {
  SignalPolicy.ignoreBrokenPipe()
  var configuration = HTTPServerConfiguration { slug, status, _ in
    HTTPResponse(status: status, headers: ["Content-Type": "application/problem+json"], body: Array(slug.utf8))
  }
  // Long, since the other tests of the package may keep the threads that these need.
  configuration.headSecondsMax = 120
  configuration.idleSecondsMax = 120
  configuration.bodyPaceAfterSeconds = 120
  configure(&configuration)
  let server = HTTPServer(configuration: configuration, immediate: immediate) { request in
    if let streaming { return await streaming(request) }
    return await .whole(handler(request))
  }
  let port = try server.start().port
  do {
    let value = try await body(port, server)
    await server.stop(graceSeconds: 60)
    return value
  } catch {
    await server.stop(graceSeconds: 0)
    throw error
  }
}

/// The answer of the default handler.
func tellBack(_ request: HTTPRequest) -> HTTPResponse {
  HTTPResponse(
    status: 200, headers: ["Content-Type": "text/plain"],
    body: Array("\(request.method) \(request.path) \(request.query ?? "-") \(request.body.count)".utf8))
}

/// Something that a handler waits for and a test gives, or the other way round.
final class Signal: Sendable {
  private let state = Mutex<(isGiven: Bool, waiters: [CheckedContinuation<Void, Never>])>((false, []))

  /// Lets all who wait, and will wait, go on.
  func give() {
    let waiters = state.withLock { state in
      state.isGiven = true
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.resume() }
  }

  /// Waits for ``give()``; cancellation changes nothing.
  func wait() async {
    await withCheckedContinuation { continuation in
      let isGiven = state.withLock { state in
        if !state.isGiven { state.waiters.append(continuation) }
        return state.isGiven
      }
      if isGiven { continuation.resume() }
    }
  }

  /// Waits until given or cancelled.
  func waitOrCancelled() async {
    await withTaskCancellationHandler {
      await wait()
    } onCancel: {
      give()
    }
  }
}

/// Waits until a condition holds; an issue if it does not within the time.
func eventually(
  withinSeconds seconds: Double = 120, _ what: Comment, sourceLocation: SourceLocation = #_sourceLocation,
  _ condition: () -> Bool
) async throws {
  let end = ContinuousClock.now + .seconds(seconds)
  while !condition() {
    guard ContinuousClock.now < end else {
      Issue.record(what, sourceLocation: sourceLocation)
      return
    }
    try await Task.sleep(for: .milliseconds(5))
  }
}
