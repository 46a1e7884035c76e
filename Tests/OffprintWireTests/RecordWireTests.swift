import OffprintTesting
import OffprintWire
import Testing

/// Records on their way: what is written is read again byte for byte, whoever wrote it.
@Suite struct RecordWireTests {
  @Test func `a record written and read again is the same byte for byte, unknown types and registers too`() {
    forAll(cases: 6_000) { generator throws(Counterexample) in
      let record = RecordBuilder.hostile(&generator)
      let bytes = WireForm.written(record)
      let read = try WireForm.read(bytes)
      try hold(read == record, "\(record) came back as \(read)")
      try hold(WireForm.written(read) == bytes, "written anew it differs")
    }
  }

  @Test func `a reader takes any choice of the common stamp, and the hash does not depend on it`() {
    forAll(cases: 4_000) { generator throws(Counterexample) in
      let record = RecordBuilder.any(&generator)
      let held = record.registers.entries.map(\.register.stamp)
      let choice =
        generator.oneIn(4) ? nil : generator.oneIn(2) ? generator.pick(held) : RecordBuilder.stamp(&generator)
      let text = WireForm.text(record, stamp: choice, &generator)
      let read = try WireForm.read(text)
      try hold(read == record, "\(String(decoding: text, as: UTF8.self)) was read as \(read)")
      try hold(read.stateHash == record.stateHash, "the hash depends on the wire form")
    }
  }

  @Test func `the common stamp never stands for a register that is absent`() throws {
    // Two devices write different registers with one stamp each; read as one-stamp records they must join to both.
    let one = Stamp(milliseconds: 9, counter: 0, replica: ReplicaID(bits: 1))
    let other = Stamp(milliseconds: 3, counter: 0, replica: ReplicaID(bits: 2))
    let key = RecordKey(.article, RecordID(high: 0, low: 1))
    let saved = Record(
      key: key, registers: RegisterMap([.init(.url, Register(stamp: one, value: CanonicalValue(.string("http://a/"))))])
    )
    let titled = Record(
      key: key, registers: RegisterMap([.init(.title, Register(stamp: other, value: CanonicalValue(.string("mine"))))]))
    let first = try WireForm.read(WireForm.written(saved))
    let second = try WireForm.read(WireForm.written(titled))
    #expect(first.registers[.title] == nil)
    let result = joined(first.registers, second.registers)
    #expect(result[.title]?.stamp == other)
    #expect(result[.url]?.stamp == one)
  }

  @Test func `stamps of names that only look alike are kept apart`() throws {
    let names = ["tag:\u{e9}", "tag:e\u{301}"]
    let stamps = ["000000000001-00000000-0000000000000001", "000000000002-00000000-0000000000000001"]
    for order in [[0, 1], [1, 0]] {
      let text =
        #"{"id":"00000000000000000000000000000001","stamps":{"#
        + order.map { "\"\(names[$0])\":\"\(stamps[$0])\"" }.joined(separator: ",") + #"},"type":"article","values":{"#
        + order.map { "\"\(names[$0])\":true" }.joined(separator: ",") + "}}"
      let record = try WireForm.read(Array(text.utf8))
      for (name, stamp) in zip(names, stamps) {
        let name = try #require(RegisterName(name))
        #expect(record.registers[name]?.stamp.description == stamp)
      }
    }
  }

