import OffprintCrypto
import OffprintServer
import OffprintTesting
import OffprintWire
import Testing

/// How long a text is kept that no record names (Protocol, CONT-12).
@Suite struct UnnamedContentTests {
  private static let day: Int64 = 86_400_000
  private let bytes = Array("<p>Tides</p>".utf8)
  private var hash: String { Hex.encode(SHA256.hash(bytes)) }

  private func isThere(_ device: TestDevice) -> Bool {
    device.send("GET", "/v1/contents/\(hash)").status == 200
  }

  @Test func `an upload that no record names goes after 30 days, and what is asked for or uploaded again stays`() throws
  {
    let server = try TestServer()
    let device = try server.signIn()
    func upload() { #expect(device.send("PUT", "/v1/contents/\(hash)", body: bytes).status == 204) }
    func ask() throws -> [String] {
      let list = JSONValue.members(("hashes", .array([.string(hash)]))).canonicalBytes
      let answer = device.send("POST", "/v1/contents/missing", body: list)
      return try JSONValue(parsing: answer.body)["missing"]?.array?.compactMap(\.string) ?? []
    }
    upload()
    for _ in 0..<3 {
      server.advance(milliseconds: 29 * Self.day)
      try server.core.keepUp()
      #expect(try ask() == [], "asking keeps it")
    }
    server.advance(milliseconds: 29 * Self.day)
    upload()
    server.advance(milliseconds: 29 * Self.day)
    try server.core.keepUp()
    #expect(isThere(device), "uploading keeps it")
    server.advance(milliseconds: 2 * Self.day)
    try server.core.keepUp()
    #expect(!isThere(device))
    #expect(try ask() == [hash])
  }

  @Test func `a text stays while a record names it, a dead one too, and goes 30 days after the purge of that`() throws {
    let server = try TestServer { $0.retentionDays = 10 }
    var device = try server.signIn()
    #expect(device.send("PUT", "/v1/contents/\(hash)", body: bytes).status == 204)
    var article = device.article(7, title: "Tides")
    let reference = try #require(ContentReference(hash: hash, size: Int64(bytes.count)))
    article.registers[.content] = Register(stamp: device.stamp(server.now), value: reference.value)
    try device.push([article])
    server.advance(milliseconds: 400 * Self.day)
    try server.core.keepUp()
    #expect(isThere(device))
    article.registers[.life] = Register(stamp: device.stamp(server.now), value: Record.dead)
    try device.push([article])
    server.advance(milliseconds: 9 * Self.day)
    try server.core.keepUp()
    #expect(isThere(device), "a tombstone still names it")
    server.advance(milliseconds: 2 * Self.day)
    try server.core.keepUp()
    #expect(isThere(device), "purged now, forgotten later")
    server.advance(milliseconds: 31 * Self.day)
    try server.core.keepUp()
    #expect(!isThere(device))
  }
}
