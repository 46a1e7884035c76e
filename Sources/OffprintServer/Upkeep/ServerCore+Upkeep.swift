import OffprintWire

/// Upkeep: small transactions of the background, each bounded in rows and time, which let waiting requests go first.
extension ServerCore {
  /// One round over all accounts: purges tombstones, forgets contents that nobody names any more, seals what can be sealed.
  /// - Throws: ``StoreError``.
  package func keepUp() throws {
    try purge()
    try collectContents()
    _ = upkeep.takeTouched()
    for account in try store.read({ try $0.accounts() }) where !upkeep.isStopped { try seal(account.id) }
  }

  /// Seals the logs that moved since the last time.
  /// - Throws: ``StoreError``.
  package func sealTouchedLogs() throws {
    for account in upkeep.takeTouched() where !upkeep.isStopped { try seal(account) }
  }

  /// Ends a round that runs, after its batch.
  package func stopUpkeep() { upkeep.stop() }

  /// Purges every account: what has been dead for longer than the retention, one batch a transaction.
  /// - Returns: what was done in all.
  /// - Throws: ``StoreError``.
  @discardableResult
  package func purge() throws -> Purge.Outcome {
    let purge = Purge(now: environment.now(), retentionMilliseconds: configuration.retentionMilliseconds)
    var total = Purge.Outcome()
    for account in try store.read({ try $0.accounts() }) where account.removing == nil {
      var next: Int64? = 0
      while let number = next, !upkeep.isStopped {
        let batch = try store.write(.background) { transaction in
          try purge.runBatch(after: number, of: account.id, in: transaction, until: mustEnd(transaction))
        }
        total.removed += batch.removed
        total.buried += batch.buried
        next = batch.next
        if batch.buried > 0 {
          signals.notify(account.id)
          upkeep.note(account.id)
        }
      }
    }
    return total
  }

  /// Forgets contents that no record of their account has named for ``ServerConfiguration/unnamedContentDays``.
  private func collectContents() throws {
    let now = environment.now()
    let since = now - Int64(configuration.unnamedContentDays) * 86_400_000
    var hasMore = true
    while hasMore, !upkeep.isStopped {
      hasMore = try store.write(.background) { try $0.collectContents(unnamedSince: since, now: now) }
    }
  }

  private func seal(_ account: RecordID) throws {
    let sealer = RunSealer(account: account, recordsMax: configuration.runRecords)
    var next: Int64? = 0
    while let number = next, !upkeep.isStopped { next = try sealer.step(after: number, in: store) }
  }

  /// Says when a batch that begins now has to end: others wait, or it has taken its time.
  private func mustEnd(_ transaction: any StoreTransaction) -> () -> Bool {
    let began = environment.now()
    let now = environment.now
    return { transaction.othersWait || now() - began >= Upkeep.batchMilliseconds }
  }
}
