import Foundation
import OffprintProcesses
import OffprintTesting
import Testing

/// What backup, restore and check refuse, with everything left as it was.
@Suite(.serialized) struct RestoreRefusalTests {
  private func world() throws -> RealWorld {
    let world = try RealWorld()
    #expect(try world.signIn("phone").status == 0)
    #expect(try world.client("phone", "add", try world.page("story", seed: 3)).status == 0)
    for index in 0..<3 { #expect(try world.client("phone", "add", "https://example.org/\(index)").status == 0) }
    #expect(try world.client("phone", "sync").status == 0)
    return world
  }

  @Test func `a backup that cannot be trusted is not put in place, and changes nothing`() throws {
    let world = try world()
    let backup = try world.backUp("good.sqlite")
    #expect(try world.daemon("restore", backup).status == 17, "a server runs")
    #expect(world.stop(SIGTERM)?.status == 0)
    let whole = try DamagedFiles.bytes(backup)
    let before = DamagedFiles.hash(world.serverDatabase)
    func refused(_ exit: Int32, _ what: String) throws {
      let ended = try world.daemon("restore", backup)
      #expect(ended.status == exit, "\(what): \(ended)")
      #expect(ended.output.isEmpty && !ended.errors.isEmpty)
      #expect(DamagedFiles.hash(world.serverDatabase) == before, "\(what)")
      let names = try FileManager.default.contentsOfDirectory(atPath: world.serverFolder)
      #expect(!names.contains { $0.hasPrefix("replaced") || $0.hasPrefix("restoring") }, "\(what): \(names)")
      try DamagedFiles.write(backup, whole)
    }
    for damage in FileDamage.unreadable where damage.description != "cut to nothing" {
      try damage.apply(backup)
      try refused(13, damage.description)
    }
    try DamagedFiles.write(backup, [])
    try refused(13, "empty")
    #expect(
      try DamagedFiles.flipByte(backup, table: "record", column: "registers", where: "number = 2") { $0 - 2 } == 1)
    try refused(13, "a changed record")
    #expect(try DamagedFiles.flipByte(backup, table: "content", column: "hash", where: "1") { $0 - 2 } == 1)
    try refused(13, "a changed text")
    try DamagedFiles.run(backup, "PRAGMA user_version=9999")
    try refused(16, "a newer version")
    try Data("x".utf8).write(to: URL(fileURLWithPath: backup + "-wal"))
    try refused(1, "a log beside it")
    try FileManager.default.removeItem(atPath: backup + "-wal")
    #expect(try world.daemon("restore", world.folder.file("nothing")).status == 1)

    // With a word, damage is put in place all the same, and said.
    #expect(
      try DamagedFiles.flipByte(backup, table: "record", column: "registers", where: "number = 2") { $0 - 2 } == 1)
    #expect(try world.daemon("restore", backup, "--allow-damaged").status == 0)
    #expect(try world.daemon("check").status == 13)
    try world.start()
    // Nobody has met the record yet, so nobody knows; with a word the check tells the devices, while the server runs.
    let mended = try world.daemon("check", "--mend")
    #expect(mended.status == 13 && mended.output.contains("set aside"), "\(mended)")
    for _ in 0..<2 { #expect(try world.client("phone", "sync").status == 0) }
    try world.expectEqual(["phone"])
    #expect(try world.daemon("check").status == 0, "the device has mended it")
  }

  @Test func `a backup replaces a file only if it is told to, and only by a whole one`() throws {
    let world = try world()
    let backup = try world.backUp("copy.sqlite")
    let hash = DamagedFiles.hash(backup)
    let again = try world.daemon("backup", backup)
    #expect(again.status == 1 && again.errors.contains("--force"), "\(again)")
    #expect(DamagedFiles.hash(backup) == hash)
    #expect(try world.client("phone", "add", "https://example.org/more").status == 0)
    #expect(try world.client("phone", "sync").status == 0)
    #expect(try world.daemon("backup", backup, "--force").status == 0)
    let newer = DamagedFiles.hash(backup)
    #expect(newer != hash)
    #expect(world.stop(SIGTERM)?.status == 0)
    _ = try DamagedFiles.flipByte(
      world.serverDatabase, table: "record", column: "registers", where: "number = 1"
    ) { $0 - 2 }
    let damaged = try world.daemon("backup", backup, "--force")
    #expect(damaged.status == 13 && damaged.errors.contains("record"), "\(damaged)")
    #expect(DamagedFiles.hash(backup) == newer, "the good one stays")
    #expect(try world.daemon("backup", backup, "--force", "--allow-damaged").status == 0)
    #expect(try world.daemon("backup", world.folder.file("no/such/folder.sqlite")).status == 1)
    #expect(
      try RealProcess.run(
        RealProgram.path("offprintd"), ["backup", backup, "--force", "--data", world.folder.file("none")]
      ).status == 1)
  }

  /// What is done to the database, and the kind of finding that says so.
  static let damages: [(String, String)] = [
    ("UPDATE bucket SET sum = sum + 1 WHERE count > 0", "digest"), ("UPDATE account SET live_count = 7", "digest"),
    ("UPDATE account SET head = 2", "log"), ("UPDATE account SET floor = 99", "log"),
    ("UPDATE record SET type = 'No Type' WHERE number = 1", "record"),
    ("UPDATE record SET live = 0 WHERE number = 1", "record"), ("UPDATE record SET bucket = 256 - bucket", "record"),
    ("UPDATE content SET crc = crc + 1", "content"), ("DELETE FROM content", "reference"),
    ("DELETE FROM server", "structure"),
  ]

  @Test(arguments: damages.indices)
  func `check names what is wrong and ends with 13`(_ index: Int) throws {
    let (sql, kind) = Self.damages[index]
    let world = try world()
    #expect(try world.daemon("check").status == 0)
    #expect(world.stop(SIGTERM)?.status == 0)
    try DamagedFiles.run(world.serverDatabase, sql)
    let ended = try world.daemon("check", "--json")
    #expect(ended.status == 13, "\(ended)")
    #expect(ended.output.contains("\"kind\":\"\(kind)\",\"damage\":true"), "\(sql): \(ended.output)")
  }
}
