import OffprintServer
import OffprintWire

/// What every store must keep, whatever it is built on. Each check throws what it found broken.
package struct StoreContract {
  /// What a store did not keep.
  package struct Violation: Error, CustomStringConvertible {
    /// The broken promise.
    package var description: String
  }

  let store: any Store
  let accounts: [RecordID]

  /// The contract of `store`, which is empty.
  package init(_ store: any Store) throws {
    self.store = store
    accounts = (1...2).map { RecordID(high: $0, low: 7) }
    for (index, id) in accounts.enumerated() {
      let account = Account(id: id, name: "user-\(index)", passwordHash: "-", created: 1)
      try store.write {
        try $0.insert(account, log: RecordID(high: 9, low: UInt64(index)), replica: ReplicaID(bits: 5))
      }
    }
  }

  func require(_ holds: Bool, _ promise: String) throws {
    guard holds else { throw Violation(description: promise) }
  }

  func record(_ number: UInt64, _ milliseconds: UInt64) -> Record {
    let stamp = Stamp(milliseconds: milliseconds, counter: 0, replica: ReplicaID(bits: 1))
    let entry = RegisterMap.Entry(.title, Register(stamp: stamp, value: CanonicalValue(.string("t"))))
    return Record(key: RecordKey(.article, RecordID(high: 0, low: number)), registers: RegisterMap([entry]))
  }

  func put(_ record: Record, of account: RecordID) throws -> Int64 {
    try store.write { transaction in
      let number = try transaction.takeNumbers(1, of: account)
      try transaction.put(
        StoredRecord(record: record, number: number, hash: record.stateHash, since: 1), of: account)
      return number
    }
  }

  /// Numbers are given in the order of commits, without a gap or a repeat, and the head is the last of them.
  package func numbersFollowCommits() throws {
    var last: Int64 = 0
    for index in 1...20 {
      let number = try put(record(UInt64(index), 10), of: accounts[0])
      try require(number > last, "numbers rise")
      last = number
    }
    let head = try store.read { try $0.log(of: accounts[0])?.position.head }
    try require(head == last, "the head is the last number given")
  }

  /// A transaction that throws leaves nothing behind, its number included.
  package func aFailedTransactionLeavesNothing() throws {
    let before = try store.read { try $0.log(of: accounts[0])?.position.head }
    do {
      try store.write { transaction in
        let number = try transaction.takeNumbers(1, of: accounts[0])
        let record = record(99, 10)
        try transaction.put(
          StoredRecord(record: record, number: number, hash: record.stateHash, since: 1), of: accounts[0])
        throw Violation(description: "on purpose")
      }
    } catch is Violation {}
    let after = try store.read { reader in
      (try reader.log(of: accounts[0])?.position.head, try reader.record(record(99, 10).key, of: accounts[0]))
    }
    try require(after.0 == before && after.1 == nil, "a failed transaction leaves nothing")
  }

  /// A record comes back as it was put, at its latest number alone, and to its own account alone.
  package func recordsComeBackToTheirAccountAlone() throws {
    _ = try put(record(1, 10), of: accounts[0])
    let number = try put(record(1, 20), of: accounts[0])
    let (mine, theirs) = try store.read { reader in
      (try reader.record(record(1, 0).key, of: accounts[0]), try reader.record(record(1, 0).key, of: accounts[1]))
    }
    try require(mine?.record == record(1, 20) && mine?.number == number, "the latest state comes back")
    try require(theirs == nil, "another account sees nothing")
  }

  /// Each account has its own digest, bucket by bucket.
  package func digestsBelongToAccounts() throws {
    try store.write { try $0.addToDigest(Digest(count: 1, sum: .max), bucket: 200, of: accounts[0]) }
    try store.write { try $0.addToDigest(Digest(count: 1, sum: 2), bucket: 200, of: accounts[0]) }
    let (mine, theirs) = try store.read { (try $0.buckets(of: accounts[0]), try $0.buckets(of: accounts[1])) }
    try require(mine.count == 256 && mine[200] == Digest(count: 2, sum: 1), "sums wrap around 2^64")
    try require(theirs.allSatisfy { $0 == Digest() }, "another account's digest is untouched")
  }

  /// The last push of each replica is remembered.
  package func pushCountersAreKept() throws {
    let mark = PushMark(n: 7, nonce: "00000000000000aa")
    try store.write { try $0.setLastPush(mark, by: ReplicaID(bits: 3), of: accounts[0]) }
    let (mine, other, foreign) = try store.read { reader in
      (
        try reader.lastPush(by: ReplicaID(bits: 3), of: accounts[0]),
        try reader.lastPush(by: ReplicaID(bits: 4), of: accounts[0]),
        try reader.lastPush(by: ReplicaID(bits: 3), of: accounts[1])
      )
    }
    try require(mine == mark && other == nil && foreign == nil, "push counters belong to account and replica")
  }

  /// A fork names the log that ended and its head, and goes on under the new id.
  package func forksAreRemembered() throws {
    let head = try put(record(1, 10), of: accounts[0])
    let old = try store.read { try $0.log(of: accounts[0])?.position.log }
    let new = RecordID(high: 77, low: 77)
    try store.write { try $0.fork(to: new, replica: ReplicaID(bits: 6), of: accounts[0]) }
    let position = try store.read { try $0.log(of: accounts[0])?.position }
    try require(position?.log == new, "the log has its new id")
    try require(position?.ancestry.last?.log == old && position?.ancestry.last?.head == head, "the fork is remembered")
  }
}
