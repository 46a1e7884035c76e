import OffprintFaultDisk

/// A script whose course without faults is known: what there is to lose after each step, and how many calls the disk gets.
///
/// It is cut into segments at its restarts. What was closed in good order is all on the disk, so a run may begin there as well
/// as at the first step, which spares most of the work; the calls of all segments are those of the whole.
struct Script<Subject: Swept> {
  /// What lies between two restarts.
  struct Segment {
    /// What had been closed when it begins; on empty disks for the first.
    let template: Subject
    /// Its steps; the last one is a restart, but for the last segment.
    let steps: Range<Int>
    /// Calls of the disk in a run in which nobody looks.
    let calls: Int
    /// Calls that the disk can fail, by kind.
    let chances: [Fault: Int]
    /// SQLite's allocations in such a run; 0 if they are not counted.
    let allocations: Int
  }

  /// The steps.
  let steps: [SweptStep]
  /// What is held before the first step and after each.
  let states: [SweptState]
  let segments: [Segment]

  /// Runs the script without faults: once to look after each step, once to count.
  /// - Throws: ``SweepFinding`` if the script itself does not come to a good end.
  init(_ make: () throws -> Subject) throws {
    let looked = try make()
    steps = looked.steps
    var templates = [try make()]
    var begins = [0]
    try looked.start()
    var states = [try looked.state()]
    for step in steps.indices {
      if steps[step].isRestart {
        looked.stop()
        templates.append(try looked.copy())
        begins.append(step + 1)
        try looked.start()
      } else {
        try looked.perform(step, attempt: 0)
      }
      states.append(try looked.state())
    }
    self.states = states
    let faults = try looked.faults() + looked.endFaults()
    guard faults.isEmpty else { throw SweepFinding(.failed, ["the script without any fault"] + faults) }
    var segments: [Segment] = []
    for (index, template) in templates.enumerated() {
      let end = index + 1 < begins.count ? begins[index + 1] : steps.count
      segments.append(try Self.count(template, begins[index]..<end))
    }
    self.segments = segments
  }

  private static func count(_ template: Subject, _ steps: Range<Int>) throws -> Segment {
    let subject = try template.copy()
    let never = 1 << 40
    for fault in Fault.allCases { subject.disk.fail(fault, nth: never) }
    let (calls, allocations) = (subject.disk.calls, FaultMemory.allocations)
    try subject.start()
    for step in steps { try subject.perform(step, attempt: 0) }
    return Segment(
      template: template, steps: steps, calls: subject.disk.calls - calls,
      chances: Dictionary(uniqueKeysWithValues: Fault.allCases.map { ($0, never - subject.disk.callsUntil($0)) }),
      allocations: FaultMemory.allocations - allocations)
  }

  /// What the whole script comes to, closed in good order.
  func finished() throws -> Subject {
    let last = segments[segments.count - 1]
    let subject = try last.template.copy()
    try subject.start()
    for step in last.steps { try subject.perform(step, attempt: 0) }
    subject.stop()
    return subject
  }

  /// A segment, and the place within it that is number `place` of all when each segment has so many.
  func locate(_ place: Int, _ count: (Segment) -> Int) -> (segment: Segment, place: Int) {
    var place = place
    for segment in segments.dropLast() {
      if place <= count(segment) { return (segment, place) }
      place -= count(segment)
    }
    return (segments[segments.count - 1], place)
  }

  /// The places of all segments together.
  func total(_ count: (Segment) -> Int) -> Int { segments.reduce(0) { $0 + count($1) } }

  /// What is wrong about a state in the middle of a step, whose outcome is not known.
  func strays(_ state: SweptState, at step: Int) -> [String] {
    guard step < steps.count else { return SweptState.differences(states[step], state) }
    let (before, after) = (states[step], states[step + 1])
    if state == before || state == after { return [] }
    guard steps[step].isAtomic else { return state.strays(before: before, after: after) }
    return ["step \(step) '\(steps[step].name)' is there by half"] + SweptState.differences(before, state)
  }

  /// Cuts the power, starts anew, and looks whether all is as it must be before that step: nothing may be held by memory alone.
  func checkAtRest(_ subject: Subject, before step: Int, exactly: Bool = true) throws {
    subject.disk.disarm()
    subject.disk.crash(.power)
    subject.abandon(lostPower: true)
    subject.disk.beginProcess()
    do { try subject.start() } catch { throw SweepFinding(.corrupt, "it does not start at the end: \(error)") }
    let faults = try subject.faults()
    guard faults.isEmpty else { throw SweepFinding(.corrupt, ["at the end"] + faults) }
    var (expected, actual) = (states[step], try subject.state())
    if !exactly { (expected, actual) = (subject.lasting(expected), subject.lasting(actual)) }
    let differences = SweptState.differences(expected, actual)
    guard differences.isEmpty else { throw SweepFinding(.lost, ["at the end"] + differences) }
    let endFaults = try subject.endFaults()
    guard endFaults.isEmpty else { throw SweepFinding(.lost, endFaults) }
  }
}
