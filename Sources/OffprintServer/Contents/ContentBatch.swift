import OffprintGzip
import OffprintWire

/// The answer to `POST /v1/contents/batch`: contents end to end, each behind a line that says how long it is.
///
/// As gzip, the stored fragments are laid into one stream as they are: nothing is compressed anew (Protocol, CONT-8).
package struct ContentBatch {
  private var stitcher = GzipStitcher()
  private var plain: [UInt8] = []
  private let isGzip: Bool
  private var inflatedBytes = 0
  private var delivered = 0

  /// Inflated bytes after which the rest is left to the next request.
  package static let inflatedBytesMax = 8_388_608

  /// An empty batch, as gzip or plain.
  package init(gzip: Bool) { isGzip = gzip }

  /// Whether there is room for one more.
  package var isFull: Bool { inflatedBytes >= Self.inflatedBytesMax }

  /// Adds a content, or that it is lacking; one that turns out to be damaged is lacking.
  /// - Returns: false if it was damaged.
  /// - Throws: ``GzipError/outOfMemory``.
  @discardableResult
  package mutating func append(_ hash: String, _ fragment: Fragment?) throws(GzipError) -> Bool {
    guard let fragment, !isGzip else {
      appendLine(hash, fragment)
      if let fragment {
        stitcher.append(fragment)
        append(plain: [0x0A])
      }
      return true
    }
    do throws(GzipError) {
      let bytes = try fragment.inflated(outputBytesMax: Limits.contentBytesMax)
      appendLine(hash, fragment)
      append(plain: bytes)
      append(plain: [0x0A])
      return true
    } catch .outOfMemory {
      throw .outOfMemory
    } catch {
      appendLine(hash, nil)
      return false
    }
  }

  private mutating func appendLine(_ hash: String, _ fragment: Fragment?) {
    delivered += 1
    inflatedBytes += fragment?.size ?? 0
    var line = JSONWriter()
    line.write(
      .members(("hash", .string(hash)), ("size", fragment.map { .integer(Int64($0.size)) } ?? .null)))
    line.endLine()
    append(plain: line.bytes)
  }

  /// Ends the batch with its last line.
  package consuming func finish(more: Bool) -> [UInt8] {
    var line = JSONWriter()
    line.write(.members(("end", .members(("delivered", .integer(Int64(delivered))), ("more", .bool(more))))))
    line.endLine()
    append(plain: line.bytes)
    return isGzip ? stitcher.finish() : plain
  }

  private mutating func append(plain bytes: [UInt8]) {
    if isGzip { stitcher.append(stored: bytes) } else { plain.append(contentsOf: bytes) }
  }
}
