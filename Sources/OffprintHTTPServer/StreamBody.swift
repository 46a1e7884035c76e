import CMicroHTTPD
import OffprintHTTP
import OffprintLocks

/// The body of an answer that comes bit by bit: what its producer has written, until the library asks for it.
///
/// The library asks on its own thread. Where there is nothing it suspends the connection, which costs no thread and no
/// polling, and the next bytes, or the end, resume it.
final class StreamBody: Sendable {
  private struct State {
    /// Being sent; whole before anything of `next` goes out.
    var current: ArraySlice<UInt8>
    /// Waits to be sent; the newest only.
    var next: [UInt8]?
    var hasEnded = false
    var suspended: SuspendedConnection?
    var task: Task<Void, Never>?
  }

  private let gate: Gate
  private let state: Mutex<State>

  /// A body that begins with these bytes.
  init(_ first: [UInt8], gate: Gate) {
    self.gate = gate
    state = Mutex(State(current: first[...]))
  }

  /// Starts the producer.
  func start(_ produce: @escaping @Sendable (StreamWriter) async -> Void) {
    let task = Task {
      await produce(StreamWriter { self.offer($0) })
      end()
    }
    let hasEnded = state.withLock { state in
      if !state.hasEnded { state.task = task }
      return state.hasEnded
    }
    if hasEnded { task.cancel() }
  }

  /// Bytes to be sent behind what is being sent, in place of any that wait.
  func offer(_ bytes: [UInt8]) {
    guard !bytes.isEmpty else { return }
    wake { state in if !state.hasEnded { state.next = bytes } }
  }

  /// Tells the producer that nobody listens any more.
  func cancel() { state.withLock { $0.task }?.cancel() }

  /// Ends the body behind what is there, whatever its producer still does.
  func end() {
    let task = state.withLock { state in
      defer { state.task = nil }
      return state.task
    }
    task?.cancel()
    wake { $0.hasEnded = true }
  }

  /// What the library asked for.
  enum Supply {
    /// So many bytes were copied.
    case bytes(Int)
    /// There is nothing now; the connection was suspended.
    case later
    /// There will be nothing more.
    case end
  }

  /// Copies what there is into the library's buffer. On the library's thread.
  func supply(to buffer: UnsafeMutableRawBufferPointer, on connection: OpaquePointer) -> Supply {
    state.withLock { state in
      if state.current.isEmpty, let next = state.next {
        state.current = next[...]
        state.next = nil
      }
      guard state.current.isEmpty else {
        let count = min(buffer.count, state.current.count)
        buffer.copyBytes(from: state.current.prefix(count))
        state.current = state.current.dropFirst(count)
        return .bytes(count)
      }
      guard !state.hasEnded else { return .end }
      // Under the lock: whoever has bytes next finds the connection suspended already.
      MHD_suspend_connection(connection)
      state.suspended = SuspendedConnection(pointer: connection)
      return .later
    }
  }

  private func wake(_ change: (inout State) -> Void) {
    let suspended = state.withLock { state in
      change(&state)
      defer { state.suspended = nil }
      return state.suspended
    }
    guard let suspended else { return }
    // Counted by itself, as in Exchange.finish: the request may be over while the library still wakes its daemon.
    _ = gate.enter()
    MHD_resume_connection(suspended.pointer)
    gate.leave()
  }
}
