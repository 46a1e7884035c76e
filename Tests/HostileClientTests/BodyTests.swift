import OffprintGzip
import OffprintProcesses
import Testing

/// Bodies that are no strict JSON, no intact gzip, or too large (rows 19 to 29, 31).
@Suite(.daemon(), .serialized) struct BodyTests {
  private static func plain(_ row: Int, _ name: String, _ status: Int, _ slug: String, _ body: [UInt8]) -> RequestCase {
    .request(row, name, status, slug) { .json("/v1/sync", token: $0.ana, body) }
  }

  private static func coded(
    _ row: Int, _ name: String, _ status: Int, _ slug: String?, coding: String = "gzip",
    headers: [String: String] = [:], _ body: @escaping @Sendable (HostileDaemon) -> [UInt8]
  ) -> RequestCase {
    .request(row, name, status, slug, headers: headers) {
      .json("/v1/sync", token: $0.ana, body($0), [("Content-Encoding", coding)])
    }
  }

  private static func packed(_ bytes: [UInt8]) -> [UInt8] { (try? Gzip.deflate(bytes, level: 9)) ?? [] }
  private static let reading = Array(#"{"cursor":null}"#.utf8)
  private static let whole = packed(reading)

  static let gzip: [RequestCase] = [
    coded(20, "gzip in gzip", 400, "bad-json") { _ in packed(packed([UInt8](repeating: 0x20, count: 64 << 20))) },
    coded(20, "a list of codings", 415, "unsupported-encoding", coding: "gzip, gzip") { _ in packed(whole) },
    coded(21, "cut", 400, "bad-encoding") { _ in Array(whole.dropLast(9)) },
    coded(21, "cut in the trailer", 400, "bad-encoding") { _ in Array(whole.dropLast(3)) },
    coded(21, "wrong CRC", 400, "bad-encoding") { _ in
      var bytes = whole
      bytes[bytes.count - 8] ^= 1
      return bytes
    },
    coded(21, "bytes behind the end", 400, "bad-encoding") { _ in whole + [1, 2, 3] },
    coded(21, "no gzip at all", 400, "bad-encoding") { _ in reading },
    coded(21, "nothing", 400, "bad-encoding") { _ in [] },
    // A zlib stream that asks for a preset dictionary.
    coded(21, "preset dictionary", 400, "bad-encoding") { _ in [0x78, 0xBB, 0, 0, 0, 1, 0x03, 0, 0, 0, 0, 1] },
    coded(21, "two members", 200, nil) { _ in packed(Array(reading.prefix(7))) + packed(Array(reading.dropFirst(7))) },
    coded(21, "two members that are too much together", 413, "inflate-limit") { _ in
      let half = packed([UInt8](repeating: 0x20, count: 5 << 20))
      return half + half
    },
    coded(22, "br", 415, "unsupported-encoding", coding: "br", headers: ["accept-encoding": "gzip"]) { _ in [1] },
    coded(22, "deflate", 415, "unsupported-encoding", coding: "deflate", headers: ["accept-encoding": "gzip"]) { _ in
      [1]
    },
    coded(22, "zstd", 415, "unsupported-encoding", coding: "zstd", headers: ["accept-encoding": "gzip"]) { _ in [1] },
    coded(23, "five million records", 413, "inflate-limit") {
      packed(RawPush($0, [Array(repeating: "{}", count: 5_000_000).joined(separator: ",")]).body)
    },
    coded(23, "8 MiB of records", 413, "too-large") {
      packed(RawPush($0, [Array(repeating: "{}", count: 2_790_000).joined(separator: ",")]).body)
    },
    coded(31, "501 records", 413, "too-large") {
      packed(RawPush($0, (0..<501).map { RecordTests.sample($0, life: "live") }).body)
    },
  ]

  static let json: [RequestCase] = [
    plain(24, "[ a hundred thousand times", 400, "bad-json", [UInt8](repeating: 0x5B, count: 100_000)),
    plain(
      24, "17 levels", 400, "bad-json",
      Array((#"{"x":"# + String(repeating: "[", count: 17) + String(repeating: "]", count: 17) + "}").utf8)),
    plain(25, "a member twice", 400, "bad-json", Array(#"{"n":1,"n":2}"#.utf8)),
    plain(26, "trailing comma", 400, "bad-json", Array(#"{"cursor":null,}"#.utf8)),
    plain(26, "comment", 400, "bad-json", Array(#"{"cursor":null/**/}"#.utf8)),
    plain(26, "NaN", 400, "bad-json", Array(#"{"n":NaN}"#.utf8)),
    plain(26, "1e400", 400, "bad-json", Array(#"{"n":1e400}"#.utf8)),
    plain(26, "01", 400, "bad-json", Array(#"{"n":01}"#.utf8)),
    plain(26, "byte order mark", 400, "bad-json", Array("\u{FEFF}{\"cursor\":null}".utf8)),
    plain(26, "UTF-16", 400, "bad-json", reading.flatMap { [$0, 0] }),
    plain(26, "two documents", 400, "bad-json", reading + reading),
    plain(27, "a byte that is no UTF-8", 400, "bad-json", Array("{\"x\":\"".utf8) + [0xFF] + Array("\"}".utf8)),
    plain(
      27, "surrogates as UTF-8", 400, "bad-json",
      Array("{\"x\":\"".utf8) + [0xED, 0xA0, 0x80, 0xED, 0xB0, 0x80] + Array("\"}".utf8)),
    plain(27, "an overlong slash", 400, "bad-json", Array("{\"x\":\"".utf8) + [0xC0, 0xAF] + Array("\"}".utf8)),
    plain(27, "half a surrogate pair", 400, "bad-json", Array(#"{"x":"\ud800"}"#.utf8)),
    plain(29, "no body", 400, "bad-json", []),
    plain(29, "null", 400, "bad-json", Array("null".utf8)),
    plain(29, "a list", 400, "bad-json", Array("[]".utf8)),
    plain(29, "a text", 400, "bad-json", Array(#""x""#.utf8)),
    .request(29, "another type", 415, "unsupported-media-type") {
      RawRequest("POST", "/v1/sync", token: $0.ana, [("Content-Type", "text/plain")], body: reading)
    },
    .request(29, "no type", 415, "unsupported-media-type") {
      RawRequest("POST", "/v1/sync", token: $0.ana, body: reading)
    },
    .request(29, "a list of hashes that is a list", 400, "bad-json") {
      .json("/v1/contents/missing", token: $0.ana, Array("[]".utf8))
    },
    .request(29, "a sign-in that is null", 400, "bad-json") { _ in
      .json("/v1/devices", token: nil, Array("null".utf8))
    },
  ]

  @Test(arguments: gzip + json)
  func `a wrong body gets its answer and nothing of it is applied`(_ item: RequestCase) async throws {
    let daemon = try theDaemon()
    try await item.check(daemon)
    #expect(try await daemon.dump(daemon.ana).isEmpty)
  }

  @Test func `19: a bomb of 256 MiB is refused after 8 MiB and costs no memory`() async throws {
    let daemon = try theDaemon()
    let deflater = try Deflater(.gzip, level: 9)
    var bomb: [UInt8] = []
    let zeros = [UInt8](repeating: 0, count: 1 << 20)
    for _ in 0..<256 { try deflater.deflate(zeros[...], into: &bomb) }
    try deflater.finish(into: &bomb)
    #expect(bomb.count < 300_000)
    let bytes = RawRequest.json("/v1/sync", token: daemon.ana, bomb, [("Content-Encoding", "gzip")])
    // The first costs what any request of that size costs.
    #expect(try await daemon.send(bytes).slug == "inflate-limit")
    let before = ProcessMemory.peakBytes(of: daemon.processID)
    for _ in 0..<8 {
      let answer = try await daemon.send(bytes)
      #expect(answer.status == 413 && answer.slug == "inflate-limit")
    }
    let grown = ProcessMemory.peakBytes(of: daemon.processID) - before
    #expect(before > 1 << 20 && grown <= 16 << 20, "grew by \(grown >> 10) KiB")
    try await daemon.expectGood()
  }

  @Test func `23: 8 MiB of empty records are refused by their count, before any of them costs memory`() async throws {
    let daemon = try theDaemon()
    func send(_ body: [UInt8]) async throws -> String {
      try await daemon.send(.json("/v1/sync", token: daemon.ana, body, [("Content-Encoding", "gzip")])).slug
    }
    // What any body of that size costs.
    #expect(try await send(Self.packed([UInt8](repeating: 0x20, count: 8 << 20))) == "bad-json")
    let before = ProcessMemory.peakBytes(of: daemon.processID)
    let records = Array(repeating: "{}", count: 2_790_000).joined(separator: ",")
    for _ in 0..<3 { #expect(try await send(Self.packed(RawPush(daemon, [records]).body)) == "too-large") }
    let grown = ProcessMemory.peakBytes(of: daemon.processID) - before
    #expect(before > 1 << 20 && grown <= 16 << 20, "grew by \(grown >> 10) KiB")
  }

  @Test func `21: a file name of a megabyte in the gzip header is read past`() async throws {
    let daemon = try theDaemon()
    let named =
      [0x1F, 0x8B, 8, 8, 0, 0, 0, 0, 0, 3] + [UInt8](repeating: 0x61, count: 1_000_000) + [0] + Self.whole.dropFirst(10)
    let answer = try await daemon.send(.json("/v1/sync", token: daemon.ana, named, [("Content-Encoding", "gzip")]))
    #expect(answer.status == 200, "\(answer.status) \(answer.text)")
    try await daemon.expectGood()
  }
}
