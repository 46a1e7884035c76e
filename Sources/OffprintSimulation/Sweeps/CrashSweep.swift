import OffprintFaultDisk

/// Cuts a script at every call of its disk, restarts, and compares what is there with what had been acknowledged (G2, G3).
struct CrashSweep<Subject: Swept> {
  /// How it is cut.
  enum Mode: String, CaseIterable, Sendable {
    case power, kill
    /// Killed at every call, and the power cut soon after the restart, at another place each time.
    case killThenPower
  }

  let script: Script<Subject>
  let mode: Mode
  let seed: UInt64
  /// Whether syncs are left out, so that losing is what must happen.
  var isControl = false

  /// Calls after the restart within which the second crash of ``Mode/killThenPower`` comes.
  private static var secondCrashWithin: Int { 97 }
  /// Crashes of one run at most.
  private static var crashesMax: Int { 4 }
  /// Steps that are done after a crash; one run in ten goes on to the end of the script.
  private static var stepsAfter: Int { 4 }

  /// Tries every call, or `most` of them.
  func run(_ name: String, atMost most: Int?) -> SweepReport {
    var report = SweepReport(name)
    report.points = script.total { $0.calls }
    report.mustLose = isControl
    for place in report.places(atMost: most) {
      report.covered += 1
      do {
        try cut(at: place, &report)
      } catch let finding as SweepFinding {
        report.add(finding.kind, "call \(place)", finding.lines)
      } catch {
        report.add(.failed, "call \(place)", ["\(error)"])
      }
    }
    return report
  }

  private func cut(at place: Int, _ report: inout SweepReport) throws {
    let (segment, call) = script.locate(place) { $0.calls }
    let subject = try segment.template.copy()
    subject.disk.reseed(seed &+ UInt64(place))
    subject.disk.arm(mode == .power ? .power : .kill, afterCalls: call)
    var run = Run(script: script, subject: subject, step: segment.steps.lowerBound)
    while !run.isOver(after: place % 10 == 0 ? script.steps.count : Self.stepsAfter) {
      do {
        try run.advance()
        guard subject.disk.isDown else { continue }
      } catch let finding as SweepFinding {
        throw finding
      } catch {
        guard subject.disk.isDown else {
          throw SweepFinding(.failed, "\(run.place) failed without a fault: \(error)")
        }
      }
      run.crashes += 1
      guard run.crashes < Self.crashesMax else { throw SweepFinding(.failed, "it crashes for ever") }
      let wasKill = mode != .power && run.crashes == 1
      subject.abandon(lostPower: !wasKill)
      subject.disk.beginProcess()
      if mode == .killThenPower, run.crashes == 1 {
        subject.disk.arm(.power, afterCalls: 1 + place * 13 % Self.secondCrashWithin)
        run.awaitsCrash = true
      } else {
        run.awaitsCrash = false
      }
      run.lastCrash = run.step
      run.isUnsure = true
    }
    report.count("crashes", run.crashes)
    if run.crashes == 0 { report.count("without the crash") }
    try script.checkAtRest(subject, before: run.step)
  }
}

extension CrashSweep {
  /// One run of the script through its crashes.
  private struct Run {
    let script: Script<Subject>
    let subject: Subject
    /// The next step.
    var step: Int
    var attempt = 0
    var crashes = 0
    /// The step that the last crash was in.
    var lastCrash: Int?
    /// Whether one more crash is to come.
    var awaitsCrash = true
    /// Whether it has to be looked at what a crash left.
    var isUnsure = false
    /// The last step that was found whole after a crash.
    var seenWhole: Int?

    init(script: Script<Subject>, subject: Subject, step: Int) {
      self.script = script
      self.subject = subject
      self.step = step
    }

    var place: String { step < script.steps.count ? "step \(step) '\(script.steps[step].name)'" : "the end" }

    /// Whether all is done: so many steps after the last crash, or all.
    func isOver(after steps: Int) -> Bool {
      guard subject.isRunning, !isUnsure else { return false }
      if step == script.steps.count { return true }
      guard let lastCrash, !awaitsCrash else { return false }
      return step >= lastCrash + steps
    }

    /// Starts, or does a step.
    mutating func advance() throws {
      guard subject.isRunning else {
        do { try subject.start() } catch {
          if subject.disk.isDown { throw error }
          throw SweepFinding(.corrupt, "\(place): it does not start again: \(error)")
        }
        // A crash in the last call of starting goes unnoticed until the next.
        guard !subject.disk.isDown else { return }
        if isUnsure { try lookAtWhatIsLeft() }
        return
      }
      try subject.perform(step, attempt: attempt)
      step += 1
      attempt = 0
    }

    private mutating func lookAtWhatIsLeft() throws {
      isUnsure = false
      attempt += 1
      let faults = try subject.faults()
      guard faults.isEmpty else { throw SweepFinding(.corrupt, [place] + faults) }
      let state = try subject.state()
      let strays = script.strays(state, at: step)
      guard strays.isEmpty else { throw SweepFinding(.lost, [place] + strays) }
      guard step < script.steps.count, script.steps[step].isAtomic, script.states[step] != script.states[step + 1]
      else { return }
      // What was seen is as good as answered: a power loss may not take it back.
      if state == script.states[step + 1] {
        seenWhole = step
      } else if seenWhole == step {
        throw SweepFinding(.lost, [place, "was there after a restart and is gone after the next"])
      }
      guard seenWhole == step, !subject.repeatsWhole else { return }
      step += 1
      attempt = 0
    }
  }
}
