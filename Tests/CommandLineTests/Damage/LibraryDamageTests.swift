import Foundation
import OffprintSQLite
import OffprintTesting
import OffprintProcesses
import Testing

/// Damaged files of a library: noticed, never taken for empty, never written over.
@Suite(.serialized) struct LibraryDamageTests {
  /// A library with some articles, closed, and nothing left in its log.
  private func library(articles: Int = 8) throws -> (folder: TemporaryFolder, client: CrashClient, database: String) {
    let folder = try TemporaryFolder()
    let client = CrashClient(library: folder.file("l"))
    let path = RealProgram.path("offprint")
    let script = "for i in $(seq \(articles)); do '\(path)' --library '\(client.library)' add https://example.org/$i"
    let made = try RealProcess.run("/bin/sh", ["-c", script + " --title \"Title $i\" || exit 1; done"])
    #expect(made.status == 0, "\(made)")
    return (folder, client, client.library + "/library.sqlite")
  }

  /// Expects every verb that opens the library to end with the code and to leave the files as they are.
  private func expectUntouched(
    _ client: CrashClient, _ exit: Int32,
    _ verbs: [[String]] = [["list"], ["add", "https://example.org/new"], ["status"]],
    says: String? = nil, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let files = ["library.sqlite", "library.json"].map { client.library + "/" + $0 }
    let before = files.map { DamagedFiles.hash($0) }
    for verb in verbs {
      let ended = try RealProcess.run(RealProgram.path("offprint"), ["--library", client.library] + verb)
      #expect(ended.status == exit, "\(verb): \(ended)", sourceLocation: sourceLocation)
      #expect(ended.output.isEmpty, sourceLocation: sourceLocation)
      #expect(ended.errors.hasPrefix("offprint: "), sourceLocation: sourceLocation)
      #expect(ended.errors.split(separator: "\n").count == 1, "\(ended.errors)", sourceLocation: sourceLocation)
      if let says { #expect(ended.errors.contains(says), "\(ended.errors)", sourceLocation: sourceLocation) }
    }
    #expect(files.map { DamagedFiles.hash($0) } == before, sourceLocation: sourceLocation)
  }

  @Test(arguments: FileDamage.unreadable)
  func `a database that cannot be read ends with 13 and stays as it is`(damage: FileDamage) throws {
    let (folder, client, database) = try library(articles: 6)
    defer { withExtendedLifetime(folder) {} }
    try damage.apply(database)
    try expectUntouched(client, 13)
    let json = try client.call("list", "--json")
    #expect(json.status == 13 && json.output.hasPrefix("{\"error\":{\"code\":\"damaged\",\"exit\":13,"))
  }

  @Test(arguments: [
    FileDamage("no library.json") { try FileManager.default.removeItem(atPath: $0) },
    FileDamage("another library's library.json") {
      let text = String(decoding: try DamagedFiles.bytes($0), as: UTF8.self)
      let id = text.components(separatedBy: "\"id\":\"").last?.prefix(32) ?? ""
      try DamagedFiles.write($0, Array(text.replacingOccurrences(of: id, with: String(id.reversed())).utf8))
    },
    FileDamage("no JSON in library.json") { try DamagedFiles.write($0, Array("{".utf8)) },
    FileDamage("an empty library.json") { try DamagedFiles.write($0, []) },
  ])
  func `a marker file that is gone, damaged or another library's ends with 13`(damage: FileDamage) throws {
    let (folder, client, _) = try library(articles: 2)
    defer { withExtendedLifetime(folder) {} }
    try damage.apply(client.library + "/library.json")
    try expectUntouched(client, 13, says: "library.json")
    try expectUntouched(client, 13, says: "offprint repair")
    // And it does as it is told to.
    #expect(try client.call("repair").status == 0)
    #expect(try client.addresses().count == 2)
  }

  @Test func `a database that is gone beside its marker ends with 13 and is not made anew`() throws {
    let (folder, client, database) = try library(articles: 2)
    defer { withExtendedLifetime(folder) {} }
    try FileManager.default.removeItem(atPath: database)
    try expectUntouched(client, 13, says: "offprint repair")
    #expect(!FileManager.default.fileExists(atPath: database))
  }

  @Test func `a library of a newer version ends with 16 and every byte stays`() throws {
    let (folder, client, database) = try library(articles: 2)
    defer { withExtendedLifetime(folder) {} }
    try DamagedFiles.run(database, "PRAGMA user_version=9999")
    try expectUntouched(client, 16, says: "newer")
  }

  @Test func `tables under version 0 end with 13`() throws {
    let (folder, client, database) = try library(articles: 2)
    defer { withExtendedLifetime(folder) {} }
    try DamagedFiles.run(database, "PRAGMA user_version=0")
    try expectUntouched(client, 13)
  }

  @Test func `another program's database ends with 13`() throws {
    let (folder, client, database) = try library(articles: 2)
    defer { withExtendedLifetime(folder) {} }
    try DamagedFiles.run(database, "PRAGMA application_id=77")
    try expectUntouched(client, 13)
  }

  @Test func `bytes appended to the file do no harm`() throws {
    let (folder, client, database) = try library(articles: 3)
    defer { withExtendedLifetime(folder) {} }
    try DamagedFiles.write(database, DamagedFiles.bytes(database) + SeededBytes.bytes(5_000, seed: 3))
    #expect(try client.addresses().count == 3)
    #expect(try client.call("add", "https://example.org/more").status == 0)
    #expect(try client.call("verify").status == 0)
    #expect(try client.addresses().count == 4)
  }

  @Test(arguments: ["record", "article", "sqlite_autoindex_record_1", "meta"])
  func `garbage in a page ends with 13`(table: String) throws {
    let (folder, client, database) = try library()
    defer { withExtendedLifetime(folder) {} }
    let page = try DamagedFiles.rows(database, "SELECT rootpage FROM sqlite_schema WHERE name = '\(table)'")
    var number: Int64 = 0
    if case .integer(let root)? = page.first?.first { number = root }
    try #require(number > 1)
    try FileDamage.overwrite("garbage", at: Int(number - 1) * 4_096, SeededBytes.bytes(4_096, seed: 9)).apply(database)
    try expectUntouched(client, 13, [["verify"]])
  }

  @Test func `a write-ahead log that was deleted with edits in it ends with 13`() throws {
    let (folder, client, database) = try library(articles: 2)
    defer { withExtendedLifetime(folder) {} }
    // A reader of the old state keeps the log from being copied back, as a backup program's does.
    let reader = try Connection(path: database, role: .reader)
    try reader.transaction(.deferred) {
      _ = try reader.query("SELECT count(*) FROM record") { try $0.int64(0) }
      #expect(try client.call("add", "https://example.org/in-the-log").status == 0)
    }
    let log = try DamagedFiles.bytes(database + "-wal")
    #expect(!log.isEmpty)
    let whole = try DamagedFiles.bytes(database)
    reader.close()
    // What a copy without the log looks like.
    for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: database + suffix) }
    try DamagedFiles.write(database, whole)
    try expectUntouched(client, 13, says: "-wal")
    try expectUntouched(client, 13, says: "offprint repair")
  }

  @Test func `an older database beside a newer one's write-ahead log is found by verify and repaired`() throws {
    let (folder, client, database) = try library(articles: 8)
    defer { withExtendedLifetime(folder) {} }
    let older = try DamagedFiles.bytes(database)
    // Enough text for pages that neither the older file nor the log holds.
    let title = String(repeating: "paper boats ", count: 80)
    for index in 0..<8 {
      #expect(try client.call("add", "https://example.org/between/\(index)", "--title", title).status == 0)
    }
    let reader = try Connection(path: database, role: .reader)
    var log: [UInt8] = []
    try reader.transaction(.deferred) {
      _ = try reader.query("SELECT count(*) FROM record") { try $0.int64(0) }
      #expect(try client.call("add", "https://example.org/in-the-log").status == 0)
      log = try DamagedFiles.bytes(database + "-wal")
    }
    reader.close()
    try? FileManager.default.removeItem(atPath: database + "-shm")
    try Data(log).write(to: URL(fileURLWithPath: database + "-wal"))
    try DamagedFiles.write(database, older)
    let ended = try client.call("verify")
    #expect(ended.status == 13, "\(ended)")
    let repaired = try client.call("repair", "--discard-unsent")
    #expect(repaired.status == 0, "\(repaired)")
    // Edits that were in neither file cannot be had again: their records are listed, and the rest works.
    let refused = try client.call("refused").output.split(separator: "\n").count
    #expect(try client.addresses().count + refused == 17)
    #expect(try client.call("add", "https://example.org/after").status == 0)
  }
}
