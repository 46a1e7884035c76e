import Foundation
import Offprint
import OffprintHTTP
import OffprintTesting
import OffprintWire
import Testing

/// Servers that changed behind the client's back: another one at the address, one that forgot its cursors.
@Suite struct StrangeServerTests {
  /// Sends on everything, and lets a closure change answers by the request's path.
  private struct ChangingTransport: Transport {
    let inner: FaultyTransport
    let change: @Sendable (TransportRequest, HTTPResponse) -> HTTPResponse

    func send(_ request: TransportRequest) async throws(TransportError) -> HTTPResponse {
      change(request, try await inner.send(request))
    }
  }

  /// Sends on everything but pushes, which it calls malformed.
  private struct MalformingTransport: Transport {
    let inner: FaultyTransport
    let time: Int64

    func send(_ request: TransportRequest) async throws(TransportError) -> HTTPResponse {
      guard request.url.hasSuffix("/v1/sync") else { return try await inner.send(request) }
      return HTTPResponse(
        status: 400, headers: ["Content-Type": "application/problem+json", "Offprint-Time": "\(time)"],
        body: Problem(.badRequest, "not this").json(requestID: "00a1b2c3d4e5f607").canonicalBytes)
    }
  }

  @Test(arguments: [
    // Another id, and the true one under a name that nobody reads.
    (#""server":"#, #""server":"ffffffffffffffffffffffffffffffff","was":"#, OffprintError.Code.decisionNeeded),
    (#""protocols":[1]"#, #""protocols":[2]"#, .server),
  ])
  func `another server, or one of another protocol, is noticed before anything is pushed`(
    found: String, replacement: String, code: OffprintError.Code
  ) async throws {
    let world = try await SyncWorld(devices: 1)
    try await world.signInAll()
    try await world.settle()
    world.devices[0].reboot()
    _ = try await world[0].add(SavedPage(url: "https://example.org/a"))
    let transport = ChangingTransport(inner: FaultyTransport(to: world.server)) { request, response in
      guard request.url.hasSuffix("/v1/info") else { return response }
      var changed = response
      let text = String(decoding: response.body, as: UTF8.self)
      guard let range = text.firstRange(of: found) else { return response }
      changed.body = Array(text.replacingCharacters(in: range, with: replacement).utf8)
      return changed
    }
    let error = await #expect(throws: OffprintError.self) { try await world[0].sync(over: transport).result() }
    #expect(error?.code == code)
    #expect(transport.inner.log.allSatisfy { $0.hasSuffix("/v1/info") }, "\(transport.inner.log)")
    #expect(try await world.sync(0).pushed == 1)
    await world.closeAll()
  }

  @Test func `a cursor that its server calls malformed makes the client read again, and nothing unsent is lost`()
    async throws
  {
    let world = try await SyncWorld()
    try await world.signInAll()
    let id = try await world[0].add(SavedPage(url: "https://example.org/a", title: "Old")).article.id
    try await world.settle()
    _ = try await world[0].edit(id, title: .set("Unsent"), byline: .keep)
    let transport = ChangingTransport(inner: FaultyTransport(to: world.server)) { request, response in
      guard request.url.contains("since=") || request.url.hasSuffix("/v1/sync") else { return response }
      return HTTPResponse(
        status: 400,
        headers: [
          "Content-Type": "application/problem+json", "Offprint-Time": response.headers["Offprint-Time"] ?? "",
        ],
        body: Problem(.badRequest, "no such cursor").json(requestID: "00a1b2c3d4e5f607").canonicalBytes)
    }
    let report = try await world[0].sync(over: transport).result()
    #expect(report.notes.contains { $0.contains("read again") }, "\(report)")
    try await world.settle()
    #expect(try await world[1].article(id).title == "Unsent")
    try await world.expectEqual()
    await world.closeAll()
  }

  @Test func `a push that is called malformed is told, also where nothing else has changed`() async throws {
    let world = try await SyncWorld(devices: 1)
    try await world.signInAll()
    let id = try await world[0].add(SavedPage(url: "https://example.org/a", title: "Old")).article.id
    try await world.settle()
    _ = try await world[0].edit(id, title: .set("Unsent"), byline: .keep)
    let transport = MalformingTransport(inner: FaultyTransport(to: world.server), time: world.server.now)
    let error = await #expect(throws: OffprintError.self) { try await world[0].sync(over: transport).result() }
    #expect(error?.explanation.contains("not this") == true)
    let status = try await world[0].status()
    #expect(status.unsent == 1 && status.lastProblem?.contains("not this") == true)
    await world.closeAll()
  }
}
