import OffprintHTTP
import OffprintServer
import OffprintWire

/// A signed-in device of a test: requests with its token, and a replica's push counter.
package struct TestDevice {
  /// Its server.
  package let server: TestServer
  /// Its token.
  package let token: String
  /// Its account.
  package let account: RecordID
  /// Its id.
  package let id: RecordID
  /// The replica it pushes as.
  package var replica = ReplicaID(bits: 1)
  /// The number of its last push.
  package var n: Int64 = 0

  /// A device of these parts.
  package init(server: TestServer, token: String, account: RecordID, id: RecordID) {
    self.server = server
    self.token = token
    self.account = account
    self.id = id
  }

  /// Sends a request with the token.
  package func send(
    _ method: String, _ path: String, query: String? = nil, headers: HTTPHeaders = [:], body: [UInt8] = []
  ) -> HTTPResponse {
    var headers = headers
    if headers["Authorization"] == nil { headers["Authorization"] = "Bearer \(token)" }
    if !body.isEmpty, headers["Content-Type"] == nil { headers["Content-Type"] = "application/json" }
    return server.send(HTTPRequest(method: method, path: path, query: query, headers: headers, body: body))
  }

  /// What an answer to a sync or a read held.
  package struct Answer {
    /// What became of the pushed records.
    package var results: [PushResult] = []
    /// The records of the page.
    package var records: [(record: Record, number: Int64)] = []
    /// The last line.
    package var end: PageEnd
  }

  /// Reads an answer of lines.
  /// - Throws: ``TestServerError/unexpected(_:)`` for any other answer.
  package static func read(_ response: HTTPResponse) throws -> Answer {
    guard response.status == 200 else { throw TestServerError.unexpected(response) }
    var results: [PushResult] = []
    var records: [(record: Record, number: Int64)] = []
    var end: PageEnd?
    for line in response.body.split(separator: 0x0A) {
      switch try SyncAnswerLine(parsing: Array(line)) {
      case .result(let result): results.append(result)
      case .record(let record, let number): records.append((record, number))
      case .end(let last): end = last
      case .unreadable: throw TestServerError.unexpected(response)
      }
    }
    guard let end else { throw TestServerError.unexpected(response) }
    return Answer(results: results, records: records, end: end)
  }

  /// Reads one page.
  package func pull(since cursor: String? = nil, limit: Int? = nil) throws -> Answer {
    let parts = [cursor.map { "since=\($0)" }, limit.map { "limit=\($0)" }].compactMap { $0 }
    return try Self.read(send("GET", "/v1/changes", query: parts.isEmpty ? nil : parts.joined(separator: "&")))
  }

  /// Reads pages to the head.
  package func pullAll(since cursor: String? = nil, limit: Int? = nil) throws -> Answer {
    var whole = try pull(since: cursor, limit: limit)
    while whole.end.more {
      let next = try pull(since: whole.end.cursor, limit: limit)
      whole.records += next.records
      whole.end = next.end
    }
    return whole
  }

  /// The body of this replica's next push.
  package mutating func pushBody(_ records: [PushedRecord], cursor: String?, limit: Int64? = nil) -> [UInt8] {
    n += 1
    return SyncRequest.encode(
      cursor: cursor, limit: limit, replica: replica, n: n, nonce: FixedHex.text(UInt64(n), digits: 16),
      records: records)
  }

  /// Sends a push and gives the bare answer.
  package mutating func sendPush(_ records: [PushedRecord], cursor: String?, limit: Int64? = nil) -> HTTPResponse {
    send("POST", "/v1/sync", body: pushBody(records, cursor: cursor, limit: limit))
  }

  /// Pushes records as this replica's own edits, with a cursor from a fresh read unless one is given.
  @discardableResult
  package mutating func push(_ records: [Record], cursor: String? = nil) throws -> Answer {
    let cursor = try cursor ?? pullAll().end.cursor
    let replica = replica
    let pushed = records.map { record in
      PushedRecord(
        record: record,
        new: record.registers.entries.filter { $0.register.stamp.replica == replica }.map(\.name), again: false)
    }
    return try Self.read(sendPush(pushed, cursor: cursor))
  }

  /// A stamp of this replica.
  package func stamp(_ milliseconds: Int64, _ counter: UInt32 = 0) -> Stamp {
    Stamp(milliseconds: UInt64(max(0, milliseconds)), counter: counter, replica: replica)
  }

  /// A record of these values, all stamped by this replica at one moment.
  package func record(_ key: RecordKey, at milliseconds: Int64? = nil, _ values: [RegisterName: JSONValue]) -> Record {
    let stamp = stamp(milliseconds ?? server.now)
    return Record(
      key: key,
      registers: RegisterMap(
        values.map { RegisterMap.Entry($0.key, Register(stamp: stamp, value: CanonicalValue($0.value))) }))
  }

  /// An article with that title.
  package func article(_ low: UInt64, title: String, at milliseconds: Int64? = nil) -> Record {
    record(
      RecordKey(.article, RecordID(high: 0, low: low)), at: milliseconds,
      [
        .life: .string("live"), .url: .string("https://example.org/\(low)"), .saved: .integer(server.now),
        .title: .string(title),
      ])
  }
}
