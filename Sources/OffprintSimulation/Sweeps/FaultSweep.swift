import OffprintFaultDisk

/// Lets one call of a script fail, each in its turn: the step fails aloud and whole, reading goes on, and the same step
/// succeeds without a restart (G10, G11).
struct FaultSweep<Subject: Swept> {
  /// What fails.
  enum Kind: Hashable, Sendable {
    /// One call of the disk.
    case disk(Fault)
    /// One write that finds no room, and from then on nothing may grow until the script is over.
    case fullDisk
    /// One allocation of SQLite's.
    case memory

    var name: String {
      switch self {
      case .disk(let fault): "\(fault)"
      case .fullDisk: "full disk"
      case .memory: "memory"
      }
    }
  }

  let script: Script<Subject>
  let kind: Kind
  let seed: UInt64

  /// Tries of a step at most: one fault can spoil one, and what it leaves behind one more.
  private static var attemptsMax: Int { 3 }

  /// How many calls of a run can fail in this way.
  func points() throws -> Int {
    if kind == .memory { return script.allocations }
    let fault = if case .disk(let fault) = kind { fault } else { Fault.full }
    let never = 1 << 40
    let subject = try script.make()
    subject.disk.fail(fault, nth: never)
    try subject.start()
    for step in script.steps.indices { try subject.perform(step, attempt: 0) }
    return never - subject.disk.callsUntil(fault)
  }

  /// Tries every call, or `most` of them.
  func run(_ name: String, atMost most: Int?) throws -> SweepReport {
    var report = SweepReport(name)
    report.points = try points()
    for nth in report.places(atMost: most) {
      defer { FaultMemory.fail(nth: 0) }
      do {
        if kind == .fullDisk { try fill(nth, &report) } else { try fail(nth, &report) }
        report.covered += 1
      } catch let finding as SweepFinding {
        report.covered += 1
        report.add(finding.kind, "\(kind.name) \(nth)", finding.lines)
      } catch {
        report.add(.failed, "\(kind.name) \(nth)", ["\(error)"])
      }
    }
    return report
  }

  private func arm(_ nth: Int, _ subject: Subject) {
    subject.disk.reseed(seed &+ UInt64(nth))
    switch kind {
    case .disk(let fault): subject.disk.fail(fault, nth: nth)
    case .fullDisk: subject.disk.fail(.full, nth: nth)
    case .memory: FaultMemory.fail(nth: nth)
    }
  }

  private func fail(_ nth: Int, _ report: inout SweepReport) throws {
    let subject = try script.make()
    arm(nth, subject)
    try start(subject, &report)
    var step = 0
    var attempt = 0
    while step < script.steps.count {
      let place = "step \(step) '\(script.steps[step].name)'"
      do {
        if !subject.isRunning { try start(subject, &report) }
        try subject.perform(step, attempt: attempt)
        step += 1
        attempt = 0
      } catch let finding as SweepFinding {
        throw finding
      } catch {
        report.count("told: \(Self.name(of: error, subject))")
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
    }
    try finish(subject, exactly: true)
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
        report.count("told at the start: \(Self.name(of: error, subject))")
        guard attempt < Self.attemptsMax else { throw SweepFinding(.corrupt, "it does not start: \(error)") }
      }
    }
  }

  /// Fills the disk at the `nth` write for the rest of the script.
  private func fill(_ nth: Int, _ report: inout SweepReport) throws {
    let subject = try script.make()
    arm(nth, subject)
    var firstFailed: Int?
    var isFull = false
    func fillIfDue() {
      guard !isFull, !subject.disk.isArmed(.full) else { return }
      isFull = true
      subject.disk.setCapacity(bytes: subject.disk.usedBytes)
    }
    if (try? subject.start()) == nil {
      fillIfDue()
      // Where there is no room for a first run there is none for anything.
      subject.disk.setCapacity(bytes: nil)
      try start(subject, &report)
    }
    for step in script.steps.indices {
      let place = "step \(step) '\(script.steps[step].name)'"
      let before = try subject.state()
      do {
        try subject.perform(step, attempt: 0)
      } catch {
        guard subject.isRunning else {
          // What was closed on a full disk may need room to open.
          subject.disk.setCapacity(bytes: nil)
          try start(subject, &report)
          if firstFailed == nil { firstFailed = step }
          continue
        }
        guard firstFailed != nil || subject.isDiskFull(error) else {
          throw SweepFinding(.failed, "\(place): a full disk is told as \(error)")
        }
        if subject.isDiskFull(error) { report.count("steps refused") }
        if firstFailed == nil { firstFailed = step }
        let now = try subject.state()
        guard now == before || !script.steps[step].isAtomic || now == script.states[step + 1] else {
          throw SweepFinding(.lost, [place, "was refused and yet"] + SweptState.differences(before, now))
        }
        do { try subject.read() } catch { throw SweepFinding(.failed, "\(place): reading stops: \(error)") }
      }
      fillIfDue()
    }
    subject.disk.setCapacity(bytes: nil)
    guard let first = firstFailed else { return try finish(subject, exactly: true) }
    // What was acknowledged while there was no room survives a power cut; what is done again below has other times and ids.
    let acknowledged = try subject.state()
    try cutPower(subject)
    let differences = SweptState.differences(acknowledged, try subject.state())
    guard differences.isEmpty else { throw SweepFinding(.lost, ["after the power cut"] + differences) }
    for step in first..<script.steps.count {
      do { try subject.perform(step, attempt: 1) } catch {
        if subject.isDiskFull(error) {
          throw SweepFinding(.failed, "step \(step): full though there is room: \(error)")
        }
        // What was done meanwhile may not be done twice.
      }
    }
    try finish(subject, exactly: false)
  }

  private func cutPower(_ subject: Subject) throws {
    FaultMemory.fail(nth: 0)
    subject.disk.disarm()
    subject.disk.crash(.power)
    subject.abandon(lostPower: true)
    subject.disk.beginProcess()
    do { try subject.start() } catch { throw SweepFinding(.corrupt, "it does not start at the end: \(error)") }
  }

  /// Cuts the power, starts again, and looks at everything.
  /// - Parameter exactly: whether the script was done once, so that its end is known to the byte.
  private func finish(_ subject: Subject, exactly: Bool) throws {
    try cutPower(subject)
    let faults = try subject.faults()
    guard faults.isEmpty else { throw SweepFinding(.corrupt, ["at the end"] + faults) }
    if exactly {
      let differences = SweptState.differences(script.states[script.steps.count], try subject.state())
      guard differences.isEmpty else { throw SweepFinding(.lost, ["at the end"] + differences) }
    }
    let endFaults = try subject.endFaults()
    guard endFaults.isEmpty else { throw SweepFinding(.lost, endFaults) }
  }

  /// What an error is called in counts: its kind, without what differs from case to case.
  private static func name(of error: any Error, _ subject: Subject) -> String {
    subject.isDiskFull(error)
      ? "disk full" : String("\(error)".prefix { $0 != ":" && $0 != "(" && $0 != "," }.prefix(40))
  }
}
