extension ServerSchema {
  /// Usage, quotas, disabled accounts, how far devices have read, pairing codes.
  ///
  /// `access` grows whenever somebody loses their access, so that one number tells a server whether another process has taken any
  /// away. Of quotas, NULL is the server's and -1 none. A content counts with `content_owner.size` for as long as it is the account's,
  /// also while its bytes were damaged and are asked for anew.
  static let accounts = """
    ALTER TABLE server ADD COLUMN access INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE account ADD COLUMN disabled INTEGER;
    ALTER TABLE account ADD COLUMN removing INTEGER;
    ALTER TABLE account ADD COLUMN record_bytes INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE account ADD COLUMN content_bytes INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE account ADD COLUMN bytes_max INTEGER;
    ALTER TABLE account ADD COLUMN records_max INTEGER;
    ALTER TABLE account ADD COLUMN devices_max INTEGER;
    ALTER TABLE device ADD COLUMN number INTEGER;
    ALTER TABLE content_owner ADD COLUMN size INTEGER NOT NULL DEFAULT 0;
    CREATE INDEX content_owner_hash ON content_owner (hash);
    UPDATE content_owner SET size = coalesce((SELECT size FROM content WHERE content.hash = content_owner.hash), 0);
    UPDATE account SET
      record_bytes = (SELECT coalesce(sum(length(registers)), 0) FROM record WHERE record.account = account.row),
      content_bytes = (SELECT coalesce(sum(size), 0) FROM content_owner WHERE content_owner.account = account.row);

    CREATE TABLE pairing (
      account INTEGER NOT NULL REFERENCES account,
      handle TEXT NOT NULL UNIQUE,
      secret TEXT NOT NULL,
      created INTEGER NOT NULL,
      expires INTEGER NOT NULL,
      tries INTEGER NOT NULL,
      reusable INTEGER NOT NULL,
      PRIMARY KEY (account, handle)
    ) STRICT, WITHOUT ROWID;
    """
}
