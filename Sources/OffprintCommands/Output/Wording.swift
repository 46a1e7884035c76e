#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Numbers, sizes and times as people read them.
package enum Wording {
  /// `1 change`, `2 changes`.
  package static func count(_ number: some BinaryInteger, _ noun: String) -> String {
    number == 1 ? "1 \(noun)" : "\(number) \(noun)s"
  }

  /// `182 KB`, in steps of a thousand.
  package static func bytes(_ count: Int64) -> String {
    var value = Double(max(count, 0))
    if value < 1000 { return "\(Int(value)) B" }
    for unit in ["KB", "MB", "GB"] {
      value /= 1000
      if value < 999.5 || unit == "GB" { return decimal(value, places: value < 10 ? 1 : 0) + " \(unit)" }
    }
    return "\(count) B"
  }

  /// `0.41 s`
  package static func seconds(_ seconds: Double) -> String { decimal(seconds, places: 2) + " s" }

  /// A number with so many places, with a point in every locale.
  package static func decimal(_ value: Double, places: Int) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "?" }
    let scale = (0..<places).reduce(1.0) { scale, _ in scale * 10 }
    let scaled = Int64((value * scale).rounded())
    let whole = scaled.magnitude / UInt64(scale)
    let rest = String(scaled.magnitude % UInt64(scale))
    let zeros = String(repeating: "0", count: max(0, places - rest.utf8.count))
    return (scaled < 0 ? "-" : "") + "\(whole)" + (places > 0 ? ".\(zeros)\(rest)" : "")
  }

  /// `2026-01-31`, in the time zone of the machine.
  package static func day(_ milliseconds: Int64) -> String {
    let parts = local(milliseconds)
    return "\(parts.year)-\(two(parts.month))-\(two(parts.day))"
  }

  /// `2026-01-31 09:05`, in the time zone of the machine.
  package static func time(_ milliseconds: Int64) -> String {
    let parts = local(milliseconds)
    return "\(day(milliseconds)) \(two(parts.hour)):\(two(parts.minute))"
  }

  /// `2 min ago`, `in 5 min`.
  package static func distance(from milliseconds: Int64, to now: Int64) -> String {
    let (difference, isOverflow) = now.subtractingReportingOverflow(milliseconds)
    if isOverflow { return "at another time" }
    let seconds = Int64(clamping: difference.magnitude / 1000)
    let amount =
      switch seconds {
      case ..<60: "\(seconds) s"
      case ..<3600: "\(seconds / 60) min"
      case ..<172_800: "\(seconds / 3600) h"
      default: "\(seconds / 86_400) days"
      }
    return difference >= 0 ? "\(amount) ago" : "in \(amount)"
  }

  private struct Parts {
    var year = 1970
    var month = 1
    var day = 1
    var hour = 0
    var minute = 0
  }

  private static func local(_ milliseconds: Int64) -> Parts {
    var time = time_t(milliseconds / 1000)
    var fields = tm()
    guard localtime_r(&time, &fields) != nil else { return Parts() }
    return Parts(
      year: Int(fields.tm_year) + 1900, month: Int(fields.tm_mon) + 1, day: Int(fields.tm_mday),
      hour: Int(fields.tm_hour), minute: Int(fields.tm_min))
  }

  private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
