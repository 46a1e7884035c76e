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
  /// Whether syncs lie or are left out, so that losing is what must happen.
  var isControl = false

  /// Calls after the restart within which the second crash of ``Mode/killThenPower`` comes.
  private static var secondCrashWithin: Int { 97 }
  /// Crashes of one run at most.
  private static var crashesMax: Int { 4 }

  /// Tries every call, or `most` of them.
  func run(_ name: String, atMost most: Int?) -> SweepReport {
    var report = SweepReport(name)
    report.points = script.calls
    report.mustLose = isControl
    for call in report.places(atMost: most) {
      do {
        try cut(at: call, &report)
        report.covered += 1
      } catch let finding as SweepFinding {
        report.covered += 1
        report.add(finding.kind, "call \(call)", finding.lines)
      } catch {
        report.add(.failed, "call \(call)", ["\(error)"])
      }
    }
    return report
  }

  private func cut(at call: Int, _ report: inout SweepReport) throws {
    let subject = try script.make()
    subject.disk.reseed(seed &+ UInt64(call))
    subject.disk.arm(mode == .power ? .power : .kill, afterCalls: call)
    var run = Run(script: script, subject: subject)
    while run.step < script.steps.count || !subject.isRunning {
      do {
        try run.advance()
        guard subject.disk.isDown else { continue }
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
        subject.disk.arm(.power, afterCalls: 1 + call * 13 % Self.secondCrashWithin)
      }
      run.isUnsure = true
    }
    // Nothing may be held by memory alone.
    try run.loseEverythingInMemory()
    report.count("crashes", run.crashes)
    let faults = try subject.endFaults()
    guard faults.isEmpty else { throw SweepFinding(.lost, faults) }
  }
}

extension CrashSweep {
  /// One run of the script through its crashes.
  private struct Run {
    let script: Script<Subject>
    let subject: Subject
    /// The next step.
    var step = 0
    var attempt = 0
    var crashes = 0
    /// Whether it has to be looked at what a crash left.
    var isUnsure = false
    /// The last step that was found whole after a crash.
    var seenWhole: Int?

    var place: String { step < script.steps.count ? "step \(step) '\(script.steps[step].name)'" : "the end" }

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

    /// Cuts the power at the end, restarts, and looks.
    mutating func loseEverythingInMemory() throws {
      subject.disk.crash(.power)
      subject.abandon(lostPower: true)
      subject.disk.beginProcess()
      do { try subject.start() } catch { throw SweepFinding(.corrupt, "it does not start at the end: \(error)") }
      let faults = try subject.faults()
      guard faults.isEmpty else { throw SweepFinding(.corrupt, ["at the end"] + faults) }
      let differences = SweptState.differences(script.states[script.steps.count], try subject.state())
      guard differences.isEmpty else { throw SweepFinding(.lost, ["at the end"] + differences) }
    }
  }
}
