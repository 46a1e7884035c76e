import Foundation
import OffprintFiles
import OffprintSQLite
import OffprintWire

#if MUTANTS
  import OffprintMutants
#endif

/// The one writer connection, and the group commit in front of it.
///
/// Whoever finds nobody writing leads: it runs all that waits, in order, in one transaction, and what comes meanwhile waits for the
/// next. So a hundred writers share the cost of one `fsync`, and a single one waits for nobody. Each body has a savepoint of its
/// own: one that throws undoes itself alone. Bodies of the background go when no other waits, each in a transaction of its own.
///
/// `@unchecked Sendable`: the connection and the log's keeper are used by the leader alone, of which there is one at a time, and
/// leadership passes through a job's semaphore or `mutex`; queues and flags are touched only under that lock.
final class CommitQueue: @unchecked Sendable {
  /// Bodies in one transaction; another process gets its turn at the lock between two.
  private static let groupMax = 128
  /// Bytes in one transaction beside its first body's.
  private static let groupBytesMax = 4 << 20
  /// Groups that a body of the background lets go first, should there be so many.
  private static let patience = 64

  private let connection: Connection
  private let log: LogKeeper
  private let lock: any FileLock
  private let waitingMax: Int
  private let committed: (Set<RecordID>) -> Void
  private let mutex = NSLock()
  private var waiting: [CommitJob] = []
  private var background: [CommitJob] = []
  private var groupsBeforeBackground = 0
  private var isLed = false
  private var isClosing = false
  /// The leader's alone.
  private var isClosed = false

  /// - Parameters:
  ///   - connection: the writer, from now on this queue's alone.
  ///   - log: keeps its write-ahead log.
  ///   - lock: held for each transaction and each checkpoint.
  ///   - waitingMax: bodies that may wait.
  ///   - committed: called after each commit by the leader, still under the lock between processes, with the accounts whose head moved.
  init(
    _ connection: Connection, log: LogKeeper, lock: any FileLock, waitingMax: Int,
    committed: @escaping (Set<RecordID>) -> Void
  ) {
    self.connection = connection
    self.log = log
    self.lock = lock
    self.waitingMax = waitingMax
    self.committed = committed
  }

  /// Runs `body` in a transaction and returns when it is durable. It may run twice, the first time undone.
  /// - Throws: ``StoreError/busy`` if too many wait, what `body` throws, what SQLite says.
  func write<T>(_ load: WriteLoad, _ body: (SQLiteTransaction) throws -> T) throws -> T {
    var result: T?
    try withoutActuallyEscaping({ transaction in result = try body(transaction) }) { run in
      // The body does not outlive this call: `submit` returns only once the job is done and has let go of it.
      let job = CommitJob(load, run)
      try submit(job)
      if let failure = job.failure { throw failure }
    }
    guard let result else { throw StoreError.failed("the store is closed") }
    return result
  }

  /// Closes the connection, which checkpoints, once what waits is written; later writes fail.
  func close() {
    mutex.lock()
    let wasClosing = isClosing
    isClosing = true
    mutex.unlock()
    guard !wasClosing else { return }
    let job = CommitJob(.request()) { _ in }
    job.closes = true
    try? submit(job)
  }

  private func submit(_ job: CommitJob) throws {
    mutex.lock()
    guard job.closes || !isClosing else {
      mutex.unlock()
      throw StoreError.failed("the store is closed")
    }
    guard job.closes || waiting.count + background.count < waitingMax else {
      mutex.unlock()
      throw StoreError.busy
    }
    if job.load.isBackground { background.append(job) } else { waiting.append(job) }
    let mustWait = isLed
    isLed = true
    mutex.unlock()
    if mustWait {
      job.wake.wait()
      // Woken for another reason it is to lead.
      if job.isDone { return }
    }
    lead(until: job)
  }

  private func lead(until own: CommitJob) {
    while !own.isDone {
      let group = nextGroup()
      run(group)
      for job in group {
        job.finish()
        if job !== own { job.wake.signal() }
      }
      // Those whose changes are durable do not wait for this.
      checkpoint()
    }
    mutex.lock()
    let next = waiting.first ?? background.first
    if next == nil { isLed = false }
    mutex.unlock()
    next?.wake.signal()
  }

  private func nextGroup() -> [CommitJob] {
    mutex.lock()
    defer { mutex.unlock() }
    if !background.isEmpty {
      if waiting.isEmpty || groupsBeforeBackground >= Self.patience {
        groupsBeforeBackground = 0
        return [background.removeFirst()]
      }
      groupsBeforeBackground += 1
    }
    var count = 0
    var bytes = 0
    for job in waiting.prefix(Self.groupMax) {
      guard count == 0 || !job.closes && bytes + job.load.bytes <= Self.groupBytesMax else { break }
      count += 1
      bytes += job.load.bytes
      if job.closes { break }
    }
    let group = Array(waiting.prefix(count))
    waiting.removeFirst(count)
    return group
  }

  /// Bodies that wait for their turn now.
  var waitingCount: Int { mutex.withLock { waiting.count + background.count } }

  private var othersWait: Bool { mutex.withLock { !waiting.isEmpty } }
}

/// The leader's part.
extension CommitQueue {
  private func run(_ group: [CommitJob]) {
    if group.first?.closes == true { return closeNow() }
    guard !isClosed else { return fail(group, StoreError.failed("the store is closed")) }
    guard lock.lock(timeoutMilliseconds: DataFolder.lockTimeoutMilliseconds) else {
      return fail(group, StoreError.busy)
    }
    defer { lock.unlock() }
    log.makeRoom(for: group.reduce(0) { $0 + $1.load.bytes })
    do {
      try commit(group)
    } catch {
      #if MUTANTS
        if Mutant.isOn(.ackThoughCommitFailed), error is SQLiteError { return }
      #endif
      // One that needs more room than there is must not cost the others theirs: each tries alone.
      guard group.count > 1, (error as? SQLiteError)?.kind == .full else { return fail(group, error) }
      for job in group {
        do { try commit([job]) } catch { job.failure = error }
      }
    }
  }

  private func commit(_ group: [CommitJob]) throws {
    for job in group {
      job.failure = nil
      job.moved = []
    }
    try connection.transaction {
      guard group.count > 1 else {
        for job in group { try run(job) }
        return
      }
      for job in group { try runApart(job) }
    }
    committed(group.reduce(into: []) { $0.formUnion($1.moved) })
  }

  private func run(_ job: CommitJob) throws {
    let transaction = SQLiteTransaction(connection) { [self] in job.load.isBackground && othersWait }
    try job.run(in: transaction)
    job.moved = transaction.moved
  }

  private func runApart(_ job: CommitJob) throws {
    do {
      try connection.savepoint { try run(job) }
    } catch {
      job.failure = error
      job.moved = []
      // Some errors end the whole transaction: then the others are undone as well.
      if !connection.isInTransaction { throw error }
    }
  }

  /// Nobody's change is there, whoever the cause.
  private func fail(_ group: [CommitJob], _ error: any Error) {
    for job in group where job.failure == nil { job.failure = error }
  }

  private func checkpoint() {
    guard !isClosed, log.isDue, lock.lock(timeoutMilliseconds: DataFolder.lockTimeoutMilliseconds) else { return }
    log.checkpoint()
    lock.unlock()
  }

  private func closeNow() {
    isClosed = true
    // Without the lock another process might write while this one checkpoints; better to leave the checkpoint to it.
    guard lock.lock(timeoutMilliseconds: DataFolder.lockTimeoutMilliseconds) else { return }
    connection.close()
    lock.unlock()
  }
}
