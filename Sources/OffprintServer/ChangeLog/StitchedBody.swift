import OffprintGzip
import OffprintWire

/// The body of an answer, laid together from lines written for it and from what was compressed before.
package struct StitchedBody {
  private enum Part {
    case lines([UInt8])
    case fragment(Fragment)
  }

  private var parts: [Part] = []
  private var writer = JSONWriter()
  private var sizeOfParts = 0

  /// Nothing so far.
  package init() {}

  /// Bytes so far, before compression.
  package var size: Int { sizeOfParts + writer.bytes.count }

  /// Adds a line.
  package mutating func append(_ line: SyncAnswerLine) { line.write(to: &writer) }

  /// Adds lines compressed before.
  package mutating func append(_ fragment: Fragment) {
    closeLines()
    parts.append(.fragment(fragment))
    sizeOfParts += fragment.size
  }

  private mutating func closeLines() {
    guard !writer.bytes.isEmpty else { return }
    sizeOfParts += writer.bytes.count
    parts.append(.lines(writer.bytes))
    writer = JSONWriter()
  }

  /// All of it as one gzip stream; only the lines are compressed now.
  /// - Throws: ``GzipError/outOfMemory``.
  package consuming func gzip() throws -> [UInt8] {
    guard !parts.isEmpty else { return try Gzip.deflate(writer.bytes, level: Deflater.fastLevel) }
    closeLines()
    var stitcher = GzipStitcher()
    stitcher.reserve(
      parts.reduce(0) { sum, part in
        switch part {
        case .lines(let bytes): sum + bytes.count
        case .fragment(let fragment): sum + fragment.bytes.count
        }
      })
    for part in parts {
      switch part {
      case .lines(let bytes): try stitcher.append(fresh: bytes)
      case .fragment(let fragment): stitcher.append(fragment)
      }
    }
    return stitcher.finish()
  }

  /// All of it plain.
  /// - Throws: ``StoreError/damaged(_:)``.
  package consuming func plain() throws -> [UInt8] {
    guard !parts.isEmpty else { return writer.bytes }
    closeLines()
    var bytes: [UInt8] = []
    bytes.reserveCapacity(sizeOfParts)
    for part in parts {
      switch part {
      case .lines(let lines): bytes.append(contentsOf: lines)
      case .fragment(let fragment):
        do throws(GzipError) {
          bytes.append(contentsOf: try fragment.inflated(outputBytesMax: fragment.size))
        } catch {
          throw StoreError.damaged("a run of the log does not inflate")
        }
      }
    }
    return bytes
  }
}
