import OffprintFaultDisk
import OffprintSQLite
import Testing

@Suite struct `Single faults` {
  /// What SQLite calls each fault; renames are for small files alone.
  static let kinds: [(fault: Fault, kind: SQLiteError.Kind)] = [
    (.full, .full), (.write, .ioError), (.sync, .ioError), (.read, .ioError), (.busy, .busy), (.open, .cannotOpen),
    (.remove, .ioError), (.truncate, .ioError),
  ]

  @Test(arguments: kinds)
  func `an error is told as what it is and leaves the database whole`(fault: Fault, kind: SQLiteError.Kind) throws {
    var happened = 0
    var told = 0
    for nth in 1...40 {
      let ledger = try Ledger(seed: UInt64(nth), busyTimeoutMilliseconds: 0)
      try ledger.open()
      for _ in 0..<5 { try ledger.step() }
      ledger.close()
      ledger.disk.fail(fault, nth: nth)
      do {
        try ledger.open()
        for _ in 0..<20 { try ledger.step() }
        ledger.close()
      } catch let error as SQLiteError {
        #expect(error.kind == kind, "\(fault) \(nth): \(error)")
        told += 1
        if ledger.connection == nil { try ledger.open() }
        // The same connection goes on, and what it commits then is there after a power loss.
        #expect(try ledger.look() == [], "\(fault) \(nth)")
        for _ in 0..<5 { try ledger.step() }
      }
      if ledger.disk.isArmed(fault) { continue }
      happened += 1
      #expect(ledger.disk.count(.init(rawValue: "\(fault)") ?? .lie) == 1)
      ledger.disk.crash(.power)
      #expect(try ledger.restart() == [], "\(fault) \(nth)")
    }
    #expect(happened > 0)
    // A log that cannot be removed when the last connection closes is no error: there is nobody to tell.
    #expect(told > 0 || fault == .remove)
  }

  @Test func `a lock that is busy is waited for without sleeping`() throws {
    let ledger = try Ledger(seed: 1)
    try ledger.open()
    // Some locks are those of reading, which SQLite tries again at once; for that of writing it waits.
    for nth in 1...5 {
      ledger.disk.fail(.busy, nth: nth)
      while ledger.disk.isArmed(.busy) { try ledger.step() }
    }
    #expect(ledger.disk.count(.busy) == 5)
    #expect(ledger.disk.sleptMicroseconds > 0, "\(ledger.disk.counts)")
    #expect(try ledger.look() == [])
  }

  @Test func `a full disk keeps what it has, can be read, and goes on when there is room again`() throws {
    let ledger = try Ledger(seed: 9)
    try ledger.open()
    for _ in 0..<5 { try ledger.step() }
    for _ in 0..<10 {
      let capacity = ledger.disk.usedBytes + 30_000
      ledger.disk.setCapacity(bytes: capacity)
      let error = thrown { for _ in 0..<1_000 { try ledger.step() } }
      #expect((error as? SQLiteError)?.kind == .full)
      #expect(ledger.disk.usedBytes <= capacity)
      #expect(try ledger.look() == [])
      ledger.disk.setCapacity(bytes: nil)
      for _ in 0..<3 { try ledger.step() }
      ledger.disk.crash(.power)
      #expect(try ledger.restart() == [])
    }
    #expect(ledger.disk.count(.capacity) >= 10)
  }

  @Test func `an allocation that fails leaves the database whole`() async {
    // In a process of its own: SQLite must not have been used yet, and no other thread may use it.
    await #expect(processExitsWith: .success) {
      try #require(FaultMemory.install())
      var told = 0
      for nth in stride(from: 1, through: 600, by: 7) {
        let ledger = try Ledger(seed: UInt64(nth))
        FaultMemory.fail(nth: nth)
        do {
          try ledger.open()
          for _ in 0..<3 { try ledger.step() }
        } catch let error as SQLiteError {
          #expect([.other, .ioError, .cannotOpen].contains(error.kind), "\(nth): \(error)")
          told += 1
        }
        FaultMemory.fail(nth: 0)
        ledger.disk.crash(.power)
        #expect(try ledger.restart() == [], "allocation \(nth)")
      }
      #expect(told > 40 && FaultMemory.failures >= told)
    }
  }

  @Test func `what cannot be undone for want of memory is not committed, and holds nothing up`() async {
    await #expect(processExitsWith: .success) {
      struct Stop: Error {}
      try #require(FaultMemory.install())
      let ledger = try Ledger(seed: 1)
      try ledger.open()
      let connection = try #require(ledger.connection)
      try connection.script("CREATE TABLE pair (x INTEGER)")
      var failed = 0
      for nth in 1...40 {
        for isWhole in [true, false] {
          let error = thrown {
            try connection.transaction {
              try connection.run("INSERT INTO pair VALUES (1)")
              let inner = thrown {
                try connection.savepoint {
                  try connection.run("INSERT INTO pair VALUES (2)")
                  FaultMemory.fail(nth: nth)
                  throw Stop()
                }
              }
              FaultMemory.fail(nth: 0)
              #expect(inner is Stop)
              guard isWhole else {
                FaultMemory.fail(nth: nth)
                throw Stop()
              }
            }
          }
          FaultMemory.fail(nth: 0)
          if error is SQLiteError { failed += 1 }
          #expect(try connection.query("SELECT count(*) FROM pair WHERE x = 2") { try $0.int(0) } == [0])
          #expect(
            try connection.transaction {
              try connection.query("SELECT count(*) FROM pair WHERE x = 2") { try $0.int(0) }
            } == [0])
        }
      }
      #expect(failed > 0)
    }
  }

  @Test func `the layer under allocations refuses to come late`() async {
    await #expect(processExitsWith: .success) {
      let ledger = try Ledger(seed: 1)
      try ledger.open()
      #expect(!FaultMemory.install())
    }
  }
}

/// What `body` throws.
func thrown(_ body: () throws -> Void) -> (any Error)? {
  do {
    try body()
    return nil
  } catch {
    return error
  }
}
