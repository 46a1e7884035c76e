import OffprintGzip

/// A sealed run as bytes of the store: a version byte, its numbers, its lines, and behind all of that its CRC-32.
///
/// Fragments are served as they are, and SQLite does not see a changed byte within a value: without the checksum one flipped bit
/// would break a page for every device, for ever.
enum RunEncoding {
  private static let version: UInt8 = 1

  /// The bytes of `run`.
  static func encode(_ run: SealedRun) -> [UInt8] {
    var bytes: [UInt8] = [version]
    bytes.reserveCapacity(run.all.fragment.bytes.count + (run.live?.fragment.bytes.count ?? 0) + 80)
    append(run.numbers, to: &bytes)
    append(run.all, to: &bytes)
    if let dead = run.dead, let live = run.live {
      append(dead, to: &bytes)
      append(live, to: &bytes)
    }
    append(UInt64(CRC32.of(bytes[...])), 4, to: &bytes)
    return bytes
  }

  /// The run; nil if the bytes are damaged. Only the fragments are copied.
  static func decode(_ bytes: UnsafeRawBufferPointer) -> SealedRun? {
    guard bytes.count > 4 else { return nil }
    let content = bytes.dropLast(4)
    var trailer = Reader(bytes: bytes.suffix(4))
    let found = UInt64(CRC32.of(UnsafeRawBufferPointer(rebasing: content)))
    guard let checksum = trailer.number(4), checksum == found else { return nil }
    var reader = Reader(bytes: content)
    guard reader.number(1) == UInt64(version), let numbers = reader.numbers(), let all = reader.lines() else {
      return nil
    }
    guard !reader.isAtEnd else { return SealedRun(numbers: numbers, all: all, live: nil, dead: nil) }
    guard let dead = reader.numbers(), let live = reader.lines(), reader.isAtEnd else { return nil }
    return SealedRun(numbers: numbers, all: all, live: live, dead: dead)
  }

  private static func append(_ numbers: ClosedRange<Int64>, to bytes: inout [UInt8]) {
    append(UInt64(bitPattern: numbers.lowerBound), 8, to: &bytes)
    append(UInt64(bitPattern: numbers.upperBound), 8, to: &bytes)
  }

  private static func append(_ lines: SealedRun.Lines, to bytes: inout [UInt8]) {
    append(UInt64(lines.count), 4, to: &bytes)
    append(UInt64(lines.fragment.size), 4, to: &bytes)
    append(UInt64(lines.fragment.crc32), 4, to: &bytes)
    append(UInt64(lines.fragment.bytes.count), 4, to: &bytes)
    bytes.append(contentsOf: lines.fragment.bytes)
  }

  private static func append(_ number: UInt64, _ byteCount: Int, to bytes: inout [UInt8]) {
    for index in (0..<byteCount).reversed() { bytes.append(UInt8(truncatingIfNeeded: number >> (8 * index))) }
  }

  private struct Reader {
    var bytes: Slice<UnsafeRawBufferPointer>

    var isAtEnd: Bool { bytes.isEmpty }

    mutating func number(_ byteCount: Int) -> UInt64? {
      guard bytes.count >= byteCount else { return nil }
      defer { bytes = bytes.dropFirst(byteCount) }
      return bytes.prefix(byteCount).reduce(0) { $0 << 8 | UInt64($1) }
    }

    mutating func numbers() -> ClosedRange<Int64>? {
      guard let first = number(8), let last = number(8) else { return nil }
      let (from, through) = (Int64(bitPattern: first), Int64(bitPattern: last))
      return from <= through ? from...through : nil
    }

    mutating func lines() -> SealedRun.Lines? {
      guard let count = number(4), let size = number(4), let crc32 = number(4), let length = number(4),
        bytes.count >= Int(length)
      else { return nil }
      defer { bytes = bytes.dropFirst(Int(length)) }
      let fragment = Fragment(
        bytes: Array(bytes.prefix(Int(length))), crc32: UInt32(truncatingIfNeeded: crc32), size: Int(size))
      return SealedRun.Lines(count: Int(count), fragment: fragment)
    }
  }
}
