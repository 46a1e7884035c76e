import Foundation
import OffprintCrypto
import OffprintGzip
import OffprintProcesses
import Testing

/// Contents, ranges, codings (rows 35, 46 to 49).
@Suite(.daemon(), .serialized) struct ContentTests {
  private static let bytes = Array("<p>\(HostileDaemon.title)</p>".utf8)
  private static let address = "/v1/contents/" + Hex.encode(SHA256.hash(bytes))

  private static func put(_ target: String, _ body: [UInt8], _ headers: [(String, String)] = [])
    -> @Sendable (HostileDaemon) -> RawRequest
  {
    { RawRequest("PUT", target, token: $0.ana, headers, body: body) }
  }

  static let uploads: [RequestCase] = [
    .request(46, "a wrong hash", 400, "bad-request", put("/v1/contents/" + String(repeating: "a", count: 64), bytes)),
    .request(46, "shorter", 400, "bad-request", put(address, Array(bytes.dropLast()))),
    .request(46, "longer", 400, "bad-request", put(address, bytes + [0x20])),
    .request(46, "no bytes", 400, "bad-request", put(address, [])),
    .request(46, "32 MiB and 1", 413, "too-large", put(address, [UInt8](repeating: 0x20, count: 32 << 20) + [0x20])),
    .request(46, "34 MiB declared", 413, "too-large", closes: true, put(address, [], [("Content-Length", "35651584")])),
    .request(46, "32 MiB and 1 once inflated", 413, "inflate-limit") {
      let packed = (try? Gzip.deflate([UInt8](repeating: 0x20, count: 32 << 20) + [0x20], level: 1)) ?? []
      return put(address, packed, [("Content-Encoding", "gzip")])($0)
    },
  ]

  /// Names of no content; one of them is another route's path.
  static let names: [RequestCase] =
    [
      "../../x", "..%2f..%2fx", String(repeating: "A", count: 64), String(repeating: "a", count: 63),
      String(repeating: "a", count: 65), String(repeating: "g", count: 64), "%00", "",
    ].flatMap { name in
      [named("GET", name, 404, "not-found"), named("PUT", name, 404, "not-found")]
    } + [named("GET", "missing", 405, "method-not-allowed"), named("PUT", "batch", 405, "method-not-allowed")]

  private static func named(_ method: String, _ name: String, _ status: Int, _ slug: String) -> RequestCase {
    .request(47, "\(method) \(name)", status, slug) {
      RawRequest(method, "/v1/contents/\(name)", token: $0.ana, body: method == "PUT" ? [1] : [])
    }
  }

  @Test(arguments: uploads + names)
  func `a wrong upload or name gets its answer and leaves nothing behind`(_ item: RequestCase) async throws {
    let daemon = try theDaemon()
    let before = try FileManager.default.subpathsOfDirectory(atPath: daemon.folder).sorted()
    try await item.check(daemon)
    #expect(try FileManager.default.subpathsOfDirectory(atPath: daemon.folder).sorted() == before)
  }

  @Test func `35: a record that names another account's id or content is treated as one that names unknown ones`()
    async throws
  {
    let daemon = try theDaemon()
    let theirs = Array("<p>of ben</p>".utf8)
    let hash = Hex.encode(SHA256.hash(theirs))
    #expect(
      try await daemon.send(RawRequest("PUT", "/v1/contents/\(hash)", token: daemon.ben, body: theirs)).status == 204)
    let id = "00000000000000000000000000000035"
    let record = RawPush.record(#""life":"live""#, id: id, stamp: RawPush.stamp("00000000000000aa"))
    let head = try await daemon.send(RawRequest("GET", "/v1/changes", token: daemon.ben))
    guard case .end(let end)? = try head.lines.last else { return }
    let push = RawPush(daemon, cursor: end.cursor, [record])
    #expect(
      try HostileDaemon.outcomes(try await daemon.send(.json("/v1/sync", token: daemon.ben, push.body))) == ["stored"])
    let values = #""content":{"hash":"\#(hash)","size":\#(theirs.count)},"life":"live""#
    #expect(try await daemon.outcome(values, id: id) == "stored")
    #expect(
      try await daemon.outcome(values.replacing(hash, with: String(repeating: "b", count: 64)), id: id) == "stored")
    #expect(try await daemon.send(RawRequest("GET", "/v1/contents/\(hash)", token: daemon.ana)).status == 404)
    #expect(try await daemon.dump(daemon.ben).allSatisfy { !$0.contains("content") })
  }

  /// The content that ranges and codings are asked of.
  private func kept(_ daemon: HostileDaemon) async throws {
    #expect(try await daemon.send(Self.put(Self.address, Self.bytes)(daemon)).status == 204)
  }

  @Test(arguments: [
    ("bytes=9223372036854775807-", [416]), ("bytes=99999999999999999999-", [416, 200]), ("bytes=-0", [416]),
    ("bytes=5-2", [200, 416]),
    ("bytes=" + Array(repeating: "0-0", count: 1_000).joined(separator: ","), [200]), ("bytes=0-0,1-1", [200]),
    ("bytes=0-9223372036854775807", [206]), ("bytes=-9223372036854775808", [206]), ("bytes=--5", [200]),
    ("items=0-1", [200]),
    ("bytes=0-0", [206]), ("bytes=", [200]), ("bytes=a-b", [200]),
    ("bytes=18446744073709551615-18446744073709551616", [200, 416]),
  ])
  func `48: a strange range is 416 or the whole`(range: String, statuses: [Int]) async throws {
    let daemon = try theDaemon()
    try await kept(daemon)
    let answer = try await daemon.send(RawRequest("GET", Self.address, token: daemon.ana, [("Range", range)]))
    #expect(statuses.contains(answer.status), "\(answer.status) \(answer.text)")
    if answer.status == 200 { #expect(answer.body == Self.bytes) }
    if answer.status == 416 { #expect(answer.slug == "range-not-satisfiable") }
    try await daemon.expectGood()
  }

  @Test(arguments: [
    ("gzip;q=0", false), ("*;q=0", false),
    (Array(repeating: "br", count: 1_000).joined(separator: ",") + ",gzip", false),
    ("gzip;q=0.000", false), ("identity;q=0", false), ("gzip", true), ("*", true), ("br, GZIP ; q=0.5", true),
    ("", false),
    ("gzip;q=x", true), (";;;,,,", false),
  ])
  func `49: gzip is sent only where it is admitted`(accepted: String, isGzip: Bool) async throws {
    let daemon = try theDaemon()
    try await kept(daemon)
    for target in [Self.address, "/v1/info"] {
      let answer = try await daemon.send(RawRequest("GET", target, token: daemon.ana, [("Accept-Encoding", accepted)]))
      #expect(answer.status == 200 && answer.headers["content-encoding"] == (isGzip ? "gzip" : nil), "\(target)")
      #expect(answer.headers["vary"] == "Accept-Encoding")
    }
    try await daemon.expectGood()
  }
}
