import OffprintFaultDisk

/// A script whose course without faults is known: what there is to lose after each step, and how many calls the disk gets.
struct Script<Subject: Swept> {
  /// Makes the subject anew, on a new disk: always the same.
  let make: () throws -> Subject
  /// The steps.
  let steps: [SweptStep]
  /// What is held before the first step and after each.
  let states: [SweptState]
  /// Calls of the disk in a run in which nobody looks.
  let calls: Int
  /// SQLite's allocations in such a run; 0 if they are not counted.
  let allocations: Int

  /// Runs the script twice without faults: once to count, once to look after each step.
  /// - Throws: ``SweepFinding`` if the script itself does not come to a good end.
  init(_ make: @escaping () throws -> Subject) throws {
    self.make = make
    let counted = try make()
    let allocationsBefore = FaultMemory.allocations
    try counted.start()
    for step in counted.steps.indices { try counted.perform(step, attempt: 0) }
    calls = counted.disk.calls
    allocations = FaultMemory.allocations - allocationsBefore

    let looked = try make()
    try looked.start()
    steps = looked.steps
    var states = [try looked.state()]
    for step in steps.indices {
      try looked.perform(step, attempt: 0)
      states.append(try looked.state())
    }
    self.states = states
    let faults = try looked.faults() + looked.endFaults()
    guard faults.isEmpty else { throw SweepFinding(.failed, ["the script without any fault"] + faults) }
  }

  /// What is wrong about a state in the middle of a step, whose outcome is not known.
  func strays(_ state: SweptState, at step: Int) -> [String] {
    guard step < steps.count else { return SweptState.differences(states[step], state) }
    let (before, after) = (states[step], states[step + 1])
    if state == before || state == after { return [] }
    guard steps[step].isAtomic else { return state.strays(before: before, after: after) }
    return ["step \(step) '\(steps[step].name)' is there by half"] + SweptState.differences(before, state)
  }
}
