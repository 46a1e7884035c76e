import Foundation
import OffprintLocks

/// Waits for a task on a thread of its own choosing, for callers that C calls and that cannot wait any other way.
enum Blocking {
  private final class Box: Sendable {
    let result = Mutex<Result<Void, any Error>?>(nil)
  }

  /// Runs `body` and waits for its end. Never from a task: it would hold one of the few threads that tasks share.
  static func run(_ body: @escaping @Sendable () async throws -> Void) throws {
    let done = DispatchSemaphore(value: 0)
    let box = Box()
    Task {
      let result: Result<Void, any Error>
      do { result = .success(try await body()) } catch { result = .failure(error) }
      box.result.withLock { $0 = result }
      done.signal()
    }
    done.wait()
    try box.result.withLock { $0 }?.get()
  }
}
