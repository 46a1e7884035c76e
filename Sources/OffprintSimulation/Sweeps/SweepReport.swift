/// What a sweep came to.
package struct SweepReport: Sendable {
  /// The sweep.
  package var name: String
  /// Places where it was cut, or faults that were laid: how many there are in all.
  package var points = 0
  /// How many of them were tried.
  package var covered = 0
  /// Runs in which something acknowledged was missing, or something was there by half.
  package var lost = 0
  /// Runs in which something was damaged or did not open again.
  package var corrupt = 0
  /// Runs in which anything else went wrong.
  package var failed = 0
  /// What else is worth knowing, counted by name.
  package var counts: [String: Int] = [:]
  /// The first findings, for people.
  package var findings: [String] = []
  /// Whether this sweep is a control, which must lose something.
  package var mustLose = false
  /// How long it took.
  package var seconds = 0.0

  /// Findings kept.
  private static let findingsMax = 12

  init(_ name: String) { self.name = name }

  /// The places to try: all, or `most` spread evenly.
  func places(atMost most: Int?) -> StrideThrough<Int> {
    let stride = most.map { max(1, (points + $0 - 1) / max(1, $0)) } ?? 1
    return Swift.stride(from: 1 + stride / 2, through: points, by: stride)
  }

  /// What kind of promise broke.
  enum Kind { case lost, corrupt, failed }

  /// Notes a run that broke a promise.
  mutating func add(_ kind: Kind, _ place: String, _ lines: [String]) {
    switch kind {
    case .lost: lost += 1
    case .corrupt: corrupt += 1
    case .failed: failed += 1
    }
    guard findings.count < Self.findingsMax else { return }
    findings.append("\(name), \(place): \(kind): \(lines.joined(separator: "; "))")
  }

  /// Counts something.
  mutating func count(_ what: String, _ number: Int = 1) { counts[what, default: 0] += number }

  /// Whether all held; of a control, whether it was found out.
  package var holds: Bool {
    guard covered > 0 else { return false }
    return mustLose ? lost > 0 : lost == 0 && corrupt == 0 && failed == 0
  }

  /// One line for people.
  package var line: String {
    let more = counts.sorted { $0.key < $1.key }.map { ", \($0.value) \($0.key)" }.joined()
    return
      "\(holds ? "ok  " : "FAIL") \(name): \(covered) of \(points) points, \(lost) lost, \(corrupt) corrupt, \(failed)"
      + " otherwise wrong\(more)\(mustLose ? " (a control: must lose)" : "")"
  }
}

/// A promise that broke in one run.
struct SweepFinding: Error {
  var kind: SweepReport.Kind
  var lines: [String]

  init(_ kind: SweepReport.Kind, _ lines: String...) {
    self.kind = kind
    self.lines = lines
  }

  init(_ kind: SweepReport.Kind, _ lines: [String]) {
    self.kind = kind
    self.lines = lines
  }
}
