import OffprintSQLite
import OffprintWire

/// Accounts and devices.
extension SQLiteReader {
  private static let accountColumns = """
    id, name, password, created, disabled, removing, bytes_max, records_max, devices_max, record_bytes, content_bytes, live_count
    """

  private static let deviceColumns = """
    d.id, a.id, d.name, d.created, d.last_seen, d.revoked, d.number, a.disabled IS NOT NULL
    """

  func accounts() throws -> [Account] {
    try connection.query("SELECT \(Self.accountColumns) FROM account ORDER BY name", [], Self.account)
  }

  func account(named name: String) throws -> Account? {
    try connection.first("SELECT \(Self.accountColumns) FROM account WHERE name = ?1", [.text(name)], Self.account)
  }

  func account(_ id: RecordID) throws -> Account? {
    try connection.first("SELECT \(Self.accountColumns) FROM account WHERE id = ?1", [.blob(id.bytes)], Self.account)
  }

  func device(tokenHash: [UInt8]) throws -> Device? {
    try connection.first(
      "SELECT \(Self.deviceColumns) FROM device d JOIN account a ON a.row = d.account WHERE d.token = ?1",
      [.blob(tokenHash)], Self.device)
  }

  func devices(of account: RecordID) throws -> [Device] {
    try connection.query(
      """
      SELECT \(Self.deviceColumns) FROM device d JOIN account a ON a.row = d.account
      WHERE d.account = ?1 AND d.revoked IS NULL ORDER BY d.created, d.id
      """, [.integer(try row(account))], Self.device)
  }

  func accessCount() throws -> Int64 {
    try connection.first("SELECT access FROM server", []) { try $0.int64(0) } ?? 0
  }

  func isAdmitted(_ device: RecordID, of account: RecordID) throws -> Bool {
    try connection.first(
      """
      SELECT 1 FROM device d JOIN account a ON a.row = d.account
      WHERE a.id = ?1 AND d.id = ?2 AND d.revoked IS NULL AND a.disabled IS NULL
      """, [.blob(account.bytes), .blob(device.bytes)]
    ) { _ in true } ?? false
  }

  func deviceCount(of account: RecordID) throws -> Int64 {
    try count("SELECT count(*) FROM device WHERE account = ?1 AND revoked IS NULL", of: account)
  }

  func recordCount(of account: RecordID) throws -> Int64 {
    try count("SELECT count(*) FROM record WHERE account = ?1", of: account)
  }

  func contentCount(of account: RecordID) throws -> Int64 {
    try count("SELECT count(*) FROM content_owner WHERE account = ?1", of: account)
  }

  private func count(_ sql: String, of account: RecordID) throws -> Int64 {
    try connection.first(sql, [.integer(try row(account))]) { try $0.int64(0) } ?? 0
  }

  func countedUsage(of account: RecordID) throws -> AccountUsage {
    AccountUsage(
      recordBytes: try count(
        "SELECT coalesce(sum(length(registers)), 0) FROM record WHERE account = ?1", of: account),
      contentBytes: try count("SELECT coalesce(sum(size), 0) FROM content_owner WHERE account = ?1", of: account))
  }

  /// The quota's numbers as three columns from `index` on.
  static func ownQuota(_ row: Row, at index: Int) throws -> OwnQuota {
    func limit(_ index: Int) throws -> OwnQuota.Limit {
      guard let number = try row.int64OrNil(index) else { return .ofServer }
      return number < 0 ? .unlimited : .at(number)
    }
    var quota = OwnQuota()
    quota.bytes = try limit(index)
    quota.records = try limit(index + 1)
    quota.devices = try limit(index + 2)
    return quota
  }

  private static func account(_ row: Row) throws -> Account {
    var account = Account(
      id: try id(row.blob(0)), name: try row.string(1), passwordHash: try row.string(2), created: try row.int64(3))
    account.disabled = try row.int64OrNil(4)
    account.removing = try row.int64OrNil(5)
    account.quota = try ownQuota(row, at: 6)
    account.usage = AccountUsage(recordBytes: try row.int64(9), contentBytes: try row.int64(10))
    account.liveRecords = try row.int64(11)
    return account
  }

  private static func device(_ row: Row) throws -> Device {
    var device = Device(
      id: try id(row.blob(0)), account: try id(row.blob(1)), name: try row.string(2), created: try row.int64(3),
      lastSeen: try row.int64OrNil(4), revoked: try row.int64OrNil(5))
    device.number = try row.int64OrNil(6)
    device.isDisabled = try row.int64(7) == 1
    return device
  }
}
