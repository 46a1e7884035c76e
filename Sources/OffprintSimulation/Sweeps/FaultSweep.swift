import Offprint
import OffprintFaultDisk
import OffprintServer

/// Lets one call of a script fail, each in its turn: the step fails aloud and whole, reading goes on, and the same step
/// succeeds without a restart (G10, G11).
struct FaultSweep<Subject: Swept> {
  /// What fails.
  enum Kind: Hashable, Sendable {
    /// One call of the disk.
    case disk(Fault)
    /// One allocation of SQLite's.
    case memory
  }

  let script: Script<Subject>
  let kind: Kind
  let seed: UInt64

  /// Tries of a step at most: one fault can spoil one, and what it leaves behind one more.
  private static var attemptsMax: Int { 3 }
  /// Steps that are done after the fault.
  private static var stepsAfter: Int { 4 }

  private func chances(_ segment: Script<Subject>.Segment) -> Int {
    switch kind {
    case .disk(let fault): segment.chances[fault] ?? 0
    case .memory: segment.allocations
    }
  }

  /// Tries every call, or `most` of them.
  func run(_ name: String, atMost most: Int?) -> SweepReport {
    var report = SweepReport(name)
    report.points = script.total(chances)
    for place in report.places(atMost: most) {
      defer { FaultMemory.fail(nth: 0) }
      report.covered += 1
      do {
        try fail(at: place, &report)
      } catch let finding as SweepFinding {
        report.add(finding.kind, "fault \(place)", finding.lines)
      } catch {
        report.add(.failed, "fault \(place)", ["\(error)"])
      }
    }
    return report
  }

  private func fail(at place: Int, _ report: inout SweepReport) throws {
    let (segment, nth) = script.locate(place, chances)
    let subject = try segment.template.copy()
    subject.disk.reseed(seed &+ UInt64(place))
    let failures = FaultMemory.failures
    switch kind {
    case .disk(let fault): subject.disk.fail(fault, nth: nth)
    case .memory: FaultMemory.fail(nth: nth)
    }
    try start(subject, &report)
    var step = segment.steps.lowerBound
    var attempt = 0
    var happenedAt: Int?
    while step < script.steps.count, step < (happenedAt ?? script.steps.count) + Self.stepsAfter {
      let place = "step \(step) '\(script.steps[step].name)'"
      do {
        if !subject.isRunning { try start(subject, &report) }
        try subject.perform(step, attempt: attempt)
        step += 1
        attempt = 0
      } catch let finding as SweepFinding {
        throw finding
      } catch {
        report.count("told as \(name(of: error, subject))")
        guard kind != .disk(.full) || subject.isDiskFull(error) else {
          throw SweepFinding(.failed, "\(place): a full disk is told as \(error)")
        }
        attempt += 1
        guard attempt < Self.attemptsMax else { throw SweepFinding(.failed, "\(place) fails for ever: \(error)") }
        if subject.isRunning, try look(subject, step, place) {
          step += 1
          attempt = 0
        }
      }
      let hasHappened =
        if case .disk(let fault) = kind { !subject.disk.isArmed(fault) } else { FaultMemory.failures > failures }
      if hasHappened, happenedAt == nil { happenedAt = step }
    }
    FaultMemory.fail(nth: 0)
    if subject.isRunning { try script.checkAtRest(subject, before: step) }
  }

  /// Looks after a step failed: nothing by half, and readable. Gives whether the step is done all the same.
  private func look(_ subject: Subject, _ step: Int, _ place: String) throws -> Bool {
    let state = try subject.state()
    let strays = script.strays(state, at: step)
    guard strays.isEmpty else { throw SweepFinding(.lost, [place] + strays) }
    do { try subject.read() } catch { throw SweepFinding(.failed, "\(place): reading stops: \(error)") }
    return script.steps[step].isAtomic && !subject.repeatsWhole && state == script.states[step + 1]
      && state != script.states[step]
  }

  private func start(_ subject: Subject, _ report: inout SweepReport) throws {
    for attempt in 1...Self.attemptsMax {
      do { return try subject.start() } catch {
        report.count("told at the start as \(name(of: error, subject))")
        guard attempt < Self.attemptsMax else { throw SweepFinding(.corrupt, "it does not start: \(error)") }
      }
    }
  }

  /// What an error is called in counts: its kind, without what differs from case to case.
  private func name(of error: any Error, _ subject: Subject) -> String {
    if subject.isDiskFull(error) { return "disk full" }
    if let error = error as? OffprintError { return error.code.rawValue }
    return String("\(error)".prefix { $0 != ":" && $0 != "(" && $0 != "," }.prefix(40))
  }
}
