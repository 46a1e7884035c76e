import OffprintServer
import OffprintTesting
import OffprintWire

/// Runs the vectors about cursors and about the answers a client reads.
enum LogVectors {
  static func cursor(_ given: JSONValue) throws -> JSONValue {
    switch try given.text("op") {
    case "encode": return .members(("text", .string(try cursor(of: given).text)))
    case "decode":
      guard let cursor = Cursor(try given.text("text")) else { throw VectorError("bad-request") }
      return .members(
        ("account", .string(cursor.account.description)), ("log", .string(cursor.log.description)),
        ("number", .integer(cursor.number)), ("start", .optional(cursor.start)))
    case "fate": return try fate(given)
    case "owed": return try owed(given)
    default: throw VectorFault("unknown op")
    }
  }

  private static func fate(_ given: JSONValue) throws -> JSONValue {
    let server = try given.member("server")
    let ancestry = try (server.member("ancestry").array ?? []).map { fork in
      LogPosition.Fork(log: try id("log", of: fork), head: try fork.number("head"))
    }
    let position = LogPosition(
      account: try id("account", of: server), log: try id("log", of: server), head: try server.number("head"),
      floor: try server.number("floor"), ancestry: ancestry)
    let cursor = try cursor(of: given.member("cursor"))
    switch position.fate(of: cursor) {
    case .valid: return .members(("fate", .string("valid")), ("number", .integer(min(cursor.number, position.head))))
    case .wrongAccount: return .members(("fate", .string("wrong-account")))
    case .unknownLog: return .members(("fate", .string("log-unknown")))
    case .expired: return .members(("fate", .string("cursor-expired")))
    case .forked(let forkHead, let next):
      return .members(
        ("fate", .string("log-forked")), ("h", .integer(forkHead)), ("cursor", .string(next.text)),
        ("number", .integer(next.number)))
    }
  }

  /// What a page of the server gives behind a cursor, from a store that holds records with just these numbers.
  private static func owed(_ given: JSONValue) throws -> JSONValue {
    let server = try TestServer()
    let account = try server.signIn().account
    let given = (cursor: try given.member("cursor"), records: try given.member("records").array ?? [])
    let numbers = try server.store.write { transaction -> [Int64] in
      let head = try given.records.map { try $0.number("number") }.max() ?? 0
      _ = try transaction.takeNumbers(head, of: account)
      for item in given.records {
        try transaction.put(
          stored(number: item.number("number"), isLive: item.member("live").bool == true), of: account)
      }
      guard let log = try transaction.log(of: account)?.position.log else { throw VectorFault("no log") }
      let cursor = Cursor(
        account: account, log: log, number: try given.cursor.number("number"),
        start: try given.cursor.member("start").integer)
      var body = StitchedBody()
      _ = try Page(cursor: cursor, limit: 100).write(of: account, from: transaction, to: &body)
      return try body.plain().split(separator: 0x0A).compactMap { line in
        guard case .record(_, let number) = try SyncAnswerLine(parsing: Array(line)) else { return nil }
        return number
      }
    }
    return .members(("numbers", .array(numbers.map { .integer($0) })))
  }

  private static func stored(number: Int64, isLive: Bool) -> StoredRecord {
    let stamp = Stamp(milliseconds: 1, counter: 0, replica: ReplicaID(bits: 1))
    let life = Register(stamp: stamp, value: isLive ? Record.live : Record.dead)
    let key = RecordKey(.article, RecordID(high: 0, low: UInt64(number)))
    let record = Record(key: key, registers: RegisterMap([.init(.life, life)]))
    return StoredRecord(record: record, number: number, hash: record.stateHash, since: 0)
  }

  private static func cursor(of json: JSONValue) throws -> Cursor {
    Cursor(
      account: try id("account", of: json), log: try id("log", of: json), number: try json.number("number"),
      start: try json.member("start").integer)
  }

  private static func id(_ name: String, of json: JSONValue) throws -> RecordID {
    guard let id = RecordID(try json.text(name)) else { throw VectorFault("\(name) is no id") }
    return id
  }

  /// What a client takes from an answer: lines are read by the product, only the sums of a page are made here.
  static func answer(_ given: JSONValue) throws -> JSONValue {
    var taken = TakenAnswer(pushed: given["pushed"]?.array ?? [])
    for line in try given.text("body").utf8.split(separator: 0x0A) {
      guard taken.take(Array(line)) else { break }
    }
    return taken.json
  }
}

/// A page as far as it was read.
private struct TakenAnswer {
  let pushed: [JSONValue]
  var records: [JSONValue] = []
  var confirmed: [String: JSONValue] = [:]
  var refused: [String: JSONValue] = [:]
  var passedOver: Int64 = 0
  var end: PageEnd?

  init(pushed: [JSONValue]) { self.pushed = pushed }

  /// False once the rest of the answer counts for nothing.
  mutating func take(_ bytes: [UInt8]) -> Bool {
    guard end == nil, let line = try? SyncAnswerLine(parsing: bytes) else {
      end = nil
      return false
    }
    switch line {
    case .record(let record, let number):
      let key = record.key
      records.append(.array([.string(key.type.name), .string(key.id.description), .integer(number)]))
      confirm(key, record.stateHash, isLive: record.isLive, number)
    case .result(let result): if !take(result) { passedOver += 1 }
    case .end(let end): self.end = end
    case .unreadable: passedOver += 1
    }
    return true
  }

  private mutating func take(_ result: PushResult) -> Bool {
    guard let key = result.key else { return false }
    let sent = pushed.filter { $0["type"]?.string == key.type.name && $0["id"]?.string == key.id.description }
    guard let last = sent.last else { return false }
    switch result.outcome {
    case .refused(let refusal): refused[key.description] = .string(refusal.slugText)
    case .stored(let hash, let number, let record):
      let same = sent.first { $0["hash"]?.string == RecordVectors.hex(hash) } ?? last
      confirm(key, hash, isLive: record?.isLive ?? (same["live"]?.bool == true), number)
      refused[key.description] = nil
    }
    return true
  }

  private mutating func confirm(_ key: RecordKey, _ hash: UInt64, isLive: Bool, _ number: Int64) {
    confirmed[key.description] = .array([.string(RecordVectors.hex(hash)), .bool(isLive), .integer(number)])
  }

  var json: JSONValue {
    .members(
      ("moved", .bool(end != nil)), ("cursor", .optional(end?.cursor)), ("number", .optional(end?.number)),
      ("more", end.map { .bool($0.more) } ?? .null), ("count", .optional(end?.digest?.count)),
      ("digest", .optional(end?.digest?.sumText)), ("records", .array(records)),
      ("confirmed", .object(confirmed.map { JSONValue.Member($0.key, $0.value) })),
      ("refused", .object(refused.map { JSONValue.Member($0.key, $0.value) })), ("passedOver", .integer(passedOver)))
  }
}
