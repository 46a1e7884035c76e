import Foundation
import OffprintSQLite
import OffprintTesting
import OffprintProcesses
import Testing

/// Single rows whose bytes have changed: SQLite calls such a database whole. One of them must harm nothing but itself.
@Suite(.serialized) struct RecordDamageTests {
  private static let middle: @Sendable (Int) -> Int = { $0 / 2 }

  /// Two devices, level, with some articles; all is synced.
  private func world(articles: Int = 5, pages: Bool = false) throws -> RealWorld {
    let world = try RealWorld()
    for device in ["phone", "tablet"] { #expect(try world.signIn(device).status == 0) }
    for index in 0..<articles {
      let source = pages ? try world.page("\(index)", seed: UInt64(index)) : "https://example.org/\(index)"
      #expect(try world.client("phone", "add", source, "--title", "Title \(index)").status == 0)
    }
    for device in ["phone", "tablet"] { #expect(try world.client(device, "sync").status == 0) }
    return world
  }

  @Test(arguments: [["list"], ["verify"], ["export"]])
  func `a byte changed in synced records is noticed by whoever reads them, and the next sync fetches them again`(
    reading: [String]
  ) throws {
    let world = try world()
    let dump = try world.client("phone", "export").output
    let changed = try DamagedFiles.flipByte(
      world.database("phone"), table: "record", column: "state", where: "number % 2 = 0", at: Self.middle)
    #expect(changed == 2)
    let read = try RealProcess.run(RealProgram.path("offprint"), ["--library", world.folder.file("phone")] + reading)
    #expect(read.status == (reading == ["verify"] ? 13 : 0), "\(read)")
    #expect(read.errors.contains("damaged"), "\(read)")
    let sync = try world.client("phone", "sync", "--json")
    #expect(sync.status == 0 && sync.output.contains("\"repaired\":true"), "\(sync)")
    try world.expectEqual(["phone", "tablet"])
    #expect(try world.client("phone", "export").output == dump, "not one byte of the damage has spread")
  }

  @Test func `an article whose record is damaged says so, and others are read and edited as ever`() throws {
    let world = try world()
    let list = try world.client("phone", "list", "--json", "--sort", "title").output
    let ids = list.components(separatedBy: "\"id\":\"").dropFirst().map { String($0.prefix(32)) }
    let id = try #require(ids.first)
    _ = try DamagedFiles.flipByte(
      world.database("phone"), table: "record", column: "state", where: "hex(id) = upper('\(id)')", at: Self.middle)
    let show = try world.client("phone", "show", id)
    #expect(show.status == 13 && show.errors.contains("damaged"), "\(show)")
    #expect(try world.client("phone", "list", "--json").output.split(separator: "\n").count == 4)
    #expect(try world.client("phone", "edit", ids[1], "--title", "New").status == 0)
    #expect(try world.client("phone", "tag", ids[2], "+t").status == 0)
    #expect(try world.client("phone", "progress", ids[3], "40%").status == 0)
    #expect(try world.client("phone", "sync").status == 0)
    #expect(try world.client("phone", "show", id).status == 0)
    #expect(try world.client("tablet", "sync").status == 0)
    try world.expectEqual(["phone", "tablet"])
  }

  @Test func `an unsent record with bytes that cannot be read is listed by refused, and all others go on`() throws {
    let world = try world()
    for index in 10..<13 { #expect(try world.client("phone", "add", "https://example.org/\(index)").status == 0) }
    let database = world.database("phone")
    // A new article whose edits and state are both gone: nothing else holds it.
    let row = "number = (SELECT max(number) FROM record)"
    try DamagedFiles.run(database, "UPDATE record SET state = x'FF00FF' WHERE \(row)")
    try DamagedFiles.run(database, "UPDATE edit SET value = x'22FF' WHERE record = (SELECT max(number) FROM record)")
    let sync = try world.client("phone", "sync")
    #expect(sync.status == 19 && sync.output.contains("pushed 2 changes"), "\(sync)")
    let refused = try world.client("phone", "refused", "--json")
    #expect(refused.status == 0 && refused.output.contains("\"slug\":\"damaged\""), "\(refused)")
    let number = refused.output.components(separatedBy: "\"number\":").last?.prefix { $0.isNumber } ?? ""
    // The rest of the library works.
    #expect(try world.client("phone", "list").status == 0)
    #expect(try world.client("phone", "add", "https://example.org/after").status == 0)
    #expect(try world.client("phone", "verify").status == 13)
    #expect(try world.client("tablet", "sync").status == 0)
    #expect(try world.crashClient("tablet").addresses().count == 7)
    // It is kept until somebody gives it up.
    let state = "SELECT count(*) FROM record WHERE state = x'FF00FF'"
    #expect(try DamagedFiles.rows(database, state) == [[.integer(1)]])
    #expect(try world.client("phone", "refused", "retry", String(number)).status == 64)
    #expect(try world.client("phone", "refused", "discard", String(number)).status == 0)
    #expect(try DamagedFiles.rows(database, state) == [[.integer(0)]])
    for device in ["phone", "tablet"] { #expect(try world.client(device, "sync").status == 0) }
    try world.expectEqual(["phone", "tablet"])
  }

  @Test func `an unsent edit outlives the damage of the record it stands in`() throws {
    let world = try world()
    let list = try world.client("phone", "list", "--json").output
    let id = String(list.components(separatedBy: "\"id\":\"").last?.prefix(32) ?? "")
    #expect(try world.client("phone", "edit", id, "--title", "Mine").status == 0)
    let changed = try DamagedFiles.flipByte(
      world.database("phone"), table: "record", column: "state", where: "dirty = 1", at: Self.middle)
    #expect(changed == 1)
    #expect(try world.client("phone", "list").output.contains("Mine"))
    #expect(try world.client("phone", "sync").status == 0)
    #expect(try world.client("tablet", "sync").status == 0)
    #expect(try world.client("tablet", "list").output.contains("Mine"))
    try world.expectEqual(["phone", "tablet"])
  }

  @Test func `a library whose cursor is gone reads from the start and keeps its unsent edits`() throws {
    let world = try world()
    #expect(try world.client("phone", "add", "https://example.org/unsent", "--title", "Unsent").status == 0)
    #expect(try world.client("tablet", "add", "https://example.org/theirs").status == 0)
    #expect(try world.client("tablet", "sync").status == 0)
    try DamagedFiles.run(world.database("phone"), "DELETE FROM meta WHERE key = 'cursor'")
    #expect(try world.client("phone", "sync").status == 0)
    #expect(try world.client("tablet", "sync").status == 0)
    #expect(try world.client("tablet", "list").output.contains("Unsent"))
    try world.expectEqual(["phone", "tablet"])
  }

  @Test func `a byte changed in each stored text is noticed in every one, and each is fetched again`() throws {
    let count = CrashRun.kills(short: 25) * (CrashRun.isFull ? 5 : 1)
    var generator = SeededGenerator(seed: CrashRun.seed, case: 7)
    let world = try world(articles: count, pages: true)
    // Behind the ten bytes of gzip's head, of which a reader needs but four.
    let changed = try DamagedFiles.flipByte(
      world.database("tablet"), table: "content", column: "bytes", where: "1"
    ) { 10 + Int(generator.next() % UInt64($0 - 10)) }
    #expect(changed == count)
    let verify = try world.client("tablet", "verify", "--json")
    #expect(verify.status == 13)
    let found = verify.output.components(separatedBy: "\"damagedContents\":[").last?.prefix { $0 != "]" } ?? ""
    #expect(found.split(separator: ",").count == count, "seed \(CrashRun.seed)")
    let sync = try world.client("tablet", "sync", "--json")
    #expect(sync.status == 0 && sync.output.contains("\"contentsDownloaded\":\(count)"), "\(sync)")
    #expect(try world.client("tablet", "verify").status == 0)
    CrashRun.report("one byte changed in each of \(count) texts: \(count) noticed and fetched again")
  }

  @Test func `a damaged text is noticed by reading it, and hides neither the article nor the others`() throws {
    let world = try world(articles: 2, pages: true)
    let list = try world.client("phone", "list", "--json").output
    let ids = list.components(separatedBy: "\"id\":\"").dropFirst().map { String($0.prefix(32)) }
    _ = try DamagedFiles.flipByte(
      world.database("phone"), table: "content", column: "bytes", where: "1", at: Self.middle)
    let show = try world.client("phone", "show", ids[0], "--format", "html")
    #expect(show.status == 13 && show.errors.contains("damaged"), "\(show)")
    #expect(try world.client("phone", "list").status == 0)
    #expect(try world.client("phone", "progress", ids[1], "30%").status == 0)
    #expect(try world.client("phone", "sync").status == 0)
    #expect(try world.client("phone", "show", ids[0], "--format", "html").status == 0)
  }

  @Test func `a damaged text that only this device has is kept and not sent`() throws {
    let world = try world(articles: 0)
    #expect(try world.client("phone", "add", world.page("own", seed: 4)).status == 0)
    _ = try DamagedFiles.flipByte(
      world.database("phone"), table: "content", column: "bytes", where: "1", at: Self.middle)
    let verify = try world.client("phone", "verify")
    #expect(verify.status == 13 && verify.errors.contains("1 text that only this device has"), "\(verify)")
    let json = try world.client("phone", "verify", "--json").output
    #expect(json.contains("\"damagedContents\":[],\"damagedContentsKept\":[\""), "\(json)")
    let id =
      try world.client("phone", "list", "--json").output.components(separatedBy: "\"id\":\"").last?.prefix(32) ?? ""
    let show = try world.client("phone", "show", String(id), "--format", "html")
    #expect(show.status == 13 && show.errors.contains("save the page again"), "\(show)")
    let sync = try world.client("phone", "sync")
    #expect(sync.status == 0 && sync.output.contains("pushed 1 change"), "the record goes all the same: \(sync)")
    #expect(try DamagedFiles.rows(world.database("phone"), "SELECT count(*) FROM content") == [[.integer(1)]])
  }
}
