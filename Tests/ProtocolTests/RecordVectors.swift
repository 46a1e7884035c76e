import OffprintWire

/// Runs the vectors about records: hashes, joins, the position shown.
enum RecordVectors {
  static func hashes(_ given: JSONValue) throws -> JSONValue {
    guard let records = given["records"]?.array else {
      let record = try record(given)
      return .members(
        ("hash", .string(hex(record.stateHash))), ("bucket", .integer(Int64(record.key.bucket))),
        ("live", .bool(record.isLive)))
    }
    var whole = Digest()
    var buckets: [UInt8: Digest] = [:]
    for record in try records.map(record) where record.isLive {
      whole.add(record.stateHash)
      buckets[record.key.bucket, default: Digest()].add(record.stateHash)
    }
    let held = buckets.map { bucket, digest in
      JSONValue.Member("\(bucket)", .array([.integer(digest.count), .string(digest.sumText)]))
    }
    return .members(
      ("count", .integer(whole.count)), ("digest", .string(whole.sumText)), ("buckets", .object(held)))
  }

  static func merge(_ given: JSONValue) throws -> JSONValue {
    if let line = given["line"]?.string { return try registers(ofLine: line) }
    let (held, incoming) = (try registers(given.member("a")), try registers(given.member("b")))
    var joined = held
    let changed = joined.join(incoming)
    var reversed = incoming
    reversed.join(held)
    guard reversed == joined else { throw VectorFault("the order of the join matters") }
    guard changed == (joined != held) else { throw VectorFault("the join does not know whether it changed anything") }
    return .members(("registers", json(joined)), ("changed", .bool(changed)))
  }

  private static func registers(ofLine line: String) throws -> JSONValue {
    guard let read = try? SyncAnswerLine(parsing: Array(line.utf8)) else { throw VectorError("bad-json") }
    guard case .record(let record, _) = read else { throw VectorError("invalid") }
    return .members(("registers", json(record.registers)))
  }

  /// Shown is nothing of a dead record (LIFE-1); the state is what PROG-6 makes of the entry shown.
  static func shown(_ given: JSONValue) throws -> JSONValue {
    let key = RecordKey(.progress, RecordID(high: 0, low: 1))
    let record = Record(key: key, registers: try registers(given.member("registers")))
    let entries = record.isLive ? ShownProgress.entries(of: record.registers) : []
    let shown = ShownProgress.shown(of: entries)
    let (fraction, finished) = (shown?.position.fraction ?? 0, shown?.position.finished ?? false)
    let candidates = ShownProgress.candidates(of: entries).map(\.replica).sorted()
    return .members(
      ("replica", .optional(shown?.replica.description)), ("round", .integer(shown?.position.round ?? 1)),
      ("fraction", .integer(fraction)), ("finished", .bool(finished)),
      ("state", .string(finished ? "finished" : fraction > 0 ? "reading" : "unread")),
      ("candidates", .array(candidates.map { .string($0.description) })))
  }

  static func hex(_ number: UInt64) -> String { FixedHex.text(number, digits: 16) }

  private static func record(_ given: JSONValue) throws -> Record {
    guard let type = RecordType(try given.text("type")), let id = RecordID(try given.text("id")) else {
      throw VectorFault("no key")
    }
    return Record(key: RecordKey(type, id), registers: try registers(given.member("registers")))
  }

  private static func registers(_ json: JSONValue) throws -> RegisterMap {
    RegisterMap(
      try (json.members ?? []).map { member in
        guard let parts = member.value.array, parts.count == 2, let stamp = parts[0].string.flatMap({ Stamp($0) }),
          let value = parts[1].string.flatMap({ CanonicalValue(validating: Array($0.utf8)) }),
          let name = RegisterName(member.name)
        else { throw VectorFault("no register: \(member.name)") }
        return RegisterMap.Entry(name, Register(stamp: stamp, value: value))
      })
  }

  private static func json(_ registers: RegisterMap) -> JSONValue {
    .object(
      registers.entries.map { entry in
        let value = String(decoding: entry.register.value.bytes, as: UTF8.self)
        return JSONValue.Member(
          entry.name.text, .array([.string(entry.register.stamp.description), .string(value)]))
      })
  }
}
