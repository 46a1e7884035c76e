import OffprintLocks

/// A limit of so many things a minute for each key, of which some may come at once: a bucket that each thing takes a token from and
/// that fills up again with time.
///
/// Bounded: a full bucket is the same as none, so those are let go of first; a clock that is set back costs nobody a token.
package final class TokenBuckets<Key: Hashable & Sendable>: Sendable {
  private struct Bucket {
    /// In sixty-thousandths, so that each millisecond adds a whole number.
    var level: Int64
    var at: Int64
  }

  private static var token: Int64 { 60_000 }
  private let perMinute: Int64
  private let capacity: Int64
  private let keysMax: Int
  private let buckets = Mutex<[Key: Bucket]>([:])

  /// - Parameters:
  ///   - perMinute: tokens that each bucket gets in a minute.
  ///   - burst: tokens that it holds at most.
  ///   - keysMax: buckets kept at most.
  package init(perMinute: Int, burst: Int, keysMax: Int = 20_000) {
    self.perMinute = Int64(max(1, min(perMinute, 1_000_000)))
    capacity = Int64(max(1, min(burst, 1_000_000))) * Self.token
    self.keysMax = max(2, keysMax)
  }

  /// Keys held at the moment.
  package var count: Int { buckets.withLock { $0.count } }

  /// Takes a token of the key's bucket.
  /// - Returns: nil if there was one; else the milliseconds until there is.
  package func millisecondsToWait(_ key: Key, now: Int64) -> Int64? {
    buckets.withLock { buckets in
      var bucket = filled(buckets[key], now)
      guard bucket.level >= Self.token else {
        buckets[key] = bucket
        return (Self.token - bucket.level + perMinute - 1) / perMinute
      }
      bucket.level -= Self.token
      buckets[key] = bucket
      if buckets.count > keysMax { makeRoom(in: &buckets, now) }
      return nil
    }
  }

  private func filled(_ bucket: Bucket?, _ now: Int64) -> Bucket {
    guard let bucket else { return Bucket(level: capacity, at: now) }
    let (passed, overflow) = now.subtractingReportingOverflow(bucket.at)
    guard !overflow, passed > 0 else { return Bucket(level: bucket.level, at: now) }
    let (gain, isMore) = passed.multipliedReportingOverflow(by: perMinute)
    return Bucket(level: isMore ? capacity : min(capacity, bucket.level + min(gain, capacity)), at: now)
  }

  private func makeRoom(in buckets: inout [Key: Bucket], _ now: Int64) {
    buckets = buckets.filter { filled($0.value, now).level < capacity }
    guard buckets.count > keysMax else { return }
    // More keys than that at work in one moment: the fullest buckets say least.
    let kept = buckets.sorted { $0.value.level < $1.value.level }.prefix(keysMax / 2)
    buckets = Dictionary(uniqueKeysWithValues: kept.map { ($0.key, $0.value) })
  }
}
