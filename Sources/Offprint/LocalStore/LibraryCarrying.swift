import OffprintCrypto
import OffprintSQLite
import OffprintWire

/// Carries what can be read of a damaged library into a new database.
struct LibraryCarrying {
  /// Nil if nothing of the old database can be read.
  let source: TableSalvage?
  let store: LibraryStore

  init(from source: TableSalvage?, to store: LibraryStore) {
    self.source = source
    self.store = store
  }

  private static let recordColumns = """
    type, id, state, hash, live, dirty, confirmed_hash, confirmed_live, confirmed_number, confirmed_state, again,
    generation, held, dead_since, bucket, refused_hash, refusal, refused_count
    """
  private static let editColumns = """
    record, name, value, base_stamp, base_value, contact, wall, boot, boot_id, lowest, stamp, took_base, unanswered
    """
  /// Texts as bytes: an edit with a byte that is no text is carried as it is, and none beside it is lost.
  private static let editBytes = """
    record, CAST(name AS BLOB), value, CAST(base_stamp AS BLOB), base_value, contact, wall, boot, CAST(boot_id AS BLOB),
    lowest, CAST(stamp AS BLOB), took_base, unanswered
    """
  private static let editPlaces = """
    ?, CAST(? AS TEXT), ?, CAST(? AS TEXT), ?, ?, ?, ?, CAST(? AS TEXT), ?, CAST(? AS TEXT), ?, ?
    """
  private static let journalColumns = "at, kind, type, id, field, mine, theirs, records, restored"
  /// What the next sync, or this library's next start, has to find out anew.
  private static let forgotten: Set<MetaKey> = [
    .marker, .cursor, .number, .entityTag, .repairFailures, .repairNotBefore, .repair,
  ]

  /// Carries all of it in one transaction.
  ///
  /// - Parameters:
  ///   - libraryID: What `library.json` says, if it can be read.
  ///   - changes: Likewise.
  func carryAll(libraryID: String?, changes: Int64) throws -> RepairReport {
    var report = RepairReport()
    try prepare(libraryID: libraryID, changes: changes)
    _ = try store.transaction {
      let isWhole = try carryRecords(&report)
      report.hasAllUnsent = try isWhole || hasAllUnsent()
      try carryJournal()
      try carryContents(&report)
      try settleOwner()
      // Stamps of this replica may be among what is lost, so none of them must be made again.
      try store.rekey()
      try store.beginReRead(.unknown)
    }
    report.unsent = try store.read { try store.unsentCount() }
    return report
  }

  /// Single values come first: a transaction needs a replica.
  private func prepare(libraryID: String?, changes: Int64) throws {
    var known: [MetaKey: Value] = [:]
    // One by one, so that those on pages that can be read are not lost with the others.
    for key in MetaKey.allCases {
      known[key] = try source?.rows("SELECT value FROM meta WHERE key = ?", [.text(key.rawValue)])?.first?[0]
    }
    try store.database.transaction(.immediate) {
      for (key, value) in known where !Self.forgotten.contains(key) { try store.setMeta(key, value) }
      let id = libraryID ?? known[.library]?.text ?? Hex.encode(store.environment.randomBytes(16))
      try store.setMeta(.library, id)
      if known[.replica]?.text.flatMap({ ReplicaID($0) }) == nil {
        try store.setMeta(.replica, ReplicaID(bits: store.environment.random64()).description)
      }
      let counted = max(MetaKey.plausible(known[.changes]?.integer ?? 0), MetaKey.plausible(changes))
      try store.setMeta(.changes, counted + 1)
      try store.setMeta(.generation, MetaKey.plausible(known[.generation]?.integer ?? 1))
      try store.setMeta(.unfinished, 1 as Int64)
      for row in try source?.rows("SELECT replica FROM own_replica") ?? [] {
        try store.database.run("INSERT OR IGNORE INTO own_replica(replica) VALUES(?)", row)
      }
      try store.run("INSERT OR IGNORE INTO own_replica(replica) VALUES(?)", .optional(try store.metaText(.replica)))
    }
  }

