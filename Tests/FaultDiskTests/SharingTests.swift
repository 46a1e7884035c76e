import OffprintFaultDisk
import OffprintSQLite
import Testing

@Suite struct `Several connections on one disk` {
  let disk = FaultDisk(seed: 4)

  private func writer() throws -> Connection {
    try Connection(path: "/a.sqlite", role: .writer(create: true), busyTimeoutMilliseconds: 100, vfs: disk.vfs)
  }

  private func reader() throws -> Connection {
    try Connection(path: "/a.sqlite", role: .reader, busyTimeoutMilliseconds: 100, vfs: disk.vfs)
  }

  private func filled() throws -> Connection {
    let connection = try writer()
    try connection.script("CREATE TABLE t (x INTEGER)")
    try insert(1, connection)
    return connection
  }

  private func insert(_ number: Int, _ connection: Connection) throws {
    try connection.transaction { try connection.run("INSERT INTO t VALUES (?1)", [Value(number)]) }
  }

  private func numbers(_ connection: Connection) throws -> [Int] {
    try connection.query("SELECT x FROM t ORDER BY x") { try $0.int(0) }
  }

  @Test func `a reader sees commits and keeps its snapshot`() throws {
    let writer = try filled()
    let reader = try reader()
    #expect(try numbers(reader) == [1])
    try reader.transaction(.deferred) {
      #expect(try numbers(reader) == [1])
      try insert(2, writer)
      #expect(try numbers(reader) == [1])
      #expect(try numbers(writer) == [1, 2])
      #expect(try !writer.checkpoint(.truncate))
    }
    #expect(try numbers(reader) == [1, 2])
    #expect(try writer.checkpoint(.truncate))
    #expect(try numbers(reader) == [1, 2])
    #expect(disk.bytes(of: "/a.sqlite-wal") == [])
  }

  @Test func `one writes at a time, and the wait is counted and not slept`() throws {
    let first = try filled()
    let second = try writer()
    try first.transaction {
      try first.run("INSERT INTO t VALUES (2)")
      let before = disk.sleptMicroseconds
      #expect((thrown { try insert(3, second) } as? SQLiteError)?.kind == .busy)
      #expect(disk.sleptMicroseconds - before >= 90_000)
    }
    try insert(3, second)
    #expect(try numbers(first) == [1, 2, 3])
  }

  @Test func `the last to close cleans up, and nobody before`() throws {
    let first = try filled()
    let second = try writer()
    #expect(try numbers(second) == [1])
    first.close()
    #expect(disk.files == ["/a.sqlite", "/a.sqlite-wal"])
    second.close()
    #expect(disk.files == ["/a.sqlite"])
  }

  @Test func `a process killed in a transaction leaves its locks, and another goes on`() throws {
    let first = try filled()
    let own = disk.process
    let other = disk.beginProcess()
    let second = try writer()
    #expect(try numbers(second) == [1])
    disk.process = own
    let error = thrown {
      try first.transaction {
        try first.run("INSERT INTO t VALUES (2)")
        disk.crash(.killProcess)
        #expect(disk.isDown)
      }
    }
    #expect((error as? SQLiteError)?.kind == .ioError)
    disk.process = other
    #expect(!disk.isDown)
    try insert(3, second)
    first.close()
    #expect(try numbers(second) == [1, 3])
    #expect(try second.integrityCheck() == [])
  }

  @Test(arguments: [Crash.kill, .power])
  func `what was open before a crash fails for ever`(mode: Crash) throws {
    let old = try filled()
    disk.crash(mode)
    #expect((thrown { try insert(2, old) } as? SQLiteError)?.kind == .ioError)
    #expect(thrown { _ = try writer() } != nil)
    disk.beginProcess()
    let new = try writer()
    #expect((thrown { try insert(2, old) } as? SQLiteError)?.kind == .ioError)
    try insert(3, new)
    old.close()
    #expect(try numbers(new) == [1, 3])
  }

  @Test func `what the dead shared is not believed after a power loss`() throws {
    for seed in UInt64(1)...20 {
      let disk = FaultDisk(seed: seed)
      let old = try Connection(path: "/a.sqlite", role: .writer(create: true), vfs: disk.vfs)
      try old.script("CREATE TABLE t (x INTEGER)")
      try old.script("PRAGMA synchronous=NORMAL")
      for number in 1...30 { try insert(number, old) }
      disk.crash(.power)
      disk.beginProcess()
      // The old one is still open: it has the index of a log that is no more.
      let new = try Connection(path: "/a.sqlite", role: .writer(create: false), vfs: disk.vfs)
      #expect(try new.integrityCheck() == [])
      let found = try numbers(new)
      #expect(found == Array((1...30).prefix(found.count)))
      old.close()
    }
  }

  @Test func `disks are apart, and an image moves one to the other`() throws {
    let connection = try filled()
    let clone = FaultDisk(seed: 4)
    #expect(clone.files == [])
    clone.restore(disk.image())
    #expect(clone.hash == disk.hash)
    try insert(2, connection)
    #expect(clone.hash != disk.hash)
    let copy = try Connection(path: "/a.sqlite", role: .writer(create: false), vfs: clone.vfs)
    #expect(try numbers(copy) == [1])
    copy.close()
    // An image is durable, and a single file of it can be put back.
    clone.crash(.power)
    let whole = clone.image()
    clone.erase("/a.sqlite")
    #expect(clone.bytes(of: "/a.sqlite") == nil)
    clone.restore("/a.sqlite", from: whole)
    clone.beginProcess()
    #expect(try numbers(Connection(path: "/a.sqlite", role: .reader, vfs: clone.vfs)) == [1])
  }

  @Test func `a disk may go before its connections`() throws {
    var disk: FaultDisk? = FaultDisk(seed: 1)
    let name = try #require(disk?.vfs)
    let connection = try Connection(path: "/a.sqlite", role: .writer(create: true), vfs: name)
    try connection.script("CREATE TABLE t (x INTEGER)")
    disk = nil
    #expect((thrown { try connection.script("INSERT INTO t VALUES (1)") } as? SQLiteError)?.kind == .ioError)
    #expect(thrown { _ = try Connection(path: "/a.sqlite", role: .reader, vfs: name) } != nil)
    connection.close()
  }

  /// What crash after crash leaves, as numbers.
  private static func history(_ seed: UInt64) throws -> [UInt64] {
    FaultMemory.seedSQLite(UInt32(truncatingIfNeeded: seed))
    let ledger = try Ledger(seed: seed)
    var history: [UInt64] = []
    for round in 0..<20 {
      ledger.disk.arm(round.isMultiple(of: 4) ? .kill : .power, afterCalls: 20 + round)
      while !ledger.disk.isDown {
        _ = thrown { ledger.connection == nil ? try ledger.open() : try ledger.step() }
      }
      history.append(ledger.disk.hash)
      #expect(try ledger.restart() == [])
      history.append(ledger.disk.hash)
      history.append(UInt64(ledger.disk.calls))
    }
    return history
  }

  @Test func `the same seed does the same, byte for byte`() async {
    // In a process of its own: SQLite's generator is the process's, and other tests draw from it.
    await #expect(processExitsWith: .success) {
      for seed in UInt64(1)...5 {
        let (first, second) = (try Self.history(seed), try Self.history(seed))
        #expect(first == second)
        let other = try Self.history(seed + 100)
        #expect(first != other)
      }
    }
  }
}
