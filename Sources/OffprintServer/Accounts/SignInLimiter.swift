import OffprintLocks

/// Counts failed sign-ins by address and by user name, and wrong pairing codes by address, so that neither can be tried at speed.
///
/// In memory and bounded: a restart forgets, and when too many keys are held the oldest windows go first.
package final class SignInLimiter: Sendable {
  /// Whom failures are counted for.
  package enum Key: Hashable, Sendable {
    /// A client's address, as ``ClientAddress`` gives it.
    case address([UInt8])
    /// A user's name, whether there is such a user or not.
    case user(String)
  }

  /// Failures allowed in a window.
  private let failuresMax: Int
  /// The window, in milliseconds.
  private let windowMilliseconds: Int64
  private let windows = Mutex<[Key: Window]>([:])

  private struct Window {
    var start: Int64
    var failures: Int
  }

  /// Keys held at most.
  private static let keysMax = 20_000

  /// A limiter of so many failures in a window.
  package init(failuresMax: Int = 10, windowMilliseconds: Int64 = 60_000) {
    self.failuresMax = failuresMax
    self.windowMilliseconds = windowMilliseconds
  }

  /// Keys held at the moment.
  package var count: Int { windows.withLock { $0.count } }

  /// How many seconds to wait before another try; nil if one may be made now.
  package func secondsToWait(_ keys: [Key], now: Int64) -> Int? {
    windows.withLock { windows in
      let waits = keys.compactMap { key -> Int64? in
        guard let window = windows[key], window.failures >= failuresMax else { return nil }
        let left = window.start + windowMilliseconds - now
        return left > 0 ? left : nil
      }
      return waits.max().map { Int(($0 + 999) / 1000) }
    }
  }

  /// Notes a failure for each key.
  package func noteFailure(_ keys: [Key], now: Int64) {
    windows.withLock { windows in
      for key in keys {
        if let window = windows[key], now < window.start + windowMilliseconds, now >= window.start {
          windows[key]?.failures += 1
        } else {
          windows[key] = Window(start: now, failures: 1)
        }
      }
      if windows.count > Self.keysMax {
        windows = windows.filter { now < $0.value.start + windowMilliseconds }
        // Still too many: an attacker with many addresses. Forgetting half is better than growing.
        if windows.count > Self.keysMax {
          let kept = windows.sorted { $0.value.start > $1.value.start }.prefix(Self.keysMax / 2)
          windows = Dictionary(uniqueKeysWithValues: kept.map { ($0.key, $0.value) })
        }
      }
    }
  }
}
