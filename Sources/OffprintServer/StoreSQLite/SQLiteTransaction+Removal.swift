import OffprintSQLite
import OffprintWire

/// Removing an account, a little in each transaction.
extension SQLiteTransaction {
  func beginRemoval(of account: RecordID, at milliseconds: Int64) throws {
    let row = try row(account)
    // What goes is overwritten with zeroes in the file; copies made of it before are not.
    try connection.run("PRAGMA secure_delete = ON", [])
    try connection.run(
      "UPDATE account SET removing = ?2 WHERE row = ?1 AND removing IS NULL", [.integer(row), .integer(milliseconds)])
    try setDisabled(milliseconds, of: account)
    try connection.run("DELETE FROM device WHERE account = ?1", [.integer(row)])
    try removePairings(of: account)
  }

  func removeSome(of account: RecordID, limit: Int) throws -> Bool {
    let row = try row(account)
    try connection.run("PRAGMA secure_delete = ON", [])
    // Runs first: they hold what the records say.
    try connection.run(
      """
      DELETE FROM run WHERE account = ?1 AND row IN (
        SELECT row FROM run WHERE account = ?1 ORDER BY first LIMIT ?2)
      """, [.integer(row), .integer(Int64(limit / 16 + 1))])
    if connection.changes > 0 { return true }
    try connection.run(
      """
      DELETE FROM record WHERE account = ?1 AND row IN (
        SELECT row FROM record WHERE account = ?1 ORDER BY number LIMIT ?2)
      """, [.integer(row), .integer(Int64(limit))])
    if connection.changes > 0 { return true }
    try connection.run(
      """
      DELETE FROM fetch WHERE account = ?1 AND id IN (
        SELECT id FROM fetch WHERE account = ?1 ORDER BY id LIMIT ?2)
      """, [.integer(row), .integer(Int64(limit))])
    if connection.changes > 0 { return true }
    try connection.run(
      """
      DELETE FROM content_use WHERE account = ?1 AND (hash, record) IN (
        SELECT hash, record FROM content_use WHERE account = ?1 ORDER BY hash, record LIMIT ?2)
      """, [.integer(row), .integer(Int64(limit))])
    if connection.changes > 0 { return true }
    // A content may be of megabytes; few at a time hold nobody up.
    let hashes = try connection.query(
      "SELECT hash FROM content_owner WHERE account = ?1 LIMIT ?2", [.integer(row), .integer(Int64(limit / 16 + 1))]
    ) { try $0.blob(0) }
    for hash in hashes {
      try connection.run(
        "DELETE FROM content_owner WHERE account = ?1 AND hash = ?2", [.integer(row), .blob(hash)])
      try connection.run(
        "DELETE FROM content WHERE hash = ?1 AND NOT EXISTS (SELECT 1 FROM content_owner WHERE hash = ?1)",
        [.blob(hash)])
    }
    if !hashes.isEmpty { return true }
    try connection.run("DELETE FROM push WHERE account = ?1", [.integer(row)])
    try connection.run("DELETE FROM bucket WHERE account = ?1", [.integer(row)])
    try connection.run("DELETE FROM fork WHERE account = ?1", [.integer(row)])
    try connection.run("DELETE FROM device WHERE account = ?1", [.integer(row)])
    try removePairings(of: account)
    try connection.run("DELETE FROM account WHERE row = ?1", [.integer(row)])
    return false
  }
}
