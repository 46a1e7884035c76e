import OffprintTesting
import OffprintWire
import Testing

/// Saving, deleting and what a save may overwrite: nothing but what the person gave.
@Suite struct LifeTests {
  private static let id = RecordID(high: 0, low: 1)

  private static func article(_ values: [(RegisterName, JSONValue)], at milliseconds: UInt64, by bits: UInt64) -> Record
  {
    let stamp = Stamp(milliseconds: milliseconds, counter: 0, replica: ReplicaID(bits: bits))
    let entries = values.map { RegisterMap.Entry($0.0, Register(stamp: stamp, value: CanonicalValue($0.1))) }
    return Record(key: RecordKey(.article, id), registers: RegisterMap(entries))
  }

  @Test func `a later save of the same page elsewhere keeps title, flags and body`() {
    let first = Self.article(
      [
        (.life, .string("live")), (.url, .string("http://e.org/")), (.saved, .integer(1)), (.title, .string("mine")),
        (.archived, .bool(true)),
        (.content, .members(("hash", .string(String(repeating: "a", count: 64))), ("size", .integer(1)))),
      ], at: 10, by: 1)
    let second = Self.article(
      [(.life, .string("live")), (.url, .string("https://e.org")), (.saved, .integer(9))], at: 99, by: 2)
    let both = joined(first.registers, second.registers)
    for name in [RegisterName.title, .archived, .content] { #expect(both[name] == first.registers[name]) }
    for name in [RegisterName.url, .saved] { #expect(both[name] == second.registers[name]) }
  }

  @Test func `a failed fetch never takes away a body that another device captured`() {
    let captured = Self.article(
      [(.content, .members(("hash", .string(String(repeating: "a", count: 64))), ("size", .integer(1))))], at: 10, by: 1
    )
    let failed = Self.article(
      [(.fetch, .members(("at", .integer(9)), ("reason", .string("404")), ("state", .string("failed"))))], at: 99, by: 2
    )
    let both = joined(captured.registers, failed.registers)
    #expect(both[.content] == captured.registers[.content])
    #expect(both[.fetch] == failed.registers[.fetch])
  }

  @Test func `a title set while another device deletes comes back with the article`() {
    let saved = Self.article([(.life, .string("live")), (.title, .string("old"))], at: 1, by: 1)
    var deleted = saved
    deleted.registers.join(Self.article([(.life, .string("dead"))], at: 20, by: 1).registers)
    let titled = Self.article([(.title, .string("new"))], at: 30, by: 2)
    var record = Record(key: saved.key, registers: joined(deleted.registers, titled.registers))
    #expect(!record.isLive)
    record.registers.join(Self.article([(.life, .string("live"))], at: 40, by: 2).registers)
    #expect(record.isLive)
    #expect(record[.title]?.string == "new")
  }

  @Test func `whether a record lives depends on its own life register alone`() {
    forAll(cases: 3_000) { generator throws(Counterexample) in
      let id = RecordBuilder.ids[0]
      let states = generator.many(3) { RecordBuilder.any(&$0, id: id).registers }
      let whole = joined(joined(states[0], states[1]), states[2])
      var lives = RegisterMap()
      for state in states {
        if let life = state[.life] { lives.join(RegisterMap([.init(.life, life)])) }
      }
      let key = RecordKey(.article, id)
      let (one, other) = (Record(key: key, registers: whole), Record(key: key, registers: lives))
      try hold(one.isLive == other.isLive, "\(whole)")
    }
  }

  @Test func `a record without life is live and any other value than dead is too`() {
    #expect(Record(key: RecordKey(.article, Self.id)).isLive)
    #expect(Self.article([(.life, .string("live"))], at: 1, by: 1).isLive)
    #expect(Self.article([(.life, .null)], at: 1, by: 1).isLive)
    #expect(!Self.article([(.life, .string("dead"))], at: 1, by: 1).isLive)
  }

  @Test func `same can be undone by null and moves no data`() {
    let other = RecordID(high: 0, low: 2)
    let grouped = Self.article([(.title, .string("x")), (.same, .string(other.description))], at: 1, by: 1)
    let undone = Self.article([(.same, .null)], at: 2, by: 2)
    let result = joined(grouped.registers, undone.registers)
    #expect(result[.same]?.value == .null)
    #expect(result[.title] == grouped.registers[.title])
  }

  @Test func `confirmed and local state are one exactly when their hashes are`() {
    // Dirty means hash(local) != confirmed hash: an edit during a push, a late or a lost answer all show in it.
    var local = Self.article([(.title, .string("sent"))], at: 1, by: 1)
    let confirmed = local.stateHash
    let edit = Self.article([(.title, .string("edited during the push"))], at: 2, by: 1)
    local.registers.join(edit.registers)
    #expect(local.stateHash != confirmed)
    let answered = local
    local.registers.join(Self.article([(.title, .string("sent"))], at: 1, by: 1).registers)
    #expect(local.stateHash == answered.stateHash)
  }
}
