import OffprintSQLite

/// The tables of `library.sqlite`, version by version. A version once released is never edited; a change is a new step.
package enum LibrarySchema {
  /// "OFPL", in the database header.
  static let applicationID: Int32 = 0x4F46_504C

  /// The versions so far.
  package static let schema = Schema(
    applicationID: applicationID,
    migrations: [
      Migration("articles, progress, bookmarks", sql: version1.joined(separator: ";\n")),
      Migration("images", sql: version2.joined(separator: ";\n")),
    ])

  private static let version1 = [
    "CREATE TABLE meta(key TEXT PRIMARY KEY, value ANY) STRICT, WITHOUT ROWID",
    """
    CREATE TABLE record(
      number INTEGER PRIMARY KEY, type TEXT NOT NULL, id BLOB NOT NULL, state BLOB NOT NULL, hash INTEGER NOT NULL,
      live INTEGER NOT NULL, dirty INTEGER NOT NULL, confirmed_hash INTEGER, confirmed_live INTEGER NOT NULL,
      confirmed_number INTEGER NOT NULL, confirmed_state BLOB, again INTEGER NOT NULL, generation INTEGER NOT NULL,
      held INTEGER NOT NULL, dead_since INTEGER, bucket INTEGER NOT NULL, refused_hash INTEGER, refusal BLOB,
      refused_count INTEGER NOT NULL, UNIQUE(type, id)) STRICT
    """,
    "CREATE INDEX record_dirty ON record(number) WHERE dirty = 1",
    "CREATE INDEX record_refused ON record(number) WHERE refusal IS NOT NULL",
    "CREATE INDEX record_generation ON record(generation)",
    "CREATE INDEX record_bucket ON record(bucket)",
    "CREATE INDEX record_confirmed ON record(confirmed_number)",
    "CREATE INDEX record_dead ON record(dead_since) WHERE dead_since IS NOT NULL",
    """
    CREATE TABLE edit(
      record INTEGER NOT NULL REFERENCES record(number) ON DELETE CASCADE, name TEXT NOT NULL, value BLOB NOT NULL,
      base_stamp TEXT, base_value BLOB, contact INTEGER NOT NULL, wall INTEGER NOT NULL, boot INTEGER NOT NULL,
      boot_id TEXT NOT NULL, lowest INTEGER NOT NULL, stamp TEXT, took_base INTEGER NOT NULL,
      unanswered INTEGER NOT NULL, PRIMARY KEY(record, name)) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE own_stamp(
      type TEXT NOT NULL, id BLOB NOT NULL, name TEXT NOT NULL, stamp TEXT NOT NULL,
      PRIMARY KEY(type, id, name)) STRICT, WITHOUT ROWID
    """,
    "CREATE TABLE own_replica(replica TEXT PRIMARY KEY) STRICT, WITHOUT ROWID",
    """
    CREATE TABLE digest(
      bucket INTEGER PRIMARY KEY, count INTEGER NOT NULL, sum INTEGER NOT NULL) STRICT
    """,
    // Bodies are deflated; large rows do badly in a WITHOUT ROWID table.
    """
    CREATE TABLE content(
      number INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE, size INTEGER NOT NULL, bytes BLOB NOT NULL,
      offered INTEGER NOT NULL) STRICT
    """,
    "CREATE INDEX content_unoffered ON content(number) WHERE offered = 0",
    // What follows is derived from the records, in the same transaction.
    """
    CREATE TABLE article(
      record INTEGER PRIMARY KEY REFERENCES record(number) ON DELETE CASCADE, id BLOB NOT NULL UNIQUE,
      shown INTEGER NOT NULL, live INTEGER NOT NULL, held INTEGER NOT NULL, archived INTEGER NOT NULL,
      favourite INTEGER NOT NULL, saved INTEGER NOT NULL, title TEXT NOT NULL, fraction INTEGER NOT NULL,
      finished INTEGER NOT NULL, last_read INTEGER, content TEXT) STRICT
    """,
    "CREATE INDEX article_saved ON article(saved DESC, id)",
    "CREATE INDEX article_title ON article(title, id)",
    "CREATE INDEX article_fraction ON article(fraction DESC, id)",
    "CREATE INDEX article_read ON article(last_read) WHERE last_read IS NOT NULL",
    "CREATE INDEX article_content ON article(content) WHERE content IS NOT NULL",
    """
    CREATE TABLE article_tag(
      record INTEGER NOT NULL REFERENCES record(number) ON DELETE CASCADE, folded TEXT NOT NULL, tag TEXT NOT NULL,
      PRIMARY KEY(record, folded)) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX article_tag_folded ON article_tag(folded)",
    """
    CREATE TABLE article_same(
      record INTEGER PRIMARY KEY REFERENCES record(number) ON DELETE CASCADE, id BLOB NOT NULL, other BLOB NOT NULL)
      STRICT
    """,
    "CREATE INDEX article_same_id ON article_same(id)",
    "CREATE INDEX article_same_other ON article_same(other)",
    """
    CREATE TABLE bookmark(
      record INTEGER PRIMARY KEY REFERENCES record(number) ON DELETE CASCADE, id BLOB NOT NULL UNIQUE,
      article BLOB, live INTEGER NOT NULL, created INTEGER NOT NULL) STRICT
    """,
    "CREATE INDEX bookmark_article ON bookmark(article)",
    """
    CREATE TABLE journal(
      number INTEGER PRIMARY KEY, at INTEGER NOT NULL, kind TEXT NOT NULL, type TEXT NOT NULL, id BLOB NOT NULL,
      field TEXT, mine BLOB, theirs BLOB, records BLOB NOT NULL, restored INTEGER NOT NULL) STRICT
    """,
    "CREATE INDEX journal_at ON journal(at)",
    "CREATE TABLE brake(at INTEGER NOT NULL, removed INTEGER NOT NULL, live INTEGER NOT NULL) STRICT",
  ]

  /// Derived too. No program wrote `images` before there was this table, so it begins empty.
  private static let version2 = [
    """
    CREATE TABLE article_image(
      record INTEGER NOT NULL REFERENCES record(number) ON DELETE CASCADE, hash TEXT NOT NULL,
      PRIMARY KEY(record, hash)) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX article_image_hash ON article_image(hash)",
  ]
}
