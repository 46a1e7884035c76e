import OffprintFaultDisk

/// Fills the disk in the middle of a script, at every write in its turn, and leaves it full for a while: what does not fit
/// fails aloud and whole, reading goes on, and once there is room all can be done without a restart (G10, G11).
struct FullDiskSweep<Subject: Swept> {
  let script: Script<Subject>
  let seed: UInt64

  /// Steps that are tried while the disk is full; more would only fail in the same way.
  private static var stepsWhileFull: Int { 12 }

  private func writes(_ segment: Script<Subject>.Segment) -> Int { segment.chances[.full] ?? 0 }

  /// Tries every write, or `most` of them.
  func run(_ name: String, atMost most: Int?) -> SweepReport {
    var report = SweepReport(name)
    report.points = script.total(writes)
    for place in report.places(atMost: most) {
      report.covered += 1
      do {
        try fill(at: place, &report)
      } catch let finding as SweepFinding {
        report.add(finding.kind, "write \(place)", finding.lines)
      } catch {
        report.add(.failed, "write \(place)", ["\(error)"])
      }
    }
    return report
  }

  private func fill(at place: Int, _ report: inout SweepReport) throws {
    let (segment, nth) = script.locate(place, writes)
    let subject = try segment.template.copy()
    subject.disk.reseed(seed &+ UInt64(place))
    subject.disk.fail(.full, nth: nth)
    var isFull = false
    func fillIfDue() {
      guard !isFull, !subject.disk.isArmed(.full) else { return }
      isFull = true
      subject.disk.setCapacity(bytes: subject.disk.usedBytes)
    }
    func open() throws {
      if (try? subject.start()) != nil { return fillIfDue() }
      // What was closed may need room to open; then there must be some.
      report.count("not opened while full")
      subject.disk.setCapacity(bytes: nil)
      subject.disk.disarm()
      isFull = true
      do { try subject.start() } catch {
        throw SweepFinding(.corrupt, "it does not open though there is room: \(error)")
      }
    }
    try open()
    var step = segment.steps.lowerBound
    var first: Int?
    var failed: Set<Int> = []
    while step < script.steps.count, step < (first ?? script.steps.count) + Self.stepsWhileFull {
      let place = "step \(step) '\(script.steps[step].name)'"
      let before = try subject.state()
      do {
        try subject.perform(step, attempt: 0)
      } catch let finding as SweepFinding {
        throw finding
      } catch {
        if subject.isDiskFull(error) { report.count("steps refused") }
        // What hangs on a step that was refused may fail in any way.
        guard subject.isDiskFull(error) || first != nil else {
          throw SweepFinding(.failed, "\(place): a full disk is told as \(error)")
        }
        failed.insert(step)
        if first == nil { first = step }
        if subject.isRunning { try look(subject, step, before, place) }
      }
      fillIfDue()
      if !subject.isRunning { try open() }
      step += 1
    }
    subject.disk.setCapacity(bytes: nil)
    subject.disk.disarm()
    guard let first else { return try script.checkAtRest(subject, before: step) }
    // Every second run goes on as it is; the others see first that what was acknowledged meanwhile is not held by memory alone.
    if place % 2 == 0 { try losePower(subject) }
    for late in first..<step {
      do { try subject.catchUp(late, wasDone: !failed.contains(late)) } catch {
        guard !failed.contains(late) || subject.isDiskFull(error) else {
          throw SweepFinding(.failed, "step \(late) '\(script.steps[late].name)' fails though there is room: \(error)")
        }
        if subject.isDiskFull(error) {
          throw SweepFinding(.failed, "step \(late): full though there is room: \(error)")
        }
      }
    }
    try script.checkAtRest(subject, before: step, exactly: false)
  }

  private func losePower(_ subject: Subject) throws {
    let acknowledged = try subject.state()
    subject.disk.crash(.power)
    subject.abandon(lostPower: true)
    subject.disk.beginProcess()
    do { try subject.start() } catch { throw SweepFinding(.corrupt, "it does not start again: \(error)") }
    let differences = SweptState.differences(acknowledged, try subject.state())
    guard differences.isEmpty else { throw SweepFinding(.lost, ["after the power cut"] + differences) }
  }

  private func look(_ subject: Subject, _ step: Int, _ before: SweptState, _ place: String) throws {
    let now = try subject.state()
    guard now == before || !script.steps[step].isAtomic || now == script.states[step + 1] else {
      throw SweepFinding(.lost, [place, "was refused and yet"] + SweptState.differences(before, now))
    }
    let faults = try subject.faults()
    guard faults.isEmpty else { throw SweepFinding(.corrupt, [place] + faults) }
    do { try subject.read() } catch { throw SweepFinding(.failed, "\(place): reading stops: \(error)") }
  }
}
