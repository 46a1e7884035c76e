import Offprint
import OffprintTesting
import OffprintWire
import Testing

/// The promises of the design, each between real libraries and the shipped server core.
@Suite struct SyncTests {
  @Test func `an article added offline is read on another device with its text, tags and bookmarks`() async throws {
    let world = try await SyncWorld()
    let id = try await world[0].add(
      SavedPage(url: "https://example.org/a", tags: ["sea"], document: SyncWorld.document("One two three four."))
    ).article.id
    _ = try await world[0].addBookmark(in: id, at: .quote("two three"), note: "why", colour: nil)
    try await world[0].setProgress(of: id, to: .quote("three"))
    try await world.signInAll()
    let report = try await world.sync(0)
    #expect(report.pushed == 3 && report.contentsUploaded == 1 && report.unsent == 0)
    try await world.sync(1)
    let article = try await world[1].article(id)
    #expect(article.content == .ready && article.tags == ["sea"] && article.isInProgress)
    #expect(try await world[1].readingPosition(of: id)?.excerpt == "three four.")
    #expect(try await world[1].bookmarks(of: id).map(\.note) == ["why"])
    try await world.expectEqual()
    await world.closeAll()
  }

  @Test func `one change costs one request, and no change an answer without a body`() async throws {
    let world = try await SyncWorld(devices: 1)
    try await world.signInAll()
    let id = try await world[0].add(SavedPage(url: "https://example.org/a")).article.id
    try await world.sync(0)
    _ = try await world[0].setFavourite(id, true)
    #expect(try await world.sync(0).requests == 1)
    let idle = try await world.sync(0)
    #expect(idle.requests == 1 && idle.bytesReceived == 0 && idle.digestMatches == true)
    await world.closeAll()
  }

  @Test func `the same page saved on two offline devices ends as one article`() async throws {
    let world = try await SyncWorld()
    try await world.signInAll()
    _ = try await world[0].add(SavedPage(url: "https://example.org/a#top", title: "Mine", tags: ["one"]))
    _ = try await world[1].add(SavedPage(url: "http://Example.org/a", tags: ["two"]))
    try await world.settle()
    let all = try await world[1].articles(ArticleQuery(filter: .all))
    #expect(all.count == 1)
    #expect(all.first?.title == "Mine")
    #expect(all.first?.tags == ["one", "two"])
    try await world.expectEqual()
    await world.closeAll()
  }

  @Test(arguments: [FaultyTransport.Fault.answerLost, .repeated, .requestLost, .delayed])
  func `a push that was lost, repeated or delayed ends equal`(fault: FaultyTransport.Fault) async throws {
    let world = try await SyncWorld()
    try await world.signInAll()
    try await world.sync(0)
    let id = try await world[0].add(SavedPage(url: "https://example.org/a", title: "First")).article.id
    let faulty = FaultyTransport(to: world.server) { $0.method == "POST" ? fault : .none }
    _ = try? await world.sync(0, over: faulty)
    _ = try await world[0].edit(id, title: .set("Second"), byline: .keep)
    try await world.sync(0)
    try faulty.deliverDelayed()
    try await world.settle()
    #expect(try await world[1].article(id).title == "Second")
    try await world.expectEqual()
    await world.closeAll()
  }

  @Test(arguments: [-315_000_000_000, 315_000_000_000] as [Int64])
  func `a clock ten years off neither wins nor loses against an edit that saw it`(offset: Int64) async throws {
    let world = try await SyncWorld()
    world.devices[0].setWall(milliseconds: 1_800_000_000_000 + offset)
    let id = try await world[0].add(SavedPage(url: "https://example.org/a", title: "From the wrong clock")).article.id
    try await world.signInAll()
    try await world.settle()
    world.advance(milliseconds: 1_000)
    _ = try await world[1].edit(id, title: .set("Seen and changed"), byline: .keep)
    try await world.settle()
    #expect(try await world[0].article(id).title == "Seen and changed")
    world.devices[0].reboot()
    _ = try await world[0].edit(id, title: .set("Changed back"), byline: .keep)
    try await world.settle()
    #expect(try await world[1].article(id).title == "Changed back")
    try await world.expectEqual()
    await world.closeAll()
  }

