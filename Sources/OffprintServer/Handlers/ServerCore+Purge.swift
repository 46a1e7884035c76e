import OffprintWire

extension ServerCore {
  /// Purges every account: what has been dead for longer than the retention, one batch a transaction.
  /// - Returns: what was done in all.
  /// - Throws: ``StoreError``.
  @discardableResult
  package func purge() throws -> Purge.Outcome {
    let purge = Purge(now: environment.now(), retentionMilliseconds: configuration.retentionMilliseconds)
    var total = Purge.Outcome()
    for account in try store.read({ try $0.accounts() }) {
      var next: Int64? = 0
      while let number = next {
        let batch = try store.write { try purge.runBatch(after: number, of: account.id, in: $0) }
        total.removed += batch.removed
        total.buried += batch.buried
        next = batch.next
        if batch.buried > 0 { signals.notify(account.id) }
      }
    }
    return total
  }
}
