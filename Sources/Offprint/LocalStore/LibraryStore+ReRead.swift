import OffprintWire

#if MUTANTS
  import OffprintMutants
#endif

/// Reading everything again, when the cursor no longer says what this library has (Protocol, RESET-3 to RESET-6).
extension LibraryStore {
  /// Why everything is read again.
  enum ReRead: String {
    /// The cursor was older than the floor of the same log: only here does absence mean deletion.
    case expired
    /// The log is another: what is not met is offered, never dropped.
    case unknown
    /// A person asked for it, of a library that was at the head: what is not met is offered. Should it be broken off and go on
    /// after its place has expired, absence means deletion after all.
    case asked
  }

  /// The re-read under way; nil if there is none.
  func reRead() throws -> ReRead? { try metaText(.reread).flatMap(ReRead.init) }

  /// Begins to read from nothing. One under way for an unknown log stays so: it drops nothing.
  func beginReRead(_ kind: ReRead) throws {
    let underWay = try reRead()
    try setMeta(.reread, (underWay == .unknown ? .unknown : kind).rawValue)
    try setMeta(.generation, try metaInteger(.generation) + 1)
    try setMeta(.cursor, nil as String?)
    try setMeta(.number, nil as Int64?)
    try setMeta(.entityTag, nil as String?)
    try setMeta(.unfinished, 1 as Int64)
  }

  /// Settles what the re-read did not meet, after its last page.
  /// - Returns: what the brake held, if it did.
  func finishReRead(allowsDeletes: Bool) throws -> SyncReport.Brake? {
    guard let kind = try reRead() else { return nil }
    try setMeta(.reread, nil as String?)
    let unmet = try keys(
      "SELECT type, id FROM record WHERE generation <> ? ORDER BY number", .integer(try metaInteger(.generation)))
    #if MUTANTS
      let dropsUnmet = kind == .expired || Mutant.isOn(.unknownLogLikeExpired)
    #else
      let dropsUnmet = kind == .expired
    #endif
    // What stays is offered again, and its texts with it: the server forgets those that no record has named for a while.
    try offerAllContents()
    guard dropsUnmet else {
      try unconfirm(unmet)
      return nil
    }
    return try settleExpired(unmet, allowsDeletes: allowsDeletes)
  }

  /// What becomes of one record that an expired library did not meet again.
  private enum Settlement { case stays, trashed, journal, dropped }

  private func settleExpired(_ unmet: [RecordKey], allowsDeletes: Bool) throws -> SyncReport.Brake? {
    let unmetArticles = unmet.filter { $0.type == .article }
    var settled: [RecordID: Settlement] = [:]
    // One that cannot be read decides nothing: what belongs to it is settled by itself.
    for key in unmetArticles { settled[key.id] = try load(key).map(settlement) }
    let removed = try unmetArticles.count { key in
      guard let settlement = settled[key.id], settlement == .trashed else { return false }
      return try load(key)?.isHeld == false
    }
    let brake = allowsDeletes ? nil : try brake(removing: removed)
    var children: [RecordID: [RecordKey]] = [:]
    for key in unmet where key.type != .article {
      if let record = try load(key), let article = try articleID(of: record.fixed), settled[article] != nil {
        children[article, default: []].append(key)
      } else {
        try settle(key, as: try load(key).map(childSettlement) ?? .dropped, with: [])
      }
    }
    for key in unmetArticles {
      let settlement = settled[key.id] ?? .dropped
      // What was held stays so, however little a later re-read would remove beside it.
      let isHeld = try !allowsDeletes && load(key)?.isHeld == true
      if settlement == .trashed, brake != nil || isHeld {
        try hold([key] + children[key.id, default: []])
      } else {
        try settle(key, as: settlement, with: children[key.id, default: []])
      }
    }
    return brake
  }

  /// An unmet article: a save never attempted stays and is pushed; one whose push may have been stored, and deleted
  /// since, goes to the journal, as do other unsent edits; a clean one goes to the trash.
  private func settlement(of record: LocalRecord) throws -> Settlement {
    if Self.isUnattemptedLife(record) { return .stays }
    if !record.edits.isEmpty { return .journal }
    return record.shown(replica: moment.replica).isLive ? .trashed : .dropped
  }

  /// An unmet child of an article that was met: an unsent position stays; otherwise as for articles.
  private func childSettlement(of record: LocalRecord) throws -> Settlement {
    if record.key.type == .progress, record.edits.keys.contains(where: { $0.replica != nil }) { return .stays }
    return try settlement(of: record)
  }

  /// Whether the record holds a `life` = live that no begun push ever carried.
  static func isUnattemptedLife(_ record: LocalRecord) -> Bool {
    #if MUTANTS
      if Mutant.isOn(.attemptedLifePushedAfterExpiry) { return record.edits[.life]?.value == Record.live }
    #endif
    return record.edits[.life].map { $0.value == Record.live && $0.unansweredPushes == 0 } ?? false
  }

  private func settle(_ key: RecordKey, as settlement: Settlement, with children: [RecordKey]) throws {
    let whole = [key] + children
    switch settlement {
    case .stays:
      for key in whole {
        guard var record = try load(key) else { continue }
        // Not `again`: these registers were never accepted, and their stamps are still this library's to answer for.
        let wasOffered = record.again
        record.unconfirm()
        record.again = wasOffered
        record.generation = try metaInteger(.generation)
        try save(record)
      }
    case .trashed, .journal:
      let records = try whole.compactMap { try load($0) }.map(written).filter { !$0.registers.names.isEmpty }
      #if MUTANTS
        if settlement == .trashed, Mutant.isOn(.expiredDropsWithoutTrash) { return try whole.forEach { try drop($0) } }
      #endif
      try writeEntry(settlement == .trashed ? .trashed : .unsentLost, records)
      for key in whole { try drop(key) }
    case .dropped:
      for key in whole { try drop(key) }
    }
  }

  /// Holds records back: shown, not confirmed, not in the digest, not pushed until the person saves or undeletes them.
  private func hold(_ keys: [RecordKey]) throws {
    for key in keys {
      guard var record = try load(key) else { continue }
      record.unconfirm()
      record.again = false
      record.isHeld = true
      try save(record)
    }
  }

  /// Moves what the brake holds to the trash: a person has allowed it.
  func releaseHeld() throws {
    let held = try keys("SELECT type, id FROM record WHERE held = 1 ORDER BY type, number")
    for key in held where key.type == .article {
      let children = try held.filter { child in
        guard child.type != .article, let record = try load(child) else { return false }
        return try articleID(of: record.fixed) == key.id
      }
      try settle(key, as: .trashed, with: children)
    }
    for key in try keys("SELECT type, id FROM record WHERE held = 1") { try settle(key, as: .trashed, with: []) }
  }

  /// Drops confirmed tombstones older than twice the server's retention: earlier, a restored server could revive them.
  func dropOldTombstones(retentionDays: Int64 = 180) throws {
    #if MUTANTS
      let before = Mutant.isOn(.tombstonesDroppedEarly) ? .max : moment.wall - 2 * retentionDays * 86_400_000
    #else
      let before = moment.wall - 2 * retentionDays * 86_400_000
    #endif
    for key in try keys(
      "SELECT type, id FROM record WHERE dead_since < ? AND dirty = 0 LIMIT 1000", .integer(before))
    { try drop(key) }
  }
}
