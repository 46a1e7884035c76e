import OffprintWire

#if MUTANTS
  import OffprintMutants
#endif

/// One push, joined into an account's log record by record.
///
/// Decisions only: what is kept where is the store's business, what is sent the handler's. All joins happen before the
/// first number is taken, so that numbers are taken as late as they can be; a join that changes nothing takes none.
package struct Push {
  /// The request's push.
  package let request: SyncRequest.Push
  /// The server's clock, in milliseconds since 1970.
  package let now: Int64
  /// The quota of accounts that have none of their own.
  package let quota: AccountQuota

  /// A push to be applied at `now`.
  package init(_ request: SyncRequest.Push, now: Int64, quota: AccountQuota = .unlimited) {
    self.request = request
    self.now = now
    self.quota = quota
  }

  /// What became of a push.
  package struct Outcome: Sendable {
    /// One for each pushed record, in order.
    package var results: [PushResult]
    /// Records that took a new number.
    package var changes: Int
    /// Whether one of them wishes that its page be fetched.
    package var wishesFetch: Bool
  }

  /// A record that the push touches, joined so far.
  private struct Joined {
    let before: StoredRecord?
    var record: Record
    var hash: UInt64

    mutating func join(_ sent: Record) {
      guard record.registers.join(sent.registers) else { return }
      hash = record.stateHash
    }
  }

  /// A pushed record's way: refused, or joined into one of the records touched.
  private enum Verdict {
    case refused(Refusal)
    case joined(RecordKey, sent: Record)
  }

  /// Checks counter and cursor, then joins the records, in this order (Protocol, PUSH-3 to PUSH-8).
  ///
  /// One bad record never harms the others: it is refused with its reason, and they are stored.
  /// - Throws: ``Problem`` if the request is refused whole, ``StoreError``.
  package func apply(_ cursor: Cursor, of account: RecordID, in transaction: any StoreTransaction) throws -> Outcome {
    guard let log = try transaction.log(of: account) else { throw StoreError.damaged("an account without a log") }
    try log.position.requireOwn(cursor)
    let last = try transaction.lastPush(by: request.replica, of: account)
    try PushCounter.check(request, against: last)
    let isRepeat = last?.n == request.n
    #if MUTANTS
      let isApplied = Mutant.isOn(.pushAppliedThoughExpired) && log.position.fate(of: cursor) == .expired
      if !isApplied { try log.position.requireValid(cursor) }
    #else
      try log.position.requireValid(cursor)
    #endif
    try transaction.setLastPush(PushMark(n: request.n, nonce: request.nonce), by: request.replica, of: account)

    var verdicts: [Verdict] = []
    var joined: [RecordKey: Joined] = [:]
    var order: [RecordKey] = []
    for wire in request.records {
      do throws(Refusal) {
        let pushed = try judge(wire, greatestAccepted: log.greatestAccepted)
        verdicts.append(.joined(pushed.record.key, sent: pushed.record))
      } catch {
        verdicts.append(.refused(error))
        continue
      }
      guard case .joined(let key, let sent)? = verdicts.last else { continue }
      let before = try joined[key]?.before ?? transaction.record(key, of: account)
      if isRepeat, let refusal = refusal(repeating: sent, over: before) {
        verdicts[verdicts.count - 1] = .refused(refusal)
        continue
      }
      if joined[key] == nil {
        joined[key] = Joined(
          before: before, record: before?.record ?? Record(key: key),
          hash: before?.damage == nil ? before?.hash ?? 0 : 0)
        order.append(key)
      }
      joined[key]?.join(sent)
    }
    let refusals = refuseBeyondQuota(&joined, order, log)
    verdicts = verdicts.map { verdict in
      guard case .joined(let key, _) = verdict, let refusal = refusals[key] else { return verdict }
      return .refused(refusal)
    }
    let stored = try store(order.compactMap { joined[$0] }, of: account, in: transaction)
    try raiseGreatestAccepted(verdicts, from: log, in: transaction)
    let changed = stored.values.filter(\.isChange)
    return Outcome(
      results: results(verdicts, stored), changes: changed.count,
      wishesFetch: changed.contains { FetchWish($0.record) != nil })
  }

  /// A repeat made on the way brings nothing new. What it would change was refused the first time, for a clock that since
  /// went on, and its sender has stamped those edits anew; or it was purged since (Protocol, PUSH-3).
  private func refusal(repeating sent: Record, over before: StoredRecord?) -> Refusal? {
    var stored = before?.record ?? Record(key: sent.key)
    guard stored.registers.join(sent.registers) else { return nil }
    return Refusal(.clockSkew, time: now, detail: "a repeat of a push brings nothing new")
  }

  /// Takes those out that the account has no room for, in the order they were pushed.
  private func refuseBeyondQuota(
    _ joined: inout [RecordKey: Joined], _ order: [RecordKey], _ log: AccountLog
  ) -> [RecordKey: Refusal] {
    var room = QuotaRoom(log, quota: log.quota.resolved(server: quota))
    var refusals: [RecordKey: Refusal] = [:]
    for key in order {
      guard let one = joined[key], let refusal = room.refusal(taking: one.record, inPlaceOf: one.before) else {
        continue
      }
      refusals[key] = refusal
      joined[key] = nil
    }
    return refusals
  }

  private func judge(_ wire: WireRecord, greatestAccepted: Int64) throws(Refusal) -> PushedRecord {
    let pushed = try wire.pushed()
    if let refusal = PushRules.refusal(of: pushed, by: request.replica) { throw refusal }
    if let refusal = PushRules.skewRefusal(of: pushed, now: now, greatestAccepted: greatestAccepted) { throw refusal }
    return pushed
  }

  private struct Placed {
    let record: Record
    let hash: UInt64
    let number: Int64
    let isChange: Bool
  }

  /// Gives numbers to the records that changed, in the order they were pushed, and stores them with the digest.
  private func store(
    _ touched: [Joined], of account: RecordID, in transaction: any StoreTransaction
  ) throws -> [RecordKey: Placed] {
    var placed: [RecordKey: Placed] = [:]
    var changed: [Joined] = []
    for one in touched {
      // A damaged one is written anew even with the very state it had.
      if let before = one.before, before.hash == one.hash, before.damage == nil {
        placed[one.record.key] = Placed(record: one.record, hash: one.hash, number: before.number, isChange: false)
      } else {
        changed.append(one)
      }
    }
    guard !changed.isEmpty else { return placed }
    let writer = LogWriter(account: account, transaction: transaction, now: now)
    let numbers = try writer.write(changed.map { ($0.before, $0.record, $0.hash) })
    for (one, number) in zip(changed, numbers) {
      placed[one.record.key] = Placed(record: one.record, hash: one.hash, number: number, isChange: true)
    }
    return placed
  }

  /// A result for each pushed record; of a record pushed twice both results speak of what is stored in the end.
  private func results(_ verdicts: [Verdict], _ stored: [RecordKey: Placed]) -> [PushResult] {
    zip(request.records, verdicts).map { wire, verdict in
      let outcome: PushResult.Outcome
      switch verdict {
      case .refused(let refusal): outcome = .refused(refusal)
      case .joined(let key, let sent):
        guard let place = stored[key] else {
          outcome = .refused(Refusal(.invalid, detail: "not stored"))
          break
        }
        let differs = place.record.registers != sent.registers
        outcome = .stored(hash: place.hash, number: place.number, record: differs ? place.record : nil)
      }
      return PushResult(typeText: wire.typeText, idText: wire.idText, outcome: outcome)
    }
  }

  private func raiseGreatestAccepted(
    _ verdicts: [Verdict], from log: AccountLog, in transaction: any StoreTransaction
  ) throws {
    var greatest = log.greatestAccepted
    for case .joined(_, let sent) in verdicts {
      for entry in sent.registers.entries { greatest = max(greatest, Int64(entry.register.stamp.milliseconds)) }
    }
    guard greatest > log.greatestAccepted else { return }
    try transaction.raiseGreatestAccepted(to: greatest, of: log.position.account)
  }
}
