import Foundation

/// A thread of its own for an actor that blocks, because SQLite does.
///
/// Swift's shared pool has as many threads as the machine has cores: a few blocking actors on it hold up every task of the process
/// (measured: a 5 ms sleep took 200 ms). An actor that owns a ``Connection`` runs here instead:
/// ```swift
/// actor Store {
///   private let thread = DatabaseThread(name: "store")
///   nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }
/// }
/// ```
/// The thread starts with the first job. It ends after ``shutDown()``, or when the last reference goes.
package final class DatabaseThread: SerialExecutor {
  private let queue: JobQueue

  /// - Parameter name: shown by debuggers; 15 bytes on Linux.
  package init(name: String) {
    queue = JobQueue(name: name)
  }

  deinit {
    queue.stop()
  }

  /// Takes a job of an actor. Called by Swift.
  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    // Holding on to self keeps the executor for as long as the job runs on it.
    queue.add { [self] in job.runSynchronously(on: asUnownedSerialExecutor()) }
  }

  /// Runs `body` on the thread, after all that was given to it before.
  ///
  /// - Throws: what `body` throws; ``DatabaseThreadError/shutDown`` instead of running it after ``shutDown()``.
  package func run<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { continuation in
      let taken = queue.addUnlessStopped { continuation.resume(with: Result { try body() }) }
      if !taken { continuation.resume(throwing: DatabaseThreadError.shutDown) }
    }
  }

  /// Waits for all jobs given so far and for the thread to end. May be called more than once.
  ///
  /// Jobs of an actor that come later are not lost, since their tasks would never end: a thread is started for them and ends with
  /// them. So the last thing the actor does before this is to close its connection.
  package func shutDown() async {
    await withCheckedContinuation { continuation in
      queue.stop { continuation.resume() }
    }
  }

  /// Whether the caller is on this thread.
  package var isCurrent: Bool { queue.isCurrent }

  /// Stops the program if the caller is not on this thread. Called by Swift for `assumeIsolated`.
  package func checkIsolated() {
    precondition(isCurrent, "not on the database thread")
  }
}

/// Why a ``DatabaseThread`` did not run something.
package enum DatabaseThreadError: Error, Equatable, Sendable {
  /// It was shut down before.
  case shutDown
}
