import OffprintCrypto
import OffprintGzip
import OffprintHTTP
import OffprintServer
import OffprintSQLite
import OffprintTesting
import OffprintWire
import Testing

/// Contents that seem to be what was kept and do not inflate: the damage was there before their checksum was.
@Suite struct DamagedContentTests {
  private static let texts = (0..<3).map { Array("<p>text \($0)</p>".utf8) }
  private static let hashes = texts.map { Hex.encode(SHA256.hash($0)) }

  /// A server with three contents, the second one's fragment replaced by one with a checksum that fits its bytes.
  private func world() throws -> (server: TestServer, device: TestDevice) {
    let server = try TestServer()
    let device = try server.signIn()
    for (text, hash) in zip(Self.texts, Self.hashes) {
      #expect(device.send("PUT", "/v1/contents/\(hash)", body: text).status == 204)
    }
    let whole = try Fragment(deflating: Self.texts[1])
    let broken = Fragment(bytes: [0xFF] + whole.bytes.dropFirst(), crc32: whole.crc32, size: whole.size)
    #expect((try? broken.inflated(outputBytesMax: 100)) == nil)
    let connection = try Connection(path: server.folder.file("data/offprintd.sqlite"), role: .writer(create: false))
    defer { connection.close() }
    try connection.run(
      "UPDATE content SET fragment = ?2, kept = ?3 WHERE hash = ?1",
      [.blob(SHA256.hash(Self.texts[1])), .blob(broken.bytes), .integer(Int64(broken.keptChecksum))])
    return (server, device)
  }

  private func missing(_ device: TestDevice) throws -> [String] {
    let body = JSONValue.members(("hashes", .array(Self.hashes.map { .string($0) }))).canonicalBytes
    let answer = device.send("POST", "/v1/contents/missing", body: body)
    return try #require(try JSONValue(parsing: answer.body)["missing"]?.array).compactMap(\.string)
  }

  @Test func `one damaged content of a batch without gzip is lacking, the others come, and devices are asked for it`()
    throws
  {
    let (server, device) = try world()
    let body = JSONValue.members(("hashes", .array(Self.hashes.map { .string($0) }))).canonicalBytes
    for _ in 0..<2 {
      let reply = server.core.reply(
        to: HTTPRequest(
          method: "POST", path: "/v1/contents/batch",
          headers: ["Authorization": "Bearer \(device.token)", "Content-Type": "application/json"], body: body))
      #expect(reply.response.status == 200 && reply.failure == nil)
      let expected =
        """
        {"hash":"\(Self.hashes[0])","size":\(Self.texts[0].count)}
        <p>text 0</p>
        {"hash":"\(Self.hashes[1])","size":null}
        {"hash":"\(Self.hashes[2])","size":\(Self.texts[2].count)}
        <p>text 2</p>
        {"end":{"delivered":3,"more":false}}

        """
      #expect(String(decoding: reply.response.body, as: UTF8.self) == expected)
    }
    #expect(try missing(device) == [Self.hashes[1]])
    #expect(device.send("PUT", "/v1/contents/\(Self.hashes[1])", body: Self.texts[1]).status == 204)
    #expect(device.send("GET", "/v1/contents/\(Self.hashes[1])").body == Self.texts[1])
    #expect(try missing(device).isEmpty)
  }

  @Test func `a damaged content asked for alone is not found, and devices are asked for it`() throws {
    let (server, device) = try world()
    let reply = server.core.reply(
      to: HTTPRequest(
        method: "GET", path: "/v1/contents/\(Self.hashes[1])", headers: ["Authorization": "Bearer \(device.token)"]))
    #expect(reply.response.status == 404 && reply.failure == nil)
    #expect(Problem(parsing: reply.response.body)?.slug == .notFound)
    #expect(try missing(device) == [Self.hashes[1]])
    #expect(device.send("GET", "/v1/contents/\(Self.hashes[0])").body == Self.texts[0])
  }
}
