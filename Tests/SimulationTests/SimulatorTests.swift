import OffprintSeed
import OffprintSimulation
import Testing

/// The simulator itself: a seed is a whole run, a trace is its seed, and what fails can be made small.
@Suite struct SimulatorTests {
  /// Seeds of this run; one, if the environment names it.
  static let seeds: [UInt64] = {
    let first = SeededGenerator.seed(else: 1)
    return first == 1 ? Array(1...12) : [first]
  }()

  @Test(arguments: seeds)
  func `a world of faults ends with every promise kept, and the same seed does the same again`(seed: UInt64) {
    let plan = Plan(seed: seed, steps: 150)
    let first = Simulation.run(plan)
    #expect(first.failure == nil, "seed \(seed): \(first.failure?.description ?? "")\n\(first.lines.suffix(20))")
    #expect(Simulation.run(plan).digest == first.digest, "seed \(seed)")
  }

  @Test(arguments: seeds)
  func `a trace file plays what its seed plays`(seed: UInt64) throws {
    let plan = Plan(seed: seed, steps: 40)
    let read = try Trace.decode(Trace.encode(plan, remarks: ["a remark", "another"]))
    #expect(read == plan)
    #expect(Simulation.run(read).digest == Simulation.run(plan).digest)
  }

  @Test(arguments: ["", "nonsense", "{\"setup\":2}", "{\"event\":\"save\"}"])
  func `what is no trace is said to be none, with its line`(text: String) {
    #expect(throws: Trace.Fault.self) { try Trace.decode(Array(text.utf8)) }
  }

  @Test func `a failure is made small: only the events that matter are left`() {
    // A player that fails when a save is followed by a delete, whatever else happens.
    let play = { (plan: Plan) -> Failure? in
      let kinds = plan.events.map(\.kind)
      guard let save = kinds.firstIndex(of: .save), kinds[save...].contains(.delete) else { return nil }
      return Failure(invariant: "T", reason: "a delete after a save", event: 0)
    }
    let plan = Plan(seed: 7, steps: 300)
    var shrinker = Shrinker(play: play, mayGoOn: { true })
    let small = shrinker.shrink(plan, failing: Failure(invariant: "T", reason: "", event: 0))
    #expect(small.events.map(\.kind) == [.save, .delete])
    #expect(small.setup.devices.count == 1)
  }

  @Test func `every kind of event is drawn, and every seed has weights of its own`() {
    var kinds: Set<Event.Kind> = []
    for seed in 1...300 as ClosedRange<UInt64> { kinds.formUnion(Plan(seed: seed, steps: 300).events.map(\.kind)) }
    #expect(kinds == Set(Event.Kind.allCases))
  }
}
