import Foundation
import OffprintSQLite
import OffprintTesting
import OffprintProcesses
import Testing

/// `offprint repair`: damaged files are kept, unsent edits saved first, and the next sync makes all devices equal.
@Suite(.serialized) struct RepairTests {
  private func world(users: [String] = ["ana"]) throws -> RealWorld {
    let world = try RealWorld(users: users)
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
      let files = try FileManager.default.contentsOfDirectory(atPath: world.folder.file("phone"))
      #expect(!files.contains { $0.contains("partial") || $0.contains("repaired") }, "\(files)")
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
    let aside = try #require(try asideFolders(world).first)
    // As if the log had not been moved yet either.
    try FileManager.default.copyItem(
      atPath: world.folder.file("phone/library.json"), toPath: database + "-wal")
    #expect(try world.client("phone", "list").status == 13)
    #expect(try world.client("phone", "add", "https://example.org/not").status == 13)
    let resumed = try world.client("phone", "repair", "--json")
    #expect(resumed.status == 0 && resumed.output.contains("\"unsent\":3"), "\(resumed)")
    #expect(
      resumed.output.contains("\"records\":15") && resumed.output.contains("\"aside\":\"\(aside)\""), "\(resumed)")
    #expect(try asideFolders(world) == [aside], "there is one folder of damaged files")
    #expect(FileManager.default.fileExists(atPath: world.folder.file("phone/\(aside)/library.sqlite-wal")))
    #expect(try world.client("phone", "sync").status == 0)
    #expect(try world.client("tablet", "sync").status == 0)
    try world.expectEqual(["phone", "tablet"])
  }

  private func asideFolders(_ world: RealWorld) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: world.folder.file("phone")).filter { $0.hasPrefix("damaged-") }
  }

  @Test(arguments: [true, false])
  func `a repair begun long ago takes nothing back that was done since`(isDamaged: Bool) throws {
    let world = try world()
    let database = world.database("phone")
    // Killed when the new database was ready, and the old one was used again.
    try FileManager.default.copyItem(atPath: database, toPath: database + ".repaired")
    #expect(try world.client("phone", "add", "https://example.org/unsent/since").status == 0)
    if isDamaged { try DamagedFiles.run(database, "UPDATE digest SET count = count + 1") }
    let repaired = try world.client("phone", "repair", "--json")
    #expect(repaired.status == 0 && repaired.output.contains("\"wasWhole\":\(!isDamaged)"), "\(repaired)")
    #expect(try world.client("phone", "status", "--json").output.contains("\"unsent\":4"))
    #expect(!FileManager.default.fileExists(atPath: database + ".repaired"))
    #expect(try world.client("phone", "sync").status == 0)
    #expect(try world.client("tablet", "sync").status == 0)
    #expect(try world.crashClient("tablet").addresses().contains("https://example.org/unsent/since"))
    try world.expectEqual(["phone", "tablet"])
  }

  @Test func `a row that no table takes costs itself, and not the one behind it`() throws {
    let world = try world()
    let database = world.database("phone")
    // The last article that is synced: the next row holds an edit that nobody else has.
    let rows = try DamagedFiles.rows(database, "SELECT id FROM record WHERE number = 12")
    guard case .blob(let id)? = rows.first?.first else { throw RealWorld.Failure(text: "no record") }
    var bytes = try DamagedFiles.bytes(database)
    // In front of its values a row says what kind each is: nothing for the number, a text of 7 bytes, a blob of 16, the state,
    // the hash, and `live`, which is the constant 1 (9) and becomes an empty text (13).
    let kinds = try #require(
      bytes.indices.dropLast(64).first { index in
        guard bytes[index] == 0, bytes[index + 1] == 27, bytes[index + 2] == 44 else { return false }
        return bytes[index..<index + 64].firstRange(of: Array("article".utf8) + id) != nil
      })
    let place = try #require((kinds + 3..<kinds + 10).first { bytes[$0] == 6 && bytes[$0 + 1] == 9 }) + 1
    bytes[place] = 13
    try DamagedFiles.write(database, bytes)
    #expect(try DamagedFiles.rows(database, "SELECT live FROM record WHERE number = 12") == [[.text("")]])
    try expectRepaired(world, keeps: 3)
  }

  @Test(arguments: [true, false])
  func `a library that no longer says whose it is belongs to nobody who merely signs in`(hasToken: Bool) throws {
    let world = try world(users: ["ana", "bob"])
    let database = world.database("phone")
    if !hasToken { try FileManager.default.removeItem(atPath: world.folder.file("phone/credential.json")) }
    try overwritePage(database, try rootPage(database, "meta"))
    #expect(try world.client("phone", "repair").status == 0)
    let login = ["login", world.url, "--user", "bob", "--password-stdin", "--device", "phone"]
    let path = RealProgram.path("offprint")
    let library = ["--library", world.folder.file("phone")]
    let refused = try RealProcess.run(path, library + login, input: RealWorld.password)
    #expect(refused.status == 15, "\(refused)")
    #expect(refused.errors.contains(hasToken ? "another account" : "--claim"), "\(refused)")
    // The token says whose it was; without one its owner does.
    if !hasToken {
      #expect(try world.signIn("phone").status == 15)
      let claimed = try RealProcess.run(
        path,
        library + ["login", world.url, "--user", "ana", "--password-stdin", "--device", "phone", "--claim"],
        input: RealWorld.password)
      #expect(claimed.status == 0, "\(claimed)")
    }
    for device in ["phone", "tablet"] { #expect(try world.client(device, "sync").status == 0) }
    #expect(try world.crashClient("tablet").addresses().count == 15)
    try world.expectEqual(["phone", "tablet"])
    // Bound now as any other.
    #expect(try RealProcess.run(path, library + login + ["--claim"], input: RealWorld.password).status == 15)
  }

  @Test func `a library that never had an account is repaired and signed in as ever`() throws {
    let world = try RealWorld()
    #expect(try world.client("phone", "add", "https://example.org/own").status == 0)
    try DamagedFiles.run(world.database("phone"), "UPDATE digest SET count = 5")
    try DamagedFiles.run(world.database("phone"), "INSERT OR REPLACE INTO digest(bucket, count, sum) VALUES(3, 1, 1)")
    let repaired = try world.client("phone", "repair", "--json")
    #expect(repaired.status == 0 && repaired.output.contains("\"wasWhole\":false"), "\(repaired)")
    #expect(try world.signIn("phone").status == 0)
    #expect(try world.client("phone", "sync").status == 0)
  }

  @Test(arguments: [Int64.max, .min])
  func `numbers at the end of what there is stop no program`(number: Int64) throws {
    let world = try world()
    let database = world.database("phone")
    for sql in [
      "UPDATE meta SET value = ? WHERE typeof(value) = 'integer'", "UPDATE digest SET count = ?",
      "UPDATE record SET confirmed_number = ?1, generation = ?1, refused_count = ?1 WHERE number % 2 = 0",
      "UPDATE edit SET wall = ?1, boot = ?1, unanswered = ?1", "UPDATE content SET size = ?",
      "INSERT INTO brake(at, removed, live) VALUES(0, ?1, ?1)", "UPDATE article SET saved = ?1, fraction = ?1",
    ] {
      try DamagedFiles.run(database, sql, [.integer(number)])
    }
    var saved = Set((0..<12).map { "https://example.org/\($0)" } + (0..<3).map { "https://example.org/unsent/\($0)" })
    for verb in [
      ["list"], ["status"], ["add", "https://example.org/new"], ["verify"], ["sync"], ["sync", "--full"], ["repair"],
      ["add", "https://example.org/newer"], ["sync"], ["verify"],
    ] {
      let ended = try RealProcess.run(
        RealProgram.path("offprint"), ["--library", world.folder.file("phone")] + verb)
      #expect((0..<64).contains(ended.status), "\(verb): \(ended)")
      if verb[0] == "add", ended.status == 0 { saved.insert(verb[1]) }
    }
    #expect(try world.client("phone", "repair").status == 0)
    for _ in 0..<2 { for device in ["phone", "tablet"] { #expect(try world.client(device, "sync").status == 0) } }
    #expect(try world.crashClient("tablet").addresses() == saved)
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
