import OffprintWire

#if MUTANTS
  import OffprintMutants
#endif

/// One page of an account's log: what follows a cursor, cut by count and bytes (Protocol, PULL-1 to PULL-5).
package struct Page {
  /// Where to read on; nil reads from nothing.
  package var cursor: Cursor?
  /// The most records.
  package var limit: Int
  /// What results of the same answer have just given: left out while number and hash are still those.
  package var given: [RecordKey: (number: Int64, hash: UInt64)] = [:]

  /// Whether sealed runs are laid in as they are; else all is written anew, which tests hold the one against.
  package var usesRuns = true

  /// Bytes of records at which a page is cut, before compression. A record may pass it, none follows.
  package static let inflatedBytesMax = 1_048_576

  /// A page behind `cursor`.
  package init(cursor: Cursor?, limit: Int) {
    self.cursor = cursor
    self.limit = limit
  }

  /// What was written.
  package struct Written: Sendable {
    /// The last line.
    package var end: PageEnd
    /// Records written.
    package var count: Int
  }

  /// Writes the records and the last line.
  ///
  /// All of it comes from one snapshot: records, cursor, and at the head the digest. Sealed runs are laid in as they are, what
  /// lies between and behind them is written anew; where a page ends may depend on the runs, what it holds does not.
  /// - Throws: ``Problem`` for a cursor that cannot be read from, ``StoreError``.
  package func write(of account: RecordID, from reader: any StoreReader, to output: inout StitchedBody) throws
    -> Written
  {
    guard let log = try reader.log(of: account) else { throw StoreError.damaged("an account without a log") }
    let position = log.position
    if let cursor { try position.requireValid(cursor) }
    // A cursor beyond the head is of a database put back by hand: answered from the head, healed by the digest.
    let from = min(cursor?.number ?? 0, position.head)
    let start = cursor == nil ? position.head : cursor?.start
    let walk = Walk(self, of: account, from: reader, after: from, deadAfter: start ?? 0, into: output)
    try walk.run(usingRuns: usesRuns)
    output = walk.output
    #if MUTANTS
      let number = walk.more ? walk.last + (Mutant.isOn(.pageSkipsOne) ? 1 : 0) : position.head
    #else
      let number = walk.more ? walk.last : position.head
    #endif
    let next = Cursor(account: account, log: position.log, number: number, start: walk.more ? start : nil)
    let end = PageEnd(cursor: next.text, number: number, more: walk.more, digest: walk.more ? nil : log.digest)
    output.append(SyncAnswerLine.end(end))
    return Written(end: end, count: walk.count)
  }
}

extension Page {
  /// The way of one page along the log.
  private final class Walk {
    private let account: RecordID
    private let reader: any StoreReader
    private let deadAfter: Int64
    private let limit: Int
    private let given: [RecordKey: (number: Int64, hash: UInt64)]
    /// The numbers of what was given, ascending.
    private let givenNumbers: [Int64]
    private(set) var output: StitchedBody
    private let sizeBefore: Int
    /// The number of the last record met.
    private(set) var last: Int64
    /// Records written.
    private(set) var count = 0
    /// Whether something follows that has no room.
    private(set) var more = false

    init(
      _ page: Page, of account: RecordID, from reader: any StoreReader, after number: Int64, deadAfter: Int64,
      into output: StitchedBody
    ) {
      self.account = account
      self.reader = reader
      self.deadAfter = deadAfter
      self.output = output
      limit = page.limit
      given = page.given
      givenNumbers = page.given.values.map(\.number).sorted()
      sizeBefore = output.size
      last = number
    }

    private var size: Int { output.size - sizeBefore }

    func run(usingRuns: Bool) throws {
      if usingRuns { try writeRuns() }
      if !more { try writeRecords(through: .max) }
    }

    /// The runs, with the records before and between them.
    private func writeRuns() throws {
      try reader.forEachRun(of: account, after: last) { run in
        try writeRecords(through: run.numbers.lowerBound - 1)
        if more { return false }
        guard let lines = run.lines(deadAfter: deadAfter), !holdsGiven(run.numbers),
          // A run too long for a whole page is written record by record.
          lines.count <= limit
        else {
          try writeRecords(through: run.numbers.upperBound)
          return !more
        }
        return append(lines, of: run)
      }
    }

    private func append(_ lines: SealedRun.Lines, of run: SealedRun) -> Bool {
      guard lines.count > 0 else {
        last = run.numbers.upperBound
        return true
      }
      let isFull = size > 0 && size + lines.fragment.size > Page.inflatedBytesMax
      guard count + lines.count <= limit, !isFull else {
        more = true
        return false
      }
      output.append(lines.fragment)
      count += lines.count
      last = run.numbers.upperBound
      return true
    }

    /// Whether a result of the same answer may have given something of these numbers.
    private func holdsGiven(_ numbers: ClosedRange<Int64>) -> Bool {
      givenNumbers.contains(where: numbers.contains)
    }

    private func writeRecords(through end: Int64) throws {
      guard last < end else { return }
      try reader.forEachRecord(of: account, after: last, through: end, deadAfter: deadAfter) { stored in
        if count == limit || size >= Page.inflatedBytesMax {
          more = true
          return false
        }
        last = stored.number
        if let given = given[stored.record.key], given == (stored.number, stored.hash) { return true }
        output.append(SyncAnswerLine.record(stored.record, number: stored.number))
        count += 1
        return true
      }
    }
  }
}
