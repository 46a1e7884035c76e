import CMicroHTTPD
import OffprintHTTP
import OffprintLocks

/// One request and its answer.
///
/// The library's thread and the handler's task meet here: the task leaves its answer and wakes the connection, the library
/// comes back for it. Whoever leaves the first answer wins, so that a stop may answer for a handler that does not end.
final class Exchange: Sendable {
  /// What became of bytes of the body.
  enum Reception: Sendable {
    /// Kept, or dropped because the limit is passed already.
    case taken
    /// So far beyond the limit that reading on for good manners makes no sense.
    case endless
  }

  /// What the library's last callback finds.
  enum Turn: Sendable {
    /// The whole request is there.
    case handle(HTTPRequest)
    /// The body was too long.
    case refuse(Framing.Refusal)
    /// The answer is there.
    case answer(HTTPAnswer)
    /// Nothing to be done; does not happen.
    case none
  }

  private enum Phase {
    case receiving
    case working(SuspendedConnection)
    case answered(HTTPAnswer)
    case streaming(StreamBody)
    case over
  }

  private struct State {
    var phase = Phase.receiving
    var request: HTTPRequest?
    var bodyBytesMax = 0
    var bytesRead = 0
    var task: Task<Void, Never>?
    var isCancelled = false
    var isCounted = false

    var streamBody: StreamBody? {
      guard case .streaming(let body) = phase else { return nil }
      return body
    }
  }

  /// Bytes beyond the limit that are read and dropped, so that a client that sends before it reads gets its 413.
  private static let bytesDroppedMax = 1_048_576

  /// The connection it came by.
  let connection: PeerConnection
  /// The target as it stood on the request line.
  let target: [UInt8]
  /// Where it stood in the library's memory.
  let targetStart: UInt
  private let state = Mutex(State())

  init(connection: PeerConnection, target: [UInt8], targetStart: UInt) {
    self.connection = connection
    self.target = target
    self.targetStart = targetStart
  }

  /// Whether the head has not been judged yet: the library's first callback.
  var isNew: Bool { state.withLock { !$0.isCounted } }

  /// Notes that the gate counts this request.
  func count() { state.withLock { $0.isCounted = true } }

  /// The head is fine.
  func begin(_ request: HTTPRequest, bodyBytes: Int?, bodyBytesMax: Int) {
    state.withLock {
      $0.request = request
      $0.bodyBytesMax = bodyBytesMax
      // A length is a promise; memory is given as bytes arrive.
      $0.request?.body.reserveCapacity(min(bodyBytes ?? 0, 65_536))
    }
  }

  /// Takes bytes of the body.
  func receive(_ bytes: UnsafeRawBufferPointer) -> Reception {
    state.withLock { state in
      state.bytesRead += bytes.count
      if state.bytesRead <= state.bodyBytesMax {
        state.request?.body.append(contentsOf: bytes)
        return .taken
      }
      state.request?.body = []
      return state.bytesRead - state.bodyBytesMax > Self.bytesDroppedMax ? .endless : .taken
    }
  }

  /// What to do now that the body is there, or the answer.
  func turn() -> Turn {
    state.withLock { state in
      switch state.phase {
      case .answered(let response):
        state.phase = .over
        return .answer(response)
      case .receiving:
        guard state.bytesRead <= state.bodyBytesMax else {
          state.phase = .over
          return .refuse(.tooLarge(state.bodyBytesMax))
        }
        guard let request = state.request else { return .none }
        state.request = nil
        return .handle(request)
      case .working, .streaming, .over:
        return .none
      }
    }
  }

  /// Hands the request to its handler. The connection has been suspended.
  func work(
    on request: HTTPRequest, suspended: SuspendedConnection, gate: Gate,
    handler: @escaping @Sendable (HTTPRequest) async -> HTTPAnswer
  ) {
    state.withLock { $0.phase = .working(suspended) }
    let task = Task { finish(await handler(request), gate: gate) }
    let isCancelled = state.withLock { state in
      if case .working = state.phase { state.task = task }
      return state.isCancelled
    }
    if isCancelled { task.cancel() }
  }

  /// The answer comes bit by bit from now on.
  func stream(_ body: StreamBody) {
    let isCancelled = state.withLock { state in
      state.phase = .streaming(body)
      return state.isCancelled
    }
    if isCancelled { body.end() }
  }

  /// Leaves an answer and wakes the connection, or ends the answer that comes bit by bit: for a server that stops.
  func give(_ response: HTTPResponse, gate: Gate) {
    if let body = state.withLock({ $0.streamBody }) { return body.end() }
    finish(.whole(response), gate: gate)
  }

  /// Leaves an answer and wakes the connection; does nothing if there is one already.
  func finish(_ response: HTTPAnswer, gate: Gate) {
    let suspended = state.withLock { state -> SuspendedConnection? in
      guard case .working(let suspended) = state.phase else { return nil }
      state.phase = .answered(response)
      state.task = nil
      return suspended
    }
    guard let suspended else { return }
    // Counted by itself: the request may be over while the library still writes to the daemon's wake-up pipe.
    _ = gate.enter()
    MHD_resume_connection(suspended.pointer)
    gate.leave()
  }

  /// Tells the handler, now or when it starts, that its answer is not waited for.
  func cancel() {
    let (task, body) = state.withLock { state in
      state.isCancelled = true
      return (state.task, state.streamBody)
    }
    task?.cancel()
    body?.cancel()
  }

  /// The library is done with the request. True if the gate counted it.
  func close() -> Bool {
    let (body, isCounted) = state.withLock { state in
      defer {
        state.phase = .over
        state.request = nil
        state.task = nil
      }
      return (state.streamBody, state.isCounted)
    }
    body?.end()
    return isCounted
  }
}

/// A connection of the library that is suspended, so that it stays until it is resumed.
///
/// `@unchecked`: the pointer is used for one call of `MHD_resume_connection`, which may come from any thread, by whoever took
/// the value out of its exchange's lock; after that nobody holds it.
struct SuspendedConnection: @unchecked Sendable {
  /// The library's connection.
  let pointer: OpaquePointer
}
