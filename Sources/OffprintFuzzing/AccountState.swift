import OffprintServer
import OffprintWire

/// Everything a store holds of one account, found whole.
struct AccountState: Equatable {
  let log: AccountLog
  let records: [StoredRecord]
  let devices: [RecordID]

  /// The log but for what contents take, which are no records.
  var logOfRecords: AccountLog {
    var log = log
    log.usage.contentBytes = 0
    return log
  }

  /// Reads an account and checks that its parts fit each other.
  /// - Throws: ``BrokenPromise`` if a hash, a number or the digest is not what the records say.
  init(of account: RecordID, in store: any Store) throws {
    let (log, records, devices, buckets, usage) = try store.read { reader in
      var records: [StoredRecord] = []
      try reader.forEachRecord(of: account, after: 0, deadAfter: 0) {
        records.append($0)
        return true
      }
      return (
        try reader.log(of: account), records, try reader.devices(of: account), try reader.buckets(of: account),
        try reader.countedUsage(of: account)
      )
    }
    guard let log else { throw BrokenPromise("an account without a log") }
    var digest = Digest()
    var perBucket = [Digest](repeating: Digest(), count: Digest.bucketCount)
    for stored in records {
      try hold(stored.hash == stored.record.stateHash, "\(stored.record.key) has another hash than its state")
      try hold(stored.number <= log.position.head, "\(stored.record.key) is numbered above the head")
      guard stored.record.isLive else { continue }
      digest.add(stored.hash)
      perBucket[Int(stored.record.key.bucket)].add(stored.hash)
    }
    let numbers = records.map(\.number)
    try hold(zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 }, "two records with one number")
    try hold(log.usage == usage, "what the account takes is not what it is said to take")
    try hold(log.digest == digest && buckets == perBucket, "the digest is not that of the records")
    self.log = log
    self.records = records
    self.devices = devices.map(\.id)
  }
}
