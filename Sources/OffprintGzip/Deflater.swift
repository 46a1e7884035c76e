import CZlib

/// Deflates a stream piece by piece, in constant memory.
///
/// Equal input, pieces and level give equal bytes with one version of zlib; the gzip header carries neither time nor name.
/// Not Sendable: it belongs to one task.
package final class Deflater {
  /// What happens to input that zlib would rather keep for a better match.
  package enum Flush: Sendable {
    /// It may stay inside.
    case none
    /// All that was fed comes out and can be inflated; ends on a byte boundary (`Z_SYNC_FLUSH`).
    case sync
  }

  /// For what is compressed once and kept: 9 buys 0.1 points for 40 % more time.
  package static let keptLevel = 6
  /// For what is compressed for a single answer.
  package static let fastLevel = 1

  /// The bits of the largest window that deflate knows.
  private static let bitsMax: Int32 = 15
  /// zlib looks for matches no nearer to the window's end than this (`MIN_LOOKAHEAD`).
  private static let lookAheadBytes = 262

  /// The bits of a window that holds all of so much input.
  private static func bits(_ inputBytes: Int) -> Int32 {
    // 8 does not work for raw streams (zlib.h, deflateInit2).
    var bits: Int32 = 9
    while bits < bitsMax, 1 << Int(bits) < inputBytes + lookAheadBytes { bits += 1 }
    return bits
  }

  private let stream: ZStream
  private var finished = false

  /// - Parameters:
  ///   - level: 0 (stored) to 9 (smallest).
  ///   - inputBytes: how much will come, where that is known: for little input little memory is enough, and clearing a quarter of a
  ///     mebibyte costs more than compressing a record.
  /// - Throws: ``GzipError/misuse`` for another level, ``GzipError/outOfMemory``.
  package init(
    _ format: Inflater.Format, level: Int = Deflater.keptLevel, inputBytes: Int? = nil
  ) throws(GzipError) {
    guard (0...9).contains(level) else { throw .misuse }
    stream = ZStream(ending: deflateEnd)
    let bits = inputBytes.map(Self.bits) ?? Self.bitsMax
    // 7 less than the window's bits is what zlib has by default, 8 for 15.
    let code = deflateInit2_(
      stream.pointer, Int32(level), Z_DEFLATED, format == .gzip ? bits + 16 : -bits, bits - 7, Z_DEFAULT_STRATEGY,
      ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard code == Z_OK else { throw .outOfMemory }
  }

  /// Adds input and appends to `output` what comes out.
  ///
  /// - Throws: ``GzipError/misuse`` after ``finish(into:)``.
  package func deflate(_ input: ArraySlice<UInt8>, flush: Flush = .none, into output: inout [UInt8]) throws(GzipError) {
    try run(input, flush == .sync ? Z_SYNC_FLUSH : Z_NO_FLUSH, &output)
  }

  /// Ends the stream and appends the rest of it to `output`. The deflater can only be thrown away then.
  ///
  /// - Throws: ``GzipError/misuse`` the second time.
  package func finish(into output: inout [UInt8]) throws(GzipError) {
    try run([], Z_FINISH, &output)
    finished = true
  }

  private func run(_ input: ArraySlice<UInt8>, _ flush: Int32, _ output: inout [UInt8]) throws(GzipError) {
    guard !finished else { throw .misuse }
    var rest = input
    while true {
      // zlib takes at most 2 GiB at a time; only what comes last is flushed.
      let now = rest.count <= Int(Int32.max) ? flush : Z_NO_FLUSH
      // Enough room for a small input at once, bounded for a large one.
      let capacity = min(max(rest.count, 256), 65_536)
      var code = Z_OK
      var consumed = 0
      let piece = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
        let result = stream.run(input: rest, output: buffer) { CZlib.deflate($0, now) }
        code = result.code
        consumed = result.consumed
        count = result.produced
      }
      rest = rest.dropFirst(consumed)
      output.append(contentsOf: piece)
      switch code {
      case Z_STREAM_END:
        return
      case Z_OK, Z_BUF_ERROR:
        // Room left over means that nothing is left inside (zlib.h, deflate).
        if rest.isEmpty && piece.count < capacity && flush != Z_FINISH { return }
        // Neither in nor out: going on would be for ever. zlib does this only when asked for what it cannot do.
        if consumed == 0 && piece.isEmpty { throw .misuse }
      default:
        throw .misuse
      }
    }
  }
}
