import OffprintSQLite
import OffprintWire

#if MUTANTS
  import OffprintMutants
#endif

/// Marked passages.
extension LibraryStore {
  /// Makes a bookmark, and writes `live` on its article in the same transaction: a bookmark made later than a delete it
  /// did not know of brings the article back (Protocol, LIFE-3).
  package func addBookmark(in id: RecordID, at passage: Passage, note: String?, colour: String?) throws -> Bookmark {
    let article = try target(id)
    let text = try bodyText(of: id)
    var values: [(RegisterName, CanonicalValue)] = [
      (.life, Record.live), (.article, CanonicalValue(.string(article.id.description))),
      (.created, CanonicalValue(.integer(moment.wall))),
    ]
    switch passage {
    case .quote(let quote):
      let place = try Self.passage(quote, in: text)
      values.append((.quote, try Self.text(quote, .quote, Limits.quoteBytesMax)))
      values.append((.range, Self.range(place.start, place.end)))
    case .fraction(let fraction):
      guard (0...Position.fractionMax).contains(fraction) else {
        throw OffprintError(.invalidInput, "a fraction lies between 0 and 1")
      }
      let place =
        text.map { Locator.make(in: $0, atFraction: Int(fraction)) }
        ?? Locator(body: nil, block: 0, offset: 0, fraction: Int(fraction), before: "", after: "")
      values.append((.range, Self.range(place, place)))
    }
    if let note { values.append((.note, try Self.text(note, .note, Limits.noteBytesMax))) }
    if let colour { values.append((.colour, try Self.text(colour, .colour, Limits.colourBytesMax))) }
    let key = RecordKey(.bookmark, randomID())
    try edit(key, values)
    #if MUTANTS
      if Mutant.isOn(.bookmarkWithoutLife) { return try bookmark(key.id) }
    #endif
    try edit(article, [(.life, Record.live)])
    return try bookmark(key.id)
  }

  private static func range(_ start: Locator, _ end: Locator) -> CanonicalValue {
    CanonicalValue(.members(("end", end.json), ("start", start.json)))
  }

  package func editBookmark(_ id: RecordID, note: Change<String>, colour: Change<String>) throws -> Bookmark {
    let before = try bookmark(id)
    guard !before.isDeleted else { throw Self.noBookmark(id) }
    var values: [(RegisterName, CanonicalValue)] = []
    if let value = try Self.value(note, .note, Limits.noteBytesMax) { values.append((.note, value)) }
    if let value = try Self.value(colour, .colour, Limits.colourBytesMax) { values.append((.colour, value)) }
    if !values.isEmpty { try edit(RecordKey(.bookmark, id), values) }
    return try bookmark(id)
  }

  package func removeBookmark(_ id: RecordID) throws {
    guard try !bookmark(id).isDeleted else { throw Self.noBookmark(id) }
    try edit(RecordKey(.bookmark, id), [(.life, Record.dead)])
  }

  private static func noBookmark(_ id: RecordID) -> OffprintError {
    OffprintError(.notFound, "there is no bookmark \(id); `offprint bookmark list` shows them")
  }

  func bookmark(_ id: RecordID) throws -> Bookmark {
    guard let record = try load(RecordKey(.bookmark, id)) else { throw Self.noBookmark(id) }
    let shown = record.shown(replica: moment.replica)
    let article = shown[.article]?.string.flatMap { RecordID($0) }
    return Bookmark(
      id: id, article: article, quote: shown[.quote]?.string, note: shown[.note]?.string,
      colour: shown[.colour]?.string, createdAt: shown[.created]?.integer,
      fraction: shown[.range]?["start"]?["fraction"]?.integer,
      articleTitle: try article.flatMap { try shownTitle(of: $0) },
      isDeleted: !shown.isLive)
  }

  /// The bookmarks of an article's whole group, or of all live articles, by place in the text and then age.
  ///
  /// A bookmark whose article is not here yet is listed with all.
  package func bookmarks(of article: RecordID?) throws -> [Bookmark] {
    var ids: [RecordID] = []
    if let article {
      for member in try group(of: target(article).id) {
        ids += try bookmarkIDs("SELECT id FROM bookmark WHERE live = 1 AND article = ?", .id(member))
      }
    } else {
      ids = try bookmarkIDs(
        """
        SELECT bookmark.id FROM bookmark LEFT JOIN article ON article.id = bookmark.article
        WHERE bookmark.live = 1 AND coalesce(article.live, 1) = 1 ORDER BY created, bookmark.id
        """)
    }
    let bookmarks = try ids.compactMap { id in
      // One that is damaged keeps none of the others from being listed.
      try load(RecordKey(.bookmark, id)) == nil ? nil : bookmark(id)
    }
    guard article != nil else { return bookmarks }
    return bookmarks.sorted {
      ($0.fraction ?? 0, $0.createdAt ?? 0, $0.id) < ($1.fraction ?? 0, $1.createdAt ?? 0, $1.id)
    }
  }
}

extension LibraryStore {
  private func bookmarkIDs(_ sql: String, _ article: Value? = nil) throws -> [RecordID] {
    try all(sql, article.map { [$0] } ?? []).compactMap { $0[0].blob.flatMap { RecordID(bytes: $0) } }
  }
}
