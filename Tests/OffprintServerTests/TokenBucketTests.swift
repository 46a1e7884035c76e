import OffprintServer
import OffprintTesting
import Testing

/// Rates by buckets of tokens.
@Suite struct TokenBucketTests {
  @Test func `a burst goes through, then so many a minute, and what is to be waited is enough and no more`() {
    let buckets = TokenBuckets<String>(perMinute: 600, burst: 120)
    for _ in 0..<120 { #expect(buckets.millisecondsToWait("a", now: 1_000) == nil) }
    let wait = buckets.millisecondsToWait("a", now: 1_000)
    #expect(wait == 100)
    #expect(buckets.millisecondsToWait("a", now: 1_099) == 1)
    #expect(buckets.millisecondsToWait("a", now: 1_100) == nil)
    var admitted = 0
    for millisecond in 0..<60_000 where buckets.millisecondsToWait("a", now: 1_100 + Int64(millisecond)) == nil {
      admitted += 1
    }
    #expect((598...600).contains(admitted))
  }

  @Test func `one key at its limit leaves others theirs`() {
    let buckets = TokenBuckets<Int>(perMinute: 60, burst: 2)
    for _ in 0..<10 { _ = buckets.millisecondsToWait(1, now: 0) }
    #expect(buckets.millisecondsToWait(1, now: 0) != nil)
    #expect(buckets.millisecondsToWait(2, now: 0) == nil)
  }

  @Test func `a clock that is set back or leaps gives nothing away and takes nothing`() {
    let buckets = TokenBuckets<Int>(perMinute: 60, burst: 3)
    for _ in 0..<3 { #expect(buckets.millisecondsToWait(1, now: 1_000_000) == nil) }
    #expect(buckets.millisecondsToWait(1, now: 5) != nil)
    #expect(buckets.millisecondsToWait(1, now: 1_005) == nil, "a second after it was set back there is one again")
    #expect(buckets.millisecondsToWait(1, now: .max) == nil)
    #expect(buckets.millisecondsToWait(1, now: .min) == nil)
    for _ in 0..<3 { _ = buckets.millisecondsToWait(1, now: .min) }
    #expect(buckets.millisecondsToWait(1, now: .min) != nil)
  }

  @Test func `a million keys take bounded memory, and those at their limit are kept`() {
    let buckets = TokenBuckets<Int>(perMinute: 60, burst: 5, keysMax: 1_000)
    for _ in 0..<5 { _ = buckets.millisecondsToWait(-1, now: 0) }
    for key in 0..<200_000 {
      _ = buckets.millisecondsToWait(key, now: Int64(key / 1_000))
      if key % 10_000 == 0 { #expect(buckets.count <= 1_001) }
    }
    #expect(buckets.count <= 1_001)
    #expect(buckets.millisecondsToWait(-1, now: 300) != nil, "nobody gets free by making others come")
  }

  @Test func `failed sign-ins of very many addresses take bounded memory`() {
    let limiter = SignInLimiter(failuresMax: 2)
    for index in 0..<45_000 {
      limiter.noteFailure([.address([UInt8(index & 255), UInt8(index >> 8 & 255), UInt8(index >> 16)])], now: 1)
    }
    #expect(limiter.count <= 20_001)
  }
}
