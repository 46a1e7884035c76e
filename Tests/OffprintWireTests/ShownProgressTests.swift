import OffprintTesting
import OffprintWire
import Testing

/// Which of several devices' positions a reader is shown.
@Suite struct ShownProgressTests {
  @Test func `the position shown does not depend on the order of arrival or of entries`() {
    forAll(cases: 3_000) { generator throws(Counterexample) in
      let count = generator.oneIn(50) ? 20 : 3
      let states = generator.many(3) {
        RecordBuilder.progress(&$0, id: RecordBuilder.ids[0], replicas: count).registers
      }
      let one = ShownProgress.shown(of: ShownProgress.entries(of: joined(joined(states[0], states[1]), states[2])))
      let entries = ShownProgress.entries(of: joined(states[2], joined(states[1], states[0])))
      let other = ShownProgress.shown(of: generator.shuffled(entries))
      try hold(one?.replica == other?.replica, "\(String(describing: one)) and \(String(describing: other))")
      try hold(one?.stamp == other?.stamp, "\(String(describing: one)) and \(String(describing: other))")
    }
  }

  @Test func `the position shown is of the greatest round and no candidate lies further`() {
    forAll { generator throws(Counterexample) in
      let entries = Self.entries(&generator)
      guard let shown = ShownProgress.shown(of: entries) else {
        try hold(entries.isEmpty, "nothing is shown of \(entries)")
        return
      }
      try hold(entries.allSatisfy { $0.position.round <= shown.position.round }, "an old round is shown")
      let candidates = ShownProgress.candidates(of: entries)
      try hold(candidates.allSatisfy { $0.position.fraction <= shown.position.fraction }, "a nearer one is shown")
    }
  }

  @Test func `whoever moves knowing all positions is shown, backwards too`() {
    forAll { generator throws(Counterexample) in
      let entries = Self.entries(&generator)
      let mover = ReplicaID(bits: UInt64(generator.number(in: 1...6)))
      let base = entries.first { $0.replica == mover }?.stamp
      let rule = StampRule(contact: Int64(generator.below(3)), base: base, replica: mover)
      let stamp = rule.stamp(serverNow: 2, age: 0).stamp
      let seen = Dictionary(uniqueKeysWithValues: entries.map { ($0.replica, $0.stamp) })
      let round = entries.map(\.position.round).max() ?? 1
      let moved = Position(fraction: Int64(generator.below(100)), finished: false, round: round, seen: seen)
      let others = entries.filter { $0.replica != mover }
      let shown = ShownProgress.shown(
        of: generator.shuffled(others + [PositionEntry(replica: mover, stamp: stamp, position: moved)]))
      // Hostile entries that claim to have seen this very move cannot be told from honest ones.
      let claimed = others.contains { $0.position.seen[mover].map { $0 >= stamp } ?? false }
      try hold(claimed || shown?.replica == mover, "\(mover) moved, \(String(describing: shown)) is shown")
    }
  }

  @Test func `a position seen by nobody is not hidden by one that was seen`() throws {
    // A reads to 80 % offline; B writes 20 % later; C has seen B alone and moves to 30 %.
    let (a, b, c) = (ReplicaID(bits: 1), ReplicaID(bits: 2), ReplicaID(bits: 3))
    let entries = [
      entry(a, at: 10, fraction: 800_000, seen: [:]),
      entry(b, at: 20, fraction: 200_000, seen: [:]),
      entry(c, at: 30, fraction: 300_000, seen: [b: stamp(b, 20)]),
    ]
    let shown = try #require(ShownProgress.shown(of: entries))
    #expect(shown.replica == a)
    #expect(Set(ShownProgress.candidates(of: entries).map(\.replica)) == [a, c])
  }

  @Test func `a move back on purpose stays after the device takes a new replica id`() throws {
    let (old, new) = (ReplicaID(bits: 1), ReplicaID(bits: 9))
    let entries = [
      entry(old, at: 10, fraction: 900_000, seen: [:]),
      entry(new, at: 20, fraction: 100_000, seen: [old: stamp(old, 10)]),
    ]
    #expect(try #require(ShownProgress.shown(of: entries)).replica == new)
  }

  @Test func `reading again opens a round that hides the further positions of the last`() throws {
    let (a, b) = (ReplicaID(bits: 1), ReplicaID(bits: 2))
    let entries = [
      entry(a, at: 50, fraction: 1_000_000, seen: [:]), entry(b, at: 20, fraction: 10, round: 2, seen: [:]),
    ]
    #expect(try #require(ShownProgress.shown(of: entries)).replica == b)
  }

  @Test func `entries that all claim to have seen each other are all kept`() throws {
    let (a, b) = (ReplicaID(bits: 1), ReplicaID(bits: 2))
    let entries = [
      entry(a, at: 10, fraction: 5, seen: [b: stamp(b, 99)]), entry(b, at: 20, fraction: 7, seen: [a: stamp(a, 99)]),
    ]
    #expect(ShownProgress.candidates(of: entries).count == 2)
    #expect(try #require(ShownProgress.shown(of: entries)).replica == b)
  }

  @Test func `an entry that claims to have seen itself is not hidden by itself`() throws {
    let (a, b) = (ReplicaID(bits: 1), ReplicaID(bits: 2))
    let entries = [
      entry(a, at: 10, fraction: 9, seen: [a: stamp(a, 99)]), entry(b, at: 20, fraction: 7, seen: [:]),
    ]
    #expect(try #require(ShownProgress.shown(of: entries)).replica == a)
  }

  @Test func `equal fractions and stamps are told apart by the replica`() throws {
    let common = stamp(ReplicaID(bits: 5), 10)
    let entries = (1...3).map { bits in
      PositionEntry(
        replica: ReplicaID(bits: bits), stamp: common, position: Position(fraction: 5, finished: bits == 2))
    }
    #expect(try #require(ShownProgress.shown(of: entries)).replica == ReplicaID(bits: 3))
    #expect(try #require(ShownProgress.shown(of: entries.reversed())).replica == ReplicaID(bits: 3))
  }

  @Test func `registers of bad form are passed over and never shown`() {
    forAll(cases: 5_000) { generator throws(Counterexample) in
      let record = RecordBuilder.hostile(&generator)
      for entry in ShownProgress.entries(of: record.registers) {
        try hold((0...Position.fractionMax).contains(entry.position.fraction), "\(entry)")
        try hold(entry.position.round >= 1, "\(entry)")
      }
    }
  }

  private static func entries(_ generator: inout SeededGenerator) -> [PositionEntry] {
    let replicas = (1...5).map { ReplicaID(bits: $0) }
    return replicas.prefix(generator.below(6)).map { replica in
      let position = ValueBuilder.position(&generator, replicas: replicas)
      return PositionEntry(replica: replica, stamp: RecordBuilder.stamp(&generator), position: position)
    }
  }

  private func stamp(_ replica: ReplicaID, _ milliseconds: UInt64) -> Stamp {
    Stamp(milliseconds: milliseconds, counter: 0, replica: replica)
  }

  private func entry(
    _ replica: ReplicaID, at milliseconds: UInt64, fraction: Int64, round: Int64 = 1, seen: [ReplicaID: Stamp]
  ) -> PositionEntry {
    PositionEntry(
      replica: replica, stamp: stamp(replica, milliseconds),
      position: Position(fraction: fraction, finished: false, round: round, seen: seen))
  }
}
