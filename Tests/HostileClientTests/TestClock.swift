import Foundation

/// The clock of this machine, which the daemon has too.
enum TestClock {
  /// Milliseconds since 1970.
  static var milliseconds: Int64 { Int64(Date().timeIntervalSince1970 * 1_000) }
}
