import OffprintWire

#if MUTANTS
  import OffprintMutants
#endif

/// The conflict journal and the local trash: nothing typed by a person vanishes silently (Protocol, JOUR-1).
extension LibraryStore {
  /// How long entries are kept.
  static let journalMilliseconds: Int64 = 180 * 86_400_000
  /// How many are kept at most.
  static let journalEntriesMax: Int64 = 1_000
  /// Registers a person types into.
  private static let typed: [RegisterName] = [.title, .note, .quote]

  /// Writes entries for what a join replaced or buried.
  func noteConflicts(before: LocalRecord, after: LocalRecord) throws {
    for name in Self.typed {
      guard let mine = before.registers[name], mine.value != .null, try isOwn(mine.stamp.replica),
        let theirs = after.registers[name], theirs.value != mine.value, try !isOwn(theirs.stamp.replica)
      else { continue }
      try writeEntry(.replaced, [before.fixed], field: name, mine: mine.value, theirs: theirs.value)
    }
    guard before.fixed.isLive, !after.fixed.isLive, let life = after.registers[.life],
      try !isOwn(life.stamp.replica)
    else { return }
    try noteBuried(before.fixed)
    guard before.key.type == .article else { return }
    let children = "SELECT 'bookmark', id FROM bookmark WHERE article = ? AND live = 1"
    for key in try keys(children, .id(before.key.id)) {
      if let bookmark = try load(key) { try noteBuried(bookmark.fixed) }
    }
  }

  private func noteBuried(_ record: Record) throws {
    for name in Self.typed {
      guard let mine = record.registers[name], mine.value != .null, try isOwn(mine.stamp.replica) else { continue }
      return try writeEntry(.diedUnderEdit, [record], field: name, mine: mine.value, theirs: nil)
    }
  }

  /// Writes one entry with whole records, the first of which it is about.
  func writeEntry(
    _ kind: Conflict.Kind, _ records: [Record], field: RegisterName? = nil, mine: CanonicalValue? = nil,
    theirs: CanonicalValue? = nil
  ) throws {
    #if MUTANTS
      if Mutant.isOn(.journalNotWritten) { return }
    #endif
    guard let first = records.first else { return }
    var writer = JSONWriter()
    for record in records {
      record.write(to: &writer, number: nil)
      writer.endLine()
    }
    try run(
      """
      INSERT INTO journal(at, kind, type, id, field, mine, theirs, records, restored) VALUES(?, ?, ?, ?, ?, ?, ?, ?, 0)
      """,
      .integer(moment.wall), .text(kind.rawValue), .text(first.key.type.name), .id(first.key.id),
      .optional(field?.text), .optional(mine?.bytes), .optional(theirs?.bytes), .blob(writer.bytes))
    try run("DELETE FROM journal WHERE at < ?", .integer(moment.wall - Self.journalMilliseconds))
    try run(
      "DELETE FROM journal WHERE number <= (SELECT max(number) FROM journal) - ?", .integer(Self.journalEntriesMax))
  }

  /// All entries, newest first.
  package func conflicts() throws -> [Conflict] {
    try rows(
      "SELECT number, at, kind, type, id, field, mine, theirs, restored, records FROM journal ORDER BY number DESC"
    ).compactMap { row in
      guard let number = row[0].integer, let at = row[1].integer, let kind = row[2].text.flatMap(Conflict.Kind.init),
        let type = row[3].text.flatMap({ RecordType($0) }), let id = row[4].blob.flatMap({ RecordID(bytes: $0) })
      else { return nil }
      let records = Self.records(ofEntry: row[9].blob ?? [])
      return Conflict(
        number: number, at: at, kind: kind, record: RecordKey(type, id), field: row[5].text,
        mine: Self.text(row[6].blob), theirs: Self.text(row[7].blob), articleTitle: try title(of: records),
        isRestored: row[8].integer == 1)
    }
  }

  private func title(of records: [Record]) throws -> String? {
    guard let first = records.first else { return nil }
    if let title = first[.title]?.string ?? first["found.title"]?.string { return title }
    return try articleID(of: first).flatMap { try shownTitle(of: $0) }
  }

  private static func text(_ value: [UInt8]?) -> String? {
    value.flatMap { CanonicalValue(validating: $0)?.json.string }
  }

  static func records(ofEntry bytes: [UInt8]) -> [Record] {
    bytes.split(separator: 0x0A).compactMap { line in
      // A damaged line keeps nobody from the others.
      var scanner = JSONScanner(Array(line))
      return try? WireRecord(reading: &scanner).record()
    }
  }

  /// Restores an entry: a replaced text is written again; a record that is gone or dead is joined back whole, with
  /// `life` = live as a new edit (Protocol, JOUR-3).
  package func restore(entry number: Int64) throws -> Conflict {
    guard let entry = try conflicts().first(where: { $0.number == number }),
      let row = try row("SELECT mine, records FROM journal WHERE number = ?", .integer(number))
    else { throw OffprintError(.notFound, "there is no entry \(number); `offprint conflicts` lists them") }
    if entry.kind == .replaced, let field = entry.field, let mine = row[0].blob {
      try edit(entry.record, [(RegisterName(trusted: field), CanonicalValue(trusted: mine))])
    } else {
      let records = Self.records(ofEntry: row[1].blob ?? [])
      guard !records.isEmpty else { throw OffprintError(.damaged, "entry \(number) is damaged and cannot be restored") }
      for record in records {
        var local = try loadOrBegin(record.key)
        try fixEdits(of: &local)
        local.join(record.registers)
        try save(local)
        try edit(record.key, [(.life, Record.live)])
        // A bookmark under a dead article would stay hidden.
        if record.key.type == .bookmark, let article = try articleID(of: record) { try revive(article) }
      }
    }
    try run("UPDATE journal SET restored = 1 WHERE number = ?", .integer(number))
    return entry
  }

  /// Writes `live` on an article that is dead or gone.
  func revive(_ id: RecordID) throws {
    let key = RecordKey(.article, id)
    if try load(key)?.shown(replica: moment.replica).isLive != true { try edit(key, [(.life, Record.live)]) }
  }

  /// The article a record belongs to: itself, or the one it names.
  func articleID(of record: Record) throws -> RecordID? {
    switch record.key.type {
    case .article, .progress: record.key.id
    default: record[.article]?.string.flatMap { RecordID($0) }
    }
  }
}
