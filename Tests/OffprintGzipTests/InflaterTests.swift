import OffprintGzip
import OffprintSeed
import Testing

@Suite struct `Inflating` {
  @Test(arguments: 0...9)
  func `what was deflated comes back`(level: Int) throws {
    var random = generator()
    for size in [0, 1, 100, 65_535, 65_536, 65_537, 300_000] {
      for bytes in [random.bytes(size), random.text(size), [UInt8](repeating: 0, count: size)] {
        let packed = try Gzip.deflate(bytes, level: level)
        #expect(try Gzip.inflate(packed, outputBytesMax: size) == bytes)
        #expect(try Gzip.deflate(bytes, level: level) == packed)
      }
    }
  }

  @Test func `pieces of any size give the same as the whole`() throws {
    var random = generator()
    for _ in 0..<40 {
      let bytes = random.text(Int.random(in: 0...40_000, using: &random))
      var packed: [UInt8] = []
      let deflater = try Deflater(.gzip)
      var rest = bytes[...]
      while !rest.isEmpty {
        let piece = rest.prefix(Int.random(in: 1...9_000, using: &random))
        rest = rest.dropFirst(piece.count)
        try deflater.deflate(piece, flush: Bool.random(using: &random) ? .sync : .none, into: &packed)
      }
      try deflater.finish(into: &packed)

      let inflater = try Inflater(.gzip, outputBytesMax: bytes.count)
      var output: [UInt8] = []
      rest = packed[...]
      while !rest.isEmpty {
        let piece = rest.prefix(Int.random(in: 1...500, using: &random))
        rest = rest.dropFirst(piece.count)
        inflater.feed(Array(piece))
        while let piece = try inflater.next() {
          #expect(!piece.isEmpty && piece.count <= Inflater.pieceBytesMax)
          output.append(contentsOf: piece)
        }
      }
      try inflater.finish()
      #expect(output == bytes)
    }
  }

  @Test func `input fed before the output was taken is not lost`() throws {
    var random = generator()
    let bytes = random.text(200_000)
    let packed = try Gzip.deflate(bytes)
    let inflater = try Inflater(.gzip, outputBytesMax: bytes.count)
    inflater.feed(Array(packed.prefix(packed.count / 2)))
    var output = try inflater.next() ?? []
    inflater.feed(Array(packed.dropFirst(packed.count / 2)))
    while let piece = try inflater.next() { output.append(contentsOf: piece) }
    try inflater.finish()
    #expect(output == bytes)
  }

  @Test(arguments: [0, 1, 1_000, 65_535, 65_536, 65_537, 1 << 20])
  func `the limit is met to the byte`(size: Int) throws {
    let packed = try Gzip.deflate([UInt8](repeating: 7, count: size))
    #expect(try Gzip.inflate(packed, outputBytesMax: size).count == size)
    #expect(try Gzip.inflate(packed, outputBytesMax: .max).count == size)
    guard size > 0 else { return }
    #expect(throws: GzipError.outputLimit(bytesMax: size - 1)) { try Gzip.inflate(packed, outputBytesMax: size - 1) }
  }

