/// The body of `POST /v1/sync` (Protocol, PUSH-1).
public struct SyncRequest: Sendable {
  /// The cursor as the server gave it; nil reads from nothing.
  public var cursor: String?
  /// Records wanted in the answer's page; nil for the server's default.
  public var limit: Int64?
  /// What makes the request a push; nil if it only reads.
  public var push: Push?

  /// The push of a request.
  public struct Push: Sendable {
    /// Who pushes.
    public var replica: ReplicaID
    /// Strictly increasing, durable with the stamps before the first byte leaves.
    public var n: Int64
    /// 16 hexadecimal digits, new for each push.
    public var nonce: String
    /// The records as sent, to be judged one by one.
    public var records: [WireRecord]
  }

  /// Why a request is refused whole.
  public enum Fault: Error, Sendable {
    /// 400 `bad-json`
    case json(JSONError)
    /// 400 `bad-request`: a member is missing or has the wrong form.
    case member(String)
    /// 413 `too-large`: more records than a push may hold.
    case tooManyRecords
  }

  /// Reads a request; stops at the first record beyond the limit without building it.
  public init(parsing bytes: [UInt8]) throws(Fault) {
    var scanner = JSONScanner(bytes)
    var members = Members()
    do throws(JSONError) {
      guard try scanner.peek() == .object else { throw JSONError.malformed(reason: "the body is no object", offset: 0) }
      try scanner.readObject { (scanner, name) throws(JSONError) in try members.read(name, &scanner) }
      try scanner.readEnd()
    } catch {
      if members.tooMany { throw .tooManyRecords }
      if case .unexpected = error, let name = members.current { throw .member(name) }
      throw .json(error)
    }
    guard members.hasCursor else { throw .member("cursor") }
    cursor = members.cursor
    limit = members.limit
    guard !members.records.isEmpty else { return }
    guard let replica = members.replica.flatMap({ ReplicaID($0) }) else { throw .member("replica") }
    guard let n = members.n, n >= 1 else { throw .member("n") }
    guard let nonce = members.nonce, FixedHex.value(nonce, digits: 16) != nil else { throw .member("nonce") }
    guard cursor != nil else { throw .member("cursor") }
    push = Push(replica: replica, n: n, nonce: nonce, records: members.records)
  }

  private struct Members {
    var cursor: String?
    /// Whether the member is there: reading from nothing is said by `null`, never by silence.
    var hasCursor = false
    var limit: Int64?
    var replica: String?
    var n: Int64?
    var nonce: String?
    var records: [WireRecord] = []
    var tooMany = false
    /// The member being read, to name it if it has the wrong form.
    var current: String?

    mutating func read(_ name: String, _ scanner: inout JSONScanner) throws(JSONError) {
      current = name
      switch name {
      case "cursor":
        cursor = try scanner.readNull() ? nil : scanner.readString()
        hasCursor = true
      case "limit": limit = try scanner.readInteger()
      case "replica": replica = try scanner.readString()
      case "n": n = try scanner.readInteger()
      case "nonce": nonce = try scanner.readString()
      case "records":
        var records: [WireRecord] = []
        var tooMany = false
        defer {
          self.records = records
          self.tooMany = tooMany
        }
        try scanner.readArray { (scanner) throws(JSONError) in
          if records.count == Limits.pushRecordsMax {
            tooMany = true
            throw .malformed(reason: "too many records", offset: scanner.position)
          }
          records.append(try WireRecord(reading: &scanner))
        }
      default: try scanner.skipValue()
      }
      current = nil
    }
  }

  /// Writes a reading request.
  public static func encode(cursor: String?, limit: Int64? = nil) -> [UInt8] {
    encode(cursor: cursor, limit: limit, replica: nil, n: 0, nonce: "", records: [])
  }

  /// Writes a push, or a reading request if there are no records.
  public static func encode(
    cursor: String?, limit: Int64? = nil, replica: ReplicaID?, n: Int64, nonce: String, records: [PushedRecord]
  ) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.name("cursor")
    if let cursor { writer.string(cursor) } else { writer.null() }
    if let limit {
      writer.name("limit")
      writer.integer(limit)
    }
    if let replica, !records.isEmpty {
      writer.name("n")
      writer.integer(n)
      writer.name("nonce")
      writer.string(nonce)
      writer.name("records")
      writer.beginArray()
      for record in records { record.write(to: &writer) }
      writer.endArray()
      writer.name("replica")
      writer.string(replica.description)
    }
    writer.endObject()
    return writer.bytes
  }
}
