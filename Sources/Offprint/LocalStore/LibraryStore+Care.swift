import OffprintSQLite
import OffprintWire

/// Status, export and self-checks.
extension LibraryStore {
  package func status(isSignedIn: Bool) throws -> LibraryStatus {
    var account: Account?
    if let user = try metaText(.user), let url = try metaText(.url),
      let id = try metaText(.account).flatMap({ RecordID($0) }),
      let device = try metaText(.device).flatMap({ RecordID($0) })
    {
      account = Account(user: user, url: url, account: id, device: device, deviceName: try metaText(.deviceName) ?? "")
    }
    let shown = "SELECT count(*) FROM article WHERE shown = 1 AND live = 1"
    return LibraryStatus(
      library: folder.path, replica: moment.replica, account: account, isSignedIn: isSignedIn,
      articles: Int(try count(shown)),
      unread: Int(try count(shown + " AND archived = 0 AND fraction = 0 AND finished = 0")),
      unsent: try unsentCount(), refused: try refusedCount(),
      held: Int(try count("SELECT count(*) FROM record WHERE held = 1 AND type = 'article'")),
      conflicts: Int(try count("SELECT count(*) FROM journal WHERE restored = 0")),
      contentsHere: Int(try count("SELECT count(*) FROM content")),
      contentBytes: try count("SELECT coalesce(sum(length(bytes)), 0) FROM content"),
      contentsPending: try lackingContentCount(), lastSuccessAt: try meta(.lastSuccess).integer,
      lastAttemptAt: try meta(.lastAttempt).integer, lastProblem: try metaText(.lastProblem),
      nextTryAt: try meta(.nextTry).integer, digest: try confirmedDigest().sumText, number: try meta(.number).integer,
      rereading: try metaText(.reread))
  }

  package func exportRecords(after key: RecordKey?, limit: Int) throws -> (lines: [UInt8], last: RecordKey?) {
    let page = try keys(
      "SELECT type, id FROM record WHERE live = 1 AND (type, id) > (?, ?) ORDER BY type, id LIMIT ?",
      .text(key?.type.name ?? ""), key.map { .id($0.id) } ?? .blob([]), .integer(Int64(limit)))
    var writer = JSONWriter()
    for key in page {
      guard let record = try load(key) else { continue }
      written(record).write(to: &writer, number: nil)
      writer.endLine()
    }
    return (writer.bytes, page.last)
  }

  /// Recomputes every record's hash from its row, and the digest from the rows.
  package func verifyRecords() throws -> VerifyReport {
    var report = VerifyReport(
      records: 0, damagedRecords: [], contents: 0, damagedContents: [], damagedContentsKept: [],
      indexMatches: true, digest: "", count: 0,
      unsent: try unsentCount(), server: .notAsked(reason: "not asked"))
    var digests: [UInt8: Digest] = [:]
    var after: Int64 = 0
    while true {
      let page = try rows(
        """
        SELECT number, type, id, confirmed_hash, confirmed_live, live, dirty, bucket FROM record
        WHERE number > ? ORDER BY number LIMIT 500
        """,
        .integer(after))
      guard let last = page.last?[0].integer else { break }
      after = last
      for row in page {
        guard let type = row[1].text.flatMap({ RecordType($0) }), let id = row[2].blob.flatMap({ RecordID(bytes: $0) })
        else {
          report.damagedRecords.append("a record without a key")
          continue
        }
        let key = RecordKey(type, id)
        report.records += 1
        let record = try load(key)
        if record?.isDamaged ?? true { report.damagedRecords.append(key.description) }
        if report.indexMatches, report.damagedRecords.isEmpty, let record {
          report.indexMatches =
            try Array(row[5...]) == [
              .flag(record.shown(replica: moment.replica).isLive), .flag(record.isDirty), .integer(Int64(key.bucket)),
            ] && isDerivedRight(record, last: row[0].integer ?? 0)
        }
        if row[4].integer == 1, let confirmed = row[3].integer {
          digests[key.bucket, default: Digest()].add(UInt64(bitPattern: confirmed))
        }
      }
    }
    let total = digests.values.reduce(Digest(), +)
    report.digest = total.sumText
    report.count = total.count
    let isDigestWhole = try bucketDigests().filter { $0.value != Digest() } == digests.filter { $0.value != Digest() }
    report.indexMatches =
      try report.indexMatches && isDigestWhole && hasDerivedRows() && hasReadableTexts() && isOwn(replica())
    return report
  }

  private func isDerivedRight(_ record: LocalRecord, last number: Int64) throws -> Bool {
    switch record.key.type {
    case .article: try isDerivedRight(record.key.id, number: number)
    case .bookmark: try isDerivedRight(record, number: number)
    default: true
    }
  }

  /// Every structural error SQLite finds in the database; empty if it is whole.
  package func integrityErrors() throws -> [String] { try database.integrityCheck() }

  /// Whether all text outside of records and edits, which are looked at one by one, is text: SQLite takes any bytes for it.
  private func hasReadableTexts() throws -> Bool {
    let texts = [
      "key, value FROM meta", "title, content FROM article", "folded, tag FROM article_tag", "hash FROM article_image",
      "hash FROM content",
      "kind, type, field FROM journal", "type, name, stamp FROM own_stamp", "replica FROM own_replica",
    ]
    do {
      for columns in texts { try database.forEach("SELECT \(columns)") { _ = try $0.values() } }
    } catch let error as SQLiteError where error.kind == .unexpectedValue { return false }
    return true
  }

  /// Whether every article and bookmark has the row that lists are made from: where files of different times were mixed,
  /// SQLite may find no fault.
  private func hasDerivedRows() throws -> Bool {
    for table in ["article", "bookmark"] {
      let lacking = """
        SELECT EXISTS(SELECT 1 FROM record WHERE type = ? AND number NOT IN (SELECT record FROM \(table)))
          OR EXISTS(SELECT 1 FROM \(table) WHERE record NOT IN (SELECT number FROM record))
        """
      if try count(lacking, .text(table)) != 0 { return false }
    }
    return true
  }

  package func contentHashes(after number: Int64, limit: Int) throws -> [(number: Int64, hash: String)] {
    try rows(
      "SELECT number, hash FROM content WHERE number > ? ORDER BY number LIMIT ?", .integer(number),
      .integer(Int64(limit))
    ).compactMap { row in
      guard let number = row[0].integer, let hash = row[1].text else { return nil }
      return (number, hash)
    }
  }
}
