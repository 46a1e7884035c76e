import Foundation
import OffprintFiles
import OffprintSQLite

#if MUTANTS
  import OffprintMutants
#endif

/// The one writer connection, and the group commit in front of it.
///
/// Whoever finds nobody writing leads: it runs all that waits, in order, in one transaction, and what comes meanwhile waits for the
/// next. So a hundred writers share the cost of one `fsync`, and a single one waits for nobody. Each body has a savepoint of its
/// own: one that throws undoes itself alone.
///
/// `@unchecked Sendable`: the connection is used by the leader alone, of which there is one at a time, and leadership passes under
/// `condition`'s lock; the queue and `isLed` are touched only under that lock.
final class CommitQueue: @unchecked Sendable {
  /// One body with its outcome.
  ///
  /// `@unchecked Sendable`: touched by the leader between being queued and being done, by its owner before and after, and
  /// `condition`'s lock lies between.
  private final class Job: @unchecked Sendable {
    let run: (SQLiteTransaction) throws -> Void
    var failure: (any Error)?
    var isDone = false

    init(_ run: @escaping (SQLiteTransaction) throws -> Void) { self.run = run }
  }

  /// Bodies in one transaction; another process gets its turn at the lock between two.
  private static let groupMax = 128

  private let connection: Connection
  private let lock: any FileLock
  private let committed: (SQLiteTransaction) -> Void
  private let condition = NSCondition()
  private var queue: [Job] = []
  private var isLed = false
  private var isClosed = false

  /// - Parameters:
  ///   - connection: the writer, from now on this queue's alone.
  ///   - lock: held for each transaction.
  ///   - committed: called after each commit by the leader, still under the lock between processes.
  init(_ connection: Connection, lock: any FileLock, committed: @escaping (SQLiteTransaction) -> Void) {
    self.connection = connection
    self.lock = lock
    self.committed = committed
  }

  /// Runs `body` in a transaction and returns when it is durable.
  func write<T>(_ body: (SQLiteTransaction) throws -> T) throws -> T {
    var result: T?
    try withoutActuallyEscaping({ transaction in result = try body(transaction) }) { run in
      // The job does not outlive this call: `submit` returns only once it is done and let go of.
      let job = Job(run)
      submit(job)
      if let failure = job.failure { throw failure }
    }
    guard let result else { throw StoreError.failed("the store is closed") }
    return result
  }

  /// Closes the connection, which checkpoints, once nobody writes; later writes fail.
  func close() {
    condition.lock()
    while isLed { condition.wait() }
    let wasClosed = isClosed
    isClosed = true
    condition.unlock()
    guard !wasClosed else { return }
    // Without the lock another process might write while this one checkpoints; better to leave the checkpoint to it.
    guard lock.lock(timeoutMilliseconds: DataFolder.lockTimeoutMilliseconds) else { return }
    connection.close()
    lock.unlock()
  }

  private func submit(_ job: Job) {
    condition.lock()
    defer { condition.unlock() }
    queue.append(job)
    while !job.isDone {
      if isLed {
        condition.wait()
        continue
      }
      let group = Array(queue.prefix(Self.groupMax))
      queue.removeFirst(group.count)
      isLed = true
      let isClosed = isClosed
      condition.unlock()
      if isClosed { Self.fail(group, StoreError.failed("the store is closed")) } else { commit(group) }
      condition.lock()
      for done in group { done.isDone = true }
      isLed = false
      condition.broadcast()
    }
  }

  private func commit(_ group: [Job]) {
    guard lock.lock(timeoutMilliseconds: DataFolder.lockTimeoutMilliseconds) else {
      return Self.fail(group, StoreError.busy)
    }
    defer { lock.unlock() }
    let transaction = SQLiteTransaction(connection)
    do {
      try connection.transaction {
        if group.count == 1 { return try group[0].run(transaction) }
        for job in group { try run(job, transaction) }
      }
      committed(transaction)
    } catch {
      #if MUTANTS
        if Mutant.isOn(.ackThoughCommitFailed), error is SQLiteError { return }
      #endif
      // Nobody's change is there, whoever the cause.
      Self.fail(group, error)
    }
  }

  private func run(_ job: Job, _ transaction: SQLiteTransaction) throws {
    do {
      try connection.savepoint { try job.run(transaction) }
    } catch {
      job.failure = error
      // Some errors end the whole transaction: then the others are undone as well.
      if !connection.isInTransaction { throw error }
    }
  }

  private static func fail(_ group: [Job], _ error: any Error) {
    for job in group where job.failure == nil { job.failure = error }
  }
}
