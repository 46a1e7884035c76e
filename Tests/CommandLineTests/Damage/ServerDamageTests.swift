import Foundation
import OffprintSQLite
import OffprintTesting
import OffprintProcesses
import Testing

/// Damaged files of a server: it does not start on what it cannot trust, and hands nobody what has changed on the disk.
@Suite(.serialized) struct ServerDamageTests {
  /// A server that stands still, with two devices that are level with it.
  private func world() throws -> RealWorld {
    let world = try RealWorld()
    for device in ["phone", "tablet"] { #expect(try world.signIn(device).status == 0) }
    for index in 0..<5 {
      #expect(try world.client("phone", "add", "https://example.org/\(index)", "--title", "Title \(index)").status == 0)
    }
    for device in ["phone", "tablet"] { #expect(try world.client(device, "sync").status == 0) }
    #expect(world.stop(SIGTERM)?.status == 0)
    return world
  }

  /// Expects the server not to start, in one line, and its database to stay as it is.
  private func expectRefused(_ world: RealWorld, _ exit: Int32, sourceLocation: SourceLocation = #_sourceLocation)
    throws
  {
    let before = DamagedFiles.hash(world.serverDatabase)
    let ended = try RealProcess.run(
      RealProgram.path("offprintd"), ["serve", "--data", world.folder.file("server"), "--listen", "127.0.0.1:0"])
    #expect(ended.status == exit, "\(ended)", sourceLocation: sourceLocation)
    #expect(ended.output.isEmpty, sourceLocation: sourceLocation)
    #expect(ended.errors.hasPrefix("offprintd: "), sourceLocation: sourceLocation)
    #expect(ended.errors.split(separator: "\n").count == 1, "\(ended.errors)", sourceLocation: sourceLocation)
    #expect(DamagedFiles.hash(world.serverDatabase) == before, sourceLocation: sourceLocation)
  }

  @Test func `a server does not start on a database that cannot be read, and leaves it as it is`() throws {
    let world = try world()
    let whole = try DamagedFiles.bytes(world.serverDatabase)
    for damage in FileDamage.unreadable {
      try DamagedFiles.write(world.serverDatabase, whole)
      try damage.apply(world.serverDatabase)
      try expectRefused(world, 13)
    }
    for (pragma, exit) in [("user_version=9999", 16), ("user_version=0", 13), ("application_id=7", 13)]
      as [(String, Int32)]
    {
      try DamagedFiles.write(world.serverDatabase, whole)
      try DamagedFiles.run(world.serverDatabase, "PRAGMA \(pragma)")
      try expectRefused(world, exit)
    }
    try FileManager.default.removeItem(atPath: world.serverDatabase)
    try expectRefused(world, 13)
    #expect(!FileManager.default.fileExists(atPath: world.serverDatabase), "nothing is made in its place")
    // Bytes behind the end harm nobody.
    try Data(whole + SeededBytes.bytes(5_000, seed: 1)).write(to: URL(fileURLWithPath: world.serverDatabase))
    try world.start()
    try world.expectEqual(["phone", "tablet"])
  }

  @Test func `a side file that is damaged stops the start, one that is gone does not`() throws {
    let world = try world()
    let side = world.folder.file("server/heads.json")
    let whole = try DamagedFiles.bytes(side)
    try DamagedFiles.write(side, Array("{\"accounts\":[]}".utf8))
    try expectRefused(world, 13)
    try DamagedFiles.write(side, whole)
    try FileManager.default.removeItem(atPath: side)
    try world.start()
    try world.expectEqual(["phone", "tablet"])
  }

  @Test(arguments: ["registers", "type", "id"])
  func `a record that has changed on the server's disk reaches nobody, is logged, and is healed by who has it`(
    column: String
  ) throws {
    let world = try world()
    let dump = try world.client("phone", "export").output
    switch column {
    case "type":
      try DamagedFiles.run(world.serverDatabase, "UPDATE record SET type = 'Art icle' WHERE number IN (2, 3)")
    default:
      let changed = try DamagedFiles.flipByte(
        world.serverDatabase, table: "record", column: column, where: "number IN (2, 3)"
      ) { $0 - 2 }
      #expect(changed == 2)
    }
    try world.start()
    #expect(try world.signIn("fresh").status == 0)
    #expect(try world.client("fresh", "sync").status == 0)
    #expect(try world.crashClient("fresh").addresses().count == 3, "the others go on")
    let errors = world.server?.errors ?? ""
    #expect(errors.contains(/"event":"damaged-record","account":"[0-9a-f]{8}","row":[0-9]+\}/))
    // Whoever reads the log is not told which article it was.
    #expect(!errors.contains("article:"))
    // The digest says that something is amiss; who has the records offers them.
    for device in ["phone", "tablet", "fresh"] { #expect(try world.client(device, "sync").status == 0) }
    #expect(try world.crashClient("fresh").addresses().count == 5)
    try world.expectEqual(["phone", "tablet", "fresh"])
    #expect(try world.client("fresh", "export").output == dump)
  }

  @Test(arguments: [10, 120])
  func `a text that has changed on the server's disk is not kept, and keeps no other from arriving`(byte: Int) throws {
    let world = try world()
    try world.start()
    for index in 0..<7 {
      #expect(try world.client("phone", "add", world.page("own\(index)", seed: UInt64(index))).status == 0)
    }
    #expect(try world.client("phone", "sync").status == 0)
    #expect(world.stop(SIGTERM)?.status == 0)
    let changed = try DamagedFiles.flipByte(
      world.serverDatabase, table: "content", column: "fragment", where: "row IN (3, 5)"
    ) { min(byte, $0 - 1) }
    #expect(changed == 2)
    try world.start()
    let sync = try world.client("tablet", "sync", "--json")
    #expect(sync.status == 0 && sync.output.contains("\"contentsDownloaded\":5"), "\(sync)")
    #expect(sync.output.contains("\"contentsPending\":2"), "\(sync)")
    #expect(world.server?.errors.components(separatedBy: #""event":"damaged-content""#).count == 3, "both are noticed")
    #expect(try world.client("tablet", "verify").status == 0)
    // The server has let go of them and asks for them: whoever has them gives them again.
    #expect(try world.client("phone", "sync", "--full").status == 0)
    let healed = try world.client("tablet", "sync", "--json")
    #expect(healed.output.contains("\"contentsDownloaded\":2"), "\(healed)")
  }

  @Test func `a text whose size on the server's disk is beyond all numbers stops neither it nor the other texts`()
    throws
  {
    let world = try world()
    try world.start()
    for index in 0..<3 {
      #expect(try world.client("phone", "add", world.page("own\(index)", seed: UInt64(index))).status == 0)
    }
    #expect(try world.client("phone", "sync").status == 0)
    #expect(world.stop(SIGTERM)?.status == 0)
    try DamagedFiles.run(
      world.serverDatabase, "UPDATE content SET size = 9223372036854775807 WHERE hash = (SELECT max(hash) FROM content)"
    )
    try world.start()
    let sync = try world.client("tablet", "sync", "--json")
    #expect(sync.status == 0 && sync.output.contains("\"contentsDownloaded\":2"), "\(sync)")
    #expect(world.stop(SIGTERM)?.status == 0)
  }

  @Test func `a server whose write-ahead log was deleted after a crash is filled again by its devices`() throws {
    let world = try world()
    try world.start()
    for index in 10..<14 { #expect(try world.client("phone", "add", "https://example.org/\(index)").status == 0) }
    for device in ["phone", "tablet"] { #expect(try world.client(device, "sync").status == 0) }
    world.stop(SIGKILL)
    for suffix in ["-wal", "-shm"] { try FileManager.default.removeItem(atPath: world.serverDatabase + suffix) }
    try world.start()
    for _ in 0..<2 { for device in ["tablet", "phone"] { #expect(try world.client(device, "sync").status == 0) } }
    #expect(try world.crashClient("tablet").addresses().count == 9)
    try world.expectEqual(["phone", "tablet"])
  }

  @Test func `an older database beside a newer write-ahead log loses nothing that a device has`() throws {
    let world = try world()
    let older = try DamagedFiles.bytes(world.serverDatabase)
    try world.start()
    for index in 10..<14 { #expect(try world.client("phone", "add", "https://example.org/\(index)").status == 0) }
    for device in ["phone", "tablet"] { #expect(try world.client(device, "sync").status == 0) }
    world.stop(SIGKILL)
    try DamagedFiles.write(world.serverDatabase, older)
    // Refused as damage, or started: then the digest finds what is mixed.
    guard (try? world.start()) != nil else { return }
    for _ in 0..<2 { for device in ["tablet", "phone"] { #expect(try world.client(device, "sync").status == 0) } }
    try world.expectEqual(["phone", "tablet"])
    #expect(try world.crashClient("tablet").addresses().count == 9)
  }

  @Test func `a data folder on a read-only disk stops the start with 1 and one line`() throws {
    let world = try world()
    guard let disk = try ReadOnlyDisk(holding: world.folder.file("server")) else { return }
    let ended = try RealProcess.run(
      RealProgram.path("offprintd"), ["serve", "--data", disk.copy, "--listen", "127.0.0.1:0"])
    #expect(ended.status == 1 && ended.errors.split(separator: "\n").count == 1, "\(ended)")
    #expect(ended.errors.contains(disk.copy))
  }
}