  @Test(arguments: [
    (#"{"id":"0","type":"article","values":{"x":1}}"#, "id"),
    (#"{"id":"00000000000000000000000000000001","type":"Article","values":{"x":1}}"#, "type"),
    (#"{"id":"00000000000000000000000000000001","type":"article"}"#, "values"),
    (#"{"id":"00000000000000000000000000000001","type":"article","values":{"x":1}}"#, "x"),
    (#"{"id":"00000000000000000000000000000001","stamp":"0","type":"article","values":{"x":1}}"#, "stamp"),
    (#"{"id":"00000000000000000000000000000001","stamp":7,"type":"article","values":{"x":1}}"#, "stamp"),
    (#"{"again":"yes","id":"00000000000000000000000000000001","type":"article","values":{"x":1}}"#, "again"),
    (#"{"id":7,"type":"article","values":{"x":1}}"#, "id"),
    (#"{"id":"00000000000000000000000000000001","stamps":{"x":"no"},"type":"article","values":{"x":1}}"#, "x"),
    (
      #"{"id":"00000000000000000000000000000001","stamp":"000000000001-00000000-0000000000000001","type":"feed","#
        + #""values":{"x":1.0}}"#, "x"
    ),
    (
      #"{"id":"00000000000000000000000000000001","stamp":"000000000001-00000000-0000000000000001","type":"feed","#
        + #""values":{"":1}}"#, ""
    ),
    (
      #"{"id":"00000000000000000000000000000001","stamp":"800000000000-00000000-0000000000000001","type":"feed","#
        + #""values":{"x":1}}"#, "stamp"
    ),
  ])
  func `a record of bad form is refused alone, its field named`(text: String, field: String) throws {
    var scanner = JSONScanner(Array(text.utf8))
    let wire = try WireRecord(reading: &scanner)
    let refusal = #expect(throws: Refusal.self) { _ = try wire.pushed() }
    #expect(refusal?.slug == .invalid)
    #expect(refusal?.field == field)
  }

  @Test func `a pushed record says again what it declared`() {
    forAll(cases: 2_000) { generator throws(Counterexample) in
      let record = RecordBuilder.any(&generator)
      let new = record.registers.names.filter { _ in generator.oneIn(2) }
      let pushed = PushedRecord(record: record, new: new, again: generator.oneIn(2))
      let bytes = SyncRequest.encode(
        cursor: "c", limit: 7, replica: ReplicaID(bits: 1), n: 3, nonce: "00000000000000aa", records: [pushed, pushed])
      do {
        let request = try SyncRequest(parsing: bytes)
        try hold(request.cursor == "c" && request.limit == 7, "cursor or limit")
        guard let push = request.push, push.records.count == 2, push.n == 3 else { throw Counterexample("no push") }
        let read = try push.records[1].pushed()
        try hold(read.record == record && read.new == new && read.again == pushed.again, "\(pushed) read as \(read)")
      } catch { throw Counterexample("\(error)") }
    }
  }

  @Test func `every line of an answer comes back as it was written`() {
    forAll(cases: 2_000) { generator throws(Counterexample) in
      let record = RecordBuilder.any(&generator)
      let key = record.key
      let outcome: PushResult.Outcome =
        generator.oneIn(2)
        ? .stored(hash: generator.next(), number: 7, record: generator.oneIn(2) ? record : nil)
        : .refused(Refusal(.clockSkew, field: "title", limit: 3, time: 5, detail: "no"))
      let digest = generator.oneIn(2) ? Digest(count: 3, sum: generator.next()) : nil
      let lines: [SyncAnswerLine] = [
        .record(record, number: 9),
        .result(PushResult(typeText: key.type.name, idText: key.id.description, outcome: outcome)),
        .end(PageEnd(cursor: "c", number: 4, more: digest == nil, digest: digest)),
      ]
      for line in lines {
        let bytes = Self.written(line)
        guard let read = try? SyncAnswerLine(parsing: bytes) else { throw Counterexample("unread: \(line)") }
        try hold(Self.written(read) == bytes, "\(line) came back as \(read)")
      }
    }
  }

  private static func written(_ line: SyncAnswerLine) -> [UInt8] {
    var writer = JSONWriter()
    line.write(to: &writer)
    return writer.bytes
  }

  @Test(arguments: [
    #"{"end":{"cursor":"c","number":1}}"#, #"{"end":{"cursor":"c","number":1,"more":false}}"#,
    #"{"end":{"cursor":"c","number":1,"more":false,"count":1}}"#, #"{"end":{"cursor":"c","number":-1,"more":true}}"#,
    #"{"end":{"cursor":null,"number":1,"more":true}}"#, #"{"end":{"cursor":"c","number":1.0,"more":true}}"#,
    #"{"end":{"cursor":"c","number":1,"more":"yes"}}"#, #"{"end":{"cursor":"c","number":1,"more":true}"#,
    #"{"end":{"count":1,"cursor":"c","digest":"AB","more":false,"number":1}}"#, "[]", "",
  ])
  func `an end line of bad form is an error, so its page moves nothing`(text: String) {
    #expect(throws: JSONError.self) { try SyncAnswerLine(parsing: Array(text.utf8)) }
  }

  @Test(arguments: [
    #"{"hint":{"head":9}}"#, #"{"record":{"type":"article","id":"x","number":1,"values":{"x":1}}}"#,
    #"{"record":{"type":"article"}}"#, #"{"result":{"status":"maybe"}}"#, "{}",
  ])
  func `a line of an unknown kind or with an unreadable record blocks no other`(text: String) throws {
    guard case .unreadable = try SyncAnswerLine(parsing: Array(text.utf8)) else {
      Issue.record("\(text) was read")
      return
    }
  }
}
