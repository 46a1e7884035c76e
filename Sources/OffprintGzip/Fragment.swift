/// A piece of a page, compressed once and kept: raw deflate without a beginning or an end, for ``GzipStitcher`` to lay into a stream.
///
/// It refers to nothing before it and ends on a byte boundary (`Z_SYNC_FLUSH`), so any fragments fit together in any order.
/// It can neither stand alone as a gzip stream nor be inflated as a finished one.
package struct Fragment: Equatable, Sendable {
  /// Deflate blocks (RFC 1951), none of them marked as the last.
  package let bytes: [UInt8]
  /// CRC-32 of what they inflate to.
  package let crc32: UInt32
  /// The number of bytes they inflate to.
  package let size: Int

  /// A fragment read back from where it was kept. It is taken at its word: ``inflated(outputBytesMax:)`` checks it.
  package init(bytes: [UInt8], crc32: UInt32, size: Int) {
    self.bytes = bytes
    self.crc32 = crc32
    // A negative length would keep zlib's checksum arithmetic busy for ever; as 0 it is found out like any other damage.
    self.size = max(0, size)
  }

  /// Compresses `content`.
  ///
  /// - Parameter level: 0 to 9.
  /// - Throws: ``GzipError/misuse`` for another level, ``GzipError/outOfMemory``.
  package init(deflating content: [UInt8], level: Int = Deflater.keptLevel) throws(GzipError) {
    var bytes: [UInt8] = []
    if !content.isEmpty {
      let deflater = try Deflater(.raw, level: level, inputBytes: content.count)
      try deflater.deflate(content[...], flush: .sync, into: &bytes)
    }
    self.init(bytes: bytes, crc32: CRC32.of(content[...]), size: content.count)
  }

  /// The content, if all of it is there and is what was compressed.
  ///
  /// - Throws: ``GzipError/outputLimit(bytesMax:)`` before any work if ``size`` is above the limit;
  ///   ``GzipError/badData``, ``GzipError/badChecksum``, ``GzipError/truncated`` for damage.
  package func inflated(outputBytesMax: Int) throws(GzipError) -> [UInt8] {
    guard size <= outputBytesMax else { throw .outputLimit(bytesMax: outputBytesMax) }
    // Damage may inflate to more than was put in: never more than the size says.
    let inflater = try Inflater(.raw, outputBytesMax: size)
    inflater.feed(bytes)
    var content: [UInt8] = []
    do throws(GzipError) {
      while let piece = try inflater.next() { content.append(contentsOf: piece) }
    } catch .outputLimit {
      throw .badChecksum
    }
    // A block marked as the last would end the page around it.
    guard !inflater.isAtEnd || bytes.isEmpty else { throw .badData }
    guard content.count == size else { throw .truncated }
    guard CRC32.of(content[...]) == crc32 else { throw .badChecksum }
    return content
  }

  /// A part of the content. Inflates up to its end and no further, so damage is seen only as far as it breaks the coding: compare
  /// ``keptChecksum`` before.
  ///
  /// - Parameter range: within 0 and ``size``.
  /// - Throws: ``GzipError/badData``, ``GzipError/truncated`` for damage.
  package func inflated(_ range: Range<Int>) throws(GzipError) -> [UInt8] {
    let inflater = try Inflater(.raw, outputBytesMax: size)
    inflater.feed(bytes)
    var part: [UInt8] = []
    part.reserveCapacity(range.count)
    var position = 0
    while position < range.upperBound, let piece = try inflater.next() {
      let wanted = range.clamped(to: position..<position + piece.count)
      part.append(contentsOf: piece[wanted.lowerBound - position..<wanted.upperBound - position])
      position += piece.count
    }
    guard part.count == range.count else { throw .truncated }
    return part
  }

  /// CRC-32 of ``bytes`` themselves, begun with what is known of the content: tells whether all of it is still what was kept, without
  /// inflating (4 GB a second).
  package var keptChecksum: UInt32 { CRC32.of(bytes[...], from: crc32 &+ UInt32(truncatingIfNeeded: size)) }
}
