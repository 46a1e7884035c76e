/// What a server's handler answers: a response that is there whole, or one that comes bit by bit.
public enum HTTPAnswer: Sendable {
  /// An answer that is there as a whole.
  case whole(HTTPResponse)
  /// An answer whose body comes bit by bit, without an end known in advance, such as server-sent events.
  ///
  /// `head` gives status and headers; its body is sent first. `produce` runs as a task and writes the rest; the answer ends
  /// when it returns. It is cancelled when the client is gone and when the server stops, and then ends soon.
  case stream(head: HTTPResponse, produce: @Sendable (StreamWriter) async -> Void)
}

/// The writing end of an answer that comes bit by bit.
public struct StreamWriter: Sendable {
  private let offer: @Sendable ([UInt8]) -> Void

  /// A writer that hands on what it is given.
  public init(_ offer: @escaping @Sendable ([UInt8]) -> Void) { self.offer = offer }

  /// Replaces what waits to be sent, so that a slow reader gets the newest and memory stays bounded; what is partly sent goes
  /// out to its end first.
  public func send(_ bytes: [UInt8]) { offer(bytes) }
}
