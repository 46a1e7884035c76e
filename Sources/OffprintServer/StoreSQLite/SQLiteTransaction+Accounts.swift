import OffprintSQLite
import OffprintWire

/// Accounts and devices.
extension SQLiteTransaction {
  /// Devices signed out that are remembered by their tokens, so that they are told what became of them.
  private static let revokedMax: Int64 = 1_000

  func setPasswordHash(_ hash: String, of account: RecordID) throws {
    try connection.run("UPDATE account SET password = ?2 WHERE id = ?1", [.blob(account.bytes), .text(hash)])
  }

  func setDisabled(_ milliseconds: Int64?, of account: RecordID) throws {
    try connection.run(
      "UPDATE account SET disabled = ?2 WHERE id = ?1", [.blob(account.bytes), Value(milliseconds)])
    if milliseconds != nil { try noteAccessLost() }
  }

  func setQuota(_ quota: OwnQuota, of account: RecordID) throws {
    func value(_ limit: OwnQuota.Limit) -> Value {
      switch limit {
      case .ofServer: .null
      case .unlimited: .integer(-1)
      case .at(let number): .integer(max(0, number))
      }
    }
    try connection.run(
      "UPDATE account SET bytes_max = ?2, records_max = ?3, devices_max = ?4 WHERE id = ?1",
      [.blob(account.bytes), value(quota.bytes), value(quota.records), value(quota.devices)])
  }

  func addUsage(_ difference: AccountUsage, of account: RecordID) throws {
    guard difference != AccountUsage() else { return }
    try connection.run(
      """
      UPDATE account SET record_bytes = record_bytes + ?2, content_bytes = content_bytes + ?3 WHERE id = ?1
      """,
      [.blob(account.bytes), .integer(difference.recordBytes), .integer(difference.contentBytes)])
  }

  func insert(_ device: Device, tokenHash: [UInt8]) throws {
    try connection.run(
      """
      INSERT INTO device (account, id, name, token, created, last_seen, revoked) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
      """,
      [
        .integer(try row(device.account)), .blob(device.id.bytes), .text(device.name), .blob(tokenHash),
        .integer(device.created), Value(device.lastSeen), Value(device.revoked),
      ])
  }

  func noteSeen(_ device: RecordID, of account: RecordID, at milliseconds: Int64, number: Int64?) throws {
    try connection.run(
      """
      UPDATE device SET last_seen = max(coalesce(last_seen, ?3), ?3), number = coalesce(?4, number)
      WHERE account = (SELECT row FROM account WHERE id = ?1) AND id = ?2
      """,
      [.blob(account.bytes), .blob(device.bytes), .integer(milliseconds), Value(number)])
  }

  func revoke(_ device: RecordID, of account: RecordID, at milliseconds: Int64) throws -> Bool {
    let row = try row(account)
    try connection.run(
      "UPDATE device SET revoked = ?3 WHERE account = ?1 AND id = ?2 AND revoked IS NULL",
      [.integer(row), .blob(device.bytes), .integer(milliseconds)])
    guard connection.changes > 0 else { return false }
    try connection.run(
      """
      DELETE FROM device WHERE account = ?1 AND id IN (
        SELECT id FROM device WHERE account = ?1 AND revoked IS NOT NULL ORDER BY revoked DESC, id LIMIT -1 OFFSET ?2)
      """, [.integer(row), .integer(Self.revokedMax)])
    try noteAccessLost()
    return true
  }

  private func noteAccessLost() throws { try connection.run("UPDATE server SET access = access + 1", []) }

  // MARK: Pairing

  func insert(_ pairing: Pairing) throws {
    let row = try row(pairing.account)
    try connection.run("DELETE FROM pairing WHERE expires <= ?1 OR tries <= 0", [.integer(pairing.created)])
    try connection.run(
      """
      INSERT INTO pairing (account, handle, secret, created, expires, tries, reusable) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
      """,
      [
        .integer(row), .text(pairing.handle), .text(pairing.secretHash), .integer(pairing.created),
        .integer(pairing.expires), .integer(pairing.triesLeft), .integer(pairing.isReusable ? 1 : 0),
      ])
  }

  func pairingCount(of account: RecordID) throws -> Int64 {
    try connection.first("SELECT count(*) FROM pairing WHERE account = ?1", [.integer(try row(account))]) {
      try $0.int64(0)
    } ?? 0
  }

  func takePairingTry(_ handle: String, now: Int64) throws -> Pairing? {
    try connection.run(
      "UPDATE pairing SET tries = tries - 1 WHERE handle = ?1 AND tries > 0 AND expires > ?2 AND created <= ?2",
      [.text(handle), .integer(now)])
    guard connection.changes == 1 else { return nil }
    return try pairing(handle)
  }

  func pairing(_ handle: String) throws -> Pairing? {
    try connection.first(
      """
      SELECT a.id, p.handle, p.secret, p.created, p.expires, p.tries, p.reusable
      FROM pairing p JOIN account a ON a.row = p.account WHERE p.handle = ?1
      """, [.text(handle)]
    ) { row in
      Pairing(
        account: try Self.id(row.blob(0)), handle: try row.string(1), secretHash: try row.string(2),
        created: try row.int64(3), expires: try row.int64(4), triesLeft: try row.int64(5),
        isReusable: try row.int64(6) == 1)
    }
  }

  func setPairingTries(_ tries: Int64, handle: String, of account: RecordID) throws {
    try connection.run(
      "UPDATE pairing SET tries = ?3 WHERE account = ?1 AND handle = ?2",
      [.integer(try row(account)), .text(handle), .integer(tries)])
  }

  func removePairing(_ handle: String, of account: RecordID) throws {
    try connection.run(
      "DELETE FROM pairing WHERE account = ?1 AND handle = ?2", [.integer(try row(account)), .text(handle)])
  }

  func removePairings(of account: RecordID) throws {
    try connection.run("DELETE FROM pairing WHERE account = ?1", [.integer(try row(account))])
  }
}
