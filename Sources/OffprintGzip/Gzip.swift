/// gzip (RFC 1952) in one call, for bytes that are all at hand.
package enum Gzip {
  /// The content of the one gzip stream that `bytes` is.
  ///
  /// - Parameter outputBytesMax: the most that may come out; inflating stops there, so a bomb costs no more than that.
  /// - Throws: any ``GzipError`` but `misuse`.
  package static func inflate(
    _ bytes: [UInt8], members: Inflater.Members = .one, outputBytesMax: Int
  ) throws(GzipError) -> [UInt8] {
    try inflate(bytes, .gzip, members: members, outputBytesMax: outputBytesMax)
  }

  /// `bytes` as one gzip stream. Equal input and level give equal output with one version of zlib.
  ///
  /// - Parameter level: 0 to 9, see ``Deflater/keptLevel`` and ``Deflater/fastLevel``.
  /// - Throws: ``GzipError/misuse`` for another level, ``GzipError/outOfMemory``.
  package static func deflate(_ bytes: [UInt8], level: Int = Deflater.keptLevel) throws(GzipError) -> [UInt8] {
    var output: [UInt8] = []
    let deflater = try Deflater(.gzip, level: level, inputBytes: bytes.count)
    try deflater.deflate(bytes[...], into: &output)
    try deflater.finish(into: &output)
    return output
  }

  static func inflate(
    _ bytes: [UInt8], _ format: Inflater.Format, members: Inflater.Members, outputBytesMax: Int
  ) throws(GzipError) -> [UInt8] {
    let inflater = try Inflater(format, members: members, outputBytesMax: outputBytesMax)
    inflater.feed(bytes)
    var output: [UInt8] = []
    while let piece = try inflater.next() { output.append(contentsOf: piece) }
    try inflater.finish()
    return output
  }
}
