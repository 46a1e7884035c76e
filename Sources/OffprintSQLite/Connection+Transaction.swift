import CSQLite

extension Connection {
  /// When a transaction takes the write lock.
  package enum TransactionKind: String, Sendable {
    /// At once, waiting for it as long as the busy timeout: for everything that may write.
    case immediate = "BEGIN IMMEDIATE"
    /// Never, if only read in: all reads see the database as it was at the first of them. Writing in one may fail as `busy` half-way.
    case deferred = "BEGIN DEFERRED"
  }

  /// Runs `body` in a transaction: committed if it returns, rolled back if it throws.
  ///
  /// Once this has returned the change survives power loss. If it throws, nothing of it is visible; after `ioError` or `full` from the
  /// commit itself it may yet be there after a restart, so the caller must be able to do it again harmlessly.
  ///
  /// - Throws: what `body` throws; `busy` if the lock was not to be had; `readOnly` for an immediate one on a reader;
  ///   `misuse` inside another transaction (see ``savepoint(_:)``).
  package func transaction<T>(_ kind: TransactionKind = .immediate, _ body: () throws -> T) throws -> T {
    // SQLite would quietly begin a deferred one.
    guard !role.isReader || kind == .deferred else { throw SQLiteError(code: SQLITE_READONLY) }
    guard !handle.isInTransactionBody else { throw SQLiteError.misuse("a transaction is open already") }
    try handle.rollBackLeftover()
    try handle.execute(kind.rawValue)
    handle.isInTransactionBody = true
    handle.mustRollBack = false
    defer { handle.isInTransactionBody = false }
    do {
      let result = try body()
      try handle.checkUsable()
      try handle.execute("COMMIT")
      return result
    } catch {
      // SQLite rolls back by itself after some errors. Should this fail, the error worth telling is the first, and whatever
      // runs next rolls back.
      if isInTransaction { try? handle.execute("ROLLBACK") }
      throw error
    }
  }

  /// Runs `body` inside the open transaction so that, if it throws, only what it did is undone. May be nested.
  ///
  /// - Throws: what `body` throws; `misuse` outside a transaction.
  package func savepoint<T>(_ body: () throws -> T) throws -> T {
    guard isInTransaction else { throw SQLiteError.misuse("no transaction is open") }
    // One name does for all: SQLite takes the innermost.
    try handle.execute("SAVEPOINT offprint")
    do {
      let result = try body()
      try handle.checkUsable()
      try handle.execute("RELEASE offprint")
      return result
    } catch {
      // What cannot be undone must not be committed with the rest.
      if isInTransaction, (try? handle.execute("ROLLBACK TO offprint; RELEASE offprint")) == nil {
        handle.mustRollBack = true
      }
      throw error
    }
  }
}
