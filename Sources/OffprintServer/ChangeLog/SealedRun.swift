import OffprintGzip
import OffprintWire

/// Consecutive records of a log, written as the lines of a page and compressed once.
///
/// A run is exactly what the log holds between its first and its last number: when one of its records takes a new number or is
/// purged, the store lets the run go. So no page ever holds a state that is not the newest.
package struct SealedRun: Sendable, Equatable {
  /// Lines of a page, compressed.
  package struct Lines: Sendable, Equatable {
    /// How many.
    package var count: Int
    /// The lines, each with its line feed.
    package var fragment: Fragment

    /// Lines of these parts.
    package init(count: Int, fragment: Fragment) {
      self.count = count
      self.fragment = fragment
    }
  }

  /// The numbers of the first and the last record.
  package let numbers: ClosedRange<Int64>
  /// All records.
  package let all: Lines
  /// The live ones alone; nil if none is dead.
  package let live: Lines?
  /// The numbers of the first and the last dead one; nil if none is.
  package let dead: ClosedRange<Int64>?

  /// A run of these parts.
  package init(numbers: ClosedRange<Int64>, all: Lines, live: Lines?, dead: ClosedRange<Int64>?) {
    self.numbers = numbers
    self.all = all
    self.live = live
    self.dead = dead
  }

  /// The lines for a page that leaves out dead records numbered up to `number`; nil if it is to leave out some and not others.
  package func lines(deadAfter number: Int64) -> Lines? {
    guard let dead, let live, number >= dead.lowerBound else { return all }
    return number >= dead.upperBound ? live : nil
  }
}

/// A run that is to be sealed anew: what it covers.
package struct LooseRun: Sendable, Equatable {
  /// The numbers it covers; some may be gone.
  package let numbers: ClosedRange<Int64>
  /// The numbers of the run behind it, sealed or loose; nil if it is the last.
  package let next: ClosedRange<Int64>?

  /// A loose run.
  package init(numbers: ClosedRange<Int64>, next: ClosedRange<Int64>?) {
    self.numbers = numbers
    self.next = next
  }
}

/// Gathers records of a log in order and seals them.
package struct RunBuilder {
  private var allLines = JSONWriter()
  private var liveLines = JSONWriter()
  private var first: Int64?
  private var last: Int64 = 0
  private var dead: ClosedRange<Int64>?
  /// Records so far.
  package private(set) var count = 0
  private var liveCount = 0

  /// An empty run.
  package init() {}

  /// Bytes of lines so far.
  package var bytes: Int { allLines.bytes.count }

  /// Whether a run says what was gathered here, in all its lines and in those of the live records alone.
  package func isSame(as run: SealedRun) -> Bool {
    guard run.numbers.lowerBound == first, run.numbers.upperBound == last, run.dead == dead else { return false }
    return Self.isSame(run.all, allLines, count)
      && (dead == nil ? run.live == nil : run.live.map { Self.isSame($0, liveLines, liveCount) } ?? false)
  }

  private static func isSame(_ lines: SealedRun.Lines, _ written: borrowing JSONWriter, _ count: Int) -> Bool {
    lines.count == count
      && (try? lines.fragment.inflated(outputBytesMax: written.bytes.count)) == written.bytes
  }

  /// Adds the next record.
  package mutating func append(_ stored: StoredRecord) {
    let line = SyncAnswerLine.record(stored.record, number: stored.number)
    line.write(to: &allLines)
    if stored.isLive {
      line.write(to: &liveLines)
      liveCount += 1
    } else {
      dead = (dead?.lowerBound ?? stored.number)...stored.number
    }
    if first == nil { first = stored.number }
    last = stored.number
    count += 1
  }

  /// The run; nil if it is empty.
  /// - Throws: ``GzipError/outOfMemory``.
  package func sealed() throws -> SealedRun? {
    guard let first else { return nil }
    let live =
      dead == nil ? nil : SealedRun.Lines(count: liveCount, fragment: try Fragment(deflating: liveLines.bytes))
    return SealedRun(
      numbers: first...last, all: SealedRun.Lines(count: count, fragment: try Fragment(deflating: allLines.bytes)),
      live: live, dead: dead)
  }
}
