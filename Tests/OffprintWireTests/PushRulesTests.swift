import OffprintTesting
import OffprintWire
import Testing

/// What a server takes of one pushed record, and what it refuses.
@Suite struct PushRulesTests {
  private static let replica = ReplicaID(bits: 1)

  private static func pushed(
    _ type: RecordType, _ name: RegisterName, _ value: JSONValue, by writer: ReplicaID = replica,
    at milliseconds: UInt64 = 5,
    isNew: Bool = true, again: Bool = false
  ) -> PushedRecord {
    let stamp = Stamp(milliseconds: milliseconds, counter: 0, replica: writer)
    let registers = RegisterMap([.init(name, Register(stamp: stamp, value: CanonicalValue(value)))])
    let record = Record(key: RecordKey(type, RecordID(high: 0, low: 1)), registers: registers)
    return PushedRecord(record: record, new: isNew ? [name] : [], again: again)
  }

  @Test func `every value that a correct client writes is taken`() {
    forAll(cases: 3_000) { generator throws(Counterexample) in
      let record = RecordBuilder.any(&generator)
      for entry in record.registers.entries where !ValueBuilder.holdsNull(entry.register.value.json) {
        let refusal = ValueRules.refusal(type: record.key.type, name: entry.name, value: entry.register.value)
        try hold(refusal == nil, "\(record.key.type) \(entry): \(String(describing: refusal))")
      }
    }
  }

  @Test(
    arguments: [
      (.article, "life", .string("gone")), (.progress, "life", .null), (.article, "url", .string("ftp://x/")),
      (.article, "saved", .string("1")), (.article, "saved", .integer(-1)), (.article, "saved", .null),
      (.article, "title", .integer(1)), (.article, "title", .string("a\u{0}b")), (.article, "archived", .null),
      (.article, "tag:a", .bool(false)), (.article, "tag:a", .string("x")), (.article, "tag:", .bool(true)),
      (.article, "same", .string("x")), (.article, "content", .string("x")),
      (.article, "content", .members(("hash", .string("a")), ("size", .integer(1)))),
      (.article, "fetch", .null), (.article, "fetch", .members(("state", .string("maybe")))),
      (.article, "found.words", .integer(-1)), (.article, "found.published", .string("2001")),
      (.article, "found.title", .string("\u{0}")), (.progress, "at:1", .null),
      (.progress, "at:0000000000000001", .null),
      (.progress, "at:0000000000000001", .members(("fraction", .integer(1_000_001)))),
      (.bookmark, "article", .string("x")),
      (.bookmark, "range", .members(("start", .null), ("end", .null))), (.bookmark, "created", .integer(-1)),
      (.bookmark, "note", .array([])), (.bookmark, "quote", .string("\u{0}")),
    ] as [(RecordType, RegisterName, JSONValue)])
  func `a known register of wrong form is refused by name, new or not`(
    type: RecordType, name: RegisterName, value: JSONValue
  ) {
    for isNew in [true, false] {
      let refusal = PushRules.refusal(of: Self.pushed(type, name, value, isNew: isNew), by: Self.replica)
      #expect(refusal?.slug == .invalid)
      #expect(refusal?.field == name.text)
    }
  }

  @Test(
    arguments: [
      (.article, "title", Limits.titleBytesMax), (.article, "byline", Limits.titleBytesMax),
      (.article, "found.excerpt", Limits.foundBytesMax), (.bookmark, "note", Limits.noteBytesMax),
      (.bookmark, "quote", Limits.quoteBytesMax), (.bookmark, "colour", Limits.colourBytesMax),
    ] as [(RecordType, RegisterName, Int)])
  func `a text of the limit passes, one byte more is refused with the limit, and only if new`(
    type: RecordType, name: RegisterName, limit: Int
  ) {
    let longest = String(repeating: "é", count: limit / 2)
    #expect(PushRules.refusal(of: Self.pushed(type, name, .string(longest)), by: Self.replica) == nil)
    let refusal = PushRules.refusal(of: Self.pushed(type, name, .string(longest + "a")), by: Self.replica)
    #expect(refusal?.field == name.text && refusal?.limit == Int64(limit))
    let relayed = Self.pushed(type, name, .string(longest + "a"), isNew: false)
    #expect(PushRules.refusal(of: relayed, by: Self.replica) == nil)
  }

