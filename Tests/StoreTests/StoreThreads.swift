import Foundation
import OffprintServer
import OffprintTesting
import OffprintWire
import OffprintLocks

/// A store with one account whose clock a test sets, and threads that call it.
final class StoreBench: Sendable {
  private final class Shared: Sendable {
    let now = Mutex<Int64>(0)
    let events = Mutex<[StoreEvent]>([])
  }

  let folder: TemporaryFolder
  let store: StoreSQLite
  let account = RecordID(high: 1, low: 1)
  private let shared: Shared

  init(limits: StoreSQLite.Limits = StoreSQLite.Limits()) throws {
    folder = try TemporaryFolder()
    let shared = Shared()
    self.shared = shared
    store = try StoreSQLite(
      folder: folder.file("data"), use: .serving, random: { Array(repeating: 7, count: $0) }, limits: limits,
      ticks: { shared.now.withLock { $0 } }, report: { event in shared.events.withLock { $0.append(event) } })
    let owner = Account(id: account, name: "ana", passwordHash: "-", created: 1)
    try store.write { try $0.insert(owner, log: RecordID(high: 2, low: 2), replica: ReplicaID(bits: 5)) }
  }

  /// Lets the store's time go on.
  func advance(milliseconds: Int64) { shared.now.withLock { $0 += milliseconds } }
  /// What the store had to tell so far.
  var events: [StoreEvent] { shared.events.withLock { $0 } }

  /// Bytes of the write-ahead log's file.
  var logBytes: Int {
    let path = folder.file("data/offprintd.sqlite-wal")
    return ((try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? Int) ?? 0
  }

  /// Writes one record, numbered by the log.
  @discardableResult
  func put(_ low: UInt64, in transaction: any StoreTransaction) throws -> Int64 {
    let stamp = Stamp(milliseconds: 1, counter: 0, replica: ReplicaID(bits: 1))
    let title = RegisterMap.Entry(.title, Register(stamp: stamp, value: CanonicalValue(.string("Tides"))))
    let record = Record(key: RecordKey(.article, RecordID(high: 0, low: low)), registers: RegisterMap([title]))
    return try LogWriter(account: account, transaction: transaction, now: 1)
      .write([(before: nil, after: record, hash: record.stateHash)]).first ?? 0
  }

  /// Whether a record is there.
  func has(_ low: UInt64) throws -> Bool {
    try store.read { try $0.record(RecordKey(.article, RecordID(high: 0, low: low)), of: account) } != nil
  }

  /// Returns when a condition holds; false if it does not within half a minute.
  static func wait(until condition: () -> Bool) -> Bool {
    let deadline = Date().addingTimeInterval(30)
    while !condition() {
      guard Date() < deadline else { return false }
      usleep(500)
    }
    return true
  }
}

/// Bodies on threads of their own, and their ends in order.
final class StoreThreads: Sendable {
  private let ends = Mutex<[(name: String, failure: (any Error)?)]>([])
  private let group = DispatchGroup()

  func start(_ name: String, _ body: @escaping @Sendable () throws -> Void) {
    group.enter()
    Thread.detachNewThread { [self] in
      var failure: (any Error)?
      do { try body() } catch { failure = error }
      let end = failure
      ends.withLock { $0.append((name, end)) }
      group.leave()
    }
  }

  /// Waits for all of them.
  func join() { group.wait() }

  /// Who ended with an error, and which.
  var failures: [String: String] {
    ends.withLock { ends in
      Dictionary(uniqueKeysWithValues: ends.compactMap { end in end.failure.map { (end.name, "\($0)") } })
    }
  }
}
