import OffprintTesting
import OffprintWire
import Testing

/// Stamps, their text, and the rule by which a client fixes them.
@Suite struct StampTests {
  private static func stamp(_ generator: inout SeededGenerator) -> Stamp {
    let milliseconds: UInt64 =
      generator.oneIn(2) ? UInt64(generator.below(3)) : generator.next() & (Stamp.millisecondsEnd - 1)
    let counter = generator.oneIn(2) ? UInt32(generator.below(3)) : UInt32(truncatingIfNeeded: generator.next())
    let replica = generator.oneIn(2) ? generator.pick(RecordBuilder.replicas) : ReplicaID(bits: generator.next())
    return Stamp(milliseconds: milliseconds, counter: counter, replica: replica)
  }

  @Test func `texts sort as the stamps do and are read again`() {
    forAll { generator throws(Counterexample) in
      let one = Self.stamp(&generator)
      let other = Self.stamp(&generator)
      try hold(Stamp(one.description) == one, "\(one) is not read again")
      try hold((one < other) == (one.description < other.description), "\(one) and \(other)")
      try hold((one == other) == (one.description == other.description), "\(one) and \(other)")
    }
  }

  @Test func `any change of one byte of a stamp's text makes another stamp or none`() {
    forAll(cases: 5_000) { generator throws(Counterexample) in
      let stamp = Self.stamp(&generator)
      var bytes = Array(stamp.description.utf8)
      bytes[generator.below(bytes.count)] ^= 1 << UInt8(generator.below(7))
      let text = String(decoding: bytes, as: UTF8.self)
      try hold(Stamp(text)?.description ?? text == text, "\(text) is read and means another text")
    }
  }

