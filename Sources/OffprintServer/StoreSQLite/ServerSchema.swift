import OffprintSQLite

/// The tables of `offprintd.sqlite`.
///
/// Every table but `server` and `content` has the account in front of its key, so that accounts never touch each other. Whose a
/// content is stands in `content_owner`. Numbers of 64 bits without sign (hashes, sums, replicas) are kept as the signed ones of
/// the same bits.
package enum ServerSchema {
  /// `OffS`
  static let applicationID: Int32 = 0x4f66_6653

  /// The versions so far.
  package static let schema = Schema(
    applicationID: applicationID,
    migrations: [
      Migration("first tables", sql: first),
      Migration("usage, quotas, pairing", sql: accounts),
      Migration("sealed runs and uses of contents") { connection in
        try connection.script(runsAndUses)
        try noteUses(connection)
      },
      Migration("fetches that wait", apply: addFetches),
    ])

  private static let first = """
    CREATE TABLE server (id BLOB NOT NULL CHECK (length(id) = 16)) STRICT;

    CREATE TABLE account (
      row INTEGER PRIMARY KEY,
      id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
      name TEXT NOT NULL UNIQUE,
      password TEXT NOT NULL,
      created INTEGER NOT NULL,
      log BLOB NOT NULL CHECK (length(log) = 16),
      replica INTEGER NOT NULL,
      head INTEGER NOT NULL,
      floor INTEGER NOT NULL,
      live_count INTEGER NOT NULL,
      live_sum INTEGER NOT NULL,
      greatest_accepted INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE fork (
      account INTEGER NOT NULL REFERENCES account,
      position INTEGER NOT NULL,
      log BLOB NOT NULL CHECK (length(log) = 16),
      head INTEGER NOT NULL,
      PRIMARY KEY (account, position)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE device (
      account INTEGER NOT NULL REFERENCES account,
      id BLOB NOT NULL CHECK (length(id) = 16),
      name TEXT NOT NULL,
      token BLOB NOT NULL UNIQUE CHECK (length(token) = 32),
      created INTEGER NOT NULL,
      last_seen INTEGER,
      revoked INTEGER,
      PRIMARY KEY (account, id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE record (
      row INTEGER PRIMARY KEY,
      account INTEGER NOT NULL REFERENCES account,
      type TEXT NOT NULL,
      id BLOB NOT NULL CHECK (length(id) = 16),
      number INTEGER NOT NULL,
      live INTEGER NOT NULL,
      since INTEGER NOT NULL,
      hash INTEGER NOT NULL,
      bucket INTEGER NOT NULL,
      parent BLOB,
      registers BLOB NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX record_key ON record (account, type, id);
    CREATE UNIQUE INDEX record_number ON record (account, number);
    CREATE INDEX record_bucket ON record (account, bucket, type, id) WHERE live = 1;
    CREATE INDEX record_dead ON record (account, number) WHERE live = 0;
    CREATE INDEX record_parent ON record (account, parent) WHERE parent IS NOT NULL;

    CREATE TABLE bucket (
      account INTEGER NOT NULL REFERENCES account,
      bucket INTEGER NOT NULL,
      count INTEGER NOT NULL,
      sum INTEGER NOT NULL,
      PRIMARY KEY (account, bucket)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE push (
      account INTEGER NOT NULL REFERENCES account,
      replica INTEGER NOT NULL,
      n INTEGER NOT NULL,
      nonce TEXT NOT NULL,
      PRIMARY KEY (account, replica)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE content (
      row INTEGER PRIMARY KEY,
      hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
      size INTEGER NOT NULL,
      crc INTEGER NOT NULL,
      fragment BLOB NOT NULL
    ) STRICT;

    CREATE TABLE content_owner (
      account INTEGER NOT NULL REFERENCES account,
      hash BLOB NOT NULL CHECK (length(hash) = 32),
      PRIMARY KEY (account, hash)
    ) STRICT, WITHOUT ROWID;
    """

  /// A run without a body is loose: one of its records moved. `contents` counts what a record names; `kept` is the CRC-32 of a
  /// fragment's own bytes, not known of older ones; `unnamed` is since when no record of the account names a content.
  private static let runsAndUses = """
    CREATE TABLE run (
      row INTEGER PRIMARY KEY,
      account INTEGER NOT NULL REFERENCES account,
      first INTEGER NOT NULL,
      last INTEGER NOT NULL,
      body BLOB
    ) STRICT;
    CREATE UNIQUE INDEX run_first ON run (account, first);
    CREATE INDEX run_loose ON run (account, first) WHERE body IS NULL;

    ALTER TABLE record ADD COLUMN contents INTEGER NOT NULL DEFAULT 0;

    ALTER TABLE content ADD COLUMN kept INTEGER;

    CREATE TABLE content_use (
      account INTEGER NOT NULL REFERENCES account,
      hash BLOB NOT NULL CHECK (length(hash) = 32),
      record INTEGER NOT NULL,
      PRIMARY KEY (account, hash, record)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX content_use_record ON content_use (record);

    ALTER TABLE content_owner ADD COLUMN unnamed INTEGER;
    CREATE INDEX content_owner_unnamed ON content_owner (unnamed) WHERE unnamed IS NOT NULL;
    """

  /// Fills `content_use` from the records there are. Those that are damaged name nothing any more, so what they named ages.
  private static func noteUses(_ connection: Connection) throws {
    let reader = SQLiteReader(connection)
    var last: Int64 = 0
    while true {
      let batch = try connection.query(
        "SELECT \(SQLiteReader.recordColumns), account FROM record WHERE row > ?1 ORDER BY row LIMIT 500",
        [.integer(last)]
      ) { (record: try reader.record($0), row: try $0.int64(7), account: try $0.int64(8)) }
      guard let end = batch.last else { break }
      last = end.row
      for (stored, row, account) in batch {
        let contents = SQLiteTransaction.contents(namedBy: stored.record)
        guard !contents.isEmpty else { continue }
        try connection.run(
          "UPDATE record SET contents = ?2 WHERE row = ?1", [.integer(row), .integer(Int64(contents.count))])
        for hash in contents.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
          try connection.run(
            "INSERT INTO content_use (account, hash, record) VALUES (?1, ?2, ?3)",
            [.integer(account), .blob(hash), .integer(row)])
        }
      }
    }
    try connection.run(
      """
      UPDATE content_owner SET unnamed = ?1 WHERE NOT EXISTS (
        SELECT 1 FROM content_use u WHERE u.account = content_owner.account AND u.hash = content_owner.hash)
      """, [.integer(SQLiteTransaction.ageUnknown)])
  }
}
