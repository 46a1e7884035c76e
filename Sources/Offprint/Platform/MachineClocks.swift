import Foundation

/// The clocks of this machine.
enum MachineClocks {
  @Sendable static func wallMilliseconds() -> Int64 {
    let seconds = Date().timeIntervalSince1970
    return seconds.isFinite && abs(seconds) < 1e12 ? Int64(seconds * 1_000) : 0
  }

  /// CLOCK_BOOTTIME on Linux and the raw monotonic clock on Apple systems run while the machine sleeps; Linux's
  /// CLOCK_MONOTONIC stops then, and an edit made by a phone in a pocket would look hours newer than it is.
  @Sendable static func bootMilliseconds() -> Int64 {
    var time = timespec()
    #if canImport(Darwin)
      clock_gettime(CLOCK_MONOTONIC_RAW, &time)
    #else
      clock_gettime(CLOCK_BOOTTIME, &time)
    #endif
    return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
  }

  @Sendable static func bootID() -> String {
    #if canImport(Darwin)
      var size = 37
      var text = [CChar](repeating: 0, count: size)
      guard sysctlbyname("kern.bootsessionuuid", &text, &size, nil, 0) == 0 else { return "unknown" }
      return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    #else
      let bytes = FileManager.default.contents(atPath: "/proc/sys/kernel/random/boot_id") ?? Data()
      return bytes.isEmpty ? "unknown" : String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }
    #endif
  }
}
