import OffprintTesting
import OffprintWire
import Testing

/// What makes a lost answer, a repeat, a relay and a restored backup harmless.
@Suite struct JoinTests {
  /// Three states of one record, hostile ones among them.
  private static func states(_ generator: inout SeededGenerator) -> [RegisterMap] {
    let id = RecordBuilder.ids[0]
    switch generator.below(20) {
    case 0: return generator.many(3) { RecordBuilder.progress(&$0, id: id, replicas: 20).registers }
    case 1...5: return generator.many(3) { RecordBuilder.hostile(&$0, id: id).registers }
    default: return generator.many(3) { RecordBuilder.article(&$0, id: id).registers }
    }
  }

  @Test func `it does not matter which of two states arrives first`() {
    forAll { generator throws(Counterexample) in
      let states = Self.states(&generator)
      let one = joined(states[0], states[1])
      let other = joined(states[1], states[0])
      try hold(one == other, "\(states[0]) and \(states[1]) join to \(one) and to \(other)")
    }
  }

  @Test func `it does not matter how three states are grouped on their way`() {
    forAll { generator throws(Counterexample) in
      let states = Self.states(&generator)
      let left = joined(joined(states[0], states[1]), states[2])
      let right = joined(states[0], joined(states[1], states[2]))
      try hold(left == right, "\(states) join to \(left) and to \(right)")
    }
  }

  @Test func `the same state joined again changes nothing and says so`() {
    forAll { generator throws(Counterexample) in
      let states = Self.states(&generator)
      var state = joined(states[0], states[1])
      let before = state
      for repeated in [states[0], states[1], before] {
        try hold(!state.join(repeated), "\(repeated) joined again is said to change \(before)")
        try hold(state == before, "\(repeated) joined again changed \(before) into \(state)")
      }
    }
  }

  @Test func `a join never takes a greater stamp away`() {
    forAll { generator throws(Counterexample) in
      let states = Self.states(&generator)
      let result = joined(states[0], states[1])
      for entry in states[0].entries + states[1].entries {
        guard let kept = result[entry.name] else {
          try hold(isCapped(entry.name), "\(entry.name) vanished")
          continue
        }
        try hold(kept >= entry.register, "\(entry.name) fell from \(entry.register) to \(kept)")
      }
      try hold(joined(result, states[2]) == joined(states[1], joined(states[2], states[0])), "not monotone")
    }
  }

  @Test func `a join that is said to change something changes it`() {
    forAll(cases: 3_000) { generator throws(Counterexample) in
      let states = Self.states(&generator)
      var state = states[0]
      let changed = state.join(states[1])
      try hold(changed == (state != states[0]), "said \(changed)")
    }
  }

  @Test func `the caps on tags keep the same ones whatever the grouping`() {
    forAll(cases: 60) { generator throws(Counterexample) in
      let states = generator.many(3) { generator in
        var record = Record(key: RecordKey(.article, RecordBuilder.ids[0]))
        RecordBuilder.addTags(&record, &generator, names: 400, count: 250)
        return record.registers
      }
      let left = joined(joined(states[0], states[1]), states[2])
      let right = joined(states[2], joined(states[1], states[0]))
      try hold(left == right, "grouping decides which tags stay")
      try hold(left.entries.count <= Limits.tagRegistersMax, "\(left.entries.count) tags")
      try hold(joined(left, states[1]) == left, "a repeat changes which tags stay")
    }
  }

  @Test func `of seventeen positions the one with the least stamp goes`() {
    var state = RegisterMap()
    for index in 1...17 {
      let replica = ReplicaID(bits: UInt64(index))
      let stamp = Stamp(milliseconds: UInt64(100 - index), counter: 0, replica: replica)
      let value = Position(fraction: Int64(index), finished: false).value
      state.join(RegisterMap([.init(.position(of: replica), Register(stamp: stamp, value: value))]))
    }
    #expect(state.entries.count == Limits.progressEntriesMax)
    #expect(state[.position(of: ReplicaID(bits: 17))] == nil)
    #expect(state[.position(of: ReplicaID(bits: 1))] != nil)
  }

  @Test func `at equal stamps the name decides which position goes`() {
    let stamp = Stamp(milliseconds: 1, counter: 0, replica: ReplicaID(bits: 9))
    let entries = (1...17).map { index in
      RegisterMap.Entry(.position(of: ReplicaID(bits: index)), Register(stamp: stamp, value: .null))
    }
    let state = RegisterMap(entries.reversed())
    #expect(state.names == entries.dropFirst().map(\.name))
  }

  @Test func `equal stamps with different values converge on the greater bytes`() {
    let stamp = Stamp(milliseconds: 5, counter: 0, replica: ReplicaID(bits: 1))
    let values = ["\"Z\"", "\"a\"", "null", "true", "10", "9"].compactMap { CanonicalValue(validating: Array($0.utf8)) }
    #expect(values.count == 6)
    for one in values {
      for other in values {
        let result = joined(
          RegisterMap([.init(.title, Register(stamp: stamp, value: one))]),
          RegisterMap([.init(.title, Register(stamp: stamp, value: other))]))
        #expect(result[.title]?.value == max(one, other))
      }
    }
  }

  @Test func `names that only look alike stay two registers`() {
    let names: [RegisterName] = ["tag:\u{e9}", "tag:e\u{301}"]
    var state = RegisterMap()
    for (index, name) in names.enumerated() {
      let stamp = Stamp(milliseconds: UInt64(index), counter: 0, replica: ReplicaID(bits: 1))
      state.join(RegisterMap([.init(name, Register(stamp: stamp, value: CanonicalValue(.bool(true))))]))
    }
    #expect(state.entries.count == 2)
  }

  @Test func `registers are found by name after any assignments and removals`() {
    forAll(cases: 2_000) { generator throws(Counterexample) in
      var state = RegisterMap()
      var model: [RegisterName: Register] = [:]
      for _ in 0..<20 {
        let name = generator.pick(RecordBuilder.unknownNames)
        let register = generator.oneIn(3) ? nil : RecordBuilder.register(.null, &generator)
        state[name] = register
        model[name] = register
      }
      for name in RecordBuilder.unknownNames { try hold(state[name] == model[name], "\(name) is lost") }
      try hold(state.names == model.keys.sorted(), "\(state.names) is out of order")
    }
  }
}

/// The join of two states.
func joined(_ one: RegisterMap, _ other: RegisterMap) -> RegisterMap {
  var result = one
  result.join(other)
  return result
}

/// Whether a cap may take a register of that name away.
private func isCapped(_ name: RegisterName) -> Bool {
  name.tag != nil || name.suffix(after: RegisterName.positionPrefix) != nil
}
