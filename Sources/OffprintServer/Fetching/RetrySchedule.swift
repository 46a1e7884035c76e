/// When a fetch that failed for the moment is tried again, and when it is given up.
package enum RetrySchedule {
  /// Times that a fetch is begun before it is given up.
  package static let triesMax = 6
  /// Minutes from one try to the next: a site that is down for a night is met again.
  private static let minutes: [Int64] = [1, 5, 30, 180, 720]
  /// However long a site asks to be left alone.
  private static let waitMillisecondsMax: Int64 = 24 * 3_600_000

  /// How long to wait after so many tries, in milliseconds; nil if it is to be given up. What many wait for does not come at
  /// one moment: up to a quarter is added by `random`.
  package static func wait(afterTries tries: Int, retryAfterSeconds: Int?, random: UInt64) -> Int64? {
    guard tries < triesMax else { return nil }
    let base = minutes[min(max(tries, 1), minutes.count) - 1] * 60_000
    let asked = Int64(min(max(0, retryAfterSeconds ?? 0), 86_400)) * 1_000
    let wait = max(base, asked)
    return min(wait + Int64(random % UInt64(wait / 4 + 1)), waitMillisecondsMax)
  }
}
