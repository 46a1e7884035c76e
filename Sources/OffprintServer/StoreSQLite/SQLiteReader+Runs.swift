import OffprintSQLite
import OffprintWire

#if MUTANTS
  import OffprintMutants
#endif

/// Sealed runs of the log, as the table `run` holds them: without a body they are loose.
extension SQLiteReader {
  func forEachRun(of account: RecordID, after number: Int64, _ body: (SealedRun) throws -> Bool) throws {
    let statement = try connection.cached(
      """
      SELECT first, last, body, row FROM run WHERE account = ?1 AND first > ?2 AND body IS NOT NULL ORDER BY first
      """)
    defer { statement.clear() }
    try statement.bind([.integer(try row(account)), .integer(number)])
    while let row = try statement.step() {
      let (first, last) = (try row.int64(0), try row.int64(1))
      guard let run = try row.withBlob(2, RunEncoding.decode), run.numbers.lowerBound == first,
        run.numbers.upperBound == last
      else {
        // Its records are there one by one.
        damage.runs.append(try row.int64(3))
        continue
      }
      guard try body(run) else { break }
    }
  }

  /// Steps through the runs that say other than their records. O(size of the log).
  func forEachWrongRun(of account: RecordID, _ body: (ClosedRange<Int64>) throws -> Void) throws {
    var last: Int64 = 0
    while let run = try firstRun(of: account, after: last) {
      last = run.numbers.lowerBound
      var builder = RunBuilder()
      try forEachRecord(of: account, after: last - 1, through: run.numbers.upperBound, deadAfter: 0) { stored in
        builder.append(stored)
        return true
      }
      if !builder.isSame(as: run) { try body(run.numbers) }
    }
  }

  private func firstRun(of account: RecordID, after number: Int64) throws -> SealedRun? {
    var first: SealedRun?
    try forEachRun(of: account, after: number) { run in
      first = run
      return false
    }
    return first
  }

  func looseRun(of account: RecordID, after number: Int64) throws -> LooseRun? {
    let account = try row(account)
    let loose = try connection.first(
      """
      SELECT first, last FROM run WHERE account = ?1 AND first > ?2 AND body IS NULL ORDER BY first LIMIT 1
      """, [.integer(account), .integer(number)], Self.numbers)
    guard let loose else { return nil }
    let next = try connection.first(
      "SELECT first, last FROM run WHERE account = ?1 AND first > ?2 ORDER BY first LIMIT 1",
      [.integer(account), .integer(loose.upperBound)], Self.numbers)
    return LooseRun(numbers: loose, next: next)
  }

  func lastRunNumber(of account: RecordID) throws -> Int64 {
    try connection.first(
      "SELECT last FROM run WHERE account = ?1 ORDER BY first DESC LIMIT 1", [.integer(try row(account))]
    ) { try $0.int64(0) } ?? 0
  }

  private static func numbers(_ row: Row) throws -> ClosedRange<Int64> {
    let (first, last) = (try row.int64(0), try row.int64(1))
    guard first <= last else { throw StoreError.damaged("the numbers of a run") }
    return first...last
  }
}

extension SQLiteTransaction {
  func replaceRuns(of account: RecordID, from first: Int64, through last: Int64, with runs: [SealedRun]) throws {
    let account = try row(account)
    try connection.run(
      "DELETE FROM run WHERE account = ?1 AND first <= ?3 AND last >= ?2",
      [.integer(account), .integer(first), .integer(last)])
    for run in runs {
      // Records only ever leave a stretch of the log: as many as were compressed are those that were compressed.
      let held = try connection.first(
        "SELECT count(*) FROM record WHERE account = ?1 AND number BETWEEN ?2 AND ?3",
        [.integer(account), .integer(run.numbers.lowerBound), .integer(run.numbers.upperBound)]
      ) { try $0.int64(0) }
      let isWhole = held == Int64(run.all.count)
      try connection.run(
        "INSERT INTO run (account, first, last, body) VALUES (?1, ?2, ?3, ?4)",
        [
          .integer(account), .integer(run.numbers.lowerBound), .integer(run.numbers.upperBound),
          isWhole ? .blob(RunEncoding.encode(run)) : .null,
        ])
    }
  }

  /// Lets the run go that holds the record of this number, which is about to leave its place.
  func loosenRun(at number: Int64, accountRow: Int64) throws {
    #if MUTANTS
      if Mutant.isOn(.runKeptThoughStale) { return }
    #endif
    try connection.run(
      """
      UPDATE run SET body = NULL WHERE row = (
        SELECT row FROM run WHERE account = ?1 AND first <= ?2 ORDER BY first DESC LIMIT 1
      ) AND last >= ?2 AND body IS NOT NULL
      """, [.integer(accountRow), .integer(number)])
  }

  /// Lets a run go whose bytes are damaged.
  func loosenRun(row: Int64) throws {
    try connection.run("UPDATE run SET body = NULL WHERE row = ?1", [.integer(row)])
  }
}
