#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Milliseconds of a clock that never goes back, for the deadlines of sockets.
///
/// These are the kernel's business like a socket's own time-outs: nothing that is stored or sent depends on them, which is
/// why they are not injected as the product's clock is.
struct Ticks: Sendable, Hashable {
  /// The count; meaningful as a difference only.
  var milliseconds: Int64

  /// The present.
  static var now: Ticks {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Ticks(milliseconds: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
  }

  /// Seconds gone since then.
  func seconds(until later: Ticks) -> Double { Double(later.milliseconds - milliseconds) / 1_000 }
}