  @Test func `of two positions that did not know of each other the furthest is shown, and archiving stays`()
    async throws
  {
    let world = try await SyncWorld()
    try await world.signInAll()
    let id = try await world[0].add(
      SavedPage(url: "https://example.org/a", document: SyncWorld.document(String(repeating: "word ", count: 200)))
    ).article.id
    try await world[0].setProgress(of: id, to: .fraction(400_000))
    try await world.settle()
    try await world[1].setProgress(of: id, to: .fraction(700_000))
    world.advance(milliseconds: 60_000)
    try await world[0].setProgress(of: id, to: .fraction(550_000))
    _ = try await world[0].setArchived(id, true)
    try await world.settle()
    for index in 0...1 {
      let article = try await world[index].article(id)
      #expect(article.fraction == 700_000 && article.isArchived)
    }
    try await world[0].setProgress(of: id, to: .fraction(100_000))
    try await world.settle()
    #expect(try await world[1].article(id).fraction == 100_000, "an informed move back wins")
    try await world.expectEqual()
    await world.closeAll()
  }

  @Test func `a third device's unseen further position is not hidden by one that saw another`() async throws {
    // Finding 4: A reads to 80 % offline, B to 20 %, C saw only B and moves to 30 %.
    let world = try await SyncWorld(devices: 3)
    try await world.signInAll()
    let id = try await world[0].add(
      SavedPage(url: "https://example.org/a", document: SyncWorld.document(String(repeating: "word ", count: 200)))
    ).article.id
    try await world.settle()
    world.advance(milliseconds: 10_000)
    try await world[0].setProgress(of: id, to: .fraction(800_000))
    world.advance(milliseconds: 10_000)
    try await world[1].setProgress(of: id, to: .fraction(200_000))
    try await world.sync(1)
    try await world.sync(2)
    world.advance(milliseconds: 10_000)
    try await world[2].setProgress(of: id, to: .fraction(300_000))
    try await world.settle()
    for index in 0...2 { #expect(try await world[index].article(id).fraction == 800_000) }
    await world.closeAll()
  }

  @Test func `a text replaced by another device's is in the conflict journal and can be had back`() async throws {
    let world = try await SyncWorld()
    try await world.signInAll()
    let id = try await world[0].add(SavedPage(url: "https://example.org/a")).article.id
    try await world.settle()
    _ = try await world[0].edit(id, title: .set("Zero's"), byline: .keep)
    world.advance(milliseconds: 5_000)
    _ = try await world[1].edit(id, title: .set("One's"), byline: .keep)
    try await world.settle()
    #expect(try await world[0].article(id).title == "One's")
    let conflict = try #require(try await world[0].conflicts().first)
    #expect(conflict.kind == .replaced && conflict.mine == "Zero's" && conflict.theirs == "One's")
    try await world[0].restoreConflict(conflict.number)
    try await world.settle()
    #expect(try await world[1].article(id).title == "Zero's")
    await world.closeAll()
  }

  @Test func `signing in to another account in a used library is refused and the new token revoked`() async throws {
    let world = try await SyncWorld(devices: 1, users: ["ana", "ben"])
    try await world.signInAll()
    _ = try await world[0].add(SavedPage(url: "https://example.org/a"))
    try await world.sync(0)
    await #expect { try await world.signIn(0, as: "ben") } throws: { ($0 as? OffprintError)?.code == .decisionNeeded }
    try await world.sync(0)
    #expect(world.requests(0).contains { $0.hasPrefix("DELETE /v1/devices/") })
    await world.closeAll()
  }

  @Test func `logout and reset stop at unsent edits, and discarding writes them to a file first`() async throws {
    let world = try await SyncWorld(devices: 1)
    try await world.signInAll()
    let id = try await world[0].add(SavedPage(url: "https://example.org/a", title: "Kept")).article.id
    try await world.sync(0)
    _ = try await world[0].edit(id, title: .set("Unsent"), byline: .keep)
    await #expect { try await world[0].reset(discardUnsent: false) } throws: {
      ($0 as? OffprintError)?.code == .decisionNeeded
    }
    let before = try await world[0].status().replica
    try await world[0].reset(discardUnsent: true)
    #expect(try await world[0].articles(ArticleQuery(filter: .all)).isEmpty)
    #expect(try await world[0].status().replica != before)
    try await world.sync(0)
    #expect(try await world[0].article(id).title == "Kept")
    let files = try #require(try? FileManagerListing.names(in: world.folder.file("device-0")))
    #expect(files.contains { $0.hasPrefix("unsent-") && $0.hasSuffix(".jsonl") })
    await world.closeAll()
  }
}
