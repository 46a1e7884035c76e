import OffprintSQLite
import OffprintWire

/// Reads the tables within one transaction of one connection. Not Sendable; made anew for each transaction.
class SQLiteReader: StoreReader {
  let connection: Connection
  /// Rows of accounts met in this transaction.
  private var rows: [RecordID: Int64] = [:]

  /// What was met that is not what was written.
  struct MetDamage {
    /// Rows of records that count as live and whose bytes no longer give their hash.
    var records: [Int64] = []
    /// Rows of runs that cannot be read.
    var runs: [Int64] = []
    /// Hashes of contents with other bytes than were kept.
    var contents: [[UInt8]] = []

    var isEmpty: Bool { records.isEmpty && runs.isEmpty && contents.isEmpty }
  }
  var damage = MetDamage()

  init(_ connection: Connection) { self.connection = connection }

  /// The row number that stands for an account in the other tables.
  func row(_ account: RecordID) throws -> Int64 {
    if let row = rows[account] { return row }
    let found = try connection.first("SELECT row FROM account WHERE id = ?1", [.blob(account.bytes)]) {
      try $0.int64(0)
    }
    guard let found else { throw StoreError.failed("no such account") }
    rows[account] = found
    return found
  }

  func serverID() throws -> RecordID {
    let id = try connection.first("SELECT id FROM server", []) { try Self.id($0.blob(0)) }
    guard let id else { throw StoreError.damaged("the database has no server id") }
    return id
  }

  func log(of account: RecordID) throws -> AccountLog? {
    let forks = try connection.query(
      """
      SELECT f.log, f.head FROM fork f JOIN account a ON a.row = f.account WHERE a.id = ?1 ORDER BY f.position
      """, [.blob(account.bytes)]
    ) { LogPosition.Fork(log: try Self.id($0.blob(0)), head: try $0.int64(1)) }
    return try connection.first(
      """
      SELECT log, head, floor, live_count, live_sum, greatest_accepted, replica, record_bytes, content_bytes,
        bytes_max, records_max, devices_max FROM account WHERE id = ?1
      """, [.blob(account.bytes)]
    ) { row in
      AccountLog(
        position: LogPosition(
          account: account, log: try Self.id(row.blob(0)), head: try row.int64(1), floor: try row.int64(2),
          ancestry: forks),
        digest: Digest(count: try row.int64(3), sum: UInt64(bitPattern: try row.int64(4))),
        greatestAccepted: try row.int64(5), replica: ReplicaID(bits: UInt64(bitPattern: try row.int64(6))),
        usage: AccountUsage(recordBytes: try row.int64(7), contentBytes: try row.int64(8)),
        quota: try Self.ownQuota(row, at: 9))
    }
  }

  func record(_ key: RecordKey, of account: RecordID) throws -> StoredRecord? {
    try connection.first(
      "SELECT \(Self.recordColumns) FROM record WHERE account = ?1 AND type = ?2 AND id = ?3",
      [.integer(try row(account)), .text(key.type.name), .blob(key.id.bytes)], record)
  }

  func forEachRecord(
    of account: RecordID, after number: Int64, through last: Int64, deadAfter: Int64,
    _ body: (StoredRecord) throws -> Bool
  ) throws {
    try forEach(
      """
      SELECT \(Self.recordColumns) FROM record
      WHERE account = ?1 AND number > ?2 AND number <= ?4 AND (live = 1 OR number > ?3) ORDER BY number
      """, [.integer(try row(account)), .integer(number), .integer(deadAfter), .integer(last)], body)
  }

  func buckets(of account: RecordID) throws -> [Digest] {
    var buckets = [Digest](repeating: Digest(), count: Digest.bucketCount)
    try connection.forEach(
      "SELECT bucket, count, sum FROM bucket WHERE account = ?1", [.integer(try row(account))]
    ) { row in
      let bucket = try row.int(0)
      guard buckets.indices.contains(bucket) else { throw StoreError.damaged("a bucket of the digest") }
      buckets[bucket] = Digest(count: try row.int64(1), sum: UInt64(bitPattern: try row.int64(2)))
    }
    return buckets
  }

