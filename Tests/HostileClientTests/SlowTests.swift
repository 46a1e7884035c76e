import OffprintCrypto
import OffprintProcesses
import OffprintTesting
import Testing

/// Clients that take their time or go away (rows 9, 15 to 18, 43), against the limits as they are shipped.
@Suite(.daemon()) struct SlowTests {
  @Test func `15: five hundred heads that drip are closed after ten seconds, and honest clients are served meanwhile`()
    async throws
  {
    let daemon = try theDaemon()
    let start = ContinuousClock.now
    let drips = try (0..<500).map { _ in try RawClient(port: daemon.port) }
    for (index, drip) in drips.enumerated() {
      try await drip.send(index % 3 == 0 ? "GE" : "GET /v1/info HTTP/1.1\r\nHost: a\r\n")
    }
    for round in 0..<2 {
      for drip in drips { try? await drip.send("X") }
      let honest = ContinuousClock.now
      try await daemon.expectGood()
      #expect(ContinuousClock.now - honest < .seconds(3))
      if round == 0 { try await Task.sleep(for: .seconds(4)) }
    }
    var answered = 0
    for drip in drips {
      if let answer = try? await drip.answer() {
        #expect(answer.status == 408 && answer.slug == "request-timeout" && answer.saysClose)
        answered += 1
      }
      #expect(try await drip.isClosed(droppingRest: true))
    }
    #expect(answered > 400)
    // Those it answered were told that they were too slow; how long all of this takes here depends on the machine.
    #expect(ContinuousClock.now - start > .seconds(9))
    try await daemon.expectGood()
  }

  @Test(arguments: ["Content-Length: 1000", "Transfer-Encoding: chunked"])
  func `16: a body that drips gets 408`(framing: String) async throws {
    let daemon = try theDaemon()
    let client = try RawClient(port: daemon.port)
    try await client.send(
      "POST /v1/sync HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(daemon.ana)\r\n\(framing)\r\n\r\n")
    let piece = framing.hasPrefix("C") ? " " : "1\r\n \r\n"
    for _ in 0..<2 {
      try await client.send(piece)
      try await Task.sleep(for: .seconds(5))
    }
    let answer = try await client.answer()
    #expect(answer.status == 408 && answer.slug == "request-timeout")
    #expect(try await client.isClosed(droppingRest: true))
    try await daemon.expectGood()
  }

  @Test func `9: a chunk of 2^64 - 1 bytes that never comes gets 408`() async throws {
    let daemon = try theDaemon()
    let client = try RawClient(port: daemon.port)
    try await client.send("POST /v1/sync HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n")
    #expect(try await client.answer().status == 408)
    #expect(try await client.isClosed(droppingRest: true))
    try await daemon.expectGood()
  }

  @Test func `43: a wait of a million seconds is one of 55`() async throws {
    let daemon = try theDaemon()
    let head = try await daemon.send(RawRequest("GET", "/v1/changes", token: daemon.ben))
    guard case .end(let end)? = try head.lines.last else { throw HostileDaemon.Failure(text: "no end") }
    let client = try RawClient(port: daemon.port)
    let start = ContinuousClock.now
    try await client.send(RawRequest("GET", "/v1/changes?since=\(end.cursor)&wait=1000000", token: daemon.ben).bytes)
    let answer = try await client.answer()
    let waited = ContinuousClock.now - start
    #expect(answer.status == 200 && waited > .seconds(54) && waited < .seconds(75), "\(waited)")
    guard case .end(let after)? = try answer.lines.last else { throw HostileDaemon.Failure(text: "no end") }
    #expect(after.number == end.number)
  }

  @Test func `17: a client that does not read 32 MiB is cut, and its memory comes back`() async throws {
    let daemon = try theDaemon()
    // Nothing that compresses to a few bytes: gzip does not see a repeat that far back.
    var generator = SeededGenerator(seed: 17)
    let block = (0..<65_536).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
    let bytes = Array(repeatElement(block, count: 512).joined())
    let address = "/v1/contents/" + Hex.encode(SHA256.hash(bytes))
    #expect(try await daemon.send(RawRequest("PUT", address, token: daemon.ana, body: bytes)).status == 204)
    #expect(try await daemon.send(RawRequest("GET", address, token: daemon.ana)).body == bytes)
    let client = try RawClient(port: daemon.port, receiveBuffer: 4_096)
    try await client.send(RawRequest("GET", address, token: daemon.ana).bytes)
    var peak = 0
    let start = ContinuousClock.now
    // Nothing is read for as long as the server waits, and a little longer.
    while ContinuousClock.now - start < .seconds(33) {
      peak = max(peak, ProcessMemory.residentBytes(of: daemon.processID))
      try await Task.sleep(for: .milliseconds(500))
    }
    // What it was sent is in the kernel's buffers: it reads those, then the end of the connection.
    await #expect(throws: RawClient.Failure.cutOff) { try await client.answer() }
    #expect(peak < 200 << 20 && ProcessMemory.residentBytes(of: daemon.processID) <= peak)
    try await daemon.expectGood()
  }

  @Test func `18: a client that goes away before its answer neither ends the daemon nor takes back what was committed`()
    async throws
  {
    let daemon = try theDaemon()
    for index in 0..<50 {
      let client = try RawClient(port: daemon.port)
      let push = RawPush(daemon, [RecordTests.sample(18_000 + index, life: "live")])
      try await client.send(RawRequest.json("/v1/sync", token: daemon.ana, push.body).bytes)
      client.disconnect()
    }
    try await daemon.expectGood()
    // The bytes were all sent before the end, so at least what the daemon had read by then is there.
    let deadline = ContinuousClock.now + .seconds(20)
    while try await daemon.dump(daemon.ana).isEmpty, ContinuousClock.now < deadline {}
    let records = try await daemon.dump(daemon.ana)
    #expect(!records.isEmpty && records.count <= 50)
    try await daemon.expectGood()
  }
}
