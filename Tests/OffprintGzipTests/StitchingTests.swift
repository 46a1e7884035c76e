import OffprintGzip
import OffprintSeed
import Testing

@Suite struct `Stitching` {
  @Test func `kept fragments and plain pieces make one ordinary stream, in any order`() throws {
    var random = generator()
    for _ in 0..<60 {
      var expected: [UInt8] = []
      var stream: [UInt8] = []
      var stitcher = GzipStitcher()
      for _ in 0..<Int.random(in: 0...12, using: &random) {
        let content = random.text([0, 1, 30, 5_000, 70_000].randomElement(using: &random) ?? 0)
        if Bool.random(using: &random) {
          stitcher.append(stored: content)
        } else {
          stitcher.append(try Fragment(deflating: content, level: Int.random(in: 0...9, using: &random)))
        }
        if Bool.random(using: &random) { stream += stitcher.take() }
        expected += content
      }
      stream += stitcher.finish()
      #expect(try Gzip.inflate(stream, outputBytesMax: expected.count) == expected)
    }
  }

  @Test func `the same fragment can be laid many times`() throws {
    let fragment = try Fragment(deflating: Array("{\"record\":{}}\n".utf8))
    var stitcher = GzipStitcher()
    for _ in 0..<1_000 { stitcher.append(fragment) }
    let lines = try Gzip.inflate(stitcher.finish(), outputBytesMax: 20_000)
    #expect(lines.count == 14_000)
  }

  @Test func `what waits is what was not taken`() throws {
    var stitcher = GzipStitcher()
    #expect(stitcher.pendingBytes == 10)
    #expect(stitcher.take().count == 10)
    #expect(stitcher.pendingBytes == 0)
    stitcher.append(stored: [1, 2, 3])
    #expect(stitcher.pendingBytes == 8)
  }
}

@Suite struct `Fragments` {
  @Test func `a fragment gives back its content`() throws {
    var random = generator()
    for size in [0, 1, 17, 4_000, 200_000] {
      let content = random.text(size)
      let fragment = try Fragment(deflating: content)
      #expect(fragment.size == size)
      let kept = Fragment(bytes: fragment.bytes, crc32: fragment.crc32, size: fragment.size)
      #expect(try kept.inflated(outputBytesMax: size) == content)
    }
  }

  @Test func `a fragment above the limit is not touched`() throws {
    let fragment = try Fragment(deflating: [UInt8](repeating: 1, count: 10))
    #expect(throws: GzipError.outputLimit(bytesMax: 9)) { try fragment.inflated(outputBytesMax: 9) }
  }

  @Test func `no damage to a kept fragment goes unseen`() throws {
    var random = generator()
    let content = random.text(300)
    let fragment = try Fragment(deflating: content)
    for position in fragment.bytes.indices {
      for bit in 0..<8 {
        var bytes = fragment.bytes
        bytes[position] ^= 1 << bit
        let damaged = Fragment(bytes: bytes, crc32: fragment.crc32, size: fragment.size)
        // A bit that only pads is no damage to the content.
        if let read = try? damaged.inflated(outputBytesMax: 1_000) { #expect(read == content) }
      }
    }
    for (crc32, size) in [
      (fragment.crc32 ^ 1, 300), (fragment.crc32, 299), (fragment.crc32, 301), (fragment.crc32, -1),
    ] {
      let damaged = Fragment(bytes: fragment.bytes, crc32: crc32, size: size)
      #expect(throws: GzipError.self) { try damaged.inflated(outputBytesMax: 1_000) }
    }
    let cut = Fragment(bytes: fragment.bytes.dropLast(10), crc32: fragment.crc32, size: fragment.size)
    #expect(throws: GzipError.truncated) { try cut.inflated(outputBytesMax: 1_000) }
  }

  @Test func `a stream that ends itself is no fragment`() throws {
    let content: [UInt8] = Array("ends".utf8)
    var bytes: [UInt8] = []
    let deflater = try Deflater(.raw)
    try deflater.deflate(content[...], into: &bytes)
    try deflater.finish(into: &bytes)
    let crc32 = try Fragment(deflating: content).crc32
    let ended = Fragment(bytes: bytes, crc32: crc32, size: content.count)
    #expect(throws: GzipError.badData) { try ended.inflated(outputBytesMax: 100) }
  }

  @Test func `a fragment with a negative size does no harm to a stream`() {
    var stitcher = GzipStitcher()
    stitcher.append(Fragment(bytes: [], crc32: 0, size: -5))
    #expect(stitcher.finish().count == 20)
  }

  /// The reason for fragments: measured on change logs, runs of 64 records cost 4 % more bytes.
  @Test func `runs of records cost little more than a page compressed whole`() throws {
    var random = generator()
    let lines = (0..<512).map { _ in random.text(160) }
    let whole = try Gzip.deflate(lines.flatMap { $0 })
    var stitcher = GzipStitcher()
    for start in stride(from: 0, to: 512, by: 64) {
      stitcher.append(try Fragment(deflating: lines[start..<start + 64].flatMap { $0 }))
    }
    #expect(stitcher.finish().count < whole.count + whole.count / 10)
  }
}