  @Test func `two legal states of 64 tags join to one of 128 that can still be pushed`() {
    var generator = SeededGenerator(seed: 1)
    func tagged(_ range: Range<Int>) -> RegisterMap {
      RegisterMap(
        range.compactMap { index in
          RegisterName.tag("t\(index)").map { .init($0, RecordBuilder.register(.bool(true), &generator)) }
        })
    }
    let key = RecordKey(.article, RecordID(high: 0, low: 1))
    let whole = Record(key: key, registers: joined(tagged(0..<64), tagged(64..<128)))
    #expect(whole.registers.entries.count == 128)
    #expect(PushRules.refusal(of: PushedRecord(record: whole, new: [], again: false), by: Self.replica) == nil)
  }

  @Test func `sixty-four new tags pass and one more is refused`() {
    for count in [Limits.tagsMax, Limits.tagsMax + 1] {
      let stamp = Stamp(milliseconds: 1, counter: 0, replica: Self.replica)
      let entries = (0..<count).compactMap { index in
        RegisterName.tag("t\(index)").map {
          RegisterMap.Entry($0, Register(stamp: stamp, value: CanonicalValue(.bool(true))))
        }
      }
      let record = Record(key: RecordKey(.article, RecordID(high: 0, low: 1)), registers: RegisterMap(entries))
      let pushed = PushedRecord(record: record, new: record.registers.names, again: false)
      #expect((PushRules.refusal(of: pushed, by: Self.replica) == nil) == (count == Limits.tagsMax))
    }
  }

  @Test func `registers of other replicas are taken as they are, but never declared new`() {
    let other = ReplicaID(bits: 99)
    let relayed = Self.pushed(.article, "title", .string("x"), by: other, isNew: false)
    #expect(PushRules.refusal(of: relayed, by: Self.replica) == nil)
    let claimed = Self.pushed(.article, "title", .string("x"), by: other)
    #expect(PushRules.refusal(of: claimed, by: Self.replica)?.field == "title")
    var absent = Self.pushed(.article, "title", .string("x"))
    absent.new = ["byline"]
    #expect(PushRules.refusal(of: absent, by: Self.replica)?.field == "byline")
  }

  @Test func `unknown registers are kept up to four kilobytes of what is new`() {
    let fits = String(repeating: "a", count: Limits.unknownBytesMax - "x-new".utf8.count - 2)
    for type in [RecordType.article, RecordType("feed")].compactMap({ $0 }) {
      #expect(PushRules.refusal(of: Self.pushed(type, "x-new", .string(fits)), by: Self.replica) == nil)
      let refusal = PushRules.refusal(of: Self.pushed(type, "x-new", .string(fits + "a")), by: Self.replica)
      #expect(refusal?.limit == Int64(Limits.unknownBytesMax))
      let relayed = Self.pushed(type, "x-new", .string(fits + "a"), isNew: false)
      #expect(PushRules.refusal(of: relayed, by: Self.replica) == nil)
    }
  }

  @Test func `a new stamp too far ahead is refused with the server's time`() {
    let now: Int64 = 1_000_000
    let edge = UInt64(now + Limits.clockSkewMilliseconds)
    func refusal(_ milliseconds: UInt64, isNew: Bool = true, again: Bool = false, accepted: Int64 = 0) -> Refusal? {
      let pushed = Self.pushed(.article, "title", .null, at: milliseconds, isNew: isNew, again: again)
      return PushRules.skewRefusal(of: pushed, now: now, greatestAccepted: accepted)
    }
    #expect(refusal(edge) == nil)
    #expect(refusal(edge + 1)?.slug == .clockSkew)
    #expect(refusal(edge + 1)?.time == now)
    #expect(refusal(edge + 1)?.field == "title")
    #expect(refusal(edge + 1, isNew: false) == nil)
  }

  @Test func `edits on records that a wrong clock once stamped ahead can still be pushed`() {
    // The server's clock ran a day ahead and was corrected: informed edits must be a day ahead too.
    let now: Int64 = 1_000_000
    let ahead = UInt64(now + 86_400_000)
    let forced = Self.pushed(.article, "title", .null, at: ahead)
    #expect(PushRules.skewRefusal(of: forced, now: now, greatestAccepted: Int64(ahead)) == nil)
    let again = Self.pushed(.article, "title", .null, at: ahead, again: true)
    #expect(PushRules.skewRefusal(of: again, now: now, greatestAccepted: 0) == nil)
    #expect(PushRules.skewRefusal(of: forced, now: now, greatestAccepted: Int64(ahead) - 1)?.slug == .clockSkew)
  }

  @Test func `a record larger than the limit is refused as a whole`() {
    var pushed = Self.pushed(.article, "title", .null)
    pushed.canonicalSize = Limits.recordBytesMax
    #expect(PushRules.refusal(of: pushed, by: Self.replica) == nil)
    pushed.canonicalSize += 1
    #expect(PushRules.refusal(of: pushed, by: Self.replica)?.slug == .tooLarge)
  }
}
