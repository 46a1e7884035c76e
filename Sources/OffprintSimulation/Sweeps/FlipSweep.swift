import Offprint
import OffprintFaultDisk
import OffprintWire

/// Flips bits of a library's database, one at a time: opening, reading or verifying notices, or all that can be read is as it
/// was (G13).
struct FlipSweep {
  let script: Script<SweptLibrary>
  let seed: UInt64

  private static let database = "/library/library.sqlite"

  /// Flips `count` bits, each in a library of its own.
  func run(_ name: String, bits count: Int) throws -> SweepReport {
    var report = SweepReport(name)
    let finished = try script.finished()
    let whole = try finished.copy()
    try whole.start()
    let expected = try Self.reading(whole.store())
    let replica = try whole.store().replicaID
    let pending = try Self.pending(whole.store())
    report.points = 8 * (finished.disk.bytes(of: Self.database)?.count ?? 0)
    for index in 0..<count {
      let damaged = try finished.copy()
      damaged.disk.reseed(seed &+ UInt64(index))
      guard let offset = damaged.disk.flip(Self.database) else { throw SweepFinding(.failed, "nothing to flip") }
      report.covered += 1
      switch Self.outcome(of: damaged, expected, replica, pending) {
      case .silent(let lines): report.add(.lost, "bit of byte \(offset) (page \(offset / 4_096 + 1))", lines)
      case .noticed(let when): report.count("noticed by \(when)")
      case .harmless: report.count("changed nothing that is read")
      }
    }
    return report
  }

  private enum Outcome {
    case noticed(String)
    case harmless
    case silent([String])
  }

  private static func outcome(
    of damaged: SweptLibrary, _ expected: [String], _ replica: ReplicaID, _ pending: Int
  ) -> Outcome {
    do { try damaged.start() } catch { return .noticed("opening") }
    defer { damaged.stop() }
    guard let store = damaged.device.store else { return .noticed("opening") }
    let actual: [String]
    do { actual = try reading(store) } catch { return .noticed("reading") }
    do {
      // A damaged marker makes another installation of it (Protocol, STAMP-8).
      guard store.replicaID == replica else { return .noticed("opening, as a copy") }
      guard try Self.pending(store) <= pending else { return .noticed("reading, a text is fetched again") }
      guard try store.read({ try store.integrityErrors() }).isEmpty else { return .noticed("verify, the structure") }
      let report = try store.read { try store.verifyRecords() }
      guard report.damagedRecords.isEmpty, report.indexMatches else { return .noticed("verify, a record") }
      var after: Int64 = 0
      while let last = try store.read({ try store.contentHashes(after: after, limit: 100) }).last {
        for (_, hash) in try store.read({ try store.contentHashes(after: after, limit: 100) }) {
          guard try store.read({ try store.content(hash) }) != nil else { return .noticed("verify, a text") }
        }
        after = last.number
      }
    } catch { return .noticed("verify") }
    guard actual != expected else { return .harmless }
    let lines = zip(expected, actual).filter { $0 != $1 }.prefix(3).map { one, other in
      let same = zip(one, other).prefix { $0 == $1 }.count
      let from = max(0, same - 60)
      return "\(one.prefix(40)) … \(one.dropFirst(from).prefix(120)) became \(other.dropFirst(from).prefix(120))"
    }
    return .silent(lines.isEmpty ? ["\(expected.count) lines became \(actual.count)"] : Array(lines))
  }

  /// Texts that are to be fetched, as a person is told.
  private static func pending(_ store: LibraryStore) throws -> Int {
    try store.read { try store.status(isSignedIn: true).contentsPending }
  }

  /// All that a person is shown, and all that goes out, as lines.
  private static func reading(_ store: LibraryStore) throws -> [String] {
    try store.read {
      var lines: [String] = []
      for filter in ArticleQuery.Filter.allCases {
        for sort in ArticleQuery.Sort.allCases {
          for article in try store.articles(ArticleQuery(filter: filter, sort: sort, limit: 200)) {
            lines.append("\(filter) \(sort) \(article)")
          }
        }
      }
      for held in try store.heldRecords() {
        lines.append("\(held)")
        lines.append("\(held.key) \(try store.heldRegisters(held.key) ?? [])")
        if held.key.type == .article {
          lines.append("\(try store.article(held.key.id))")
          lines.append("\(try store.readingPosition(of: held.key.id).map { "\($0)" } ?? "-")")
        }
      }
      lines += try store.bookmarks(of: nil).map { "\($0)" }
      lines += try store.conflicts().map { "\($0)" }
      lines += try store.refused().map { "\($0)" }
      lines.append("\(try store.position()) \(try store.digestText()) \(try store.status(isSignedIn: true))")
      lines.append(String(decoding: try store.exportRecords(after: nil, limit: 1_000).lines, as: UTF8.self))
      lines.append(String(decoding: try store.unsentLines(), as: UTF8.self))
      return lines
    }
  }
}
