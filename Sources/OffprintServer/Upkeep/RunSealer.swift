import OffprintWire

/// Seals the log of one account in steps: compresses from a snapshot, outside any writing transaction, then puts the runs in.
///
/// The newest records stay unsealed, since they are those that change next. A run that lost a record is sealed anew with what is
/// left of it, together with the one behind it once it is less than half full.
package struct RunSealer {
  private let account: RecordID
  /// Records in a run; a run that takes in what is left of another may have half as many again.
  private let recordsMax: Int
  /// Bytes of lines at which a run ends. A record may pass it.
  private static let bytesMax = 131_072
  /// Runs made in one step.
  private static let runsPerStep = 16

  /// A sealer of that account's log.
  package init(account: RecordID, recordsMax: Int) {
    self.account = account
    self.recordsMax = recordsMax
  }

  private struct Work {
    let first: Int64
    let last: Int64
    let runs: [SealedRun]
    /// Where the next step goes on.
    let next: Int64?
  }

  /// Seals one loose run behind `number`, or else what has gathered behind the last run.
  /// - Returns: where to go on; nil if there is nothing left to do.
  /// - Throws: ``StoreError``.
  package func step(after number: Int64, in store: some Store) throws -> Int64? {
    let work = try store.read { reader in
      try isToStay(reader) ? looseWork(after: number, reader) ?? newWork(reader) : nil
    }
    guard let work else { return nil }
    return try store.write(.background) { transaction in
      guard try isToStay(transaction) else { return nil }
      try transaction.replaceRuns(of: account, from: work.first, through: work.last, with: work.runs)
      return work.next
    }
  }

  /// Whether the account is there and not on its way out: somebody may remove it meanwhile.
  private func isToStay(_ reader: any StoreReader) throws -> Bool {
    guard let found = try reader.account(account) else { return false }
    return found.removing == nil
  }

  private func looseWork(after number: Int64, _ reader: any StoreReader) throws -> Work? {
    guard let loose = try reader.looseRun(of: account, after: number) else { return nil }
    let first = loose.numbers.lowerBound
    var last = loose.numbers.upperBound
    var gathered = try gather(reader, first, last, recordsMax: recordsMax * 3 / 2)
    if gathered.reduce(0, { $0 + $1.count }) * 2 < recordsMax {
      if let next = loose.next {
        last = next.upperBound
        gathered = try gather(reader, first, last, recordsMax: recordsMax * 3 / 2)
      } else {
        // The last run: what is left of it waits for more.
        gathered = []
      }
    }
    return Work(first: first, last: last, runs: try gathered.compactMap { try $0.sealed() }, next: last)
  }

  private func newWork(_ reader: any StoreReader) throws -> Work? {
    let covered = try reader.lastRunNumber(of: account)
    var gathered = try gather(reader, covered + 1, .max, recordsMax: recordsMax, most: Self.runsPerStep + 1)
    if let short = gathered.last, short.count < recordsMax, short.bytes < Self.bytesMax { gathered.removeLast() }
    // One full run's worth stays, so the last one is for nothing but to know that there is so much.
    let runs = try gathered.dropLast().compactMap { try $0.sealed() }
    guard let first = runs.first, let last = runs.last else { return nil }
    return Work(
      first: first.numbers.lowerBound, last: last.numbers.upperBound, runs: runs, next: last.numbers.upperBound)
  }

  /// What lies between two numbers, run by run; the last may be short.
  private func gather(
    _ reader: any StoreReader, _ first: Int64, _ last: Int64, recordsMax: Int, most: Int = .max
  ) throws -> [RunBuilder] {
    var gathered: [RunBuilder] = []
    var builder = RunBuilder()
    try reader.forEachRecord(of: account, after: first - 1, through: last, deadAfter: 0) { stored in
      if builder.count == recordsMax || builder.bytes >= Self.bytesMax {
        gathered.append(builder)
        builder = RunBuilder()
        if gathered.count == most { return false }
      }
      builder.append(stored)
      return true
    }
    if builder.count > 0 { gathered.append(builder) }
    return gathered
  }
}
