import OffprintSeed
import OffprintSQLite
import Testing

@Suite struct `Queries` {
  let folder: Folder
  let connection: Connection

  init() throws {
    folder = try Folder()
    connection = try folder.writer()
    try connection.script("CREATE TABLE note (id INTEGER PRIMARY KEY, body ANY) STRICT;")
  }

  @Test func `every value comes back as it was bound`() throws {
    var random = generator()
    var values: [Value] = [
      .null, 0, -1, .integer(.max), .integer(.min), .real(0), .real(-1.5), .real(.infinity),
      .real(.leastNonzeroMagnitude),
      "", "e\u{301}", "é", "a\u{0}b", "\u{1F468}\u{200D}\u{1F469}", .blob([]), .blob([0]), .blob([0xff, 0xfe]),
    ]
    for _ in 0..<200 {
      values.append(.integer(Int64(bitPattern: random.next())))
      values.append(.blob(random.bytes(Int.random(in: 0...200, using: &random))))
      values.append(.text(String(decoding: random.bytes(Int.random(in: 0...200, using: &random)), as: UTF8.self)))
    }
    for value in values {
      try connection.run("INSERT INTO note (body) VALUES (?1)", [value])
      let read = try connection.first(
        "SELECT body FROM note WHERE id = ?1", [.integer(connection.lastInsertRowID)], { try $0.value(0) })
      #expect(read == value)
    }
  }

  @Test func `text is told apart by its bytes`() {
    #expect(Value.text("é") != Value.text("e\u{301}"))
    #expect(Value.integer(1) != Value.real(1))
    #expect(Value.text("1") != Value.integer(1))
    #expect(Value.null == nil)
  }

  @Test func `a column of another type is an error, not a conversion`() throws {
    try connection.run(
      "INSERT INTO note (body) VALUES (?1), (?2), (?3), (?4), (?5)", [7, "7", .real(7), .blob([7]), nil])
    let rows: [(Int64, String)] = [(1, "int64"), (2, "string"), (3, "double"), (4, "blob"), (5, "none")]
    for (id, wanted) in rows {
      let readers: [(String, (Row) throws -> Void)] = [
        ("int64", { _ = try $0.int64(0) }), ("string", { _ = try $0.string(0) }), ("double", { _ = try $0.double(0) }),
        ("blob", { _ = try $0.blob(0) }),
      ]
      for (name, read) in readers {
        let found = kind { _ = try connection.first("SELECT body FROM note WHERE id = ?1", [.integer(id)], read) }
        #expect(found == (name == wanted ? nil : .unexpectedValue), "\(name) of row \(id)")
      }
    }
  }

  @Test func `null is nil only where nil is asked for`() throws {
    let statement = try connection.prepare("SELECT NULL, 1, 'a', x'01', 1.5")
    let row = try #require(try statement.step())
    #expect(try row.int64OrNil(0) == nil)
    #expect(try row.intOrNil(0) == nil)
    #expect(try row.boolOrNil(0) == nil)
    #expect(try row.stringOrNil(0) == nil)
    #expect(try row.blobOrNil(0) == nil)
    #expect(try row.doubleOrNil(0) == nil)
    #expect(try row.int64OrNil(1) == 1)
    #expect(try row.intOrNil(1) == 1)
    #expect(try row.boolOrNil(1) == true)
    #expect(try row.stringOrNil(2) == "a")
    #expect(try row.blobOrNil(3) == [1])
    #expect(try row.doubleOrNil(4) == 1.5)
    #expect(try row.isNull(0))
    #expect(try !row.isNull(1))
    #expect(kind { _ = try row.string(0) } == .unexpectedValue)
    #expect(try row.values() == [nil, 1, "a", .blob([1]), .real(1.5)])
    #expect(row.count == 5)
  }

