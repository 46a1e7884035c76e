/// Makes a ``Fragment`` of content that comes in pieces, so that it need not be at hand as a whole. Not Sendable: it belongs to one task.
package final class FragmentWriter {
  private let deflater: Deflater
  private var bytes: [UInt8] = []
  private var checksum: UInt32 = 0
  private var size = 0

  /// - Parameter level: 0 to 9.
  /// - Throws: ``GzipError/misuse`` for another level, ``GzipError/outOfMemory``.
  package init(level: Int = Deflater.keptLevel) throws(GzipError) {
    deflater = try Deflater(.raw, level: level)
  }

  /// Adds the next piece.
  package func append(_ piece: ArraySlice<UInt8>) throws(GzipError) {
    guard !piece.isEmpty else { return }
    try deflater.deflate(piece, into: &bytes)
    checksum = CRC32.of(piece, from: checksum)
    size += piece.count
  }

  /// The fragment of all that was added. The writer can only be thrown away then.
  package func finish() throws(GzipError) -> Fragment {
    if size > 0 { try deflater.deflate([], flush: .sync, into: &bytes) }
    return Fragment(bytes: bytes, crc32: checksum, size: size)
  }
}
