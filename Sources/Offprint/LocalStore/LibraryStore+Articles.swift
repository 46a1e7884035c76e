import OffprintSQLite
import OffprintWire

/// Articles as readers are shown them.
extension LibraryStore {
  /// The article of that id, or of the group it belongs to.
  package func article(_ id: RecordID) throws -> Article {
    let members = try group(of: id)
    guard try load(RecordKey(.article, id)) != nil else { throw Self.noArticle(id.description) }
    return try view(of: members)
  }

  static func noArticle(_ text: String) -> OffprintError {
    OffprintError(.notFound, "there is no article \(text) in this library; `offprint list --all` shows them")
  }

  /// The title an article is shown under; nil if the article is not here.
  func shownTitle(of id: RecordID) throws -> String? {
    try load(RecordKey(.article, id)) == nil ? nil : view(of: group(of: id)).title
  }

  /// One article made of the members of a group: their registers joined, those of their progress joined.
  func view(of members: [RecordID]) throws -> Article {
    var registers = RegisterMap()
    var isHeld = false
    var isDirty = false
    for id in members {
      for type in [RecordType.article, .progress] {
        guard let record = try load(RecordKey(type, id)) else { continue }
        isDirty = isDirty || record.isDirty
        guard type == .article else { continue }
        registers.join(record.shown(replica: moment.replica).registers)
        isHeld = isHeld || record.isHeld
      }
    }
    let id = members.first ?? RecordID(high: 0, low: 0)
    let record = Record(key: RecordKey(.article, id), registers: registers)
    let position = try ShownProgress.shown(of: positions(of: members))
    let url = record[.url]?.string
    return Article(
      id: id, url: url, title: Self.title(of: record),
      byline: record[.byline]?.string ?? record["found.byline"]?.string,
      site: record["found.site"]?.string, language: record["found.language"]?.string,
      excerpt: record["found.excerpt"]?.string, words: record["found.words"]?.integer.map { Int($0) },
      savedAt: record[.saved]?.integer, publishedAt: record["found.published"]?.integer, tags: Self.tags(of: record),
      isArchived: record[.archived]?.bool ?? false, isFavourite: record[.favourite]?.bool ?? false,
      isDeleted: !record.isLive, isHeld: isHeld, fraction: position?.position.fraction ?? 0,
      isFinished: position?.position.finished ?? false, lastReadAt: position.map { readAt($0) },
      content: try contentState(of: record), hasUnsentEdits: isDirty, memberIDs: Array(members.dropFirst()))
  }

  /// The positions of all replicas in the articles of a group; one that waits for its stamp counts as the newest.
  func positions(of members: [RecordID]) throws -> [PositionEntry] {
    var registers = RegisterMap()
    for id in members {
      guard let record = try load(RecordKey(.progress, id)) else { continue }
      let shown = record.shown(replica: moment.replica)
      if shown.isLive { registers.join(shown.registers) }
    }
    return ShownProgress.entries(of: registers)
  }

  private func readAt(_ entry: PositionEntry) -> Int64 {
    entry.stamp >= LocalRecord.provisional(entry.replica) ? moment.wall : Int64(entry.stamp.milliseconds)
  }

  private static func title(of record: Record) -> String {
    let candidates = [record[.title]?.string, record["found.title"]?.string, record[.url]?.string]
    return candidates.lazy.compactMap { $0 }.first { !$0.isEmpty } ?? "Untitled"
  }

  private static func tags(of record: Record) -> [String] {
    var byFold: [String: String] = [:]
    for entry in record.registers.entries {
      guard let tag = entry.name.tag, entry.register.value.json.bool == true else { continue }
      if byFold[fold(tag)] == nil { byFold[fold(tag)] = tag }
    }
    return byFold.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map(\.value)
  }

  private func contentState(of record: Record) throws -> ContentState {
    if let reference = record[.content].flatMap({ ContentReference($0) }) {
      return try holdsContent(reference.hash) ? .ready : .notOnThisDevice
    }
    let fetch = record[.fetch]
    switch fetch?["state"]?.string {
    case "failed": return .failed(reason: fetch?["reason"]?.string ?? "the page could not be fetched")
    case "fetching": return .fetching(reason: fetch?["reason"]?.string)
    default: return .pending
    }
  }

