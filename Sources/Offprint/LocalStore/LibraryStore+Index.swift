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
    try database.run(
      "INSERT OR REPLACE INTO bookmark(record, id, article, live, created) VALUES(?, ?, ?, ?, ?)",
      [.integer(try rowNumber(record.key))] + bookmarkRow(record))
  }

  private func bookmarkRow(_ record: LocalRecord) -> [Value] {
    let shown = record.shown(replica: moment.replica)
    let article = shown[.article]?.string.flatMap { RecordID($0) }
    return [
      .id(record.key.id), article.map { .id($0) } ?? .null, .flag(shown.isLive),
      .integer(shown[.created]?.integer ?? 0),
    ]
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
    let derived = try derivedRow(id, of: members, isShown: isShown)
    let places = Array(repeating: "?", count: derived.values.count + 1).joined(separator: ", ")
    try database.run(
      "INSERT OR REPLACE INTO article(record, \(Self.articleColumns)) VALUES(\(places))", [number] + derived.values)
    try run("DELETE FROM article_tag WHERE record = ?", number)
    for tag in derived.tags {
      try run(
        "INSERT OR IGNORE INTO article_tag(record, folded, tag) VALUES(?, ?, ?)", number,
        .text(Self.fold(tag)), .text(tag))
    }
    try run("DELETE FROM article_image WHERE record = ?", number)
    for hash in derived.images {
      try run("INSERT OR IGNORE INTO article_image(record, hash) VALUES(?, ?)", number, .text(hash))
    }
  }

  private static let articleColumns =
    "id, shown, live, held, archived, favourite, saved, title, fraction, finished, last_read, content"
  private static let lastReadColumn = 10

  /// What an article's row holds, behind its number, its tags, and the hashes of its images.
  private func derivedRow(_ id: RecordID, of members: [RecordID], isShown: Bool) throws -> (
    values: [Value], tags: [String], images: Set<String>
  ) {
    // A member that is not shown keeps a row for lookups by id; only the root's row carries the group's values.
    let view = try view(of: isShown ? members : [id])
    return (
      [
        .id(id), .flag(isShown), .flag(!view.isDeleted), .flag(view.isHeld), .flag(view.isArchived),
        .flag(view.isFavourite), .integer(view.savedAt ?? 0), .text(Self.sortKey(view.title)), .integer(view.fraction),
        .flag(view.isFinished), .optional(view.lastReadAt), .optional(try contentReference(of: members)?.hash),
      ], isShown ? view.tags : [], Set(try imageReferences(of: members).map(\.hash))
    )
  }

  /// Whether an article's derived rows say what its records say: bytes that changed on the disk would hide it, or its text.
  func isDerivedRight(_ id: RecordID, number: Int64) throws -> Bool {
    let members = try group(of: id)
    var right = try derivedRow(id, of: members, isShown: members.first == id)
    var row = try row("SELECT \(Self.articleColumns) FROM article WHERE record = ?", .integer(number))
    // When something was read is an estimate until its stamp is fixed, and another one after a restart.
    right.values.remove(at: Self.lastReadColumn)
    row?.remove(at: Self.lastReadColumn)
    let tags = try rows("SELECT folded, tag FROM article_tag WHERE record = ?", .integer(number)).map { $0.map(\.text) }
    let images = try rows("SELECT hash FROM article_image WHERE record = ?", .integer(number)).map { $0[0].text }
    return row == right.values && images.count == right.images.count && Set(images) == Set(right.images.map { $0 })
      && Set(tags.compactMap { $0[0] }) == Set(right.tags.map { Self.fold($0) })
      && tags.allSatisfy { tag in right.tags.contains { $0.utf8.elementsEqual((tag[1] ?? "").utf8) } }
  }

  /// Whether a bookmark's derived row says what its record says.
  func isDerivedRight(_ record: LocalRecord, number: Int64) throws -> Bool {
    try row("SELECT id, article, live, created FROM bookmark WHERE record = ?", .integer(number)) == bookmarkRow(record)
  }

  /// The form titles are ordered by.
  static func sortKey(_ title: String) -> String { String(title.prefix(200)).lowercased() }

  /// The form in which tags that differ only in case are one.
  static func fold(_ tag: String) -> String { tag.lowercased() }
}
