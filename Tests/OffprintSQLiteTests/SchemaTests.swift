import Foundation
import OffprintSQLite
import Testing

@Suite struct `Schemas` {
  struct Stop: Error {}

  private static let steps = [
    Migration("articles", sql: "CREATE TABLE article (id BLOB PRIMARY KEY) STRICT;"),
    Migration("titles", sql: "ALTER TABLE article ADD COLUMN title TEXT; CREATE INDEX titles ON article (title);"),
    Migration("defaults") { try $0.run("UPDATE article SET title = ?1 WHERE title IS NULL", ["untitled"]) },
  ]

  let folder: Folder
  let path: String

  init() throws {
    folder = try Folder()
    path = folder.file("a.sqlite")
  }

  private func schema(_ version: Int, application: Int32 = 7_001) -> Schema {
    Schema(applicationID: application, migrations: Array(Self.steps.prefix(version)))
  }

  private func version(_ connection: Connection) throws -> [Int?] {
    try ["user_version", "application_id"].map { name in try connection.first("PRAGMA \(name)") { try $0.int(0) } }
  }

  /// A file whose two numbers and tables are as given, in the old journal so that any writer would change it.
  private func plant(application: Int, version: Int, sql: String = "", wal: Bool = false) throws {
    let connection = try folder.writer()
    try connection.script(sql)
    try connection.script("PRAGMA application_id=\(application); PRAGMA user_version=\(version)")
    if !wal { try connection.run("PRAGMA journal_mode=DELETE") }
    connection.close()
  }

  @Test func `a first run makes the newest version`() throws {
    let writer = try schema(3).openWriter(path: path, presence: .mayCreate)
    #expect(try version(writer) == [3, 7_001])
    try writer.run("INSERT INTO article VALUES (x'01', 'a')")
    #expect(try folder.mode("a.sqlite") == 0o600)
    #expect(try schema(3).openReader(path: path).query("SELECT title FROM article") { try $0.string(0) } == ["a"])
  }

  @Test(arguments: 1...3, 1...3)
  func `each version is brought to each later one with its rows`(from: Int, to: Int) throws {
    guard from <= to else { return }
    let old = try schema(from).openWriter(path: path, presence: .mayCreate)
    try old.run("INSERT INTO article (id) VALUES (x'01')")
    old.close()
    let new = try schema(to).openWriter(path: path, presence: .mustExist)
    #expect(try version(new) == [to, 7_001])
    #expect(try new.first("SELECT count(*) FROM article") { try $0.int(0) } == 1)
    if from < 3 && to == 3 {
      #expect(try new.query("SELECT title FROM article") { try $0.string(0) } == ["untitled"])
    }
  }

  @Test func `a step that fails leaves the version before it, and can be tried again`() throws {
    try schema(1).openWriter(path: path, presence: .mayCreate).close()
    let failing = Schema(
      applicationID: 7_001,
      migrations: Self.steps.prefix(2) + [
        Migration("fails") { connection in
          try connection.run("DROP TABLE article")
          throw Stop()
        }
      ])
    #expect(throws: Stop.self) { try failing.openWriter(path: path, presence: .mustExist) }
    let reader = try schema(2).openReader(path: path)
    #expect(try reader.query("SELECT title FROM article") { try $0.stringOrNil(0) } == [])
    reader.close()
    #expect(try version(schema(3).openWriter(path: path, presence: .mustExist)) == [3, 7_001])
  }

