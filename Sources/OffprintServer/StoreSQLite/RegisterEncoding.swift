import OffprintWire

/// A record's registers as bytes of the store: a version byte, then for each register in byte order of the names its name,
/// stamp and value, lengths in front. Compact and read without a second look: what is stored was checked before.
package enum RegisterEncoding {
  private static let version: UInt8 = 1

  /// The bytes of `registers`.
  package static func encode(_ registers: RegisterMap) -> [UInt8] {
    var bytes: [UInt8] = [version]
    for entry in registers.entries {
      append(UInt64(entry.name.text.utf8.count), 2, to: &bytes)
      bytes.append(contentsOf: entry.name.text.utf8)
      append(entry.register.stamp.milliseconds, 6, to: &bytes)
      append(UInt64(entry.register.stamp.counter), 4, to: &bytes)
      append(entry.register.stamp.replica.bits, 8, to: &bytes)
      append(UInt64(entry.register.value.bytes.count), 4, to: &bytes)
      bytes.append(contentsOf: entry.register.value.bytes)
    }
    return bytes
  }

  /// The registers; nil if the bytes are damaged.
  package static func decode(_ bytes: UnsafeRawBufferPointer) -> RegisterMap? {
    var reader = Reader(bytes: bytes)
    guard reader.number(1) == UInt64(version) else { return nil }
    var entries: [RegisterMap.Entry] = []
    while !reader.isAtEnd {
      guard let nameCount = reader.number(2), let name = reader.take(Int(nameCount)),
        let text = String(validating: name, as: UTF8.self),
        let milliseconds = reader.number(6), let counter = reader.number(4), let replica = reader.number(8),
        let valueCount = reader.number(4), let value = reader.take(Int(valueCount))
      else { return nil }
      let stamp = Stamp(
        milliseconds: milliseconds, counter: UInt32(truncatingIfNeeded: counter), replica: ReplicaID(bits: replica))
      let register = Register(stamp: stamp, value: CanonicalValue(trusted: Array(value)))
      entries.append(RegisterMap.Entry(RegisterName(trusted: text), register))
    }
    return RegisterMap(entries)
  }

  private static func append(_ number: UInt64, _ byteCount: Int, to bytes: inout [UInt8]) {
    for index in (0..<byteCount).reversed() { bytes.append(UInt8(truncatingIfNeeded: number >> (8 * index))) }
  }

  private struct Reader {
    let bytes: UnsafeRawBufferPointer
    var position = 0

    var isAtEnd: Bool { position == bytes.count }

    mutating func take(_ count: Int) -> Slice<UnsafeRawBufferPointer>? {
      guard count >= 0, bytes.count - position >= count else { return nil }
      defer { position += count }
      return bytes[position..<position + count]
    }

    mutating func number(_ byteCount: Int) -> UInt64? {
      take(byteCount).map { $0.reduce(0) { $0 << 8 | UInt64($1) } }
    }
  }
}
