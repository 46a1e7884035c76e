import OffprintSQLite
import Testing

@Suite struct `Hardening` {
  let folder: Folder

  init() throws { folder = try Folder() }

  private static let shared: [(String, String)] = [
    ("switch defensive", "1"), ("switch writable_schema", "0"), ("switch trusted_schema", "0"),
    ("switch load_extension", "0"), ("switch fts3_tokenizer", "0"), ("switch dqs_ddl", "0"), ("switch dqs_dml", "0"),
    ("switch trigger", "0"), ("switch view", "0"), ("switch foreign_keys", "1"),
    ("limit length", "67108864"), ("limit sql_length", "1048576"), ("limit column", "128"), ("limit expr_depth", "100"),
    ("limit compound_select", "32"), ("limit vdbe_op", "250000"), ("limit function_arg", "64"), ("limit attached", "0"),
    ("limit like_pattern_length", "1000"), ("limit variable_number", "4096"), ("limit trigger_depth", "16"),
    ("limit worker_threads", "0"),
    ("pragma trusted_schema", "0"), ("pragma cell_size_check", "1"), ("pragma mmap_size", "0"),
    ("pragma foreign_keys", "1"), ("pragma synchronous", "2"),
  ]

  private func read(_ connection: Connection) throws -> [String: String] {
    let report = try connection.hardeningReport()
    #expect(report.deviations == [])
    return Dictionary(uniqueKeysWithValues: report.settings.map { ($0.name, $0.value) })
  }

  @Test func `every setting of a writer reads back as it should`() throws {
    let own = [
      ("switch no_checkpoint_on_close", "0"), ("pragma wal_autocheckpoint", "1000"), ("pragma journal_mode", "wal"),
    ]
    #expect(try read(folder.writer()) == Dictionary(uniqueKeysWithValues: Self.shared + own))
  }

  @Test func `every setting of a writer that checkpoints by hand reads back as it should`() throws {
    let own = [
      ("switch no_checkpoint_on_close", "1"), ("pragma wal_autocheckpoint", "0"), ("pragma journal_mode", "wal"),
    ]
    let connection = try Connection(path: folder.file("a"), role: .writer(create: true), checkpointing: .manual)
    #expect(try read(connection) == Dictionary(uniqueKeysWithValues: Self.shared + own))
  }

  @Test func `every setting of a reader reads back as it should`() throws {
    try folder.writer().close()
    let own = [("switch no_checkpoint_on_close", "1"), ("pragma wal_autocheckpoint", "0")]
    #expect(try read(folder.reader()) == Dictionary(uniqueKeysWithValues: Self.shared + own))
  }

  @Test func `a setting that was changed is reported`() throws {
    let connection = try folder.writer()
    try connection.run("PRAGMA synchronous=OFF")
    let deviations = try connection.hardeningReport().deviations
    #expect(deviations.map { [$0.name, $0.value, $0.wanted] } == [["pragma synchronous", "0", "2"]])
  }

  /// Each is something that an unhardened SQLite does.
  @Test(arguments: [
    "ATTACH ':memory:' AS b", "VACUUM", "SELECT load_extension('x')", "SELECT fts3_tokenizer('simple', x'00')",
    "SELECT \"no such column\"", "CREATE TABLE u (x CHECK (x = \"y\"))", "UPDATE sqlite_schema SET sql = ''",
    "INSERT INTO f_data VALUES (1, 2)", "SELECT ?5000",
  ])
  func `what no statement of ours needs is refused`(sql: String) throws {
    let connection = try folder.writer()
    try connection.script("CREATE TABLE t (x); CREATE VIRTUAL TABLE f USING fts5(body)")
    #expect(throws: SQLiteError.self) { try connection.run(sql) }
  }

  @Test func `an expression nested beyond reason is refused`() throws {
    let connection = try folder.writer()
    let nested = String(repeating: "(1+", count: 200) + "1" + String(repeating: ")", count: 200)
    #expect(kind { try connection.run("SELECT \(nested)") } == .other)
    #expect(kind { try connection.run("SELECT 1 -- " + String(repeating: "x", count: 1 << 20)) } == .other)
  }

  @Test func `a planted trigger does not fire and a planted view does not open`() throws {
    let connection = try folder.writer()
    try connection.script(
      """
      CREATE TABLE t (x INTEGER); CREATE TABLE log (x INTEGER);
      CREATE TRIGGER planted AFTER INSERT ON t BEGIN INSERT INTO log VALUES (new.x); END;
      CREATE VIEW v AS SELECT 1;
      INSERT INTO t VALUES (1);
      """)
    #expect(try connection.query("SELECT x FROM log") { try $0.int(0) } == [])
    #expect(kind { try connection.run("SELECT * FROM v") } == .other)
  }

  @Test func `what our programs do need works hardened`() throws {
    let connection = try folder.writer()
    try connection.script(
      """
      CREATE TABLE parent (id INTEGER PRIMARY KEY) STRICT;
      CREATE TABLE child (parent INTEGER NOT NULL REFERENCES parent ON DELETE CASCADE) STRICT;
      CREATE VIRTUAL TABLE words USING fts5(body, content='', detail=column);
      INSERT INTO parent VALUES (1); INSERT INTO child VALUES (1);
      INSERT INTO words (rowid, body) VALUES (1, 'reading list');
      DELETE FROM parent;
      """)
    #expect(try connection.first("SELECT count(*) FROM child") { try $0.int(0) } == 0)
    #expect(
      try connection.query("SELECT rowid FROM words WHERE words MATCH ?1 ORDER BY rank", ["list"]) { try $0.int(0) }
        == [1])
    #expect(kind { try connection.run("INSERT INTO child VALUES (9)") } == .constraint)
    let inserted = try connection.first("INSERT INTO parent VALUES (5) RETURNING id") { try $0.int(0) }
    #expect(inserted == 5)
  }
}
