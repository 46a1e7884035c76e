import Foundation
import Offprint
import OffprintTesting
import OffprintWire
import Testing

/// Random schedules of edits, syncs, faults, restores and clones end equal, with every bookmark anybody made.
///
/// A bookmark per edit is a grow-only record: registers alone would hide a lost write behind a later one.
@Suite struct ConvergenceTests {
  private static let seeds: [UInt64] = {
    if let text = ProcessInfo.processInfo.environment["OFFPRINT_SEED"], let seed = UInt64(text) { return [seed] }
    let count =
      ProcessInfo.processInfo.environment["OFFPRINT_CASES"].flatMap { Int($0) }.map { max(12, $0 / 500) } ?? 12
    return (0..<UInt64(count)).map { 9_000 + $0 }
  }()

  @Test(arguments: seeds)
  func `when edits stop and every device has synced, all are equal and nothing is lost`(seed: UInt64) async throws {
    var generator = SeededGenerator(seed: seed)
    let world = try await SyncWorld(devices: 3, seed: seed)
    try await world.signInAll()
    var made: Set<BookmarkID> = []
    var removed: Set<BookmarkID> = []
    for step in 0..<70 {
      let index = generator.below(world.libraries.count)
      let library = world[index]
      let articles = try await library.articles(ArticleQuery(filter: .all, limit: 20))
      switch generator.below(16) {
      case 0, 1:
        _ = try await library.add(
          SavedPage(
            url: "https://example.org/\(generator.below(6))",
            document: SyncWorld.document("Text \(generator.below(3)).")))
      case 2, 3:
        guard !articles.isEmpty else { break }
        made.insert(
          try await library.addBookmark(
            in: generator.pick(articles).id, at: .fraction(Int64(generator.below(1_000_000))), note: "n\(step)",
            colour: nil
          ).id)
      case 4:
        let bookmarks = try await library.bookmarks(of: nil)
        guard !bookmarks.isEmpty else { break }
        let bookmark = generator.pick(bookmarks)
        removed.insert(bookmark.id)
        try await library.removeBookmark(bookmark.id)
      case 5, 6:
        guard !articles.isEmpty else { break }
        try await library.setProgress(
          of: generator.pick(articles).id, to: .fraction(Int64(generator.below(1_000_001))), restart: generator.oneIn(9)
        )
      case 7:
        guard !articles.isEmpty else { break }
        _ = try await library.edit(generator.pick(articles).id, title: .set("title \(step)"), byline: .keep)
      case 8:
        guard !articles.isEmpty, generator.oneIn(2) else { break }
        try await library.delete(generator.pick(articles).id)
      case 9: world.devices[index].reboot()
      case 10:
        world.devices[index].setWall(
          milliseconds: 1_800_000_000_000 + Int64(generator.below(600) - 300) * 1_000_000_000)
      case 11: world.advance(milliseconds: Int64(generator.below(3_600_000)))
      case 12 where generator.oneIn(3): try await world.reopen(index)
      default:
        let fault = generator.pick(FaultyTransport.Fault.allCases + [.none, .none])
        let faulty = FaultyTransport(to: world.server) { $0.method == "POST" ? fault : .none }
        _ = try? await world.sync(index, over: faulty)
        if generator.oneIn(2) { try faulty.deliverDelayed() }
      }
    }
    for _ in 0..<2 { try await world.settle() }
    try await world.expectEqual()
    let dump = try await world.dump(0)
    for bookmark in made.subtracting(removed) {
      #expect(dump.contains(bookmark.description), "seed \(seed): bookmark \(bookmark) is lost")
    }
    await world.closeAll()
  }
}
