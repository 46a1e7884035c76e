import Foundation
import OffprintSQLite
import OffprintTesting
import Testing

/// `offprint repair`: damaged files are kept, unsent edits saved first, and the next sync makes all devices equal.
@Suite(.serialized) struct RepairTests {
  private func world() throws -> RealWorld {
    let world = try RealWorld()
    for device in ["phone", "tablet"] { #expect(try world.signIn(device).status == 0) }
    // Long titles, so that the table of a few records has several pages.
    for index in 0..<12 {
      let title = String(repeating: "paper boats \(index) ", count: 60)
      #expect(try world.client("phone", "add", "https://example.org/\(index)", "--title", title).status == 0)
    }
    for device in ["phone", "tablet"] { #expect(try world.client(device, "sync").status == 0) }
    for index in 0..<3 {
      #expect(try world.client("phone", "add", "https://example.org/unsent/\(index)").status == 0)
    }
    return world
  }

  private func rootPage(_ database: String, _ name: String) throws -> Int {
    let rows = try DamagedFiles.rows(database, "SELECT rootpage FROM sqlite_schema WHERE name = '\(name)'")
    guard case .integer(let number)? = rows.first?.first else { throw RealWorld.Failure(text: "no \(name)") }
    return Int(number)
  }

  private func overwritePage(_ database: String, _ number: Int) throws {
    try FileDamage.overwrite("garbage", at: (number - 1) * 4_096, SeededBytes.bytes(4_096, seed: 8)).apply(database)
  }

  private func expectRepaired(_ world: RealWorld, keeps unsent: Int) throws {
    let repaired = try world.client("phone", "repair", "--json")
    #expect(repaired.status == 0 && repaired.output.contains("\"unsent\":\(unsent)"), "\(repaired)")
    let sync = try world.client("phone", "sync")
    #expect(sync.status == 0, "\(sync)")
    #expect(try world.client("tablet", "sync").status == 0)
    let there = try world.crashClient("tablet").addresses()
    #expect(there.count == 15)
    try world.expectEqual(["phone", "tablet"])
    let aside = repaired.output.components(separatedBy: "\"aside\":\"").last?.prefix { $0 != "\"" } ?? ""
    #expect(!aside.isEmpty)
    #expect(
      FileManager.default.fileExists(atPath: world.folder.file("phone/\(aside)/library.sqlite")),
      "the damaged file is kept")
  }

  @Test(arguments: ["article", "meta"])
  func `a damaged page of what can be had again costs nothing that was not sent`(table: String) throws {
    let world = try world()
    let database = world.database("phone")
    let before = try DamagedFiles.bytes(database)
    try overwritePage(database, try rootPage(database, table))
    let damaged = DamagedFiles.hash(database)
    #expect(try world.client("phone", "verify").status == 13)
    #expect(DamagedFiles.hash(database) == damaged, "noticing changes nothing")
    #expect(before.count == (try DamagedFiles.bytes(database)).count)
    try expectRepaired(world, keeps: 3)
  }

  @Test func `a damaged leaf page of synced records costs nothing that was not sent`() throws {
    let world = try world()
    let database = world.database("phone")
    // The page of the oldest records: the one that the first of them is found on.
    let bytes = try DamagedFiles.bytes(database)
    let root = try rootPage(database, "record")
    let header = (root - 1) * 4_096
    #expect(bytes[header] == 5, "the table has several pages")
    let pointer = header + 12
    let cell = header + Int(bytes[pointer]) << 8 + Int(bytes[pointer + 1])
    let leaf = (0..<4).reduce(0) { $0 << 8 | Int(bytes[cell + $1]) }
    try overwritePage(database, leaf)
    try expectRepaired(world, keeps: 3)
    let saved = try FileManager.default.contentsOfDirectory(atPath: world.folder.file("phone"))
      .first { $0.hasPrefix("unsent-") }
    let lines = String(
      decoding: try DamagedFiles.bytes(world.folder.file("phone/\(try #require(saved))")), as: UTF8.self)
    #expect(lines.split(separator: "\n").count == 3 && lines.contains("example.org/unsent/2"))
  }

  @Test(
    arguments: FileDamage.unreadable.filter { ["cut to a half", "random bytes"].contains("\($0)") })
  func `where unsent edits cannot be read a person decides, and the damaged files are kept`(damage: FileDamage) throws {
    let world = try world()
    let database = world.database("phone")
    try damage.apply(database)
    let damaged = DamagedFiles.hash(database)
    let first = try world.client("phone", "repair")
    // Cut files may still hold all unsent edits: then there is nothing to decide.
    if first.status == 15 {
      #expect(first.errors.contains("--discard-unsent"))
      #expect(DamagedFiles.hash(database) == damaged, "nothing was changed")
      #expect(try world.client("phone", "repair", "--discard-unsent").status == 0)
    } else {
      #expect(first.status == 0, "\(first)")
    }
    let aside = try FileManager.default.contentsOfDirectory(atPath: world.folder.file("phone"))
      .first { $0.hasPrefix("damaged-") }
    #expect(DamagedFiles.hash(world.folder.file("phone/\(try #require(aside))/library.sqlite")) == damaged)
    #expect(try world.client("phone", "sync").status == 0)
    // What a database that is all gone was bound to is gone too; the token is not.
    #expect(try world.client("phone", "status").status == 0)
    #expect(try world.crashClient("phone").addresses().isSuperset(of: try world.crashClient("tablet").addresses()))
    try world.expectEqual(["phone"])
  }

  @Test func `a repair that was interrupted is gone on with`() throws {
    let world = try world()
    let database = world.database("phone")
    try overwritePage(database, try rootPage(database, "article"))
    #expect(try world.client("phone", "repair").status == 0)
    // As if the last rename had not happened.
    try FileManager.default.moveItem(atPath: database, toPath: database + ".repaired")
    #expect(try world.client("phone", "list").status == 13)
    #expect(try world.client("phone", "repair").status == 0)
    #expect(try world.client("phone", "sync").status == 0)
    #expect(try world.client("tablet", "sync").status == 0)
    try world.expectEqual(["phone", "tablet"])
  }

  @Test func `a whole library is left as it is`() throws {
    let folder = try TemporaryFolder()
    let client = CrashClient(library: folder.file("l"))
    #expect(try client.call("repair").status == 10)
    #expect(try client.call("add", "https://example.org/").status == 0)
    let before = DamagedFiles.hash(client.library + "/library.sqlite")
    let repaired = try client.call("repair")
    #expect(repaired.status == 0 && repaired.output.contains("whole"), "\(repaired)")
    #expect(DamagedFiles.hash(client.library + "/library.sqlite") == before)
  }
}
