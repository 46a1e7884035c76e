import OffprintTesting
import OffprintWire
import Testing

/// Damaged frames are refused or read, and never end the process.
@Suite struct HostileBytesTests {
  /// Valid frames of every kind, to be damaged.
  private static func request(_ generator: inout SeededGenerator) -> [UInt8] {
    let records = generator.many(generator.number(in: 1...2)) { generator in
      let record = RecordBuilder.hostile(&generator)
      return PushedRecord(record: record, new: Array(record.registers.names.prefix(2)), again: generator.oneIn(2))
    }
    return SyncRequest.encode(
      cursor: "c", replica: ReplicaID(bits: 1), n: 3, nonce: "00000000000000aa", records: records)
  }

  private static func line(_ generator: inout SeededGenerator) -> [UInt8] {
    let record = RecordBuilder.any(&generator)
    let line: SyncAnswerLine =
      switch generator.below(4) {
      case 0: .record(record, number: 9)
      case 1:
        .result(
          PushResult(
            typeText: record.key.type.name, idText: record.key.id.description,
            outcome: .stored(hash: 1, number: 7, record: record)))
      case 2: .result(PushResult(typeText: "a", idText: "b", outcome: .refused(Refusal(.invalid, detail: "no"))))
      default: .end(PageEnd(cursor: "c", number: 4, more: false, digest: Digest(count: 1, sum: 2)))
      }
    var writer = JSONWriter()
    line.write(to: &writer)
    return writer.bytes
  }

  @Test func `no damage to a request ends the process, and what is judged good can be stored`() {
    forAll(cases: 6_000) { generator throws(Counterexample) in
      let bytes = Mutation.damaged(Self.request(&generator), donor: Self.request(&generator), &generator)
      guard let request = try? SyncRequest(parsing: bytes), let push = request.push else { return }
      for wire in push.records {
        guard let pushed = try? wire.pushed() else { continue }
        _ = PushRules.skewRefusal(of: pushed, now: 1_000, greatestAccepted: 5)
        if PushRules.refusal(of: pushed, by: push.replica) != nil { continue }
        let again = try WireForm.read(WireForm.written(pushed.record))
        try hold(again == pushed.record, "\(pushed.record) does not survive being stored")
        _ = ShownProgress.shown(of: ShownProgress.entries(of: pushed.record.registers))
      }
    }
  }

  @Test func `no damage to a line of an answer ends the process`() {
    forAll(cases: 8_000) { generator throws(Counterexample) in
      let bytes = Mutation.damaged(Self.line(&generator), donor: Self.line(&generator), &generator)
      guard case .record(let record, let number)? = try? SyncAnswerLine(parsing: bytes) else { return }
      try hold(number >= 0, "the number \(number)")
      try hold(try WireForm.read(WireForm.written(record)) == record, "\(record) does not survive being stored")
    }
  }

  @Test func `no damage to a record ends the process`() {
    forAll(cases: 6_000) { generator throws(Counterexample) in
      let text = WireForm.written(RecordBuilder.hostile(&generator))
      let donor = WireForm.written(RecordBuilder.hostile(&generator))
      var scanner = JSONScanner(Mutation.damaged(text, donor: donor, &generator))
      guard let wire = try? WireRecord(reading: &scanner), let record = try? wire.record() else { return }
      try hold(try WireForm.read(WireForm.written(record)) == record, "\(record) does not survive being stored")
    }
  }

  @Test func `no bytes taken as text end the process`() {
    forAll(cases: 5_000) { generator throws(Counterexample) in
      let bytes = generator.many(generator.below(40)) { UInt8(truncatingIfNeeded: $0.next()) }
      let text = String(decoding: bytes, as: UTF8.self) + generator.pick(ValueBuilder.texts)
      _ = (Cursor(text), Stamp(text), RecordID(text), ReplicaID(text), RecordKey(text), RegisterName(text))
      _ = (PageAddress("http://" + text), Problem(parsing: bytes), CanonicalValue(validating: bytes))
      for length in [0, 1, 2, 3, 100] {
        let cut = text.prefix(bytes: length)
        try hold(cut.utf8.count <= length && text.utf8.starts(with: cut.utf8), "\(cut) of \(text)")
      }
    }
  }
}
