import Foundation
import OffprintLocks

/// Threads for work that blocks: SQLite, password hashing. The pool of Swift's tasks is left alone, since a blocked thread
/// there delays everything else in the process.
package final class WorkerPool: Sendable {
  /// The pool takes no more work for now.
  package struct Full: Error {}

  private struct State {
    var jobs: [@Sendable () -> Void] = []
    var first = 0
    var isStopped = false
  }

  private let waitingMax: Int
  /// Guards `state` and wakes the threads. `Mutex` has no condition to wait on.
  private let condition = NSCondition()
  /// Touched only while `condition` is locked.
  nonisolated(unsafe) private var state = State()

  /// - Parameters:
  ///   - threads: how many jobs run at one time.
  ///   - waitingMax: how many may wait for a thread.
  package init(name: String, threads: Int, waitingMax: Int) {
    self.waitingMax = waitingMax
    for index in 0..<max(1, threads) {
      let thread = Thread { [self] in work() }
      thread.name = "\(name)-\(index)"
      thread.stackSize = 1 << 20
      thread.start()
    }
  }

  /// Runs `body` on a thread of the pool.
  /// - Throws: ``Full`` if too much waits already or the pool was stopped.
  package func run<T: Sendable>(_ body: @escaping @Sendable () -> T) async throws -> T {
    try await withCheckedThrowingContinuation { continuation in
      let admitted = add { continuation.resume(returning: body()) }
      if !admitted { continuation.resume(throwing: Full()) }
    }
  }

  /// Ends the threads once what waits is done; nothing more is taken.
  package func stop() {
    condition.lock()
    state.isStopped = true
    condition.broadcast()
    condition.unlock()
  }

  private func add(_ job: @escaping @Sendable () -> Void) -> Bool {
    condition.lock()
    defer { condition.unlock() }
    guard !state.isStopped, state.jobs.count - state.first < waitingMax else { return false }
    state.jobs.append(job)
    condition.signal()
    return true
  }

  private func next() -> (@Sendable () -> Void)? {
    condition.lock()
    defer { condition.unlock() }
    while state.first == state.jobs.count {
      if state.isStopped { return nil }
      condition.wait()
    }
    let job = state.jobs[state.first]
    state.first += 1
    if state.first >= 64, state.first * 2 >= state.jobs.count {
      state.jobs.removeFirst(state.first)
      state.first = 0
    }
    return job
  }

  private func work() {
    while let job = next() { job() }
  }
}
