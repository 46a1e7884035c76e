import OffprintSQLite
import OffprintWire

#if MUTANTS
  import OffprintMutants
#endif

/// Writes the tables within one transaction of the writer. Not Sendable; made anew for each transaction.
final class SQLiteTransaction: SQLiteReader, StoreTransaction {
  /// Accounts whose head moved, for the side file.
  private(set) var moved: Set<RecordID> = []
  private let asksWhetherOthersWait: () -> Bool

  init(_ connection: Connection, othersWait: @escaping () -> Bool = { false }) {
    asksWhetherOthersWait = othersWait
    super.init(connection)
  }

  var othersWait: Bool { asksWhetherOthersWait() }

  func insert(_ account: Account, log: RecordID, replica: ReplicaID) throws {
    try connection.run(
      """
      INSERT INTO account
        (id, name, password, created, log, replica, head, floor, live_count, live_sum, greatest_accepted)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, 0, 0, 0, 0)
      """,
      [
        .blob(account.id.bytes), .text(account.name), .text(account.passwordHash), .integer(account.created),
        .blob(log.bytes), .integer(Int64(bitPattern: replica.bits)),
      ])
  }

  func takeNumbers(_ count: Int64, of account: RecordID) throws -> Int64 {
    #if MUTANTS
      let taken = Mutant.isOn(.headNotAdvanced) ? max(1, count - 1) : count
    #else
      let taken = count
    #endif
    let head = try connection.first(
      "UPDATE account SET head = head + ?2 WHERE id = ?1 RETURNING head", [.blob(account.bytes), .integer(taken)]
    ) { try $0.int64(0) }
    guard let head else { throw StoreError.failed("no such account") }
    moved.insert(account)
    return head - count + 1
  }

  /// What a record's row says beside its state: where it is about to leave from.
  private struct Place {
    let row: Int64
    let number: Int64
    let namesContents: Bool
  }

  private func place(of key: RecordKey, accountRow: Int64) throws -> Place? {
    try connection.first(
      "SELECT row, number, contents FROM record WHERE account = ?1 AND type = ?2 AND id = ?3",
      [.integer(accountRow), .text(key.type.name), .blob(key.id.bytes)]
    ) { Place(row: try $0.int64(0), number: try $0.int64(1), namesContents: try $0.int64(2) > 0) }
  }

  func put(_ stored: StoredRecord, of account: RecordID) throws {
    let key = stored.record.key
    let account = try row(account)
    let before = try place(of: key, accountRow: account)
    if let before { try loosenRun(at: before.number, accountRow: account) }
    let contents = Self.contents(namedBy: stored.record)
    let values: [Value] = [
      .integer(account), .integer(stored.number), .integer(stored.record.isLive ? 1 : 0), .integer(stored.since),
      .integer(Int64(bitPattern: stored.hash)), Value(stored.parent?.bytes),
      .blob(RegisterEncoding.encode(stored.record.registers)), .integer(Int64(contents.count)),
    ]
    let record: Int64
    if let before {
      record = before.row
      try connection.run(
        """
        UPDATE record SET number = ?2, live = ?3, since = ?4, hash = ?5, parent = ?6, registers = ?7, contents = ?8
        WHERE account = ?1 AND row = ?9
        """, values + [.integer(record)])
    } else {
      try connection.run(
        """
        INSERT INTO record (account, number, live, since, hash, parent, registers, contents, type, id, bucket)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
        """,
        values + [.text(key.type.name), .blob(key.id.bytes), .integer(Int64(key.bucket))])
      record = connection.lastInsertRowID
    }
    try noteWish(of: stored, accountRow: account, isNew: before == nil)
    guard !contents.isEmpty || before?.namesContents == true else { return }
    try setContents(contents, ofRecord: record, accountRow: account, at: stored.since)
  }

  func remove(_ key: RecordKey, of account: RecordID, at milliseconds: Int64) throws {
    let account = try row(account)
    guard let before = try place(of: key, accountRow: account) else { return }
    try loosenRun(at: before.number, accountRow: account)
    try removeWish(of: key, accountRow: account)
    if before.namesContents {
      try setContents([], ofRecord: before.row, accountRow: account, at: milliseconds)
    }
    try connection.run("DELETE FROM record WHERE account = ?1 AND row = ?2", [.integer(account), .integer(before.row)])
  }

  func addToDigest(_ difference: Digest, bucket: UInt8, of account: RecordID) throws {
    let row = try row(account)
    // SQLite's own addition would turn into floating point on overflow; the sum is one modulo 2^64.
    let held =
      try connection.first(
        "SELECT count, sum FROM bucket WHERE account = ?1 AND bucket = ?2", [.integer(row), .integer(Int64(bucket))],
        Self.digest) ?? Digest()
    let sum = held + difference
    try connection.run(
      """
      INSERT INTO bucket (account, bucket, count, sum) VALUES (?1, ?2, ?3, ?4)
      ON CONFLICT (account, bucket) DO UPDATE SET count = excluded.count, sum = excluded.sum
      """,
      [.integer(row), .integer(Int64(bucket)), .integer(sum.count), .integer(Int64(bitPattern: sum.sum))])
    let whole = try connection.first(
      "SELECT live_count, live_sum FROM account WHERE row = ?1", [.integer(row)], Self.digest)
    guard let whole else { throw StoreError.damaged("an account without a digest") }
    let total = whole + difference
    try connection.run(
      "UPDATE account SET live_count = ?2, live_sum = ?3 WHERE row = ?1",
      [.integer(row), .integer(total.count), .integer(Int64(bitPattern: total.sum))])
  }

  func setLastPush(_ mark: PushMark, by replica: ReplicaID, of account: RecordID) throws {
    try connection.run(
      """
      INSERT INTO push (account, replica, n, nonce) VALUES (?1, ?2, ?3, ?4)
      ON CONFLICT (account, replica) DO UPDATE SET n = excluded.n, nonce = excluded.nonce
      """,
      [
        .integer(try row(account)), .integer(Int64(bitPattern: replica.bits)), .integer(mark.n), .text(mark.nonce),
      ])
  }

  func raiseGreatestAccepted(to milliseconds: Int64, of account: RecordID) throws {
    try connection.run(
      "UPDATE account SET greatest_accepted = max(greatest_accepted, ?2) WHERE id = ?1",
      [.blob(account.bytes), .integer(milliseconds)])
  }

  func raiseFloor(to number: Int64, of account: RecordID) throws {
    try connection.run(
      "UPDATE account SET floor = max(floor, ?2) WHERE id = ?1", [.blob(account.bytes), .integer(number)])
  }

  func fork(to log: RecordID, replica: ReplicaID, of account: RecordID) throws {
    let row = try row(account)
    try connection.run(
      """
      INSERT INTO fork (account, position, log, head)
      SELECT row, (SELECT count(*) FROM fork WHERE account = ?1), log, head FROM account WHERE row = ?1
      """, [.integer(row)])
    try connection.run(
      "UPDATE account SET log = ?2, replica = ?3 WHERE row = ?1",
      [.integer(row), .blob(log.bytes), .integer(Int64(bitPattern: replica.bits))])
    moved.insert(account)
  }

  private static func digest(_ row: Row) throws -> Digest {
    Digest(count: try row.int64(0), sum: UInt64(bitPattern: try row.int64(1)))
  }
}
