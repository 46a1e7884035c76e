import Dispatch
import OffprintLocks

/// Counts what has to end before the daemon may be stopped, and knows whether new requests are still let in.
///
/// The library ends the process when it is stopped while a connection is suspended, so whoever stops it first waits here.
final class Gate: Sendable {
  private struct State {
    var isDraining = false
    var open = 0
    var waiters: [Int: CheckedContinuation<Bool, Never>] = [:]
    var nextWaiter = 0
  }

  /// Where waits time out; not a global queue, whose few threads may all be blocked.
  private static let deadlines = DispatchQueue(label: "offprint.http.deadlines")

  private let state = Mutex(State())

  /// Counts one thing more. False if the server drains: then it is counted all the same, and the caller ends it soon.
  func enter() -> Bool {
    state.withLock {
      $0.open += 1
      return !$0.isDraining
    }
  }

  /// One thing counted by ``enter()`` is over.
  func leave() {
    let waiters = state.withLock { state -> [CheckedContinuation<Bool, Never>] in
      state.open -= 1
      guard state.open == 0 else { return [] }
      defer { state.waiters.removeAll() }
      return Array(state.waiters.values)
    }
    for waiter in waiters { waiter.resume(returning: true) }
  }

  /// From now on ``enter()`` says no.
  func drain() {
    state.withLock { $0.isDraining = true }
  }

  /// Requests (and the ends of handlers) under way.
  var open: Int { state.withLock { $0.open } }

  /// Waits until nothing is counted. False if that did not happen within the time.
  func idle(withinSeconds seconds: Double) async -> Bool {
    await withCheckedContinuation { continuation in
      let waiter = state.withLock { state -> Int? in
        guard state.open > 0 else { return nil }
        state.nextWaiter += 1
        state.waiters[state.nextWaiter] = continuation
        return state.nextWaiter
      }
      guard let waiter else { return continuation.resume(returning: true) }
      Self.deadlines.asyncAfter(deadline: .now() + max(0, seconds)) {
        self.state.withLock { $0.waiters.removeValue(forKey: waiter) }?.resume(returning: false)
      }
    }
  }
}
