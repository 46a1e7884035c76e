import OffprintTesting
import OffprintWire
import Testing

/// Cursors, their fate, and the digest that proves what they claim.
@Suite struct CursorTests {
  private static let account = RecordID(high: 1, low: 2)
  private static let logs = (1...4).map { RecordID(high: 0, low: $0) }

  private static func cursor(_ generator: inout SeededGenerator) -> Cursor {
    let numbers: [Int64] = [0, 1, 7, 255, 256, 1 << 40, JSONValue.integerMax]
    return Cursor(
      account: RecordID(high: generator.next(), low: generator.next()), log: generator.pick(logs),
      number: generator.pick(numbers), start: generator.oneIn(2) ? nil : generator.pick(numbers))
  }

  @Test func `a cursor's text is read again`() {
    forAll(cases: 2_000) { generator throws(Counterexample) in
      let cursor = Self.cursor(&generator)
      try hold(Cursor(cursor.text) == cursor, "\(cursor)")
    }
  }

  @Test func `any flipped bit, cut or addition is refused`() {
    forAll(cases: 4_000) { generator throws(Counterexample) in
      let text = Self.cursor(&generator).text
      var bytes = Array(text.utf8)
      switch generator.below(4) {
      case 0: bytes.removeLast(generator.number(in: 1...bytes.count))
      case 1: bytes.append(generator.pick(Array("=A \n".utf8)))
      default: bytes[generator.below(bytes.count)] ^= 1 << UInt8(generator.below(7))
      }
      let damaged = String(decoding: bytes, as: UTF8.self)
      try hold(Cursor(damaged) == nil, "\(damaged) is taken for a cursor")
    }
  }

  @Test(arguments: [
    "", "=", "null", "0", "../..", String(repeating: "A", count: 72), String(repeating: "A", count: 1 << 20),
  ])
  func `what no server made is refused`(text: String) { #expect(Cursor(text) == nil) }

  @Test func `a cursor of another account is never merged, whatever its log`() {
    let position = LogPosition(account: Self.account, log: Self.logs[0], head: 9, floor: 3)
    for log in Self.logs {
      let cursor = Cursor(account: RecordID(high: 9, low: 9), log: log, number: 5)
      #expect(position.fate(of: cursor) == .wrongAccount)
    }
  }

  @Test func `a cursor of an ancestral log goes on from the least fork since and reads nothing again`() {
    let position = LogPosition(
      account: Self.account, log: Self.logs[3], head: 90, floor: 0,
      ancestry: [
        .init(log: Self.logs[0], head: 40), .init(log: Self.logs[1], head: 20), .init(log: Self.logs[2], head: 60),
      ])
    for (log, number, forkHead, next) in [
      (0, 80, 20, 20), (0, 10, 20, 10), (1, 80, 20, 20), (2, 80, 60, 60), (2, 59, 60, 59),
    ] as [(Int, Int64, Int64, Int64)] {
      let fate = position.fate(of: Cursor(account: Self.account, log: Self.logs[log], number: number))
      let cursor = Cursor(account: Self.account, log: Self.logs[3], number: next)
      #expect(fate == .forked(forkHead: forkHead, next: cursor))
    }
  }

  @Test func `a log restored twice from one backup forks at its latest end`() {
    let position = LogPosition(
      account: Self.account, log: Self.logs[2], head: 90, floor: 0,
      ancestry: [
        .init(log: Self.logs[0], head: 10), .init(log: Self.logs[1], head: 15), .init(log: Self.logs[0], head: 30),
      ])
    let fate = position.fate(of: Cursor(account: Self.account, log: Self.logs[0], number: 50))
    #expect(fate == .forked(forkHead: 30, next: Cursor(account: Self.account, log: Self.logs[2], number: 30)))
  }

  @Test func `an unrelated log is unknown and never taken for expired`() {
    let position = LogPosition(account: Self.account, log: Self.logs[0], head: 9, floor: 8)
    #expect(position.fate(of: Cursor(account: Self.account, log: Self.logs[1], number: 0)) == .unknownLog)
  }

  @Test func `a first sync begun after a purge never expires by it`() {
    let position = LogPosition(account: Self.account, log: Self.logs[0], head: 50, floor: 34)
    #expect(position.fate(of: Cursor(account: Self.account, log: Self.logs[0], number: 6, start: 40)) == .valid)
    #expect(position.fate(of: Cursor(account: Self.account, log: Self.logs[0], number: 6, start: 33)) == .expired)
    #expect(position.fate(of: Cursor(account: Self.account, log: Self.logs[0], number: 6)) == .expired)
    #expect(position.fate(of: Cursor(account: Self.account, log: Self.logs[0], number: 34)) == .valid)
  }

  @Test func `a number above the head is answered and not refused`() {
    let position = LogPosition(account: Self.account, log: Self.logs[0], head: 5, floor: 0)
    #expect(position.fate(of: Cursor(account: Self.account, log: Self.logs[0], number: 500)) == .valid)
  }

  @Test func `the digest is that of the set, whatever came, went and came again`() {
    forAll(cases: 2_000) { generator throws(Counterexample) in
      let hashes = generator.many(8) { $0.next() }
      var held: Set<Int> = []
      var digest = Digest()
      for _ in 0..<40 {
        let index = generator.below(hashes.count)
        if held.remove(index) != nil {
          digest.remove(hashes[index])
        } else {
          held.insert(index)
          digest.add(hashes[index])
        }
      }
      var whole = Digest()
      for index in held { whole.add(hashes[index]) }
      try hold(digest == whole, "\(digest) for \(whole)")
      for index in held { whole.remove(hashes[index]) }
      try hold(whole == Digest(), "\(whole) is left of nothing")
    }
  }

  @Test func `buckets together make the whole digest`() {
    var buckets = Array(repeating: Digest(), count: Digest.bucketCount)
    var whole = Digest()
    var generator = SeededGenerator(seed: 7)
    for index in 0..<500 {
      let record = RecordBuilder.any(&generator, id: RecordID(high: UInt64(index), low: 0))
      buckets[Int(record.key.bucket)].add(record.stateHash)
      whole.add(record.stateHash)
    }
    #expect(buckets.reduce(Digest(), +) == whole)
    #expect(buckets.filter { $0.count > 0 }.count > 150)
  }

  @Test func `any difference between two states shows in the state hash`() {
    forAll(cases: 3_000) { generator throws(Counterexample) in
      let id = RecordBuilder.ids[0]
      let one = RecordBuilder.any(&generator, id: id)
      let other = generator.oneIn(2) ? RecordBuilder.any(&generator, id: id) : Self.edited(one, &generator)
      try hold((one == other) == (one.stateHash == other.stateHash), "\(one) and \(other)")
    }
  }

  private static func edited(_ record: Record, _ generator: inout SeededGenerator) -> Record {
    var edited = record
    let name = generator.pick(record.registers.names)
    let stamp = record.registers[name]?.stamp ?? RecordBuilder.stamp(&generator)
    edited.registers[name] = Register(stamp: stamp, value: CanonicalValue(ValueBuilder.any(&generator)))
    return edited
  }
}