  /// Whose the library is, where the database no longer says it: the token does. Without one, whoever signs in next must
  /// say that the records are theirs, if some account may have had them.
  private func settleOwner() throws {
    let server = try store.metaText(.server)
    let account = try store.metaText(.account)
    guard server == nil || account == nil else { return }
    let token = try? store.folder.read(store.folder.credential).flatMap { Credential(parsing: $0) }
    if let token, server ?? token.server.description == token.server.description,
      account ?? token.account.description == token.account.description
    {
      return try store.setBinding(token)
    }
    let wasSynced =
      "SELECT EXISTS(SELECT 1 FROM record WHERE confirmed_number <> 0 OR confirmed_hash IS NOT NULL OR again = 1)"
    let mayBeBound = try server != nil || account != nil || !isBindingReadable() || store.count(wasSynced) == 1
    let holdsAnything =
      "SELECT EXISTS(SELECT 1 FROM record) OR EXISTS(SELECT 1 FROM journal) OR EXISTS(SELECT 1 FROM content)"
    guard try mayBeBound && store.count(holdsAnything) == 1 else { return }
    try store.setMeta(.ownerUnknown, 1 as Int64)
  }

  private func isBindingReadable() throws -> Bool {
    let places = [MetaKey.server, .account].map { Value.text($0.rawValue) }
    return try source?.rows("SELECT value FROM meta WHERE key IN (?, ?)", places) != nil
  }

  /// - Returns: whether every row of records and edits could be read, and was taken.
  private func carryRecords(_ report: inout RepairReport) throws -> Bool {
    guard let source else { return false }
    var areEditsWhole = true
    var met = 0
    var damaged = 0
    let places = Self.places(19)
    let isWhole = try source.walk("record", Self.recordColumns, number: "number", into: store.database) { row in
      met += 1
      guard let type = row[1].text.flatMap({ RecordType($0) }), let id = row[2].blob.flatMap({ RecordID(bytes: $0) })
      else {
        areEditsWhole = areEditsWhole && row[6].integer == 0
        return
      }
      var values = row
      // Not in the digest of the new database yet; saving puts it there.
      values[8] = .integer(0)
      try store.database.run(
        "INSERT INTO record(number, \(Self.recordColumns)) VALUES(\(places))", values)
      let edits = try source.rows("SELECT \(Self.editBytes) FROM edit WHERE record = ?", [row[0]])
      if edits == nil { areEditsWhole = areEditsWhole && row[6].integer == 0 }
      for edit in edits ?? [] {
        try store.database.run("INSERT INTO edit(\(Self.editColumns)) VALUES(\(Self.editPlaces))", edit)
      }
      let key = RecordKey(type, id)
      guard var record = try store.load(key) else {
        return try store.run("DELETE FROM record WHERE number = ?", row[0])
      }
      record.confirmation?.isLive = row[8].integer == 1
      try store.save(record)
      if record.isDamaged { damaged += 1 }
      report.records += 1
    }
    report.unreadable = met - report.records + damaged
    return isWhole && areEditsWhole
  }

  /// Whether all records that the index of unsent ones names were carried: it may be whole where the table is not.
  private func hasAllUnsent() throws -> Bool {
    guard let source, let unsent = try source.rows("SELECT number FROM record INDEXED BY record_dirty WHERE dirty = 1")
    else { return false }
    return try unsent.allSatisfy { number in
      guard let edits = try source.rows("SELECT count(*) FROM edit WHERE record = ?", number)?.first,
        try store.row("SELECT 1 FROM record WHERE number = ?", number[0]) != nil
      else { return false }
      return try store.row("SELECT count(*) FROM edit WHERE record = ?", number[0]) == edits
    }
  }

  private func carryJournal() throws {
    _ = try source?.walk("journal", Self.journalColumns, number: "number", into: store.database) { row in
      try store.database.run(
        "INSERT INTO journal(number, \(Self.journalColumns)) VALUES(\(Self.places(10)))", row)
    }
  }

  /// Texts go along if they are whole; the server has the others, but for those it never got.
  private func carryContents(_ report: inout RepairReport) throws {
    _ = try source?.walk("content", "hash, size, bytes, offered", number: "number", into: store.database) { row in
      guard let hash = row[1].text else { return }
      try store.database.run(
        "INSERT OR IGNORE INTO content(number, hash, size, bytes, offered) VALUES(?, ?, ?, ?, ?)", row)
      if (try? store.content(hash)) != nil { report.contents += 1 }
    }
  }

  private static func places(_ count: Int) -> String {
    Array(repeating: "?", count: count).joined(separator: ", ")
  }
}
