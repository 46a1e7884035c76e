import Offprint
import OffprintHTTP
import OffprintTesting
import OffprintWire
import Testing

/// A server that refuses one record: it is kept and shown, blocks nothing, and a person decides.
@Suite struct RefusalTests {
  /// Sends on everything, and turns what the server says of one record into a refusal.
  private struct RefusingTransport: Transport {
    let inner: FaultyTransport
    let refused: RecordID

    func send(_ request: TransportRequest) async throws(TransportError) -> HTTPResponse {
      guard request.method == "POST", request.url.hasSuffix("/v1/sync") else { return try await inner.send(request) }
      // The record never reaches the store: the sync goes out as a read, and its results are written here.
      let requested = try? SyncRequest(parsing: request.body)
      var reading = request
      reading.body = SyncRequest.encode(cursor: requested?.cursor)
      reading.headers["Content-Encoding"] = nil
      var response = try await inner.send(reading)
      var writer = JSONWriter()
      for record in requested?.push?.records ?? [] where record.idText == refused.description {
        let refusal = Refusal(.invalid, field: "title", detail: "refused for the test")
        SyncAnswerLine.result(
          PushResult(typeText: record.typeText, idText: record.idText, outcome: .refused(refusal))
        ).write(to: &writer)
      }
      response.body = writer.bytes + response.body
      return response
    }
  }

  private func worldWithRefusal() async throws -> (SyncWorld, ArticleID) {
    let world = try await SyncWorld()
    try await world.signInAll()
    let id = try await world[0].add(SavedPage(url: "https://example.org/a", title: "Confirmed")).article.id
    try await world.settle()
    _ = try await world[0].edit(id, title: .set("Refused"), byline: .keep)
    let transport = RefusingTransport(inner: FaultyTransport(to: world.server), refused: id)
    let report = try await world[0].sync(over: transport).result()
    #expect(report.refused == 1 && report.unsent == 1)
    return (world, id)
  }

  @Test func `a refused record is kept and shown, and not sent again by itself while others go`() async throws {
    let (world, id) = try await worldWithRefusal()
    let entry = try #require(try await world[0].refused().first)
    #expect(entry.record.id == id && entry.slug == "invalid" && entry.field == "title")
    #expect(entry.articleTitle == "Refused")
    let other = try await world[0].add(SavedPage(url: "https://example.org/b")).article.id
    let report = try await world.sync(0)
    #expect(report.pushed == 1 && report.refused == 1)
    try await world.sync(1)
    #expect(try await world[1].article(other).id == other)
    #expect(try await world[1].article(id).title == "Confirmed")
    await world.closeAll()
  }

  @Test func `a refused record goes out again when a person says so, or edits it`() async throws {
    let (world, id) = try await worldWithRefusal()
    try await world[0].retryRefused(try #require(try await world[0].refused().first).number)
    try await world.settle()
    #expect(try await world[1].article(id).title == "Refused")
    try await world.expectEqual()
    let (second, edited) = try await worldWithRefusal()
    _ = try await second[0].edit(edited, title: .set("Mended"), byline: .keep)
    try await second.settle()
    #expect(try await second[1].article(edited).title == "Mended")
    try await second.expectEqual()
    await world.closeAll()
    await second.closeAll()
  }

  @Test func `discarding a refused record puts back what the server holds`() async throws {
    let (world, id) = try await worldWithRefusal()
    try await world[0].discardRefused(try #require(try await world[0].refused().first).number)
    #expect(try await world[0].article(id).title == "Confirmed")
    #expect(try await world[0].refused().isEmpty)
    try await world.settle()
    try await world.expectEqual()
    await world.closeAll()
  }
}
