import Foundation
import Offprint
import OffprintTesting
import OffprintWire
import Testing

/// Restores, clones, expiry, refusals: nothing acknowledged is lost and no unsent edit is dropped.
@Suite struct RecoveryTests {
  private func world(devices: Int = 2) async throws -> SyncWorld {
    let world = try await SyncWorld(devices: devices)
    try await world.signInAll()
    return world
  }

  @Test(arguments: [true, false])
  func `a server restored from an older backup gets back what its clients still know`(isNoticed: Bool) async throws {
    // Finding 1.
    let world = try await world()
    let old = try await world[0].add(SavedPage(url: "https://example.org/old")).article.id
    try await world.settle()
    try world.server.backUp(to: world.folder.file("backup"))
    let new = try await world[1].add(
      SavedPage(url: "https://example.org/new", document: SyncWorld.document("Body text."))
    ).article.id
    _ = try await world[1].addBookmark(in: old, at: .fraction(500_000), note: "after the backup", colour: nil)
    try await world.settle()
    if isNoticed {
      try world.server.restoreByHand(from: world.folder.file("backup"))
    } else {
      try world.server.restoreUnnoticed(from: world.folder.file("backup"))
    }
    try await world.settle()
    try await world.settle()
    for index in 0...1 {
      #expect(try await world[index].articles(ArticleQuery(filter: .all)).count == 2)
      #expect(try await world[index].bookmarks(of: old).map(\.note) == ["after the backup"])
      #expect(try await world[index].article(new).content == .ready)
    }
    try await world.expectEqual()
    // A device that joins now gets the text too: contents were offered again.
    try await world.clone(0, isNoticed: true)
    try await world[2].reset(discardUnsent: true)
    try await world.sync(2)
    try await world.expectEqual()
    await world.closeAll()
  }

  @Test(arguments: [true, false])
  func `a cloned library goes on under a new replica id and swallows nothing`(isNoticed: Bool) async throws {
    // Finding 7.
    let world = try await world(devices: 1)
    let id = try await world[0].add(
      SavedPage(url: "https://example.org/a", document: SyncWorld.document(String(repeating: "word ", count: 100)))
    ).article.id
    try await world.sync(0)
    try await world.clone(0, isNoticed: isNoticed)
    for round in 1...3 {
      world.advance(milliseconds: 5_000)
      _ = try await world[0].addBookmark(in: id, at: .fraction(100_000), note: "original \(round)", colour: nil)
      _ = try await world[1].addBookmark(in: id, at: .fraction(200_000), note: "clone \(round)", colour: nil)
      try await world[0].setProgress(of: id, to: .fraction(Int64(round) * 100_000))
      try await world[1].setProgress(of: id, to: .fraction(Int64(round) * 110_000))
      try await world.sync(0)
      try await world.sync(1)
    }
    try await world.settle()
    #expect(try await world[0].bookmarks(of: id).count == 6)
    #expect(try await world[0].status().replica != world[1].status().replica)
    try await world.expectEqual()
    await world.closeAll()
  }

  @Test func `a device away for longer than deletions are kept drops what was deleted, into the trash`() async throws {
    let world = try await world()
    let gone = try await world[0].add(SavedPage(url: "https://example.org/gone", title: "Gone")).article.id
    let kept = try await world[0].add(SavedPage(url: "https://example.org/kept")).article.id
    try await world.settle()
    let unsent = try await world[1].add(SavedPage(url: "https://example.org/unsent")).article.id
    _ = try await world[1].edit(gone, title: .set("Edited while away"), byline: .keep)
    try await world[0].delete(gone)
    try await world.sync(0)
    for _ in 0..<3 {
      world.advance(milliseconds: 200 * 86_400_000)
      try world.server.purge()
      try await world.sync(0)
    }
    try await world.sync(1)
    try await world.settle()
    #expect(Set(try await world[1].articles(ArticleQuery(filter: .all)).map(\.id)) == [kept, unsent])
    #expect(try await world[1].conflicts().contains { $0.record.id == gone && $0.kind == .unsentLost })
    try await world.expectEqual()
    let entry = try #require(try await world[1].conflicts().first { $0.record.id == gone })
    try await world[1].restoreConflict(entry.number)
    try await world.settle()
    #expect(try await world[0].article(gone).title == "Edited while away")
    try await world.expectEqual()
    await world.closeAll()
  }