  @Test(arguments: [[0x80], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0x61, 0xff], [0xf4, 0x90, 0x80, 0x80]] as [[UInt8]])
  func `text that is not UTF-8 is an error, not a replacement character`(bytes: [UInt8]) throws {
    let found = kind { _ = try connection.first("SELECT CAST(?1 AS TEXT)", [.blob(bytes)]) { try $0.string(0) } }
    #expect(found == .unexpectedValue)
  }

  @Test(arguments: [2, -1] as [Int64])
  func `only 0 and 1 are booleans`(value: Int64) {
    #expect(kind { _ = try connection.first("SELECT ?1", [.integer(value)]) { try $0.bool(0) } } == .unexpectedValue)
  }

  @Test(arguments: [-1, 1, Int.max, Int.min])
  func `a column that is not there is an error`(column: Int) {
    #expect(kind { _ = try connection.first("SELECT 1") { try $0.int64(column) } } == .misuse)
  }

  @Test(arguments: [[], [1, 2]] as [[Value]])
  func `a parameter too few or too many is an error`(values: [Value]) {
    #expect(kind { try connection.run("INSERT INTO note (body) VALUES (?1)", values) } == .misuse)
  }

  @Test(arguments: [0, 2, -1, Int.max])
  func `a parameter that is not there is an error`(index: Int) throws {
    let statement = try connection.prepare("SELECT ?1")
    #expect(kind { try statement.bind(index, 1 as Int64) } == .misuse)
  }

  @Test(arguments: ["", "  \n", "-- nothing", "SELECT 1; SELECT 2", "SELECT 1\u{0}; DROP TABLE note"])
  func `one statement is one statement`(sql: String) {
    #expect(kind { _ = try connection.prepare(sql) } == .misuse)
  }

  @Test(arguments: ["SELECT 1", "SELECT 1;", "SELECT 1 ; \n", "SELECT 1; -- done", "/* first */ SELECT 1"])
  func `white-space and comments around a statement do not matter`(sql: String) throws {
    #expect(try connection.query(sql) { try $0.int(0) } == [1])
  }

  @Test func `a script runs all its statements, comments or not`() throws {
    try connection.script(
      """
      -- first
      CREATE TABLE a (x INTEGER); ; /* between */
      CREATE TABLE b (x INTEGER)
      ; INSERT INTO a VALUES (1);
      -- last
      """)
    #expect(try connection.query("SELECT x FROM a") { try $0.int(0) } == [1])
    #expect(try connection.query("SELECT x FROM b") { try $0.int(0) } == [])
  }

  @Test func `a script stops at its first error`() throws {
    #expect(kind { try connection.script("CREATE TABLE a (x); CREATE TABLE a (x); CREATE TABLE b (x)") } == .other)
    #expect(kind { try connection.run("SELECT x FROM b") } == .other)
  }

  @Test func `a query inside the same query has rows of its own`() throws {
    try connection.run("INSERT INTO note (body) VALUES (1), (2), (3)")
    var pairs: [[Int]] = []
    try connection.forEach("SELECT id FROM note ORDER BY id") { outer in
      let left = try outer.int(0)
      try connection.forEach("SELECT id FROM note ORDER BY id") { pairs.append([left, try $0.int(0)]) }
    }
    #expect(pairs == [[1, 1], [1, 2], [1, 3], [2, 1], [2, 2], [2, 3], [3, 1], [3, 2], [3, 3]])
  }

  @Test func `a cached statement keeps nothing of its last run`() throws {
    try connection.run("INSERT INTO note (body) VALUES (1), (2)")
    let first = try connection.cached("SELECT id FROM note WHERE id >= ?1 ORDER BY id")
    try first.bind(1, 2 as Int64)
    #expect(try first.step() != nil)
    first.reset()
    let second = try connection.cached("SELECT id FROM note WHERE id >= ?1 ORDER BY id")
    #expect(second === first)
    // Unbound is NULL, to which nothing compares.
    #expect(try second.step() == nil)
  }

  @Test func `literals that only look alike are different statements`() throws {
    #expect(try connection.first("SELECT 'é'") { try $0.value(0) } == "é")
    #expect(try connection.first("SELECT 'e\u{301}'") { try $0.value(0) } == "e\u{301}")
  }

  @Test func `more statements than the cache holds still work`() throws {
    for number in 0..<1_000 { #expect(try connection.first("SELECT \(number)") { try $0.int(0) } == number) }
  }

  @Test func `changes and the last rowid are those of the last statement`() throws {
    try connection.run("INSERT INTO note (id, body) VALUES (41, 1), (42, 2)")
    #expect(connection.lastInsertRowID == 42 && connection.changes == 2)
    try connection.run("UPDATE note SET body = 3 WHERE id = 41")
    #expect(connection.changes == 1)
    try connection.run("DELETE FROM note WHERE id = 7")
    #expect(connection.changes == 0)
  }

  @Test func `a value above the limit is refused before it is stored`() throws {
    let large = [UInt8](repeating: 0, count: (64 << 20) + 1)
    #expect(kind { try connection.run("INSERT INTO note (body) VALUES (?1)", [.blob(large)]) } == .other)
    #expect(kind { try connection.run("INSERT INTO note (body) VALUES (zeroblob(67108865))") } == .other)
    #expect(try connection.first("SELECT count(*) FROM note") { try $0.int(0) } == 0)
  }

  @Test func `a closed connection refuses everything and nothing crashes`() throws {
    let statement = try connection.prepare("SELECT 1")
    connection.close()
    connection.close()
    #expect(kind { try connection.run("SELECT 1") } == .misuse)
    #expect(kind { _ = try statement.step() } == .misuse)
    #expect(kind { try connection.transaction {} } == .misuse)
    #expect(kind { _ = try connection.checkpoint() } == .misuse)
    #expect(kind { _ = try connection.hardeningReport() } == .misuse)
    #expect(connection.changes == 0 && connection.lastInsertRowID == 0 && !connection.isInTransaction)
    connection.interrupter.interrupt()
  }
}
