/// Lays kept ``Fragment``s and plain pieces end to end in one gzip stream, without compressing anything.
///
/// The stream is an ordinary one of a single member, which every HTTP client reads. Its checksum is combined from those of the parts.
/// Memory is what the caller lets gather: ``take()`` hands out what there is at any moment.
package struct GzipStitcher: Sendable {
  /// Member header: deflate, no flags, no time, unknown system (RFC 1952, section 2.3).
  private static let header: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]
  /// A last block with fixed codes that holds only the end-of-block code (RFC 1951, section 3.2.3).
  private static let lastBlock: [UInt8] = [0x03, 0x00]
  /// The most bytes in a stored block (RFC 1951, section 3.2.4).
  private static let storedBytesMax = 65_535

  private var output = Self.header
  private var checksum: UInt32 = 0
  private var size: UInt32 = 0

  /// A stream with nothing in it yet.
  package init() {}

  /// Bytes waiting to be taken.
  package var pendingBytes: Int { output.count }

  /// Adds what was compressed before. O(bytes of the fragment), by copying.
  package mutating func append(_ fragment: Fragment) {
    output.append(contentsOf: fragment.bytes)
    count(crc32: fragment.crc32, bytes: fragment.size)
  }

  /// Adds bytes as they are, 5 bytes more for each 64 KiB: for the little that differs from answer to answer.
  package mutating func append(stored bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let block = rest.prefix(Self.storedBytesMax)
      rest = rest.dropFirst(block.count)
      let low = UInt8(truncatingIfNeeded: block.count)
      let high = UInt8(truncatingIfNeeded: block.count >> 8)
      // Not last, type 0, padded to the byte; length; its complement.
      output.append(contentsOf: [0, low, high, ~low, ~high])
      output.append(contentsOf: block)
    }
    count(crc32: CRC32.of(bytes[...]), bytes: bytes.count)
  }

  /// Bytes below this are not worth a compressor, whose memory alone is cleared at the cost of sending them as they are.
  private static let deflatedBytesMin = 512

  /// Adds bytes that were made for this stream alone, compressed quickly unless they are few.
  /// - Throws: ``GzipError/outOfMemory``.
  package mutating func append(fresh bytes: [UInt8]) throws(GzipError) {
    guard bytes.count >= Self.deflatedBytesMin else { return append(stored: bytes) }
    append(try Fragment(deflating: bytes, level: Deflater.fastLevel))
  }

  /// What is ready to be sent, once.
  package mutating func take() -> [UInt8] {
    defer { output.removeAll() }
    return output
  }

  /// Ends the stream and hands out the rest of it.
  package consuming func finish() -> [UInt8] {
    output.append(contentsOf: Self.lastBlock)
    for word in [checksum, size] {
      for shift in [UInt32(0), 8, 16, 24] { output.append(UInt8(truncatingIfNeeded: word >> shift)) }
    }
    return output
  }

  /// Makes room, where it is known how much will come.
  package mutating func reserve(_ bytes: Int) { output.reserveCapacity(output.count + bytes + 64) }

  private mutating func count(crc32: UInt32, bytes: Int) {
    checksum = CRC32.combine(checksum, crc32, secondBytes: bytes)
    // The trailer keeps the size modulo 2^32 (RFC 1952, section 2.3.1).
    size &+= UInt32(truncatingIfNeeded: bytes)
  }
}
