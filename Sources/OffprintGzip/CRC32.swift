import CZlib

/// The checksum of gzip (RFC 1952, section 8).
package enum CRC32 {
  /// The checksum of bytes, or of what `start` is the checksum of with these behind it.
  package static func of(_ bytes: ArraySlice<UInt8>, from start: UInt32 = 0) -> UInt32 {
    var checksum = UInt(start)
    var rest = bytes
    // zlib counts in 32 bits.
    while !rest.isEmpty {
      let piece = rest.prefix(Int(Int32.max))
      rest = rest.dropFirst(piece.count)
      checksum = piece.withUnsafeBufferPointer { CZlib.crc32(checksum, $0.baseAddress, UInt32($0.count)) }
    }
    return UInt32(truncatingIfNeeded: checksum)
  }

  /// The checksum of bytes in memory of somebody else.
  package static func of(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    UInt32(truncatingIfNeeded: crc32_z(0, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count))
  }

  /// The checksum of two byte strings end to end, from theirs and the length of the second.
  static func combine(_ first: UInt32, _ second: UInt32, secondBytes: Int) -> UInt32 {
    UInt32(truncatingIfNeeded: crc32_combine(UInt(first), UInt(second), secondBytes))
  }
}
