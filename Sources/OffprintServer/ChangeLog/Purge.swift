import OffprintWire

#if MUTANTS
  import OffprintMutants
#endif

/// Removes what has been dead for longer than the retention (Protocol, PURGE-1 to PURGE-3).
///
/// Children that are still live when their article's time has come are written dead first, a normal change which keeps the
/// article until they are gone too; children that were purged before do not hold their parent.
package struct Purge {
  /// The server's clock, in milliseconds since 1970.
  package let now: Int64
  /// How long a record stays dead before it goes, in milliseconds.
  package let retentionMilliseconds: Int64
  /// Tombstones looked at in one transaction.
  package static let batchMax = 100
  /// Children written dead in one transaction, about.
  package static let buriedMax = 100

  /// A purge at `now`.
  package init(now: Int64, retentionMilliseconds: Int64) {
    self.now = now
    self.retentionMilliseconds = retentionMilliseconds
  }

  /// What one batch did.
  package struct Outcome: Sendable, Hashable {
    /// Records removed for good.
    package var removed = 0
    /// Children written dead.
    package var buried = 0
    /// Where the next batch goes on; nil if there is none.
    package var next: Int64?
  }

  /// Looks at one batch of tombstones numbered above `number`, until `mustEnd` says that it is enough; something is done in
  /// any case.
  /// - Throws: ``StoreError``.
  package func runBatch(
    after number: Int64, of account: RecordID, in transaction: any StoreTransaction,
    until mustEnd: () -> Bool = { false }
  ) throws -> Outcome {
    guard let log = try transaction.log(of: account) else { return Outcome() }
    let dead = try transaction.records(
      of: account, deadSince: now - retentionMilliseconds, after: number, limit: Self.batchMax)
    var outcome = Outcome(next: dead.count == Self.batchMax ? dead.last?.number : nil)
    // What was set aside for its damage may well live: it waits for a device that has it.
    let tombstones = dead.filter { $0.damage == nil }
    outcome.removed += try removeLost(dead.filter { $0.damage != nil }, of: account, in: transaction)
    let writer = LogWriter(account: account, transaction: transaction, now: now)
    var removable: [StoredRecord] = []
    var buried: [StoredRecord] = []
    var gone: Set<RecordKey> = []
    // Children before parents, so that what goes in this very batch holds nobody.
    let isArticle = { (stored: StoredRecord) in stored.record.key.type == .article }
    for child in tombstones where !isArticle(child) {
      removable.append(child)
      gone.insert(child.record.key)
    }
    // Where a batch ends early the next one begins where this one did, and finds less.
    var isCut = false
    for article in tombstones where isArticle(article) {
      guard buried.count < Self.buriedMax, !mustEnd() || removable.isEmpty && buried.isEmpty else {
        isCut = true
        break
      }
      let children = try transaction.children(of: article.record.key.id, in: account)
        .filter { !gone.contains($0.record.key) }
      buried.append(
        contentsOf: children.filter {
          $0.damage == nil && $0.record.isLive && rule(for: $0.record, as: log.replica).hasStamp
        })
      if children.isEmpty { removable.append(article) }
    }
    #if MUTANTS
      if Mutant.isOn(.purgeLeavesChildrenLive) || Mutant.isOn(.purgeRemovesLiveChildren) {
        if Mutant.isOn(.purgeRemovesLiveChildren) { removable += buried }
        let parents = Set(buried.compactMap(\.parent))
        removable += tombstones.filter { isArticle($0) && parents.contains($0.record.key.id) }
        buried = []
      }
    #endif
    _ = try writer.write(
      buried.map { (before: $0, after: bury($0.record, as: log.replica)) }.map { ($0, $1, $1.stateHash) })
    let removed = try writer.remove(removable, until: mustEnd)
    outcome.removed += removed
    outcome.buried = buried.count
    if isCut || removed < removable.count { outcome.next = number }
    return outcome
  }

  /// Removes what nobody can replace, since its type and id are lost, once it has been dead or set aside for as long as
  /// tombstones are kept: every device that has the record and was there since then has offered it under its own key.
  ///
  /// The floor stays: below it a device that has the record would take it for deleted.
  private func removeLost(
    _ damaged: [StoredRecord], of account: RecordID, in transaction: any StoreTransaction
  ) throws -> Int {
    var count = 0
    for stored in damaged {
      if stored.since == StoredRecord.notNoted {
        try transaction.noteSetAside(stored, of: account, at: now)
      } else if stored.damage?.isKeyLost == true {
        try transaction.removeLost(stored, of: account, at: now)
        count += 1
      }
    }
    return count
  }

  /// What stamps a change of `life`; a child whose `life` has the last stamp there is stays, and its article with it.
  private func rule(for record: Record, as replica: ReplicaID) -> StampRule {
    StampRule(contact: now, base: record.registers[.life]?.stamp, replica: replica)
  }

  /// The record with `life` dead, as an informed edit of the server.
  private func bury(_ record: Record, as replica: ReplicaID) -> Record {
    var dead = record
    let rule = rule(for: record, as: replica)
    dead.registers[.life] = Register(stamp: rule.stamp(serverNow: now, age: 0).stamp, value: Record.dead)
    return dead
  }
}