  @Test(arguments: [
    "", "000000000001-00000000-000000000000001", "000000000001-00000000-00000000000000001",
    "00000000000A-00000000-0000000000000001", "800000000000-00000000-0000000000000001",
    "ffffffffffff-00000000-0000000000000001", "000000000001_00000000_0000000000000001",
    "+00000000001-00000000-0000000000000001", "000000000001-00000000-000000000000000g",
    "000000000001-0000000-00000000000000001", "-00000000001-00000000-0000000000000001",
    "00000000000\u{661}-0000000-0000000000000001",
  ])
  func `a stamp of another form is refused`(text: String) { #expect(Stamp(text) == nil) }

  @Test func `the last millisecond that is taken is the one before 2 to the 47`() throws {
    let text = "7fffffffffff-ffffffff-ffffffffffffffff"
    let stamp = try #require(Stamp(text))
    #expect(stamp.milliseconds == Stamp.millisecondsEnd - 1)
    #expect(stamp.description == text)
  }

  private static func rule(_ generator: inout SeededGenerator) -> StampRule {
    let base = generator.oneIn(5) ? nil : generator.oneIn(2) ? stamp(&generator) : RecordBuilder.stamp(&generator)
    return StampRule(contact: time(&generator), base: base, replica: generator.pick(RecordBuilder.replicas))
  }

  private static func time(_ generator: inout SeededGenerator) -> Int64 {
    switch generator.below(4) {
    case 0: Int64(generator.below(6))
    case 1: generator.pick([0, 1 << 47 - 1, 1 << 47, .max, .min, -1])
    default: 1_700_000_000_000 + Int64(generator.below(1_000))
    }
  }

  @Test func `whoever has seen a value always beats it, whatever the clocks say`() {
    forAll { generator throws(Counterexample) in
      let rule = Self.rule(&generator)
      let fixed = rule.stamp(serverNow: Self.time(&generator), age: Self.time(&generator))
      let lowest = rule.lowestStamp(serverNow: Self.time(&generator))
      for stamp in [fixed.stamp, lowest.stamp] {
        try hold(stamp.replica == rule.replica, "stamped as another")
        if let base = rule.base { try hold(stamp > base, "\(stamp) does not beat \(base)") }
        if rule.hasStamp { try hold(Stamp(stamp.description) == stamp, "\(stamp) would be refused") }
      }
    }
  }

  @Test(arguments: [
    ("7fffffffffff-fffffffd-0000000000000001", true), ("7fffffffffff-fffffffe-0000000000000001", false),
    ("7fffffffffff-ffffffff-0000000000000001", false), ("7ffffffffffe-ffffffff-0000000000000001", true),
  ])
  func `above the last stamps there is none`(text: String, hasStamp: Bool) throws {
    let base = try #require(Stamp(text))
    let rule = StampRule(contact: 0, base: base, replica: ReplicaID(bits: 2))
    #expect(rule.hasStamp == hasStamp)
    let fixed = rule.stamp(serverNow: 1_800_000_000_000, age: 0).stamp
    #expect((Stamp(fixed.description) == fixed) == hasStamp)
  }

  @Test func `the lowest legal stamp is never above the one that time gives`() {
    forAll { generator throws(Counterexample) in
      let rule = Self.rule(&generator)
      let now = Self.time(&generator)
      let fixed = rule.stamp(serverNow: now, age: Self.time(&generator))
      let lowest = rule.lowestStamp(serverNow: now)
      try hold(lowest.stamp <= fixed.stamp, "\(lowest) is above \(fixed)")
    }
  }

  @Test func `of two edits of one base the later one is never stamped earlier`() {
    forAll { generator throws(Counterexample) in
      let rule = Self.rule(&generator)
      let (now, age) = (Self.time(&generator), Self.time(&generator))
      let step = Int64(generator.below(5))
      let earlier = rule.stamp(serverNow: now, age: age).stamp
      let laterNow = rule.stamp(serverNow: now.addingReportingOverflow(step).overflow ? now : now + step, age: age)
        .stamp
      try hold(laterNow >= earlier, "\(laterNow) after \(earlier) with a later clock")
      let younger = age < .min + step ? age : age - step
      let laterEdit = rule.stamp(serverNow: now, age: younger).stamp
      try hold(laterEdit >= earlier, "\(laterEdit) after \(earlier) with a younger edit")
    }
  }

  @Test func `only a stamp that owes its milliseconds to its base is said to`() {
    forAll(cases: 5_000) { generator throws(Counterexample) in
      let rule = Self.rule(&generator)
      let fixed = rule.stamp(serverNow: Self.time(&generator), age: Self.time(&generator))
      guard let base = rule.base else { return try hold(!fixed.tookBase, "there is no base") }
      if fixed.tookBase { try hold(fixed.stamp.milliseconds <= base.milliseconds + 1, "\(fixed)") }
      if fixed.stamp.milliseconds > base.milliseconds + 1 { try hold(!fixed.tookBase, "\(fixed)") }
    }
  }

  @Test func `an edit fixed when it is made and one fixed later by the same clock get the same stamp`() {
    forAll(cases: 5_000) { generator throws(Counterexample) in
      var rule = Self.rule(&generator)
      let now = Int64(generator.below(1_000_000))
      rule.contact = min(rule.contact, now)
      let later = Int64(generator.below(1_000_000))
      let atEdit = rule.stamp(serverNow: now, age: 0)
      let atSend = rule.stamp(serverNow: now + later, age: later)
      try hold(atEdit == atSend, "\(atEdit) at the edit, \(atSend) when sent")
    }
  }

  @Test func `an edit made by a late clock beats the value it replaced`() {
    // A saves at 12:00:00.0; B's estimate is ten seconds late; B sees A's title and changes it a second later.
    let noon: Int64 = 1_700_000_000_000
    let theirs = Stamp(milliseconds: UInt64(noon), counter: 0, replica: ReplicaID(bits: 9))
    let rule = StampRule(contact: noon - 10_000, base: theirs, replica: ReplicaID(bits: 1))
    let fixed = rule.stamp(serverNow: noon - 9_000, age: 0)
    #expect(fixed.stamp > theirs)
    #expect(fixed.tookBase)
  }

  @Test func `an edit that a clone carried along never beats one that replaced it`() {
    // The same unsent edit sits on two copies; one copy edits on and sends, then the other fixes the old one as low as
    // it may.
    let replaced = Stamp(milliseconds: 50, counter: 0, replica: ReplicaID(bits: 7))
    let first = StampRule(contact: 40, base: replaced, replica: ReplicaID(bits: 1))
    let sent = first.stamp(serverNow: 90, age: 10).stamp
    let further = StampRule(contact: 40, base: sent, replica: ReplicaID(bits: 1)).stamp(serverNow: 90, age: 0).stamp
    let copied = StampRule(contact: 40, base: replaced, replica: ReplicaID(bits: 2)).lowestStamp(serverNow: 500).stamp
    #expect(copied > replaced)
    #expect(copied < sent && copied < further)
  }

  @Test func `an offline edit's age and not its arrival decides between edits unaware of each other`() {
    let early = StampRule(contact: 0, base: nil, replica: ReplicaID(bits: 1)).stamp(serverNow: 100_000, age: 60_000)
    let late = StampRule(contact: 0, base: nil, replica: ReplicaID(bits: 2)).stamp(serverNow: 90_000, age: 1_000)
    #expect(late.stamp > early.stamp)
  }
}
