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
  /// All of it comes from one snapshot: records, cursor, and at the head the digest.
  /// - Throws: ``Problem`` for a cursor that cannot be read from, ``StoreError``.
  package func write(of account: RecordID, from reader: any StoreReader, to writer: inout JSONWriter) throws -> Written
  {
    guard let log = try reader.log(of: account) else { throw StoreError.damaged("an account without a log") }
    let position = log.position
    if let cursor { try position.requireValid(cursor) }
    // A cursor beyond the head is of a database put back by hand: answered from the head, healed by the digest.
    let from = min(cursor?.number ?? 0, position.head)
    let start = cursor == nil ? position.head : cursor?.start
    var last = from
    var count = 0
    var more = false
    let sizeBefore = writer.bytes.count
    var output = writer
    try reader.forEachRecord(of: account, after: from, deadAfter: start ?? 0) { stored in
      if count == limit || output.bytes.count - sizeBefore >= Self.inflatedBytesMax {
        more = true
        return false
      }
      last = stored.number
      if let given = given[stored.record.key], given == (stored.number, stored.hash) { return true }
      SyncAnswerLine.record(stored.record, number: stored.number).write(to: &output)
      count += 1
      return true
    }
    #if MUTANTS
      let number = more ? last + (Mutant.isOn(.pageSkipsOne) ? 1 : 0) : position.head
    #else
      let number = more ? last : position.head
    #endif
    let next = Cursor(account: account, log: position.log, number: number, start: more ? start : nil)
    let end = PageEnd(cursor: next.text, number: number, more: more, digest: more ? nil : log.digest)
    SyncAnswerLine.end(end).write(to: &output)
    writer = output
    return Written(end: end, count: count)
  }
}