  func forEachLiveRecord(
    of account: RecordID, bucket: UInt8, after key: RecordKey?, _ body: (StoredRecord) throws -> Bool
  ) throws {
    try forEach(
      """
      SELECT \(Self.recordColumns) FROM record
      WHERE account = ?1 AND live = 1 AND bucket = ?2 AND (type, id) > (?3, ?4) ORDER BY type, id
      """,
      [
        .integer(try row(account)), .integer(Int64(bucket)), .text(key?.type.name ?? ""),
        .blob(key?.id.bytes ?? []),
      ], body)
  }

  func children(of article: RecordID, in account: RecordID) throws -> [StoredRecord] {
    try connection.query(
      "SELECT \(Self.recordColumns) FROM record WHERE account = ?1 AND parent = ?2 ORDER BY number",
      [.integer(try row(account)), .blob(article.bytes)], record)
  }

  func records(
    of account: RecordID, deadSince since: Int64, after number: Int64, limit: Int
  ) throws -> [StoredRecord] {
    try connection.query(
      """
      SELECT \(Self.recordColumns) FROM record
      WHERE account = ?1 AND live = 0 AND number > ?2 AND since <= ?3 ORDER BY number LIMIT ?4
      """, [.integer(try row(account)), .integer(number), .integer(since), .integer(Int64(limit))], record)
  }

  func lastPush(by replica: ReplicaID, of account: RecordID) throws -> PushMark? {
    try connection.first(
      "SELECT n, nonce FROM push WHERE account = ?1 AND replica = ?2",
      [.integer(try row(account)), .integer(Int64(bitPattern: replica.bits))]
    ) { PushMark(n: try $0.int64(0), nonce: try $0.string(1)) }
  }
}

extension SQLiteReader {
  static let recordColumns = "type, id, number, since, hash, registers, live, row"

  /// Steps through records until `body` answers false.
  private func forEach(_ sql: String, _ values: [Value], _ body: (StoredRecord) throws -> Bool) throws {
    let statement = try connection.cached(sql)
    defer { statement.clear() }
    try statement.bind(values)
    while let row = try statement.step() {
      let stored = try record(row)
      // Nobody is given what may be wrong.
      guard stored.damage == nil else { continue }
      guard try body(stored) else { break }
    }
  }

  static func id(_ bytes: [UInt8]) throws -> RecordID {
    guard bytes.count == 16, let id = RecordID(bytes: bytes) else { throw StoreError.damaged("an id") }
    return id
  }

  /// What stands in place of a key that cannot be read. Such a record is damaged, so it is given to nobody.
  private static let lostKey = RecordKey(RecordType("lost") ?? .article, RecordID(high: 0, low: 0))

  /// The key of a row `type, id, ...`; nil if it is none.
  private static func key(_ row: Row) throws -> RecordKey? {
    do throws(SQLiteError) {
      let (name, bytes) = (try row.string(0), try row.blob(1))
      guard let type = RecordType(name), bytes.count == 16, let id = RecordID(bytes: bytes) else { return nil }
      return RecordKey(type, id)
    } catch  where error.kind == .unexpectedValue {
      // Bytes that are no text.
      return nil
    }
  }

  /// SQLite does not see a changed byte within a value, so each record is held against its hash.
  func record(_ row: Row) throws -> StoredRecord {
    let readable = try Self.key(row)
    let key = readable ?? Self.lostKey
    let hash = UInt64(bitPattern: try row.int64(4))
    var stored = StoredRecord(
      record: Record(key: key), number: try row.int64(2), hash: hash, since: try row.int64(3))
    // It counts for as many bytes as it has here, damaged or not.
    stored.size = Int64(try row.withBlob(5) { $0.count })
    if readable != nil, let registers = try row.withBlob(5, { RegisterEncoding.decode($0) }) {
      stored.record = Record(key: key, registers: registers)
      if stored.record.stateHash == hash { return stored }
    }
    stored.record = Record(key: key)
    stored.damage = StoredRecord.Damage(isLive: try row.int64(6) == 1, isKeyLost: readable == nil)
    if stored.isLive { damage.records.append(try row.int64(7)) }
    return stored
  }
}
