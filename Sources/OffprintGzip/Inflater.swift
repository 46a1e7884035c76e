import CZlib

/// Inflates a stream piece by piece, in constant memory, and never beyond a limit.
///
/// Feed a piece, take output until there is none, feed the next, finish:
/// ```swift
/// let inflater = try Inflater(.gzip, outputBytesMax: limits.pushInflatedBytesMax)
/// for piece in pieces {
///   inflater.feed(piece)
///   while let output = try inflater.next() { use(output) }
/// }
/// try inflater.finish()
/// ```
/// Not Sendable: it belongs to one task. After an error it gives that same error for ever.
package final class Inflater {
  /// What surrounds the compressed data.
  package enum Format: Sendable {
    /// gzip (RFC 1952): header, CRC-32 and length are checked.
    case gzip
    /// Nothing (RFC 1951). Without a checksum damage may pass unseen: compare a hash of the output.
    case raw
  }

  /// How many streams may follow one another.
  package enum Members: Sendable {
    /// Exactly one, as every HTTP client of ours expects.
    case one
    /// One or more, as files made by concatenation have. The output limit counts them together.
    case several
  }

  /// The most bytes that one call of ``next()`` gives.
  package static let pieceBytesMax = 65_536

  private let stream: ZStream
  private let members: Members
  private let outputBytesMax: Int
  private var input: [UInt8] = []
  private var inputOffset = 0
  private var atEnd = false
  private var failure: GzipError?

  /// How many bytes came out so far.
  package private(set) var outputBytes = 0

  /// - Parameter outputBytesMax: the most bytes that may come out in all; negative counts as 0.
  /// - Throws: ``GzipError/outOfMemory``.
  package init(_ format: Format, members: Members = .one, outputBytesMax: Int) throws(GzipError) {
    self.members = members
    self.outputBytesMax = max(0, outputBytesMax)
    // 15 is the largest window; 16 more asks for the gzip wrapper and only that; negative for none (zlib.h, inflateInit2).
    let windowBits: Int32 = format == .gzip ? 31 : -15
    stream = ZStream(ending: inflateEnd)
    guard
      inflateInit2_(stream.pointer, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { throw .outOfMemory }
  }

  /// Whether the (last) stream has ended.
  package var isAtEnd: Bool { atEnd && inputOffset == input.count }

  /// Adds input. What was fed before and not taken yet is kept in front of it, so take all output before feeding again.
  package func feed(_ bytes: [UInt8]) {
    if inputOffset == input.count {
      input = bytes
    } else {
      input.removeFirst(inputOffset)
      input.append(contentsOf: bytes)
    }
    inputOffset = 0
  }

  /// The next piece of output, at most ``pieceBytesMax`` bytes and never empty; nil when more input is needed or all is done.
  ///
  /// - Throws: any ``GzipError`` but `truncated` and `misuse`.
  package func next() throws(GzipError) -> [UInt8]? {
    if let failure { throw failure }
    do throws(GzipError) {
      while inputOffset < input.count {
        if atEnd {
          guard members == .several else { throw .trailingBytes }
          guard inflateReset(stream.pointer) == Z_OK else { throw .misuse }
          atEnd = false
        }
        if let piece = try step() { return piece }
      }
      // Input may be used up while zlib still holds output that did not fit the last piece.
      return atEnd ? nil : try step()
    } catch {
      failure = error
      throw error
    }
  }

  /// Says that there is no more input.
  ///
  /// - Throws: ``GzipError/truncated`` unless the stream has ended and all its output was taken.
  package func finish() throws(GzipError) {
    if let failure { throw failure }
    guard isAtEnd else { throw .truncated }
  }

  /// Runs zlib once. Nil when it gave nothing.
  private func step() throws(GzipError) -> [UInt8]? {
    // One byte more than is left is room to notice that there is more than is allowed.
    let left = outputBytesMax - outputBytes
    let capacity = left < Self.pieceBytesMax ? left + 1 : Self.pieceBytesMax
    var status = Z_OK
    let piece = [UInt8](unsafeUninitializedCapacity: capacity) { output, count in
      status = run(into: output, count: &count)
    }
    switch status {
    case Z_OK, Z_BUF_ERROR: break
    case Z_STREAM_END: atEnd = true
    case Z_NEED_DICT: throw .presetDictionary
    case Z_MEM_ERROR: throw .outOfMemory
    case Z_DATA_ERROR: throw Self.dataError(stream.message)
    default: throw .misuse
    }
    guard piece.count <= left else { throw .outputLimit(bytesMax: outputBytesMax) }
    outputBytes += piece.count
    return piece.isEmpty ? nil : piece
  }

  private func run(into output: UnsafeMutableBufferPointer<UInt8>, count: inout Int) -> Int32 {
    let status = stream.run(input: input[inputOffset...], output: output) { inflate($0, Z_NO_FLUSH) }
    inputOffset += status.consumed
    count = status.produced
    return status.code
  }

  /// zlib tells its data errors apart only by text; these texts have stood since 1.2 (inflate.c).
  private static func dataError(_ message: String) -> GzipError {
    switch message {
    case "incorrect data check", "incorrect length check": .badChecksum
    case "incorrect header check", "unknown compression method", "invalid window size", "unknown header flags set",
      "header crc mismatch":
      .badHeader
    default: .badData
    }
  }
}
