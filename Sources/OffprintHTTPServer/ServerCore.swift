import CMicroHTTPD
import OffprintHTTP
import OffprintLocks

/// What the library's callbacks, the handlers' tasks and the watch over slow connections share.
final class ServerCore: Sendable {
  /// How the server was set up.
  let configuration: HTTPServerConfiguration
  /// What must end before the daemon stops.
  let gate = Gate()
  private let handler: @Sendable (HTTPRequest) async -> HTTPAnswer
  private let immediate: (@Sendable (HTTPRequest) -> HTTPResponse?)?
  private let table = Mutex<[ObjectIdentifier: PeerConnection]>([:])

  init(
    configuration: HTTPServerConfiguration, immediate: (@Sendable (HTTPRequest) -> HTTPResponse?)?,
    handler: @escaping @Sendable (HTTPRequest) async -> HTTPAnswer
  ) {
    self.configuration = configuration
    self.immediate = immediate
    self.handler = handler
  }

  /// All connections that are open now.
  var connections: [PeerConnection] { table.withLock { Array($0.values) } }

  /// A connection was opened.
  func add(_ connection: PeerConnection) {
    table.withLock { $0[ObjectIdentifier(connection)] = connection }
  }

  /// A connection is about to be closed.
  func remove(_ connection: PeerConnection) {
    connection.close()
    table.withLock { _ = $0.removeValue(forKey: ObjectIdentifier(connection)) }
  }

  /// Lets no further request in and tells the handlers at work by cancellation.
  func drain() {
    gate.drain()
    for connection in connections { connection.exchange?.cancel() }
  }

  /// Answers for the handlers that still work.
  func answerForHandlers() {
    for connection in connections { connection.exchange?.give(busy, gate: gate) }
  }

  /// The head of a request is there: the library's first callback for it.
  func head(
    _ exchange: Exchange, connection: OpaquePointer, method: UnsafePointer<CChar>, version: UnsafePointer<CChar>
  ) -> MHD_Result {
    guard exchange.connection.enter(.body) else { return .NO }
    let isLetIn = gate.enter()
    exchange.count()
    guard isLetIn else { return answer(busy, exchange, connection) }
    let head = RequestHead(
      connection: connection, method: method, version: version, target: exchange.target,
      targetStart: exchange.targetStart)
    switch Framing(head, peer: exchange.connection.peer, configuration: configuration) {
    case .refuse(let refusal):
      return answer(problem(refusal), exchange, connection)
    case .read(let request, let bodyBytes, let bodyBytesMax):
      exchange.begin(request, bodyBytes: bodyBytes, bodyBytesMax: bodyBytesMax)
      return .YES
    }
  }

  /// Bytes of the body are there.
  func body(_ exchange: Exchange, _ bytes: UnsafeRawBufferPointer) -> MHD_Result {
    guard exchange.connection.received(bytes.count) else { return .NO }
    switch exchange.receive(bytes) {
    case .taken: return .YES
    case .endless:
      exchange.connection.cut(configuration.problem("too-large", 413, "the body is longer than the limit"))
      return .NO
    }
  }

  /// The request is there whole, or its answer is.
  func turn(_ exchange: Exchange, connection: OpaquePointer) -> MHD_Result {
    switch exchange.turn() {
    case .answer(.whole(let response)):
      return answer(response, exchange, connection)
    case .answer(.stream(let head, let produce)):
      return stream(head, produce, exchange, connection)
    case .refuse(let refusal):
      return answer(problem(refusal), exchange, connection)
    case .none:
      return .NO
    case .handle(let request):
      if let response = immediate?(request) { return answer(response, exchange, connection) }
      guard exchange.connection.enter(.working) else { return .NO }
      // Before the task starts: a task that is done first would resume a connection that is not suspended.
      MHD_suspend_connection(connection)
      exchange.work(
        on: request, suspended: SuspendedConnection(pointer: connection), gate: gate, handler: handler)
      return .YES
    }
  }

  /// The library has sent the answer or lost the client.
  func end(_ exchange: Exchange) {
    exchange.connection.end()
    if exchange.close() { gate.leave() }
  }

  private var busy: HTTPResponse {
    problem(Framing.Refusal("busy", 503, "the server is stopping"))
  }

  private func problem(_ refusal: Framing.Refusal) -> HTTPResponse {
    var response = configuration.problem(refusal.slug, refusal.status, refusal.detail)
    response.closesConnection = true
    return response
  }

  private func stream(
    _ head: HTTPResponse, _ produce: @escaping @Sendable (StreamWriter) async -> Void, _ exchange: Exchange,
    _ connection: OpaquePointer
  ) -> MHD_Result {
    guard exchange.connection.enter(.streaming) else { return .NO }
    let body = StreamBody(head.body, gate: gate)
    exchange.stream(body)
    let queued = Answer.queue(head, streaming: body, on: connection)
    // Only now: a producer that wrote before would wake a connection that does not know of it.
    if queued == .YES { body.start(produce) }
    return queued
  }

  private func answer(_ response: HTTPResponse, _ exchange: Exchange, _ connection: OpaquePointer) -> MHD_Result {
    guard exchange.connection.enter(.answering) else { return .NO }
    return Answer.queue(response, on: connection) {
      configuration.problem("internal", 500, "the server made an answer that cannot be sent")
    }
  }
}
