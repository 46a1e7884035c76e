import OffprintWire
import OffprintLocks

/// Wakes those who wait for an account's log to move. No thread is kept for a wait.
///
/// Each account has a generation that grows with every signal. Whoever wants to wait notes it *before* reading the log:
/// a change that comes between reading and waiting has moved the generation, and the wait ends at once.
package final class ChangeSignals: Sendable {
  private struct State {
    var generations: [RecordID: UInt64] = [:]
    var waiting: [RecordID: [UInt64: CheckedContinuation<Bool, Never>]] = [:]
    var nextTicket: UInt64 = 0
  }

  private let state = Mutex(State())

  init() {}

  /// The account's generation.
  package func generation(of account: RecordID) -> UInt64 {
    state.withLock { $0.generations[account] ?? 0 }
  }

  /// Wakes all who wait for that account.
  package func notify(_ account: RecordID) {
    let woken = state.withLock { state in
      state.generations[account, default: 0] += 1
      return state.waiting.removeValue(forKey: account)
    }
    for continuation in woken?.values ?? [:].values { continuation.resume(returning: true) }
  }

  /// Returns when the account's generation is no longer `generation`, or when the task is cancelled.
  /// - Returns: false if it was cancelled.
  package func wait(for account: RecordID, beyond generation: UInt64) async -> Bool {
    let ticket = state.withLock { state in
      state.nextTicket += 1
      return state.nextTicket
    }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let result = state.withLock { state -> Bool? in
          // A cancellation marks the task before it calls the handler below, which then waits for this lock: so it is
          // either seen here or finds the continuation there.
          if Task.isCancelled { return false }
          if state.generations[account, default: 0] != generation { return true }
          state.waiting[account, default: [:]][ticket] = continuation
          return nil
        }
        if let result { continuation.resume(returning: result) }
      }
    } onCancel: {
      let continuation = state.withLock { state in
        let found = state.waiting[account]?.removeValue(forKey: ticket)
        if state.waiting[account]?.isEmpty == true { state.waiting[account] = nil }
        return found
      }
      continuation?.resume(returning: false)
    }
  }
}
