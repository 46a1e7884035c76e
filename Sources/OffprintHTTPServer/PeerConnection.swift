import OffprintHTTP
import OffprintLocks

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// One TCP connection: where its present request stands, and since when, so that none is held open by dripping bytes.
///
/// The library's own time-out knows idleness alone: a header byte every few seconds keeps a connection for ever.
final class PeerConnection: Sendable {
  /// Where a request stands.
  enum Phase: Sendable {
    /// Nothing of it has been seen. The first request of a connection gets less time than those of a kept one.
    case awaited(isFirst: Bool)
    /// The request line is there.
    case head
    /// The head is there.
    case body
    /// A handler works on it; the library looks at the connection no more.
    case working
    /// The answer is on its way.
    case answering
    /// The answer comes bit by bit, and the library looks at the connection only while there is some.
    case streaming
  }

  /// What is to be done about a connection.
  enum Verdict: Sendable {
    /// Nothing.
    case fine
    /// It took too long: a 408 where a request has begun.
    case late
    /// Watch whether the client is still there.
    case watch
  }

  private struct State {
    var phase = Phase.awaited(isFirst: true) {
      didSet { step += 1 }
    }
    /// Counts the phases, to tell a later one of the same kind.
    var step = 0
    var since = Ticks.now
    var bodyBytes = 0
    var exchange: Exchange?
    /// The socket is ours to use; false as soon as the library is about to close it and its number may come again.
    var isOpen = true
    /// The connection was given up: the library is told so at its next callback.
    var isCut = false
  }

  /// The file descriptor. Used under the lock and while `isOpen`, since its number is used again after closing.
  private let socket: Int32
  /// The address of the other end.
  let peer: String?
  private let state = Mutex(State())

  init(socket: Int32) {
    self.socket = socket
    peer = ListenSocket.peer(of: socket)
  }

  /// The request that is under way.
  var exchange: Exchange? { state.withLock { $0.exchange } }

  /// A request line has come.
  func begin(_ exchange: Exchange) {
    state.withLock {
      $0.exchange = exchange
      $0.phase = .head
      $0.since = .now
    }
  }

  /// The request moves on. False if the connection was given up meanwhile.
  func enter(_ phase: Phase) -> Bool {
    state.withLock {
      guard !$0.isCut else { return false }
      $0.phase = phase
      $0.since = .now
      $0.bodyBytes = 0
      return true
    }
  }

  /// Bytes of a body have come. False if the connection was given up meanwhile.
  func received(_ count: Int) -> Bool {
    state.withLock {
      $0.bodyBytes += count
      return !$0.isCut
    }
  }

  /// The request is over; the connection may bring another one.
  func end() {
    state.withLock {
      $0.exchange = nil
      $0.phase = .awaited(isFirst: false)
      $0.since = .now
    }
  }

  /// The library closes the socket after this.
  func close() {
    state.withLock {
      $0.isOpen = false
      $0.exchange = nil
    }
  }

  /// Judges how long the present phase has taken.
  func verdict(at now: Ticks, _ configuration: HTTPServerConfiguration) -> Verdict {
    state.withLock { state in
      guard state.isOpen, !state.isCut else { return .fine }
      let seconds = state.since.seconds(until: now)
      let isLate =
        switch state.phase {
        case .awaited(let isFirst):
          seconds > (isFirst ? configuration.headSecondsMax : configuration.idleSecondsMax)
        case .head:
          seconds > configuration.headSecondsMax
        case .body:
          Double(state.bodyBytes)
            < (seconds - configuration.bodyPaceAfterSeconds) * configuration.bodyBytesPerSecondMin
        case .working, .answering, .streaming:
          false
        }
      if isLate { return .late }
      if case .answering = state.phase { return .fine }
      return seconds > 0.5 ? .watch : .fine
    }
  }

  /// Ends the connection, if no answer has begun by a last one written past the library.
  ///
  /// - Parameter answer: not used where nothing of a request has been seen on a kept connection.
  func cut(_ answer: HTTPResponse?) {
    state.withLock { state in
      guard state.isOpen, !state.isCut else { return }
      state.isCut = true
      let mayAnswer =
        switch state.phase {
        case .awaited(let isFirst): isFirst
        case .head, .body: true
        case .working, .answering, .streaming: false
        }
      if mayAnswer, let answer {
        let bytes = Answer.serialised(answer)
        #if canImport(Darwin)
          let flags = MSG_DONTWAIT
        #else
          let flags = Int32(MSG_DONTWAIT | MSG_NOSIGNAL)
        #endif
        // Whether it arrives is the client's affair; a short write is not made good.
        _ = bytes.withUnsafeBytes { send(socket, $0.baseAddress, $0.count, flags) }
      }
      ListenSocket.shutDown(socket)
    }
  }

  /// What `poll` is to look at, and what to hand to ``clientHasClosed(at:)`` then; nil if there is nothing to be learnt.
  func watched() -> (socket: Int32, step: Int)? {
    state.withLock { state in
      guard state.isOpen, !state.isCut else { return nil }
      if case .answering = state.phase { return nil }
      return (socket, state.step)
    }
  }

  /// The client has closed its sending half, or all.
  ///
  /// A handler at work is told by cancellation. A request that is not there whole never will be: the library misses the end
  /// of a connection that comes together with bytes, and would keep it until it times out.
  func clientHasClosed(at step: Int) {
    let exchange = state.withLock { state -> Exchange? in
      // Whatever was seen was an earlier request's, or another socket's that has this number now.
      guard state.isOpen, !state.isCut, state.step == step else { return nil }
      switch state.phase {
      case .working, .streaming:
        return state.exchange
      case .awaited, .head, .body:
        var byte: UInt8 = 0
        // Bytes that the library has not read yet may complete the request.
        if recv(socket, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)) == 0 {
          state.isCut = true
          ListenSocket.shutDown(socket)
        }
      case .answering:
        break
      }
      return nil
    }
    exchange?.cancel()
  }
}
