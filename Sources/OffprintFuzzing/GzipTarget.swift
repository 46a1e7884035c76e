import OffprintGzip

extension FuzzTarget {
  /// Compressed bytes from outside, and pages stitched of kept fragments.
  ///
  /// The first byte chooses what is done with the rest, the second the limit of the output, the third the size of the
  /// pieces it arrives in.
  static let gzip = FuzzTarget("gzip", bytesMax: 1_024) { bytes in
    guard bytes.count >= 3 else { return }
    let rest = Array(bytes[3...])
    let limit = bytes[1] < 128 ? Int(bytes[1]) : Int(bytes[1] - 127) * 1_024
    let piece = max(1, Int(bytes[2]))
    switch bytes[0] & 3 {
    case 0: try Inflating.check(rest, .gzip, bytes[0] & 4 == 0 ? .one : .several, limit: limit, piece: piece)
    case 1: try Inflating.checkRaw(rest, limit: limit, piece: piece)
    case 2: try Inflating.checkFragment(rest, limit: limit)
    default: try Inflating.checkStitching(rest, piece: piece)
    }
  }
}

private enum Inflating {
  /// What came out, or the error.
  private static func inflate(
    _ bytes: [UInt8], _ format: Inflater.Format, _ members: Inflater.Members, limit: Int, piece: Int
  ) throws -> Result<[UInt8], GzipError> {
    var output: [UInt8] = []
    do throws(GzipError) {
      let inflater = try Inflater(format, members: members, outputBytesMax: limit)
      var rest = bytes[...]
      repeat {
        inflater.feed(Array(rest.prefix(piece)))
        rest = rest.dropFirst(piece)
        while let part = try inflater.next() {
          output += part
          if part.isEmpty || part.count > Inflater.pieceBytesMax { throw .misuse }
        }
      } while !rest.isEmpty
      try inflater.finish()
    } catch {
      try hold(error != .misuse, "a piece of bad size, or zlib was misused: \(bytes)")
      try hold(output.count <= limit, "\(output.count) bytes came out before \(error), allowed were \(limit)")
      return .failure(error)
    }
    try hold(output.count <= limit, "\(output.count) bytes came out, allowed were \(limit)")
    return .success(output)
  }

  static func check(
    _ bytes: [UInt8], _ format: Inflater.Format, _ members: Inflater.Members, limit: Int, piece: Int
  ) throws {
    let whole = try inflate(bytes, format, members, limit: limit, piece: max(1, bytes.count))
    let pieces = try inflate(bytes, format, members, limit: limit, piece: piece)
    // A piece may end before what is wrong is seen, so errors may differ; that there is one may not.
    try hold((try? whole.get()) == (try? pieces.get()), "in pieces of \(piece) another result: \(bytes)")
    if case .failure(.outputLimit) = whole {
      let more = try inflate(bytes, format, members, limit: limit + 1_000_000, piece: piece)
      try hold((try? more.get()).map { $0.count > limit } ?? true, "refused for a limit it keeps: \(bytes)")
    }
  }

  /// Raw data; what inflates is put in a wrapper with the right checksum, which no mutation would find.
  static func checkRaw(_ bytes: [UInt8], limit: Int, piece: Int) throws {
    try check(bytes, .raw, .one, limit: limit, piece: piece)
    guard case .success(let content) = try inflate(bytes, .raw, .one, limit: limit, piece: piece) else { return }
    var wrapped: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff] + bytes
    let crc = try Fragment(deflating: content).crc32
    for word in [crc, UInt32(content.count)] {
      for shift: UInt32 in [0, 8, 16, 24] { wrapped.append(UInt8(truncatingIfNeeded: word >> shift)) }
    }
    let read = try inflate(wrapped, .gzip, .one, limit: limit, piece: piece)
    try hold((try? read.get()) == content, "wrapped data read otherwise: \(bytes)")
    let twice = try inflate(wrapped + wrapped, .gzip, .several, limit: limit, piece: piece)
    if case .success(let both) = twice { try hold(both == content + content, "two members read otherwise: \(bytes)") }
  }

  /// A fragment from a damaged store is taken at its word and found out.
  static func checkFragment(_ bytes: [UInt8], limit: Int) throws {
    for size in [limit, bytes.count, 0, -1, .max] {
      for crc: UInt32 in [0, bytes.last.map(UInt32.init) ?? 1] {
        let fragment = Fragment(bytes: bytes, crc32: crc, size: size)
        guard let content = try? fragment.inflated(outputBytesMax: limit) else { continue }
        try hold(
          content.count <= limit && content.count == fragment.size, "a fragment of \(content.count) bytes for \(size)")
      }
    }
  }

  /// Content cut anywhere, some parts compressed, some not, is one stream again.
  static func checkStitching(_ content: [UInt8], piece: Int) throws {
    var stitcher = GzipStitcher()
    var sent: [UInt8] = []
    var rest = content[...]
    var index = 0
    while !rest.isEmpty {
      let part = Array(rest.prefix(piece))
      rest = rest.dropFirst(piece)
      index += 1
      // Compressing costs most: of many parts the first few.
      if index <= 4, part[0] & 1 == 0 {
        let fragment = try Fragment(deflating: part, level: Int(part[0] >> 1) % 10)
        try hold(try fragment.inflated(outputBytesMax: part.count) == part, "a fragment is not its content: \(part)")
        stitcher.append(fragment)
      } else {
        stitcher.append(stored: part)
      }
      if part.count > 1, part[1] & 1 == 0 { sent += stitcher.take() }
    }
    sent += stitcher.finish()
    try hold(try Gzip.inflate(sent, outputBytesMax: content.count) == content, "stitched otherwise: \(content)")
  }
}
