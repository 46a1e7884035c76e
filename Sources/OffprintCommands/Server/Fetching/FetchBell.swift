import Foundation

/// Wakes threads that wait for something to fetch.
final class FetchBell: Sendable {
  /// Guards `rings` and wakes the threads. `Mutex` has no condition to wait on.
  private let condition = NSCondition()
  /// Touched only while `condition` is locked.
  nonisolated(unsafe) private var rings: UInt64 = 0

  /// How often it rang.
  var count: UInt64 {
    condition.lock()
    defer { condition.unlock() }
    return rings
  }

  /// Wakes all who wait.
  func ring() {
    condition.lock()
    rings += 1
    condition.broadcast()
    condition.unlock()
  }

  /// Returns once it has rung more than `count` times, or after so many milliseconds.
  func wait(beyond count: UInt64, milliseconds: Int64) {
    let deadline = Date(timeIntervalSinceNow: Double(max(0, milliseconds)) / 1_000)
    condition.lock()
    defer { condition.unlock() }
    while rings == count {
      guard condition.wait(until: deadline) else { return }
    }
  }
}