  /// Name, `application_id`, `user_version`, tables, what opening with version 2 says.
  @Test(
    arguments: [
      ("newer", 7_001, 3, "CREATE TABLE article (id)", .newer(version: 3, known: 2)),
      ("far newer", 7_001, 2_147_483_647, "CREATE TABLE article (id)", .newer(version: 2_147_483_647, known: 2)),
      ("another program", 7_002, 2, "CREATE TABLE article (id)", .foreign(applicationID: 7_002)),
      ("another program without tables", 7_002, 0, "", .foreign(applicationID: 7_002)),
      ("negative id", -1, 2, "CREATE TABLE article (id)", .foreign(applicationID: -1)),
      ("no program", 0, 2, "CREATE TABLE article (id)", .foreign(applicationID: 0)),
      ("version 0 with tables", 0, 0, "CREATE TABLE article (id)", .foreign(applicationID: 0)),
      ("ours without a version", 7_001, 0, "CREATE TABLE article (id)", .unversioned(version: 0)),
      ("ours with a negative version", 7_001, -3, "CREATE TABLE article (id)", .unversioned(version: -3)),
      ("ours without tables", 7_001, 1, "", .unversioned(version: 1)),
    ] as [(String, Int, Int, String, SchemaError)], [false, true])
  func `a file that is not ours to write is refused as it was`(
    file: (name: String, application: Int, version: Int, sql: String, error: SchemaError), wal: Bool
  ) throws {
    try plant(application: file.application, version: file.version, sql: file.sql, wal: wal)
    let before = try folder.bytes("a.sqlite")
    for presence in [Schema.Presence.mayCreate, .mustExist] {
      #expect(throws: file.error) { try schema(2).openWriter(path: path, presence: presence) }
    }
    #expect(throws: file.error) { try schema(2).openReader(path: path) }
    #expect(try folder.bytes("a.sqlite") == before)
  }

  @Test func `a newer file with commits still in its log is refused with both as they were`() throws {
    let newer = try Connection(path: path, role: .writer(create: true), checkpointing: .manual)
    try newer.script("CREATE TABLE article (id); PRAGMA application_id=7001; PRAGMA user_version=9")
    newer.close()
    let before = try [folder.bytes("a.sqlite"), folder.bytes("a.sqlite-wal")]
    #expect(before[1].count > 0)
    #expect(throws: SchemaError.newer(version: 9, known: 2)) {
      try schema(2).openWriter(path: path, presence: .mayCreate)
    }
    #expect(try [folder.bytes("a.sqlite"), folder.bytes("a.sqlite-wal")] == before)
  }

  @Test func `a missing file is made only on a first run`() throws {
    #expect(throws: SchemaError.missing) { try schema(1).openWriter(path: path, presence: .mustExist) }
    #expect(throws: SchemaError.missing) { try schema(1).openReader(path: path) }
    #expect(try folder.names == [])
  }

  @Test func `a file cut to nothing is damage, and its log is not thrown away`() throws {
    let writer = try schema(1).openWriter(path: path, presence: .mayCreate, checkpointing: .manual)
    try writer.run("INSERT INTO article VALUES (x'01')")
    writer.close()
    try folder.write([], "a.sqlite")
    let log = try folder.bytes("a.sqlite-wal")
    #expect(throws: SchemaError.empty) { try schema(1).openWriter(path: path, presence: .mustExist) }
    #expect(throws: SchemaError.empty) { try schema(1).openReader(path: path) }
    #expect(try folder.bytes("a.sqlite") == [])
    #expect(try folder.bytes("a.sqlite-wal") == log)
  }

  @Test func `a database with nothing in it is damage where one must be, and a start where one may`() throws {
    try folder.writer().close()
    #expect(throws: SchemaError.empty) { try schema(1).openWriter(path: path, presence: .mustExist) }
    #expect(throws: SchemaError.empty) { try schema(1).openReader(path: path) }
    #expect(try version(schema(1).openWriter(path: path, presence: .mayCreate)) == [1, 7_001])
    try folder.write([], "b.sqlite")
    #expect(try version(schema(1).openWriter(path: folder.file("b.sqlite"), presence: .mayCreate)) == [1, 7_001])
  }

  @Test func `a reader waits for its writer to bring the file up to date`() throws {
    let writer = try schema(1).openWriter(path: path, presence: .mayCreate)
    #expect(throws: SchemaError.outdated(version: 1, known: 2)) { try schema(2).openReader(path: path) }
    #expect(throws: SchemaError.newer(version: 1, known: 0)) { try schema(0).openReader(path: path) }
    writer.close()
  }

  @Test func `a step that another connection has done meanwhile is not done again`() throws {
    let old = try schema(1).openWriter(path: path, presence: .mayCreate)
    let new = try schema(3).openWriter(path: path, presence: .mustExist)
    #expect(try version(old) == [3, 7_001])
    try schema(3).openWriter(path: path, presence: .mustExist).close()
    #expect(throws: SchemaError.newer(version: 3, known: 1)) {
      try schema(1).openWriter(path: path, presence: .mustExist)
    }
    #expect(try version(new) == [3, 7_001])
  }
}
