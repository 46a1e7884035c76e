import OffprintGzip
import OffprintSQLite
import OffprintWire

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// How much the default store holds.
package struct StoreStatistics: Sendable {
  /// Figures of one account.
  package struct OfAccount: Sendable {
    /// The account.
    package var account: Account
    /// Its head.
    package var head: Int64
    /// Its floor.
    package var floor: Int64
    /// How often its log forked.
    package var forks: Int
    /// Records that live.
    package var live: Int64
    /// Tombstones.
    package var dead: Int64
    /// Contents it holds.
    package var contents: Int64
    /// Their bytes before compression.
    package var contentBytes: Int64
    /// Its devices that were not revoked.
    package var devices: [Device]
  }

  /// Bytes of the database, without its write-ahead log.
  package var databaseBytes: Int64 = 0
  /// Bytes of those that hold nothing.
  package var freeBytes: Int64 = 0
  /// Bytes of the write-ahead log.
  package var logBytes: Int64 = 0
  /// The sum of all accounts' heads.
  package var heads: Int64 = 0
  /// Accounts.
  package var accountCount: Int64 = 0
  /// Devices that were not revoked.
  package var deviceCount: Int64 = 0
  /// Records that live.
  package var liveRecords: Int64 = 0
  /// Contents.
  package var contents: Int64 = 0

  /// The figures that cost little whatever the store holds.
  init(_ connection: Connection, logBytes: Int64) throws {
    func number(_ sql: String) throws -> Int64 { try connection.first(sql) { try $0.int64(0) } ?? 0 }
    let page = try number("PRAGMA page_size")
    databaseBytes = try number("PRAGMA page_count") * page
    freeBytes = try number("PRAGMA freelist_count") * page
    self.logBytes = logBytes
    heads = try number("SELECT coalesce(sum(head), 0) FROM account")
    accountCount = try number("SELECT count(*) FROM account")
    liveRecords = try number("SELECT coalesce(sum(live_count), 0) FROM account")
    deviceCount = try number("SELECT count(*) FROM device WHERE revoked IS NULL")
    contents = try number("SELECT count(*) FROM content")
  }

  /// The figures for `GET /metrics`.
  package var gauges: [ServerFigures.Gauge] {
    [
      ServerFigures.Gauge(
        name: "offprintd_store_bytes", help: "Bytes on the disk, by what they hold.",
        values: [
          ("kind=\"database\"", databaseBytes), ("kind=\"free\"", freeBytes), ("kind=\"wal\"", logBytes),
        ]),
      ServerFigures.Gauge(
        name: "offprintd_changelog_head", help: "Numbers taken in the logs of all accounts.", values: [("", heads)]),
      ServerFigures.Gauge(name: "offprintd_accounts", help: "Accounts.", values: [("", accountCount)]),
      ServerFigures.Gauge(name: "offprintd_devices", help: "Devices signed in.", values: [("", deviceCount)]),
      ServerFigures.Gauge(name: "offprintd_records", help: "Records that live.", values: [("", liveRecords)]),
      ServerFigures.Gauge(name: "offprintd_blobs", help: "Texts and images stored.", values: [("", contents)]),
    ]
  }
}

extension StoreFiles {
  /// How much there is now. Cheap; a server may run meanwhile.
  /// - Throws: ``StoreError``.
  package func statistics() throws -> StoreStatistics {
    try reading { try StoreStatistics($0, logBytes: Self.size(of: folder.database + "-wal")) }
  }

  /// How much each account has. O(records).
  /// - Throws: ``StoreError``.
  package func accountStatistics() throws -> [StoreStatistics.OfAccount] {
    try reading { connection in
      let reader = SQLiteReader(connection)
      return try reader.accounts().compactMap { account in
        guard let log = try reader.log(of: account.id) else { return nil }
        let row = try reader.row(account.id)
        let dead = try connection.first(
          "SELECT count(*) FROM record WHERE account = ?1 AND live = 0", [.integer(row)]
        ) { try $0.int64(0) }
        let contents = try connection.first(
          """
          SELECT count(*), coalesce(sum(c.size), 0) FROM content_owner o JOIN content c ON c.hash = o.hash
          WHERE o.account = ?1
          """, [.integer(row)]
        ) { (try $0.int64(0), try $0.int64(1)) }
        return StoreStatistics.OfAccount(
          account: account, head: log.position.head, floor: log.position.floor, forks: log.position.ancestry.count,
          live: log.digest.count, dead: dead ?? 0, contents: contents?.0 ?? 0, contentBytes: contents?.1 ?? 0,
          devices: try reader.devices(of: account.id))
      }
    }
  }

  /// Bytes by table and index, the largest first; empty where SQLite cannot tell. O(size of the file).
  /// - Throws: ``StoreError``.
  package func tableSizes() throws -> [(name: String, bytes: Int64)] {
    try reading { connection in
      do {
        return try connection.query(
          "SELECT name, sum(pgsize) FROM dbstat GROUP BY name ORDER BY sum(pgsize) DESC, name"
        ) { (name: try $0.string(0), bytes: try $0.int64(1)) }
      } catch let error as SQLiteError where error.kind == .other {
        return []
      }
    }
  }

  /// The greatest time, in milliseconds since 1970, that the server's clock has stored; nil if it stored none.
  /// - Throws: ``StoreError``.
  package func latestTime() throws -> Int64? {
    try reading { connection in
      let times = try [
        "SELECT max(created) FROM account", "SELECT max(max(created), coalesce(max(last_seen), 0)) FROM device",
      ].compactMap { sql in try connection.first(sql) { try $0.int64OrNil(0) } ?? nil }
      return times.max()
    }
  }

  /// Every hardening and durability setting that a reader of this store has, as SQLite gives them back.
  /// - Throws: ``StoreError``.
  package func settingsUnlikeWanted() throws -> [String] {
    try reading { connection in
      try connection.hardeningReport().deviations.map { "\($0.name) is \($0.value), should be \($0.wanted)" }
    }
  }

  private func reading<T>(_ body: (Connection) throws -> T) throws -> T {
    do {
      let reader = try schema.openReader(path: folder.database)
      defer { reader.close() }
      return try body(reader)
    } catch {
      throw Self.translated(error)
    }
  }

  private static func size(of path: String) -> Int64 {
    var info = stat()
    return stat(path, &info) == 0 ? Int64(info.st_size) : 0
  }
}

/// The libraries that the server runs with.
package enum ServerLibraries {
  /// SQLite's version.
  package static var sqlite: String { SQLiteLibrary.version }
  /// Whether that SQLite has the WAL-reset bug.
  package static var sqliteHasWALResetBug: Bool { SQLiteLibrary.hasWALResetBug }
  /// zlib's version.
  package static var zlib: String { ZlibLibrary.version }
}
