import OffprintHTTP
import OffprintWire
import OffprintLocks

/// A sync under way: iterate for its progress, then ask for its result.
///
/// Several callers may hold one run; each iterator gets the progress from when it was made. Cancelling is always safe.
public struct SyncRun: AsyncSequence, Sendable {
  /// What iterating gives.
  public typealias Element = SyncProgress

  private let task: Task<Result<SyncReport, OffprintError>, Never>
  private let listeners: SyncListeners

  init(task: Task<Result<SyncReport, OffprintError>, Never>, listeners: SyncListeners) {
    self.task = task
    self.listeners = listeners
  }

  /// Gives the progress until the sync ends, however it ends. A slow consumer misses steps, never the end.
  public func makeAsyncIterator() -> AsyncStream<SyncProgress>.Iterator {
    listeners.stream().makeAsyncIterator()
  }

  /// Waits for the end.
  /// - Throws: ``OffprintError``; what was done until then is kept.
  public func result() async throws(OffprintError) -> SyncReport {
    try await task.value.get()
  }

  /// Stops after the request under way. Nothing is lost: the next sync goes on from there.
  public func cancel() { task.cancel() }
}

/// Hands one run's progress to everyone who listens.
final class SyncListeners: Sendable {
  private struct State {
    var continuations: [AsyncStream<SyncProgress>.Continuation] = []
    var isFinished = false
  }

  private let state = Mutex(State())

  func stream() -> AsyncStream<SyncProgress> {
    let (stream, continuation) = AsyncStream.makeStream(of: SyncProgress.self, bufferingPolicy: .bufferingNewest(8))
    state.withLock { state in
      if state.isFinished { continuation.finish() } else { state.continuations.append(continuation) }
    }
    return stream
  }

  func yield(_ progress: SyncProgress) {
    for continuation in state.withLock({ $0.continuations }) { continuation.yield(progress) }
  }

  func finish() {
    let continuations = state.withLock { state in
      state.isFinished = true
      defer { state.continuations = [] }
      return state.continuations
    }
    for continuation in continuations { continuation.finish() }
  }
}

/// The run under way in this process, if there is one: a second caller joins it.
final class SyncRuns: Sendable {
  private let current = Mutex<SyncRun?>(nil)

  /// The run under way, or the one that `begin` makes.
  func join(or begin: () -> SyncRun) -> SyncRun {
    current.withLock { current in
      if let current { return current }
      let run = begin()
      current = run
      return run
    }
  }

  func end() { current.withLock { $0 = nil } }
}
