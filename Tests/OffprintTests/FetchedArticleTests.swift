import Offprint
import OffprintCrypto
import OffprintServer
import OffprintTesting
import OffprintWire
import Testing

/// Articles whose text and pictures the server found, on devices (CONT-13, FETCH-1 to FETCH-6).
@Suite struct FetchedArticleTests {
  private static let address = "https://example.org/boats"
  private static let boat: [UInt8] = Array("GIF89a".utf8) + [1, 0, 1, 0, 0, 0, 0]
  private static let other: [UInt8] = Array("GIF87a".utf8) + [2, 0, 2, 0, 0, 0, 0]

  private static func found(_ text: String, _ images: [[UInt8]]) -> FetchOutcome {
    let sources = images.map { "<img src=\"\(BodyImages.source(ofHash: Hex.encode(SHA256.hash($0))))\">" }
    var article = FoundArticle(body: Array("<p>\(text) \(sources.joined())</p>\n".utf8))
    article.images = images
    article.title = "Boats"
    return .found(article)
  }

  @Test func `a link saved offline becomes an article with pictures on every device`() async throws {
    let world = try await SyncWorld()
    let id = try await world[0].add(SavedPage(url: Self.address)).article.id
    #expect(try await world[0].article(id).content == .pending)
    try await world.signInAll()
    try await world.settle()
    try world.server.answerFetches { _ in Self.found("Paper boats.", [Self.boat, Self.other]) }
    let report = try await world.sync(1)
    #expect(report.contentsDownloaded == 3 && report.imagesDownloaded == 2 && report.contentsPending == 0)
    try await world.settle()
    for index in 0..<2 {
      let article = try await world[index].article(id)
      #expect(article.title == "Boats" && article.content == .ready)
      let pictures = try await world[index].pictures(of: id)
      #expect(pictures.map(\.isHere) == [true, true])
      #expect(try await world[index].bytes(of: pictures[0]) == Self.boat)
      #expect(try await world[index].bytes(of: pictures[1]) == Self.other)
    }
    try await world.expectEqual()
  }

  @Test func `a picture that is not here is one that is fetched with the next sync`() async throws {
    let world = try await SyncWorld(devices: 1)
    let id = try await world[0].add(SavedPage(url: Self.address)).article.id
    try await world.signInAll()
    try await world.settle()
    try world.server.answerFetches { _ in Self.found("Paper boats.", [Self.boat]) }
    try await world.settle()
    try await world.run(0, "DELETE FROM content WHERE hash = ?1", [.text(Hex.encode(SHA256.hash(Self.boat)))])
    #expect(try await world[0].article(id).content == .ready, "a body is complete without its pictures")
    #expect(try await world[0].pictures(of: id).map(\.isHere) == [false])
    #expect(try await world.sync(0).imagesDownloaded == 1)
    #expect(try await world[0].pictures(of: id).map(\.isHere) == [true])
  }

  @Test func `a page asked for again on one device is fetched once, and the next text is everywhere`() async throws {
    let world = try await SyncWorld()
    let id = try await world[0].add(SavedPage(url: Self.address)).article.id
    try await world.signInAll()
    try await world.settle()
    try world.server.answerFetches { _ in Self.found("Paper boats.", [Self.boat]) }
    try await world.settle()
    let asked = try await world[1].fetch(id)
    #expect(asked.content == .ready && asked.hasUnsentEdits)
    try await world.settle()
    #expect(try world.server.answerFetches { _ in Self.found("All new.", []) } == 1)
    try await world.settle()
    for index in 0..<2 {
      #expect(try await world[index].text(of: id)?.plainText().hasPrefix("All new.") == true)
      #expect(try await world[index].pictures(of: id).isEmpty)
    }
    try await world.expectEqual()
    let file = try await world[0].add(SavedPage(document: SyncWorld.document("a file"))).article.id
    await #expect(throws: OffprintError.self) { _ = try await world[0].fetch(file) }
  }

  @Test func `why a page could not be fetched is shown, and a device's own text takes its place`() async throws {
    let world = try await SyncWorld()
    let id = try await world[0].add(SavedPage(url: Self.address)).article.id
    try await world.signInAll()
    try await world.settle()
    try world.server.answerFetches { _ in
      .failed(reason: "the site took too long to answer", isTransient: true, retryAfterSeconds: nil)
    }
    try await world.settle()
    #expect(try await world[1].article(id).content == .fetching(reason: "the site took too long to answer"))
    world.advance(milliseconds: 3_600_000)
    try world.server.answerFetches { _ in .failed(reason: "gone", isTransient: false, retryAfterSeconds: nil) }
    try await world.settle()
    #expect(try await world[1].article(id).content == .failed(reason: "gone"))
    _ = try await world[1].add(SavedPage(url: Self.address, document: SyncWorld.document("Mine.")))
    try await world.settle()
    #expect(try await world[0].article(id).content == .ready)
    #expect(try world.server.answerFetches { _ in Self.found("Not mine.", []) } == 0)
    try await world.expectEqual()
  }

  @Test func `texts and pictures that a restored server lost are offered again`() async throws {
    let world = try await SyncWorld(devices: 1)
    let id = try await world[0].add(SavedPage(url: Self.address)).article.id
    try await world.signInAll()
    try await world.settle()
    try world.server.answerFetches { _ in Self.found("Paper boats.", [Self.boat]) }
    try await world.settle()
    try world.server.forgetContents()
    try await world.sync(0, SyncOptions(full: true))
    for picture in try await world[0].pictures(of: id) {
      #expect(try world.server.holdsContent(picture.hash))
    }
  }
}
