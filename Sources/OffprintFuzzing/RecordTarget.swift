import OffprintServer
import OffprintWire

extension FuzzTarget {
  /// Records as they stand on the wire, one a line: read, judged, written, read again, joined.
  static let record = FuzzTarget("record", bytesMax: 4_096) { bytes in
    var read: [Record] = []
    for line in bytes.split(separator: 0x0A).prefix(4) {
      if let record = try RecordLine.check(Array(line)) { read.append(record) }
    }
    try RecordLine.checkJoins(read.map(\.registers))
  }
}

private enum RecordLine {
  static func check(_ line: [UInt8]) throws -> Record? {
    guard let wire = wire(line) else { return nil }
    let pushed: PushedRecord
    do throws(Refusal) { pushed = try wire.pushed() } catch {
      let json = Refusal(error.json)
      try hold(json == error, "a refusal read back is another: \(error) and \(json)")
      return nil
    }
    let record = pushed.record
    try checkTrip(of: pushed)
    try checkEncoding(of: record)
    let replica = record.registers.entries.first?.register.stamp.replica ?? ReplicaID(bits: 0)
    _ = PushRules.refusal(of: pushed, by: replica)
    for now in [0, 1_800_000_000_000, JSONValue.integerMax] {
      _ = PushRules.skewRefusal(of: pushed, now: now, greatestAccepted: 0)
    }
    _ = (record.isLive, record.key.bucket, StoredRecord(record: record, number: 0, hash: 0, since: 0).parent)
    return record
  }

  private static func wire(_ bytes: [UInt8]) -> WireRecord? {
    var scanner = JSONScanner(bytes)
    guard let wire = try? WireRecord(reading: &scanner), (try? scanner.readEnd()) != nil else { return nil }
    return wire
  }

  private static func checkTrip(of pushed: PushedRecord) throws {
    var writer = JSONWriter()
    pushed.write(to: &writer)
    guard let again = try? wire(writer.bytes)?.pushed() else {
      throw BrokenPromise("what was written cannot be read: \(shown(writer.bytes))")
    }
    try hold(again.record == pushed.record, "a record read back is another: \(shown(writer.bytes))")
    try hold(again.new == pushed.new && again.again == pushed.again, "marks are lost: \(shown(writer.bytes))")
    try hold(again.record.stateHash == pushed.record.stateHash, "another hash after a round trip")
    var second = JSONWriter()
    again.write(to: &second)
    try hold(second.bytes == writer.bytes, "two texts for one record: \(shown(second.bytes))")
  }

  private static func checkEncoding(of record: Record) throws {
    let stored = RegisterEncoding.encode(record.registers)
    let loaded = stored.withUnsafeBytes { RegisterEncoding.decode($0) }
    try hold(loaded == record.registers, "a stored record is loaded as another")
  }

  /// The laws of the join on what was read (Protocol, JOIN-2).
  static func checkJoins(_ states: [RegisterMap]) throws {
    guard let first = states.first else { return }
    var twice = first
    try hold(!twice.join(first) && twice == first, "joining a state with itself changes it")
    for other in states.dropFirst() {
      let one = joined(first, other)
      try hold(one == joined(other, first), "a join depends on its order")
      try hold(joined(one, other) == one && joined(one, first) == one, "a second join changes something")
    }
    guard states.count >= 3 else { return }
    let left = joined(joined(states[0], states[1]), states[2])
    try hold(left == joined(states[0], joined(states[1], states[2])), "a join depends on how it is grouped")
  }

  private static func joined(_ one: RegisterMap, _ other: RegisterMap) -> RegisterMap {
    var result = one
    result.join(other)
    return result
  }
}
