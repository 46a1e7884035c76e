/// Sizes as people write them: `500MB`, `20 GiB`, `1000000`.
package enum ByteCount {
  private static let units: [(String, Int64)] = [
    ("kib", 1 << 10), ("mib", 1 << 20), ("gib", 1 << 30), ("tib", 1 << 40), ("kb", 1_000), ("mb", 1_000_000),
    ("gb", 1_000_000_000), ("tb", 1_000_000_000_000), ("k", 1_000), ("m", 1_000_000), ("g", 1_000_000_000),
    ("t", 1_000_000_000_000), ("b", 1), ("", 1),
  ]

  /// The bytes that a text means; nil if it is no whole number with or without a unit, or too great.
  package static func bytes(of text: String) -> Int64? {
    let lower = text.lowercased()
    guard let (unit, factor) = units.first(where: { lower.hasSuffix($0.0) }) else { return nil }
    let digits = lower.dropLast(unit.count).filter { $0 != " " }
    guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int64(digits) else {
      return nil
    }
    let (bytes, overflow) = number.multipliedReportingOverflow(by: factor)
    return overflow ? nil : bytes
  }
}