  @Test func `a bomb costs no more than the limit`() throws {
    var bomb: [UInt8] = []
    let deflater = try Deflater(.gzip, level: 9)
    let zeros = [UInt8](repeating: 0, count: 1 << 20)
    for _ in 0..<64 { try deflater.deflate(zeros[...], into: &bomb) }
    try deflater.finish(into: &bomb)
    #expect(bomb.count < 70_000)

    let inflater = try Inflater(.gzip, outputBytesMax: 100_000)
    inflater.feed(bomb)
    var given = 0
    #expect(throws: GzipError.outputLimit(bytesMax: 100_000)) {
      while let piece = try inflater.next() { given += piece.count }
    }
    #expect(given <= 100_000)
    #expect(throws: GzipError.outputLimit(bytesMax: 100_000)) { try inflater.next() }
    #expect(throws: GzipError.outputLimit(bytesMax: 100_000)) { try inflater.finish() }
  }

  @Test func `every shortened stream is told to be short`() throws {
    let packed = try Gzip.deflate(Array("a page that was cut off on its way, a page that was cut off".utf8))
    for count in 0..<packed.count {
      #expect(throws: GzipError.truncated, "first \(count) bytes") {
        try Gzip.inflate(Array(packed.prefix(count)), outputBytesMax: 1_000)
      }
    }
  }

  @Test func `no flipped bit changes a body unseen`() throws {
    var random = generator()
    let bytes = random.text(400)
    let packed = try Gzip.deflate(bytes)
    for position in packed.indices {
      for bit in 0..<8 {
        var damaged = packed
        damaged[position] ^= 1 << bit
        // Some bits mean nothing to the content: the time in the header, or one of two codes for the same text.
        if let read = try? Gzip.inflate(damaged, outputBytesMax: 1_000) { #expect(read == bytes) }
      }
    }
  }

  @Test func `a wrong checksum or length is told as such`() throws {
    let packed = try Gzip.deflate(Array("checked".utf8))
    for position in packed.count - 8..<packed.count {
      var damaged = packed
      damaged[position] ^= 1
      #expect(throws: GzipError.badChecksum) { try Gzip.inflate(damaged, outputBytesMax: 100) }
    }
  }

  @Test(arguments: [[0], [0x1f, 0x8b], Array("plain text after the end".utf8)] as [[UInt8]])
  func `bytes after the end are refused`(extra: [UInt8]) throws {
    let packed = try Gzip.deflate(Array("one".utf8))
    #expect(throws: GzipError.trailingBytes) { try Gzip.inflate(packed + extra, outputBytesMax: 100) }
  }

  @Test func `several members are read only if asked for, and counted together`() throws {
    let packed = try Gzip.deflate(Array("one ".utf8)) + Gzip.deflate([]) + Gzip.deflate(Array("two".utf8))
    #expect(throws: GzipError.trailingBytes) { try Gzip.inflate(packed, outputBytesMax: 100) }
    #expect(try Gzip.inflate(packed, members: .several, outputBytesMax: 7) == Array("one two".utf8))
    #expect(throws: GzipError.outputLimit(bytesMax: 6)) {
      try Gzip.inflate(packed, members: .several, outputBytesMax: 6)
    }
    #expect(throws: GzipError.truncated) {
      try Gzip.inflate(packed.dropLast(), members: .several, outputBytesMax: 100)
    }
    #expect(throws: GzipError.badHeader) { try Gzip.inflate(packed + [0, 0], members: .several, outputBytesMax: 100) }
  }

  /// `zlib.compress(b"x")` and a stream with a preset dictionary, both in the zlib wrapper (RFC 1950); plain text; a reserved flag.
  @Test(
    arguments: [
      [0x78, 0x9c, 0xab, 0x00, 0x00, 0x00, 0x79, 0x00, 0x79],
      [0x78, 0xbb, 0x06, 0x2c, 0x02, 0x15, 0xab, 0x00, 0x00, 0x00, 0x79, 0x00, 0x79],
      Array("{\"cursor\":null}".utf8),
      [0x1f, 0x8b, 8, 0xe0, 0, 0, 0, 0, 0, 3],
      [0x1f, 0x8b, 9, 0, 0, 0, 0, 0, 0, 3],
    ] as [[UInt8]])
  func `another format is refused by its header`(bytes: [UInt8]) {
    #expect(throws: GzipError.badHeader) { try Gzip.inflate(bytes, outputBytesMax: 100) }
  }

  @Test func `random bytes never do more than throw`() {
    var random = generator()
    for _ in 0..<2_000 {
      let junk = random.bytes(Int.random(in: 0...200, using: &random))
      for bytes in [junk, [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3] + junk] {
        #expect(throws: GzipError.self) { try Gzip.inflate(bytes, outputBytesMax: 5_000) }
      }
    }
  }

  @Test func `a level that does not exist and a finished deflater are refused`() throws {
    #expect(throws: GzipError.misuse) { try Gzip.deflate([1], level: 10) }
    #expect(throws: GzipError.misuse) { try Gzip.deflate([1], level: -1) }
    let deflater = try Deflater(.raw)
    var output: [UInt8] = []
    try deflater.finish(into: &output)
    #expect(throws: GzipError.misuse) { try deflater.deflate([1], into: &output) }
    #expect(throws: GzipError.misuse) { try deflater.finish(into: &output) }
  }
}
