import OffprintSQLite
import OffprintWire

#if MUTANTS
  import OffprintMutants
#endif

/// One push as it was sent: what its answer is held against.
struct SentPush {
  /// The request's body.
  var body: [UInt8]
  /// The records as sent, by key.
  var records: [RecordKey: Record]
}

/// Chooses dirty records for a push and makes what is sent durable before the first byte leaves (Protocol, PUSH-1).
struct PushBuilder {
  /// Bytes of records in one push; below the protocol's limit even where nothing compresses.
  var bytesMax = 900_000
  /// Records in one push.
  var recordsMax = Limits.pushRecordsMax
  /// How often each record went out in this sync. One that stays dirty after that must not keep the sync going.
  private(set) var attempts: [RecordKey: Int] = [:]
  /// Records refused for want of room in this sync.
  var fullForNow: Set<RecordKey> = []

  private static let attemptsMax = 3

  /// Makes the next pushes at most half as large as one that was refused for its size, and stored nothing.
  mutating func split(_ sent: SentPush) {
    bytesMax = max(1, min(bytesMax, sent.body.count) / 2)
    for key in sent.records.keys { attempts[key, default: 1] -= 1 }
  }

  /// Builds the next push within a write transaction; nil if nothing can be sent.
  mutating func build(from store: LibraryStore, cursor: String) throws -> SentPush? {
    let reRead = try store.reRead()
    let generation = try store.metaInteger(.generation)
    var pushed: [PushedRecord] = []
    var sent: [RecordKey: Record] = [:]
    var bytes = 0
    var after: Int64 = 0
    choosing: while true {
      let rows = try store.rows(
        "SELECT number, type, id FROM record WHERE dirty = 1 AND number > ? ORDER BY number LIMIT 200",
        .integer(after))
      guard let last = rows.last?[0].integer else { break }
      after = last
      for row in rows {
        guard let type = row[1].text.flatMap({ RecordType($0) }), let id = row[2].blob.flatMap({ RecordID(bytes: $0) }),
          var record = try store.load(RecordKey(type, id))
        else { continue }
        let isMet = reRead == nil || record.generation == generation || LibraryStore.isUnattemptedLife(record)
        #if MUTANTS
          if Mutant.isOn(.refusedRecordBlocksPush), record.refusal != nil, !mayGo(record) { break choosing }
        #endif
        guard isMet, mayGo(record) else { continue }
        try store.fixEdits(of: &record)
        guard !record.hasUnfixedEdits else { continue }
        guard record.isDirty else {
          try store.save(record)
          continue
        }
        let next = record.pushed(replica: store.moment.replica)
        let size = LibraryStore.encode(record.registers, record.key).count + 64 * next.new.count + 64
        if !pushed.isEmpty, bytes + size > bytesMax { break choosing }
        for name in next.new { record.edits[name]?.unansweredPushes += 1 }
        #if MUTANTS
          if Mutant.isOn(.outboxClearedAtSend) {
            record.edits = [:]
            record.confirmation = LocalRecord.Confirmation(hash: record.stateHash, isLive: record.fixed.isLive)
          }
        #endif
        try store.save(record)
        pushed.append(next)
        sent[record.key] = record.fixed
        attempts[record.key, default: 0] += 1
        bytes += size
        if pushed.count >= recordsMax { break choosing }
      }
    }
    guard !pushed.isEmpty else { return nil }
    let n = try store.metaInteger(.pushNumber) + 1
    try store.setMeta(.pushNumber, n)
    let body = SyncRequest.encode(
      cursor: cursor, replica: store.moment.replica, n: n,
      nonce: FixedHex.text(store.environment.random64(), digits: 16), records: pushed)
    return SentPush(body: body, records: sent)
  }

  /// Whether anything would be sent. Cheap: looks at dirty records only.
  private func mayGo(_ record: LocalRecord) -> Bool {
    guard attempts[record.key, default: 0] < Self.attemptsMax, !fullForNow.contains(record.key),
      record.hasUnfixedEdits || record.hasSomethingToSend
    else { return false }
    guard let refusal = record.refusal, !record.hasUnfixedEdits else { return true }
    // The very state that was refused is not sent again until it is edited or a person says so.
    let isSettled = refusal.refusal.slug == .invalid || refusal.refusal.slug == .tooLarge
    return !isSettled || refusal.hash != record.stateHash
  }
}
