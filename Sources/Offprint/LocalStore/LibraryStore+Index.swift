import OffprintWire
import OffprintSQLite

/// What lists are made from: rows derived from the records in the transaction that changes them.
extension LibraryStore {
  /// Notes what a saved record changes in the derived tables.
  func noteDerived(_ record: LocalRecord) throws {
    switch record.key.type {
    case .article:
      try markStale(record.key.id)
      try saveLink(of: record)
      try markStale(record.key.id)
    case .progress: try markStale(record.key.id)
    case .bookmark: try saveBookmarkRow(record)
    default: break
    }
  }

  private func saveLink(of record: LocalRecord) throws {
    let number = try rowNumber(record.key)
    let other = record.shown(replica: moment.replica)[.same]?.string.flatMap { RecordID($0) }
    if let other, other != record.key.id {
      try run(
        "INSERT OR REPLACE INTO article_same(record, id, other) VALUES(?, ?, ?)", .integer(number),
        .id(record.key.id), .id(other))
    } else {
      try run("DELETE FROM article_same WHERE record = ?", .integer(number))
    }
  }

  private func saveBookmarkRow(_ record: LocalRecord) throws {
    let shown = record.shown(replica: moment.replica)
    let article = shown[.article]?.string.flatMap { RecordID($0) }
    try run(
      "INSERT OR REPLACE INTO bookmark(record, id, article, live, created) VALUES(?, ?, ?, ?, ?)",
      .integer(try rowNumber(record.key)), .id(record.key.id), article.map { .id($0) } ?? .null,
      .flag(shown.isLive), .integer(shown[.created]?.integer ?? 0))
  }

  /// Makes the derived rows of every article that changed.
  func refreshStaleArticles() throws {
    var left = staleArticles
    staleArticles = []
    while let id = left.min() {
      let members = try group(of: id)
      left.subtract(members)
      left.remove(id)
      guard let root = members.first else { continue }
      for member in members { try saveRow(member, of: members, isShown: member == root) }
    }
  }

  private func saveRow(_ id: RecordID, of members: [RecordID], isShown: Bool) throws {
    let key = RecordKey(.article, id)
    guard try load(key) != nil else { return }
    let number = Value.integer(try rowNumber(key))
    // A member that is not shown keeps a row for lookups by id; only the root's row carries the group's values.
    let view = try view(of: isShown ? members : [id])
    try run(
      """
      INSERT OR REPLACE INTO article(record, id, shown, live, held, archived, favourite, saved, title, fraction,
        finished, last_read, content) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      number, .id(id), .flag(isShown), .flag(!view.isDeleted), .flag(view.isHeld), .flag(view.isArchived),
      .flag(view.isFavourite), .integer(view.savedAt ?? 0), .text(Self.sortKey(view.title)),
      .integer(view.fraction), .flag(view.isFinished), .optional(view.lastReadAt),
      .optional(try contentReference(of: members)?.hash))
    try run("DELETE FROM article_tag WHERE record = ?", number)
    for tag in isShown ? view.tags : [] {
      try run(
        "INSERT OR IGNORE INTO article_tag(record, folded, tag) VALUES(?, ?, ?)", number,
        .text(Self.fold(tag)), .text(tag))
    }
  }

  /// The form titles are ordered by.
  static func sortKey(_ title: String) -> String { String(title.prefix(200)).lowercased() }

  /// The form in which tags that differ only in case are one.
  static func fold(_ tag: String) -> String { tag.lowercased() }
}
