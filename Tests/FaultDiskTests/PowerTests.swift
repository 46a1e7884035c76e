import OffprintFaultDisk
import OffprintSQLite
import OffprintSeed
import Testing

@Suite struct `Losing power` {
  /// Runs transactions until the crash at the `k`-th call, restarts, and says what was wrong.
  private func crash(_ ledger: Ledger, _ crash: Crash, at k: Int) throws -> [String] {
    ledger.disk.arm(crash, afterCalls: k)
    do {
      if ledger.connection == nil { try ledger.open() }
      while !ledger.disk.isDown { try ledger.step() }
    } catch {
      // Nothing but the crash fails here.
      guard ledger.disk.isDown else { throw error }
    }
    return try ledger.restart()
  }

  @Test(arguments: [Crash.power, .kill])
  func `a crash at any call loses no committed transaction and leaves the open one whole or absent`(mode: Crash) throws
  {
    let seed = SeededGenerator.seed(else: 20_260_101)
    // From the first call on an empty disk, each on its own.
    for k in 1...150 {
      let ledger = try Ledger(seed: seed &+ UInt64(k))
      #expect(try crash(ledger, mode, at: k) == [], "seed \(seed), call \(k)")
    }
  }

  @Test func `power cuts one after another lose nothing`() throws {
    let seed = SeededGenerator.seed(else: 7)
    for index in 0..<10 {
      let ledger = try Ledger(seed: seed &+ UInt64(index))
      var random = SeededGenerator(seed: seed, case: index)
      for _ in 0..<40 {
        let k = random.number(in: 1...60)
        try #require(try crash(ledger, .power, at: k) == [], "seed \(seed), case \(index), call \(k)")
      }
      #expect(ledger.disk.count(.writeTorn) > 0 && ledger.disk.count(.writeDropped) > 0)
    }
  }

  @Test func `what a restart found is there after a power loss, though the process before was killed`() throws {
    let seed = SeededGenerator.seed(else: 11)
    for index in 0..<60 {
      let ledger = try Ledger(seed: seed &+ UInt64(index))
      var random = SeededGenerator(seed: seed, case: index)
      for round in 0..<20 {
        let k = random.number(in: 1...60)
        try #require(
          try crash(ledger, random.oneIn(2) ? .kill : .power, at: k) == [],
          "seed \(seed), case \(index), round \(round)")
        // A second crash before anything was written: what was seen may have been answered to somebody.
        if random.oneIn(2) {
          ledger.disk.crash(.power)
          try #require(try ledger.restart() == [], "seed \(seed), case \(index), round \(round), power")
        }
      }
    }
  }

  @Test func `without full syncs power cuts lose acknowledged commits, so the disk can tell`() throws {
    let seed = SeededGenerator.seed(else: 1)
    let losing = (0..<20).first { index in
      guard let ledger = try? Ledger(seed: seed &+ UInt64(index), isFull: false) else { return false }
      var random = SeededGenerator(seed: seed, case: index)
      return (0..<20).contains { _ in
        (try? crash(ledger, .power, at: random.number(in: 20...80)))?.contains { $0.hasPrefix("lost") } ?? false
      }
    }
    #expect(losing != nil)
  }

  @Test func `without full syncs a kill alone loses nothing`() throws {
    let seed = SeededGenerator.seed(else: 3)
    for index in 0..<20 {
      let ledger = try Ledger(seed: seed &+ UInt64(index), isFull: false)
      var random = SeededGenerator(seed: seed, case: index)
      for _ in 0..<20 {
        let k = random.number(in: 1...60)
        try #require(try crash(ledger, .kill, at: k) == [], "seed \(seed), case \(index), call \(k)")
      }
    }
  }

  @Test func `a disk that lies about syncs is seen to lose commits`() throws {
    var lost = false
    for seed in UInt64(1)...20 where !lost {
      let ledger = try Ledger(seed: seed)
      try ledger.open()
      ledger.disk.setLying(true)
      for _ in 0..<20 { try ledger.step() }
      ledger.disk.crash(.power)
      ledger.disk.setLying(false)
      let wrong = try? ledger.restart()
      lost = wrong.map { !$0.isEmpty } ?? true
      #expect(ledger.disk.count(.lie) > 0)
    }
    #expect(lost)
  }

  @Test func `what a failed sync has lost, a later one does not bring to the disk`() throws {
    var lost = 0
    for seed in UInt64(1)...40 {
      let ledger = try Ledger(seed: seed)
      try ledger.open()
      for _ in 0..<3 { try ledger.step() }
      ledger.disk.fail(.sync, nth: 1)
      #expect(thrown { while ledger.disk.isArmed(.sync) { try ledger.step() } } != nil)
      // The next process finds it in the system's memory and syncs in vain.
      ledger.disk.crash(.kill)
      #expect(try ledger.restart() == [])
      ledger.disk.crash(.power)
      let wrong = try ledger.restart()
      #expect(wrong.allSatisfy { $0.hasPrefix("lost") }, "\(wrong)")
      if !wrong.isEmpty { lost += 1 }
    }
    #expect(lost > 0 && lost < 40)
  }

  @Test func `a flipped bit is one bit`() throws {
    let ledger = try Ledger(seed: 5)
    try ledger.open()
    for _ in 0..<10 { try ledger.step() }
    ledger.close()
    let before = try #require(ledger.disk.bytes(of: Ledger.path))
    let at = try #require(ledger.disk.flip(Ledger.path, in: 4_096..<8_192))
    let after = try #require(ledger.disk.bytes(of: Ledger.path))
    let changed = zip(before, after).map { $0 ^ $1 }
    #expect(changed.map(\.nonzeroBitCount).reduce(0, +) == 1)
    #expect(changed.firstIndex { $0 != 0 } == at && (4_096..<8_192).contains(at))
    ledger.disk.crash(.power)
    #expect(ledger.disk.bytes(of: Ledger.path) == after)
    #expect(!ledger.disk.flip(Ledger.path, offset: before.count, bit: 0))
    // On the disk too, of a file that has changed since it was synced.
    #expect(try ledger.restart() == [])
    try ledger.step()
    ledger.disk.setLying(true)
    try ledger.step()
    let log = Ledger.path + "-wal"
    let byte = try #require(ledger.disk.bytes(of: log)?[40])
    #expect(ledger.disk.flip(log, offset: 40, bit: 3))
    ledger.disk.crash(.power)
    #expect(ledger.disk.bytes(of: log)?[40] == byte ^ 8)
  }
}
