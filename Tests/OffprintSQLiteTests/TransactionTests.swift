import OffprintSQLite
import Testing

@Suite struct `Transactions` {
  struct Stop: Error {}

  let folder: Folder
  let connection: Connection

  init() throws {
    folder = try Folder()
    connection = try folder.writer()
    try connection.script("CREATE TABLE t (x INTEGER UNIQUE)")
  }

  private func insert(_ number: Int) throws { try connection.run("INSERT INTO t VALUES (?1)", [Value(number)]) }

  private func numbers(_ connection: Connection) throws -> [Int] {
    try connection.query("SELECT x FROM t ORDER BY x") { try $0.int(0) }
  }

  @Test(arguments: [Connection.TransactionKind.immediate, .deferred])
  func `what returns is kept, what throws is undone`(kind: Connection.TransactionKind) throws {
    let result = try connection.transaction(kind) {
      try insert(1)
      #expect(connection.isInTransaction)
      return 7
    }
    #expect(result == 7)
    #expect(throws: Stop.self) {
      try connection.transaction(kind) {
        try insert(2)
        throw Stop()
      }
    }
    #expect(!connection.isInTransaction)
    #expect(try numbers(connection) == [1])
    #expect(try numbers(folder.reader()) == [1])
  }

  @Test func `a savepoint that throws undoes only itself`() throws {
    try connection.transaction {
      try insert(1)
      try connection.savepoint { try insert(2) }
      let stopped = thrown {
        try connection.savepoint {
          try insert(3)
          try connection.savepoint { try insert(4) }
          throw Stop()
        }
      }
      #expect(stopped is Stop)
      let refused = kind { try connection.savepoint { try insert(1) } }
      #expect(refused == .constraint)
      try insert(5)
    }
    #expect(try numbers(connection) == [1, 2, 5])
  }

  @Test func `a transaction inside another and a savepoint outside one are refused`() throws {
    try connection.transaction {
      let nested = kind { try connection.transaction { try insert(1) } }
      #expect(nested == .misuse)
      try insert(2)
    }
    #expect(kind { try connection.savepoint { try insert(3) } } == .misuse)
    #expect(try numbers(connection) == [2])
  }

  @Test func `a reader sees one moment while the writer writes on`() throws {
    let reader = try folder.reader()
    try insert(1)
    try reader.transaction(.deferred) {
      #expect(try numbers(reader) == [1])
      try insert(2)
      try connection.transaction { try insert(3) }
      #expect(try numbers(reader) == [1])
    }
    #expect(try numbers(reader) == [1, 2, 3])
  }

  @Test func `nothing uncommitted is seen by a reader`() throws {
    let reader = try folder.reader()
    try connection.transaction {
      try insert(1)
      #expect(try numbers(reader) == [])
    }
    #expect(try numbers(reader) == [1])
  }

  @Test func `a reader cannot write`() throws {
    let reader = try folder.reader()
    #expect(kind { try reader.run("INSERT INTO t VALUES (1)") } == .readOnly)
    #expect(kind { try reader.transaction(.immediate) {} } == .readOnly)
  }

  @Test func `a second writer that waits in vain is told that the database is busy`() throws {
    let other = try Connection(path: folder.file("a.sqlite"), role: .writer(create: false), busyTimeoutMilliseconds: 20)
    try connection.transaction {
      let waited = kind { try other.transaction {} }
      #expect(waited == .busy)
    }
    try other.transaction {}
  }

  @Test func `writing on after SQLite has rolled back is refused, not committed by itself`() throws {
    try insert(1)
    let thrown = kind {
      try connection.transaction {
        try insert(2)
        // SQLite ends the transaction for this conflict clause, as it does for some device errors.
        try? connection.run("INSERT OR ROLLBACK INTO t VALUES (1)")
        #expect(!connection.isInTransaction)
        let written = kind { try insert(3) }
        #expect(written == .misuse)
      }
    }
    #expect(thrown == .misuse)
    #expect(try numbers(connection) == [1])
    try insert(4)
    #expect(try numbers(connection) == [1, 4])
  }

  @Test func `a full database undoes the transaction and goes on`() throws {
    try insert(1)
    try connection.run("CREATE TABLE b (x BLOB)")
    let pages = try connection.first("PRAGMA page_count") { try $0.int(0) } ?? 0
    try connection.run("PRAGMA max_page_count=\(pages + 2)")
    let thrown = kind {
      try connection.transaction {
        try insert(2)
        try connection.run("INSERT INTO b VALUES (zeroblob(100000))")
      }
    }
    #expect(thrown == .full)
    #expect(!connection.isInTransaction)
    try insert(3)
    #expect(try numbers(connection) == [1, 3])
  }

  @Test func `what runs can be interrupted from outside`() async throws {
    let interrupter = connection.interrupter
    let endless = "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"
    let stopping = Task.detached {
      // Before the statement starts an interrupt does nothing, so it is sent until it has taken effect.
      while !Task.isCancelled {
        interrupter.interrupt()
        await Task.yield()
      }
    }
    #expect(kind { _ = try connection.first(endless) { try $0.int64(0) } } == .interrupted)
    stopping.cancel()
    await stopping.value
    try insert(1)
    #expect(try numbers(connection) == [1])
  }
}
