import OffprintSQLite
import OffprintWire

/// Damaged records that were set aside: counted as dead, their bytes kept.
extension SQLiteTransaction {
  /// Takes a damaged record out of the digest by counting it as dead; its bytes stay.
  /// - Returns: its account; nil if it is no longer damaged, or was set aside before.
  func setAside(row: Int64) throws -> RecordID? {
    let account = try connection.first(
      "SELECT a.id, a.row, r.bucket FROM record r JOIN account a ON a.row = r.account WHERE r.row = ?1", [.integer(row)]
    ) { (id: try Self.id($0.blob(0)), row: try $0.int64(1), bucket: try $0.int64(2)) }
    let stored = try connection.first(
      "SELECT \(Self.recordColumns) FROM record WHERE row = ?1", [.integer(row)], record)
    guard let account, let stored, stored.damage?.isLive == true else { return nil }
    try loosenRun(at: stored.number, accountRow: account.row)
    // A read has met it, which knows no clock: the next purge notes the time.
    try connection.run(
      "UPDATE record SET live = 0, since = ?2 WHERE row = ?1", [.integer(row), .integer(StoredRecord.notNoted)])
    var difference = Digest()
    difference.remove(stored.hash)
    // Counted where it was counted before: the key may be another one by now.
    try addToDigest(difference, bucket: UInt8(exactly: account.bucket) ?? stored.record.key.bucket, of: account.id)
    return account.id
  }

  func noteSetAside(_ stored: StoredRecord, of account: RecordID, at milliseconds: Int64) throws {
    try connection.run(
      "UPDATE record SET since = ?3 WHERE account = ?1 AND number = ?2 AND live = 0 AND since = ?4",
      [.integer(try row(account)), .integer(stored.number), .integer(milliseconds), .integer(StoredRecord.notNoted)])
  }

  func removeLost(_ stored: StoredRecord, of account: RecordID, at milliseconds: Int64) throws {
    let accountRow = try row(account)
    let found = try connection.first(
      "SELECT row FROM record WHERE account = ?1 AND number = ?2 AND live = 0",
      [.integer(accountRow), .integer(stored.number)]
    ) { try $0.int64(0) }
    guard let found else { return }
    try loosenRun(at: stored.number, accountRow: accountRow)
    try setContents([], ofRecord: found, accountRow: accountRow, at: milliseconds)
    try connection.run("DELETE FROM record WHERE account = ?1 AND row = ?2", [.integer(accountRow), .integer(found)])
    try addUsage(AccountUsage(recordBytes: -stored.size), of: account)
  }
}
