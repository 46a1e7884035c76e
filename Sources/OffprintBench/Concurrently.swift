import Foundation
import OffprintLocks

/// Runs the body on so many threads of their own, which may block, and gives what each made, in order.
func concurrently<Value: Sendable>(
  _ count: Int, _ body: @escaping @Sendable (Int) throws -> Value
) throws -> [Value] {
  let results = Mutex<[Int: Result<Value, any Error>]>([:])
  let done = DispatchSemaphore(value: 0)
  for index in 0..<count {
    let thread = Thread {
      let result = Result { try body(index) }
      results.withLock { $0[index] = result }
      done.signal()
    }
    thread.start()
  }
  for _ in 0..<count { done.wait() }
  let made = results.withLock { $0 }
  return try (0..<count).compactMap { try made[$0]?.get() }
}

/// Seconds that the body takes.
func elapsed(_ body: () throws -> Void) rethrows -> Double {
  let clock = ContinuousClock()
  let duration = try clock.measure(body)
  return Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
}

/// Milliseconds since 1970, for stamps.
func wallMilliseconds() -> Int64 { Int64(Date(timeIntervalSinceNow: 0).timeIntervalSince1970 * 1_000) }
