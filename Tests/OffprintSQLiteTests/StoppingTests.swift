import OffprintSQLite
import Testing

@Suite struct `Stopping` {
  private let folder: Folder

  init() throws { folder = try Folder() }

  @Test func `a statement that would run for ever stops when it is asked to, and the connection goes on`() throws {
    let connection = try Connection(path: folder.file("a.sqlite"), role: .writer(create: true))
    defer { connection.close() }
    var askings = 0
    connection.stop {
      askings += 1
      return askings > 100
    }
    let endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"
    #expect(throws: SQLiteError.self) { try connection.first(endless) { try $0.int64(0) } }
    #expect(askings == 101)
    do { try connection.run("SELECT 1") } catch { #expect(error.kind == .interrupted, "later statements stop too") }
    connection.stop(when: nil)
    #expect(try connection.first("SELECT 2") { try $0.int64(0) } == 2)
  }

  @Test func `a connection that keeps its own log counts pages and never checkpoints by itself`() throws {
    let connection = try Connection(path: folder.file("b.sqlite"), role: .writer(create: true))
    defer { connection.close() }
    try connection.keepOwnLog()
    try connection.run("CREATE TABLE t(x)")
    for _ in 0..<30 {
      try connection.transaction { for _ in 0..<60 { try connection.run("INSERT INTO t VALUES(zeroblob(4000))") } }
    }
    #expect(connection.logPages > 1_800)
    #expect(try connection.checkpoint(.truncate))
    #expect(connection.logPages == 0)
    try connection.run("INSERT INTO t VALUES(1)")
    #expect((1...10).contains(connection.logPages))
  }
}
