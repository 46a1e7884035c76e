import Foundation
import OffprintSeed
import OffprintSQLite
import Testing

@Suite struct `Errors` {
  let folder: Folder

  init() throws {
    folder = try Folder()
    let writer = try folder.writer()
    try writer.script("CREATE TABLE t (x INTEGER NOT NULL UNIQUE CHECK (x < 100), body TEXT) STRICT")
    try writer.transaction {
      for number in 0..<90 {
        try writer.run("INSERT INTO t VALUES (?1, ?2)", [Value(number), .text(String(repeating: "x", count: 1_000))])
      }
    }
    writer.close()
  }

  /// What opening, reading or checking throws; `corrupt` if the check finds something by itself.
  private func openAndRead() -> SQLiteError.Kind? {
    var problems: [String] = []
    let thrown = kind {
      let reader = try folder.reader()
      _ = try reader.query("SELECT x, body FROM t") { try $0.values() }
      problems = try reader.integrityCheck()
    }
    return problems.isEmpty ? thrown : .corrupt
  }

  @Test func `a sound file is sound`() throws {
    #expect(openAndRead() == nil)
    #expect(try folder.reader().quickCheck() == [])
  }

  @Test(arguments: [100, 4_096, 20_000, -4_096])
  func `a file that was cut is damaged`(count: Int) throws {
    let bytes = try folder.bytes("a.sqlite")
    try folder.write(Array(bytes.prefix(count < 0 ? bytes.count + count : count)), "a.sqlite")
    #expect(openAndRead() == .corrupt)
  }

  @Test(arguments: ["magic", "page size", "random", "text"])
  func `a file that is no database is told as such, to writers too, and left as it is`(how: String) throws {
    var bytes = try folder.bytes("a.sqlite")
    var random = generator()
    switch how {
    case "magic": bytes[0] ^= 1
    case "page size": bytes[16...17] = [0x12, 0x34]
    case "random": bytes = random.bytes(bytes.count)
    default: bytes = Array(String(repeating: "not a database\n", count: 1_000).utf8)
    }
    try folder.write(bytes, "a.sqlite")
    #expect(openAndRead() == .notADatabase)
    #expect(kind { _ = try folder.writer() } == .notADatabase)
    #expect(try folder.bytes("a.sqlite") == bytes)
    #expect(try folder.names == ["a.sqlite"])
  }

  @Test(arguments: [0, 1, 2, 5])
  func `a page of rubbish is found`(page: Int) throws {
    var bytes = try folder.bytes("a.sqlite")
    var random = generator()
    let start = page * 4_096 + (page == 0 ? 100 : 0)
    bytes.replaceSubrange(start..<(page + 1) * 4_096, with: random.bytes((page + 1) * 4_096 - start))
    try folder.write(bytes, "a.sqlite")
    #expect(openAndRead() == .corrupt)
  }

  @Test func `a constraint is told with the names of the schema`() throws {
    let writer = try folder.writer()
    let cases: [([Value], String)] = [
      ([1, nil], "UNIQUE constraint failed: t.x"), ([nil, nil], "NOT NULL constraint failed: t.x"),
      ([100, nil], "CHECK constraint failed: x < 100"),
      (["secret", nil], "cannot store TEXT value in INTEGER column t.x"),
    ]
    for (values, message) in cases {
      let error = #expect(throws: SQLiteError.self) { try writer.run("INSERT INTO t VALUES (?1, ?2)", values) }
      #expect(error?.kind == .constraint)
      #expect(error?.message == message)
      #expect(error?.code == 19)
      #expect(error.map { $0.extendedCode > 255 } == true)
    }
  }

  /// SQLite's own messages for these quote what was bound.
  @Test(arguments: [
    ("SELECT rowid FROM words WHERE words MATCH ?1", "\"secret"),
    ("SELECT rowid FROM words WHERE words MATCH ?1", "secret:x"),
    ("SELECT json_extract('{}', ?1)", "secret"), ("SELECT json_extract(?1, '$')", "secret"),
    ("INSERT INTO words (words) VALUES (?1)", "secret"), ("SELECT x FROM t WHERE body LIKE 'a' ESCAPE ?1", "secret"),
  ])
  func `no bound value ever shows in an error`(sql: String, value: String) throws {
    let writer = try folder.writer()
    try writer.run("CREATE VIRTUAL TABLE words USING fts5(body)")
    let error = #expect(throws: SQLiteError.self) { try writer.run(sql, [.text(value)]) }
    #expect(error.map { "\($0)".contains("secret") } == false)
  }

  @Test func `an error in our SQL is told in full`() throws {
    let error = #expect(throws: SQLiteError.self) { try folder.reader().run("SELECT y FROM t") }
    #expect(error?.description == "SQLite: other: no such column: y (1)")
  }

  @Test(.enabled(if: getuid() != 0, "the superuser may write everything"))
  func `a file that may not be written can be read`() throws {
    #expect(chmod(folder.file("a.sqlite"), 0o400) == 0)
    #expect(kind { _ = try folder.writer() } == .readOnly)
    #expect(openAndRead() == nil)
  }
}