  @Test func `a first sync on a server that has purged ends`() async throws {
    // Finding 2.
    let world = try await world()
    for index in 0..<30 {
      let id = try await world[0].add(SavedPage(url: "https://example.org/\(index)")).article.id
      if index % 2 == 0 { try await world[0].delete(id) }
    }
    try await world.sync(0)
    world.advance(milliseconds: 200 * 86_400_000)
    try world.server.purge()
    _ = try await world[0].add(SavedPage(url: "https://example.org/last"))
    try await world.sync(0)
    try await world.sync(1)
    #expect(try await world[1].articles(ArticleQuery(filter: .all)).count == 16)
    try await world.settle()
    try await world.expectEqual()
    await world.closeAll()
  }

  @Test func `a stamp too far ahead is fixed anew by the server's own time and accepted`() async throws {
    // Finding 5: the device believes a server time that was a day ahead when it was taken.
    let world = try await world(devices: 1)
    world.server.advance(milliseconds: 86_400_000)
    try await world.sync(0)
    world.server.advance(milliseconds: -86_400_000)
    let id = try await world[0].add(SavedPage(url: "https://example.org/a", title: "T")).article.id
    try await world.sync(0)
    try await world.sync(0)
    #expect(try await world[0].status().unsent == 0)
    #expect(try await world[0].article(id).title == "T")
    await world.closeAll()
  }

  @Test func `a record the server refuses is kept, shown, and blocks no other`() async throws {
    let world = try await world()
    let id = try await world[0].add(SavedPage(url: "https://example.org/a")).article.id
    // A tag register is within the library's limits one by one, and past the server's in one push.
    for index in 0..<8 {
      _ = try await world[0].tag(id, add: (0..<8).map { "tag-\(index)-\($0)" }, remove: [])
    }
    _ = try await world[0].tag(id, add: [], remove: (0..<8).map { "tag-0-\($0)" })
    _ = try await world[0].tag(id, add: (0..<8).map { "more-\($0)" }, remove: [])
    let other = try await world[0].add(SavedPage(url: "https://example.org/b")).article.id
    let report = try await world.sync(0)
    try await world.sync(1)
    #expect(try await world[1].article(other).id == other)
    #expect(report.refused == 0 && report.unsent == 0)
    await world.closeAll()
  }

  @Test func `a page that would delete most of the library stops until it is allowed`() async throws {
    let world = try await world()
    var ids: [ArticleID] = []
    for index in 0..<40 {
      ids.append(try await world[0].add(SavedPage(url: "https://example.org/\(index)")).article.id)
    }
    try await world.settle()
    for id in ids[..<30] { try await world[0].delete(id) }
    try await world.sync(0)
    _ = try await world[1].setFavourite(ids[39], true)
    let held = try await world.sync(1)
    #expect(held.brake?.wouldRemove == 30 && held.brake?.of == 40)
    #expect(held.unsent == 0, "pushing goes on")
    #expect(try await world[1].articles(ArticleQuery(filter: .all)).count == 40)
    let allowed = try await world.sync(1, SyncOptions(allowDeletes: true))
    #expect(allowed.brake == nil)
    try await world.settle()
    #expect(try await world[1].articles(ArticleQuery(filter: .all)).count == 10)
    try await world.expectEqual()
    await world.closeAll()
  }

  @Test func `a full sync reads everything again and drops nothing`() async throws {
    let world = try await world()
    let id = try await world[0].add(SavedPage(url: "https://example.org/a", title: "T")).article.id
    try await world.settle()
    _ = try await world[1].setFavourite(id, true)
    let report = try await world.sync(1, SyncOptions(full: true))
    #expect(report.digestMatches == true && report.unsent == 0)
    try await world.settle()
    #expect(try await world[0].article(id).isFavourite)
    try await world.expectEqual()
    await world.closeAll()
  }
}
