import Offprint
import OffprintSQLite
import OffprintTesting
import OffprintWire
import Testing

/// Rows whose bytes have changed on the disk: what nobody else has is kept and listed, and nothing else stops.
@Suite struct DamagedRowTests {
  private func world() async throws -> SyncWorld {
    let world = try await SyncWorld()
    try await world.signInAll()
    return world
  }

  /// Lets the server forget what was deleted, so that whoever was away has to read everything again.
  private func forgetDeletions(_ world: SyncWorld) async throws {
    for _ in 0..<3 {
      world.advance(milliseconds: 200 * 86_400_000)
      try world.server.purge()
      try await world.sync(0)
    }
  }

  @Test func `an unsent note under an article whose record is damaged outlives its article`() async throws {
    let world = try await world()
    let id = try await world[0].add(SavedPage(url: "https://example.org/a")).article.id
    let mark = try await world[0].addBookmark(in: id, at: .fraction(100_000), note: "Old", colour: nil).id
    _ = try await world[0].add(SavedPage(url: "https://example.org/b"))
    try await world.settle()
    _ = try await world[1].editBookmark(mark, note: .set("Unsent"), colour: .keep)
    try await world.run(1, "UPDATE record SET state = x'00' WHERE type = 'article' AND id = ?", [.blob(id.bytes)])
    try await world[0].removeBookmark(mark)
    try await world[0].delete(id)
    try await world.sync(0)
    try await forgetDeletions(world)
    try await world.sync(1)
    let entry = try #require(try await world[1].conflicts().first { $0.record.id == mark })
    #expect(entry.kind == .unsentLost)
    await world.closeAll()
  }

  @Test(arguments: ["boot_id", "name", "stamp"])
  func `an edit with a byte that is no text stops nothing, and is listed until it is given up`(column: String)
    async throws
  {
    let world = try await world()
    var ids: [ArticleID] = []
    for index in 0..<3 { ids.append(try await world[0].add(SavedPage(url: "https://example.org/\(index)")).article.id) }
    try await world.settle()
    for id in ids { _ = try await world[0].edit(id, title: .set("Mine"), byline: .keep) }
    let row = "record = (SELECT number FROM record WHERE id = ?)"
    try await world.run(0, "UPDATE edit SET \(column) = CAST(x'74FF' AS TEXT) WHERE \(row)", [.blob(ids[1].bytes)])
    // Its value stands in the record too, which goes out as ever.
    #expect(try await world.sync(0).pushed == 3)
    let refused = try await world[0].refused()
    #expect(refused.map(\.record.id) == [ids[1]] && refused.first?.slug == RefusedRecord.damagedSlug)
    #expect(try await world[0].verify(over: nil).damagedRecords.count == 1)
    try await world[0].discardRefused(try #require(refused.first?.number))
    try await world.settle()
    #expect(try await world[0].verify(over: nil).damagedRecords.isEmpty)
    for id in ids { #expect(try await world[1].article(id).title == "Mine") }
    try await world.expectEqual()
    await world.closeAll()
  }

  @Test(arguments: [
    "UPDATE article SET title = CAST(x'FF' AS TEXT)",
    "UPDATE meta SET value = CAST(x'FF' AS TEXT) WHERE key = 'cursor'",
    "INSERT INTO journal(at, kind, type, id, records, restored) VALUES(1, CAST(x'FF' AS TEXT), 'article', x'00', x'', 0)",
  ])
  func `text that is none anywhere else is damage, and repair mends it`(sql: String) async throws {
    let world = try await world()
    let id = try await world[0].add(SavedPage(url: "https://example.org/a", title: "Old")).article.id
    try await world.settle()
    _ = try await world[0].setFavourite(id, true)
    try await world.run(0, sql)
    do {
      _ = try await world[0].conflicts()
      #expect(try await !world[0].verify(over: nil).indexMatches)
      if sql.contains("meta") { try await world.sync(0) }
    } catch let error as OffprintError { #expect(error.code == .damaged, "\(error)") }
    await world[0].close()
    let report = try await Library.repair(
      at: world.folder.file("device-0"), environment: world.devices[0].environment)
    #expect(!report.wasWhole && report.unsent == 1)
    try await world.reopen(0)
    _ = try await world[0].conflicts()
    for _ in 0..<2 { try await world.settle() }
    #expect(try await world[1].article(id).isFavourite)
    try await world.expectEqual()
    await world.closeAll()
  }

  @Test func `a damaged record that the brake holds is listed and not unsent, and a reset keeps what was held`()
    async throws
  {
    let world = try await world()
    var ids: [ArticleID] = []
    for index in 0..<24 {
      ids.append(try await world[0].add(SavedPage(url: "https://example.org/\(index)")).article.id)
    }
    try await world.settle()
    for id in ids { try await world[0].delete(id) }
    try await world.sync(0)
    try await forgetDeletions(world)
    #expect(try await world.sync(1).brake?.wouldRemove == 24)
    let row = "number = (SELECT max(number) FROM record WHERE held = 1)"
    try await world.run(1, "UPDATE record SET state = x'00' WHERE \(row)")
    #expect(try await world[1].verify(over: nil).damagedRecords.count == 1)
    #expect(try await world[1].unsentChanges() == 0)
    #expect(try await world[1].refused().map(\.slug) == [RefusedRecord.damagedSlug])
    try await world[1].reset(discardUnsent: false)
    #expect(try await world[1].conflicts().count { $0.kind == .trashed } == 23)
    await world.closeAll()
  }
}