  /// The articles a query asks for.
  package func articles(_ query: ArticleQuery) throws -> [Article] {
    guard (1...ArticleQuery.limitMax).contains(query.limit) else {
      throw OffprintError(.invalidInput, "a list holds 1 to \(ArticleQuery.limitMax) articles")
    }
    var conditions = ["shown = 1", Self.condition(query.filter)]
    var values: [Value] = []
    if let tag = query.tag {
      conditions.append("record IN (SELECT record FROM article_tag WHERE folded = ?)")
      values.append(.text(Self.fold(tag)))
    }
    let order: String
    let last = query.after
    switch query.sort {
    case .saved:
      order = "saved DESC, id"
      if let last {
        conditions.append("(saved < ? OR (saved = ? AND id > ?))")
        values += [.integer(last.savedAt ?? 0), .integer(last.savedAt ?? 0), .id(last.id)]
      }
    case .title:
      order = "title, id"
      if let last {
        conditions.append("(title, id) > (?, ?)")
        values += [.text(Self.sortKey(last.title)), .id(last.id)]
      }
    case .progress:
      order = "fraction DESC, id"
      if let last {
        conditions.append("(fraction < ? OR (fraction = ? AND id > ?))")
        values += [.integer(last.fraction), .integer(last.fraction), .id(last.id)]
      }
    }
    // The text is put together from fixed parts alone; every value is bound.
    let sql = "SELECT id FROM article WHERE \(conditions.joined(separator: " AND ")) ORDER BY \(order) LIMIT ?"
    // Damaged ones are passed over, and others listed in their place.
    var passedOver = 0
    while true {
      let rows = try all(sql, values + [.integer(Int64(query.limit + passedOver))])
      let found = try rows.compactMap { row -> Article? in
        guard let id = row[0].blob.flatMap({ RecordID(bytes: $0) }), try load(RecordKey(.article, id)) != nil else {
          return nil
        }
        return try view(of: group(of: id))
      }
      guard rows.count - found.count > passedOver else { return found }
      passedOver = rows.count - found.count
    }
  }

  private static func condition(_ filter: ArticleQuery.Filter) -> String {
    switch filter {
    case .current: "live = 1 AND archived = 0"
    case .unread: "live = 1 AND archived = 0 AND fraction = 0 AND finished = 0"
    case .inProgress: "live = 1 AND fraction > 0 AND finished = 0"
    case .archived: "live = 1 AND archived = 1"
    case .favourite: "live = 1 AND favourite = 1"
    case .deleted: "live = 0"
    case .all: "live = 1"
    }
  }

  /// All tags of live articles with their counts, in order.
  func tags() throws -> [TagCount] {
    try rows(
      """
      SELECT min(tag), count(*) FROM article_tag JOIN article USING(record) WHERE shown = 1 AND live = 1
      GROUP BY folded ORDER BY folded
      """
    ).compactMap { row in
      guard let name = row[0].text, let count = row[1].integer else { return nil }
      return TagCount(name: name, count: Int(count))
    }
  }

  /// The article most recently read on any device and not finished.
  func mostRecentlyReadUnfinished() throws -> Article? {
    try row(
      """
      SELECT id FROM article WHERE shown = 1 AND live = 1 AND finished = 0 AND fraction > 0 AND last_read IS NOT NULL
      ORDER BY last_read DESC, id LIMIT 1
      """)?[0].blob.flatMap { RecordID(bytes: $0) }.map { try view(of: group(of: $0)) }
  }

  /// The id that a shortened one stands for, in a derived table.
  func id(forPrefix text: String, in table: String, what: String) throws -> RecordID {
    let prefix = text.lowercased()
    guard (1...32).contains(prefix.utf8.count), prefix.utf8.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let low = RecordID(prefix + String(repeating: "0", count: 32 - prefix.utf8.count)),
      let high = RecordID(prefix + String(repeating: "f", count: 32 - prefix.utf8.count))
    else {
      throw OffprintError(.notFound, "there is no \(what) \(text): an id is hexadecimal digits, or their beginning")
    }
    let found = try rows("SELECT id FROM \(table) WHERE id BETWEEN ? AND ? ORDER BY id LIMIT 10", .id(low), .id(high))
      .compactMap { $0[0].blob.flatMap { RecordID(bytes: $0) } }
    switch found.count {
    case 0: throw OffprintError(.notFound, "there is no \(what) \(text) in this library")
    case 1: return found[0]
    default:
      let list = found.map { String($0.description.prefix(max(12, prefix.utf8.count + 4))) }.joined(separator: ", ")
      throw OffprintError(.ambiguous, "\(text) fits several: \(list); give more digits")
    }
  }
}
