import OffprintWire

/// The room that is left to an account while a push is judged record by record.
///
/// A full account still takes deletions, and changes of what is there, such as how far somebody has read: for these it keeps a
/// sixteenth of its bytes in reserve, for deletions another one. What does not grow is never refused.
package struct QuotaRoom {
  private let quota: AccountQuota
  private var bytes: Int64
  private var records: Int64

  /// The room of an account with this log.
  package init(_ log: AccountLog, quota: AccountQuota) {
    self.quota = quota
    bytes = log.usage.bytes
    records = log.digest.count
  }

  /// Takes the room that a record needs, or says why it is refused.
  package mutating func refusal(taking after: Record, inPlaceOf before: StoredRecord?) -> Refusal? {
    let growth = StoredRecord.size(of: after) - (before?.size ?? 0)
    let newLife: Int64 = (after.isLive ? 1 : 0) - (before?.isLive == true ? 1 : 0)
    if newLife > 0, let most = quota.records, records + newLife > most {
      return Refusal(.quotaExceeded, limit: most, detail: "the account has as many records as it may have")
    }
    if growth > 0, let most = quota.bytes, bytes + growth > most + reserve(of: most, for: after, isNew: before == nil) {
      return Refusal(.quotaExceeded, limit: most, detail: "the account has no room for it")
    }
    bytes += growth
    records += newLife
    return nil
  }

  private func reserve(of most: Int64, for record: Record, isNew: Bool) -> Int64 {
    // How far an article is read is a change of the article to whoever reads it, though a record of its own.
    if isNew, record.key.type != .progress { return 0 }
    return record.isLive ? most / 16 : most / 8
  }
}
