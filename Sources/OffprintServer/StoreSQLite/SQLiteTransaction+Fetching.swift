import OffprintSQLite
import OffprintWire

/// The table `fetch`: what is to be fetched, kept in step with what the records say.
extension SQLiteTransaction {
  /// Keeps the row of an article that is put: there is one while its record wishes a fetch, and a new wish begins anew.
  func noteWish(of stored: StoredRecord, accountRow: Int64, isNew: Bool) throws {
    let key = stored.record.key
    guard key.type == .article else { return }
    guard let wish = FetchWish(stored.record) else {
      if !isNew { try removeWish(of: key, accountRow: accountRow) }
      return
    }
    try connection.run(
      """
      INSERT INTO fetch (account, id, stamp, site, tries, due, begun) VALUES (?1, ?2, ?3, ?4, 0, ?5, 0)
      ON CONFLICT (account, id) DO UPDATE SET stamp = excluded.stamp, site = excluded.site, tries = 0, due = excluded.due
      WHERE stamp <> excluded.stamp OR site <> excluded.site
      """,
      [
        .integer(accountRow), .blob(key.id.bytes), .text(wish.stamp), .text(wish.site), .integer(stored.since),
      ])
  }

  func removeWish(of key: RecordKey, accountRow: Int64) throws {
    guard key.type == .article else { return }
    try connection.run(
      "DELETE FROM fetch WHERE account = ?1 AND id = ?2", [.integer(accountRow), .blob(key.id.bytes)])
  }

  func beginFetch(of article: RecordID, in account: RecordID) throws -> Int? {
    try connection.first(
      """
      UPDATE fetch SET tries = tries + 1, begun = 1 WHERE account = ?1 AND id = ?2 AND begun = 0 RETURNING tries
      """, [.integer(try row(account)), .blob(article.bytes)]
    ) { try $0.int(0) }
  }

  func endFetch(of article: RecordID, in account: RecordID, tries: Int, due: Int64) throws {
    try connection.run(
      "UPDATE fetch SET tries = ?3, due = ?4, begun = 0 WHERE account = ?1 AND id = ?2",
      [.integer(try row(account)), .blob(article.bytes), .integer(Int64(tries)), .integer(due)])
  }

  func releaseFetch(of article: RecordID, in account: RecordID) throws {
    try connection.run(
      "UPDATE fetch SET begun = 0 WHERE account = ?1 AND id = ?2",
      [.integer(try row(account)), .blob(article.bytes)])
  }

  func removeFetch(of article: RecordID, in account: RecordID) throws {
    try removeWish(of: RecordKey(.article, article), accountRow: row(account))
  }
}

extension SQLiteReader {
  func fetchesDue(of account: RecordID, by now: Int64, limit: Int) throws -> [QueuedFetch] {
    // Of each site the latest: what was saved just now is what somebody wants to read.
    try connection.query(
      """
      SELECT id, site, tries, max(due) FROM fetch WHERE account = ?1 AND begun = 0 AND due <= ?2
      GROUP BY site ORDER BY max(due) DESC, site LIMIT ?3
      """, [.integer(try row(account)), .integer(now), .integer(Int64(limit))], Self.queuedFetch)
  }

  func fetchesBegun(of account: RecordID) throws -> [QueuedFetch] {
    try connection.query(
      "SELECT id, site, tries, due FROM fetch WHERE account = ?1 AND begun = 1 ORDER BY id",
      [.integer(try row(account))], Self.queuedFetch)
  }

  func nextFetchDue(of account: RecordID) throws -> Int64? {
    try connection.first(
      "SELECT min(due) FROM fetch WHERE account = ?1 AND begun = 0", [.integer(try row(account))]
    ) { try $0.int64OrNil(0) } ?? nil
  }

  func accountsWithFetches() throws -> [RecordID] {
    try connection.query(
      """
      SELECT id FROM account WHERE disabled IS NULL AND removing IS NULL
        AND EXISTS (SELECT 1 FROM fetch WHERE fetch.account = account.row) ORDER BY id
      """
    ) { try Self.id($0.blob(0)) }
  }

  private static func queuedFetch(_ row: Row) throws -> QueuedFetch {
    QueuedFetch(
      article: try id(row.blob(0)), site: try row.string(1), tries: try row.int(2), due: try row.int64(3))
  }
}
