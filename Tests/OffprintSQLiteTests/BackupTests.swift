import Foundation
import OffprintSQLite
import Testing

@Suite struct `Backups` {
  struct Stop: Error {}

  let folder: Folder
  let writer: Connection

  init() throws {
    folder = try Folder()
    writer = try folder.writer()
    try writer.script(
      "CREATE TABLE t (x INTEGER PRIMARY KEY, body BLOB); PRAGMA application_id=7; PRAGMA user_version=3")
    try fill(200)
  }

  private func fill(_ count: Int) throws {
    try writer.transaction {
      for _ in 0..<count { try writer.run("INSERT INTO t (body) VALUES (randomblob(3000))") }
    }
  }

  private func sum(_ connection: Connection) throws -> [Value]? {
    try connection.first("SELECT count(*), sum(length(body)), max(x) FROM t") { try $0.values() }
  }

  @Test func `a backup holds everything, also what is only in the log`() throws {
    let reader = try folder.reader()
    var seen: [Connection.BackupProgress] = []
    try reader.backup(to: folder.file("b.sqlite"), pagesPerStep: 50) { seen.append($0) }
    #expect(seen.count > 2 && seen.last?.remainingPages == 0)
    #expect(seen.allSatisfy { $0.totalPages == seen.last?.totalPages })
    #expect(try folder.names.filter { $0.hasPrefix("b") } == ["b.sqlite"])
    #expect(try folder.mode("b.sqlite") == 0o600)
    let copy = try folder.reader("b.sqlite")
    #expect(try sum(copy) == sum(writer))
    #expect(try copy.integrityCheck() == [])
    #expect(try copy.first("PRAGMA user_version") { try $0.int(0) } == 3)
    #expect(try copy.first("PRAGMA application_id") { try $0.int(0) } == 7)
  }

  @Test func `a backup is of one moment while the writer writes on`() throws {
    let reader = try folder.reader()
    let before = try sum(writer)
    var steps = 0
    try reader.backup(to: folder.file("b.sqlite"), pagesPerStep: 20) { _ in
      steps += 1
      try writer.run("UPDATE t SET body = zeroblob(9) WHERE x = ?1", [Value(steps)])
      try writer.run("INSERT INTO t (body) VALUES (zeroblob(5000))")
    }
    #expect(steps > 5)
    #expect(try sum(folder.reader("b.sqlite")) == before)
    #expect(try sum(writer) != before)
  }

  @Test func `a backup that is stopped leaves nothing`() throws {
    let reader = try folder.reader()
    #expect(throws: Stop.self) {
      try reader.backup(to: folder.file("b.sqlite"), pagesPerStep: 10) { if $0.remainingPages < 100 { throw Stop() } }
    }
    #expect(try !folder.names.contains { $0.hasPrefix("b") })
    #expect(!reader.isInTransaction)
    try reader.backup(to: folder.file("b.sqlite"))
  }

  @Test func `what an earlier backup left half done is no obstacle`() throws {
    try folder.write([1, 2, 3], "b.sqlite.partial")
    try folder.reader().backup(to: folder.file("b.sqlite"))
    #expect(try folder.names.filter { $0.hasPrefix("b") } == ["b.sqlite"])
  }

  @Test func `a backup never replaces a file, nor follows a link`() throws {
    let reader = try folder.reader()
    try folder.write([1, 2, 3], "b.sqlite")
    #expect(kind { try reader.backup(to: folder.file("b.sqlite")) } == .cannotOpen)
    #expect(try folder.bytes("b.sqlite") == [1, 2, 3])
    #expect(symlink(folder.file("nowhere"), folder.file("c.sqlite")) == 0)
    #expect(kind { try reader.backup(to: folder.file("c.sqlite")) } == .cannotOpen)
    #expect(kind { try reader.backup(to: folder.file("no/b.sqlite")) } == .cannotOpen)
  }

  @Test func `a backup of a damaged database is refused and leaves nothing`() throws {
    writer.close()
    var bytes = try folder.bytes("a.sqlite")
    for index in 5 * 4_096..<6 * 4_096 { bytes[index] = 0x5a }
    try folder.write(bytes, "a.sqlite")
    #expect(kind { try folder.reader().backup(to: folder.file("b.sqlite")) } == .corrupt)
    #expect(try !folder.names.contains { $0.hasPrefix("b") })
  }

  @Test func `a backup inside a transaction is refused`() throws {
    #expect(kind { try writer.transaction { try writer.backup(to: folder.file("b.sqlite")) } } == .misuse)
    #expect(try !folder.names.contains { $0.hasPrefix("b") })
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "needs a device that is always full"))
  func `a place that takes no file is told as such`() {
    #expect(kind { try folder.reader().backup(to: "/dev/full") } == .cannotOpen)
  }
}
