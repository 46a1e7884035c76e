import OffprintWire

#if MUTANTS
  import OffprintMutants
#endif

/// Writes changed records into an account's log: numbers, states and digest, all in one transaction.
package struct LogWriter {
  /// The account.
  package let account: RecordID
  /// The transaction all of it belongs to.
  package let transaction: any StoreTransaction
  /// The server's clock, in milliseconds since 1970.
  package let now: Int64

  /// A writer for one account's log.
  package init(account: RecordID, transaction: any StoreTransaction, now: Int64) {
    self.account = account
    self.transaction = transaction
    self.now = now
  }

  /// Stores new states, each at a number of its own, in the order given.
  /// - Parameter changes: what is stored so far (nil for a new record), the new state and its hash.
  /// - Returns: the numbers taken.
  package func write(_ changes: [(before: StoredRecord?, after: Record, hash: UInt64)]) throws -> [Int64] {
    guard !changes.isEmpty else { return [] }
    let first = try transaction.takeNumbers(Int64(changes.count), of: account)
    var numbers: [Int64] = []
    var differences = DigestDifferences()
    var growth: Int64 = 0
    for (index, change) in changes.enumerated() {
      let number = first + Int64(index)
      let stored = StoredRecord(record: change.after, number: number, hash: change.hash, since: now)
      try transaction.put(stored, of: account)
      differences.take(out: change.before)
      differences.take(in: stored)
      growth += stored.size - (change.before?.size ?? 0)
      numbers.append(number)
    }
    try differences.apply(to: account, in: transaction)
    try transaction.addUsage(AccountUsage(recordBytes: growth), of: account)
    return numbers
  }

  /// Removes records for good, in this order, until `mustStop` says that it is enough, but at least one; only tombstones may go,
  /// so no digest changes.
  /// - Returns: how many went.
  @discardableResult
  package func remove(_ records: [StoredRecord], until mustStop: () -> Bool = { false }) throws -> Int {
    var greatest: Int64?
    var freed: Int64 = 0
    var count = 0
    for record in records where count == 0 || !mustStop() {
      try transaction.remove(record.record.key, of: account, at: now)
      greatest = max(greatest ?? record.number, record.number)
      freed += record.size
      count += 1
    }
    guard let greatest else { return 0 }
    try transaction.addUsage(AccountUsage(recordBytes: -freed), of: account)
    #if MUTANTS
      if Mutant.isOn(.purgeWithoutFloor) { return count }
    #endif
    try transaction.raiseFloor(to: greatest, of: account)
    return count
  }
}

/// What a set of changes does to the buckets of the digest.
private struct DigestDifferences {
  private var buckets: [UInt8: Digest] = [:]

  mutating func take(in record: StoredRecord) {
    guard record.record.isLive else { return }
    buckets[record.record.key.bucket, default: Digest()].add(record.hash)
  }

  mutating func take(out record: StoredRecord?) {
    #if MUTANTS
      if Mutant.isOn(.digestKeepsOldHash) { return }
    #endif
    guard let record, record.isLive else { return }
    buckets[record.record.key.bucket, default: Digest()].remove(record.hash)
  }

  func apply(to account: RecordID, in transaction: any StoreTransaction) throws {
    for (bucket, difference) in buckets.sorted(by: { $0.key < $1.key }) where difference != Digest() {
      try transaction.addToDigest(difference, bucket: bucket, of: account)
    }
  }
}
