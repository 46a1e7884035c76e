import OffprintSQLite
import OffprintWire

extension ServerSchema {
  /// Fetches that wait: a row for each article whose record wishes one (``FetchWish``), made and removed with what the record says.
  /// `stamp` tells a wish from an earlier one; `begun` is set while somebody is at it.
  private static let fetches = """
    CREATE TABLE fetch (
      account INTEGER NOT NULL REFERENCES account,
      id BLOB NOT NULL CHECK (length(id) = 16),
      stamp TEXT NOT NULL,
      site TEXT NOT NULL,
      tries INTEGER NOT NULL,
      due INTEGER NOT NULL,
      begun INTEGER NOT NULL,
      PRIMARY KEY (account, id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX fetch_due ON fetch (account, begun, due);
    """

  /// Makes the table, and a row for each article that has waited since before there was one.
  static func addFetches(_ connection: Connection) throws {
    try connection.script(fetches)
    let reader = SQLiteReader(connection)
    var last: Int64 = 0
    while true {
      let batch = try connection.query(
        """
        SELECT \(SQLiteReader.recordColumns), account FROM record
        WHERE row > ?1 AND type = 'article' AND live = 1 ORDER BY row LIMIT 500
        """, [.integer(last)]
      ) { (record: try reader.record($0), row: try $0.int64(7), account: try $0.int64(8)) }
      guard let end = batch.last else { return }
      last = end.row
      for (stored, _, account) in batch where stored.damage == nil {
        guard let wish = FetchWish(stored.record) else { continue }
        try connection.run(
          "INSERT INTO fetch (account, id, stamp, site, tries, due, begun) VALUES (?1, ?2, ?3, ?4, 0, ?5, 0)",
          [
            .integer(account), .blob(stored.record.key.id.bytes), .text(wish.stamp), .text(wish.site),
            .integer(stored.since),
          ])
      }
    }
  }
}
