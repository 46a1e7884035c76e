import OffprintGzip
import OffprintSQLite
import OffprintServer
import OffprintTesting
import OffprintWire
import Testing

/// Pages that are laid together from sealed runs, beside the same pages written record by record.
@Suite struct SealedRunTests {
  @Test func `a stitched page says byte for byte what a page written anew says, whatever happened to the log`() throws {
    var stitched = 0
    for index in 0..<cases(short: 4) {
      let folder = try TemporaryFolder()
      let store = try StoreSQLite(
        folder: folder.file("data"), use: .serving, random: { Array(repeating: 7, count: $0) })
      defer { store.close() }
      var log = try RandomLog(store, SeededGenerator(seed: runSeed, case: index))
      for step in 0..<40 {
        try log.step()
        if log.generator.oneIn(8) { try damageRun(of: folder.file("data"), &log.generator) }
        for _ in 0..<3 {
          do { stitched += try comparePage(of: &log) } catch {
            Issue.record("OFFPRINT_SEED=\(runSeed), case \(index), step \(step): \(error)")
            return
          }
        }
      }
    }
    #expect(stitched > 300, "pages hold sealed runs: \(stitched)")
  }

  private struct Difference: Error, CustomStringConvertible { var description: String }

  /// Compares one page at a random place, and gives how many of its records came out of runs.
  private func comparePage(of log: inout RandomLog) throws -> Int {
    let account = log.account
    var generator = log.generator
    defer { log.generator = generator }
    return try log.store.read { reader in
      guard let position = try reader.log(of: account)?.position else { return 0 }
      let page = try page(position, reader, account, &generator)
      var body = StitchedBody()
      body.append(SyncAnswerLine.unreadable("a line before the page"))
      let prefix = body.size
      let written = try page.write(of: account, from: reader, to: &body)
      let plain = try Array(body.plain().dropFirst(prefix))
      guard try Array(Gzip.inflate(body.gzip(), outputBytesMax: 1 << 26).dropFirst(prefix)) == plain else {
        throw Difference(description: "gzip and plain differ")
      }
      var anew = page
      anew.usesRuns = false
      anew.limit = .max
      var whole = StitchedBody()
      let all = try anew.write(of: account, from: reader, to: &whole)
      let expected = try whole.plain().split(separator: 0x0A)
      let lines = plain.split(separator: 0x0A)
      guard lines.count == written.count + 1, written.count <= page.limit else {
        throw Difference(description: "\(lines.count) lines of \(written.count) records, limit \(page.limit)")
      }
      guard lines.dropLast() == expected.prefix(written.count) else {
        throw Difference(description: "records differ: \(lines.count) and \(expected.count) lines")
      }
      if written.end.more {
        guard written.count > 0 else { throw Difference(description: "a page without records and with more") }
        try check(written.end, before: expected.dropFirst(written.count).first)
      } else if !all.end.more, lines != expected {
        throw Difference(description: "the last pages differ")
      }
      var sealed = 0
      try reader.forEachRun(of: account, after: page.cursor?.number ?? 0) { run in
        if run.numbers.upperBound <= written.end.number { sealed += run.all.count }
        return true
      }
      return sealed
    }
  }

  /// The cursor lies behind all that was given, and before what is still owed.
  private func check(_ end: PageEnd, before next: ArraySlice<UInt8>?) throws {
    guard let next, case .record(_, let number) = try SyncAnswerLine(parsing: Array(next)) else { return }
    guard end.number < number else { throw Difference(description: "the cursor skips \(number)") }
  }

  /// A page from any place that a client may be at: finished or in its first sync, with results that gave something already.
  private func page(
    _ position: LogPosition, _ reader: any StoreReader, _ account: RecordID, _ generator: inout SeededGenerator
  ) throws -> Page {
    var cursor: Cursor?
    if !generator.oneIn(3) {
      let number = Int64(generator.below(Int(position.head) + 1))
      let start = generator.oneIn(2) ? max(number, Int64(generator.below(Int(position.head) + 1))) : nil
      if max(number, start ?? 0) >= position.floor {
        cursor = Cursor(account: account, log: position.log, number: number, start: start)
      }
    }
    var page = Page(cursor: cursor, limit: generator.oneIn(3) ? 1_000 : 1 + generator.below(40))
    guard generator.oneIn(3) else { return page }
    var given: [StoredRecord] = []
    try reader.forEachRecord(of: account, after: cursor?.number ?? 0, deadAfter: 0) { stored in
      if generator.oneIn(8) { given.append(stored) }
      return true
    }
    for stored in given {
      // What changed again since it was given is given once more.
      page.given[stored.record.key] = (stored.number, generator.oneIn(4) ? stored.hash &+ 1 : stored.hash)
    }
    return page
  }

  /// Flips a bit of a run's body, behind the store's back.
  private func damageRun(of folder: String, _ generator: inout SeededGenerator) throws {
    let connection = try Connection(path: folder + "/offprintd.sqlite", role: .writer(create: false))
    defer { connection.close() }
    let runs = try connection.query("SELECT row, body FROM run WHERE body IS NOT NULL") {
      (row: try $0.int64(0), body: try $0.blob(1))
    }
    guard !runs.isEmpty else { return }
    var run = generator.pick(runs)
    run.body[generator.below(run.body.count)] ^= 1 << UInt8(generator.below(8))
    try connection.run("UPDATE run SET body = ?2 WHERE row = ?1", [.integer(run.row), .blob(run.body)])
  }

  @Test func `all but the newest records of a log are sealed, and runs stay full enough`() throws {
    let folder = try TemporaryFolder()
    let store = try StoreSQLite(folder: folder.file("data"), use: .serving, random: { Array(repeating: 7, count: $0) })
    defer { store.close() }
    var log = try RandomLog(store, SeededGenerator(seed: runSeed, case: 0))
    for _ in 0..<200 { try log.step() }
    try log.seal()
    let (runs, tail) = try store.read { reader in
      var runs: [SealedRun] = []
      try reader.forEachRun(of: log.account, after: 0) {
        runs.append($0)
        return true
      }
      #expect(try reader.looseRun(of: log.account, after: 0) == nil)
      var tail = 0
      try reader.forEachRecord(
        of: log.account, after: reader.lastRunNumber(of: log.account), deadAfter: 0
      ) { _ in
        tail += 1
        return true
      }
      return (runs, tail)
    }
    #expect(tail < 2 * log.runRecords)
    for (run, next) in zip(runs, runs.dropFirst()) { #expect(run.numbers.upperBound < next.numbers.lowerBound) }
    #expect(runs.allSatisfy { $0.all.count <= log.runRecords * 3 / 2 || $0.all.fragment.size > 100_000 })
    let records = runs.reduce(0) { $0 + $1.all.count }
    #expect(records * 3 >= runs.count * log.runRecords, "seed \(runSeed): \(records) records in \(runs.count) runs")
  }
}
