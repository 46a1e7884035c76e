import OffprintCommands
import OffprintSimulation

#if MUTANTS
  import OffprintMutants
#endif

/// `offprint-sim run`: plays seeds, or a trace.
struct RunVerb {
  let arguments: Arguments
  let output: Output
  let messages: Messages

  static let verb = Verb(
    "run", summary: "play worlds and check every promise after every step",
    options: [
      .value("seed", "N", "play this seed and show what happens"),
      .value("seeds", "A..B", "play the seeds from A to B, B included"),
      .value("minutes", "M", "play seeds for M minutes, from --first on"),
      .value("first", "N", "the first seed with --minutes (default 1)"),
      .value("steps", "N", "events of each seed (default 300)"),
      .value("trace", "FILE", "play this trace file instead of seeds"),
      .value("write", "DIR", "where traces of failures are written (default: here)"),
      .value("jobs", "N", "processes that share the work (default: one a processor)"),
      .value("stride", "N", "play every N-th seed only: a share of the work"),
      .flag("log", "print everything that happens"),
      .flag("no-shrink", "do not make failures small"),
      .flag("stop", "end at the first seed that breaks a promise"),
    ] + plantedBugs,
    exclusive: [["seed", "seeds", "minutes", "trace"]],
    details: [
      "A seed is played in full and checked twice: after each event what must always hold, and at the end, when all faults"
        + " have ceased and all devices have synced, what must hold then. The first line that breaks is printed with the"
        + " last events and, expected beside actual, what differs; its events are taken away one by one until only those"
        + " are left that matter, and written to a trace file, which --trace plays again."
    ],
    json: [
      .init("seeds", "seeds played"), .init("steps", "events played"),
      .init("stepsPerSecond", "events a second of one process"), .init("failures", "seeds that broke a promise"),
      .init("counts", "what happened, by name"),
    ],
    examples: [
      .init("--seed 42", "plays seed 42"), .init("--seeds 1..400", "plays four hundred"),
      .init("--minutes 30", "plays for half an hour"), .init("--trace G1-42.jsonl", "plays a failure again"),
    ])
}

extension RunVerb {
  #if MUTANTS
    private static let plantedBugs: [Option] = [.value("mutant", "NAME", "plant this known bug first")]
  #else
    private static let plantedBugs: [Option] = []
  #endif

  /// Events of a seed unless `--steps` says otherwise.
  static let stepsDefault = 300

  func run() throws {
    #if MUTANTS
      if let name = arguments.value("mutant") { Mutant.choose(try GateVerb.mutant(name)) }
    #endif
    if let path = arguments.value("trace") { return try playTrace(path) }
    let steps = try arguments.integer("steps", in: 0...1_000_000) ?? Self.stepsDefault
    let work = try SeedWork(arguments)
    let jobs = try arguments.integer("jobs", in: 1...64) ?? (work.isSingle ? 1 : Jobs.processors)
    guard jobs == 1 || work.isSingle else {
      return try report(Jobs(count: jobs, arguments: arguments, messages: messages).run(work, steps: steps))
    }
    var summary = Summary()
    let clock = ContinuousClock()
    let began = clock.now
    var seeds = work.makeIterator()
    while let seed = seeds.next(after: clock.now - began) {
      let plan = Plan(seed: seed, steps: steps)
      let outcome = Simulation.run(plan, keepsLog: arguments.has("log"))
      summary.add(outcome, seed: seed)
      if arguments.has("log") { for line in outcome.lines { try output.line(line) } }
      if let failure = outcome.failure {
        summary.failures.append(try explain(failure, outcome, plan, seed: seed))
      }
      if outcome.failure == nil, seed.isMultiple(of: Self.repeatedSeeds) || work.isSingle {
        try repeatSeed(plan, outcome, seed: seed, &summary)
      }
      if work.isSingle, !arguments.has("json") { try output.line("log hash \(outcome.digest)") }
      summary.seconds = Summary.seconds(clock.now - began)
      if arguments.has("stop"), !summary.failures.isEmpty { break }
      showProgress(summary, seed: seed)
    }
    try report(summary)
  }

  /// One seed in so many is played twice: if the second run is another one, no seed can be trusted to show its failure again.
  private static let repeatedSeeds: UInt64 = 20

  private func repeatSeed(_ plan: Plan, _ first: Simulation.Outcome, seed: UInt64, _ summary: inout Summary) throws {
    let second = Simulation.run(plan)
    summary.counts.others["seeds played twice", default: 0] += 1
    guard second.digest != first.digest || second.failure != nil else { return }
    let reason = "the same seed did something else: \(first.digest) and then \(second.digest)"
    messages.line("seed \(seed) broke DET: \(reason)")
    summary.failures.append(FoundFailure(seed: seed, invariant: "DET", reason: reason))
  }

  private func playTrace(_ path: String) throws {
    let plan: Plan
    do { plan = try Trace.decode(try TraceFile.read(path)) } catch let fault as Trace.Fault {
      throw CommandFailure(.failed, code: "trace", "\(path) cannot be played: \(fault)")
    }
    let outcome = Simulation.run(plan, keepsLog: arguments.has("log"))
    var summary = Summary()
    summary.add(outcome, seed: plan.setup.seed)
    if arguments.has("log") { for line in outcome.lines { try output.line(line) } }
    if let failure = outcome.failure {
      show(failure, outcome)
      summary.failures.append(FoundFailure(seed: plan.setup.seed, invariant: failure.invariant, reason: failure.reason))
    }
    try report(summary)
  }

  /// Shows a failure, makes it small and writes its trace.
  private func explain(_ failure: Failure, _ outcome: Simulation.Outcome, _ plan: Plan, seed: UInt64) throws
    -> FoundFailure
  {
    messages.line("seed \(seed) broke \(failure) (after \(failure.event) of \(plan.events.count) events)")
    var found = FoundFailure(seed: seed, invariant: failure.invariant, reason: failure.reason)
    guard !arguments.has("no-shrink") else {
      show(failure, outcome)
      return found
    }
    let clock = ContinuousClock()
    let began = clock.now
    var shrinker = Shrinker(
      play: { Simulation.run($0).failure }, mayGoOn: { clock.now - began < .seconds(60) })
    let small = shrinker.shrink(plan, failing: failure)
    let last = Simulation.run(small, keepsLog: true)
    show(last.failure ?? failure, last)
    let path = (arguments.value("write") ?? ".") + "/\(failure.invariant)-\(seed).jsonl"
    let remarks = ["\((last.failure ?? failure).description.prefix(300))", "seed \(seed)"]
    try TraceFile.write(path, Trace.encode(small, remarks: remarks))
    messages.line(
      "\(small.events.count) events are left of \(plan.events.count) (\(shrinker.tries) tries): offprint-sim --trace \(path)"
    )
    found.trace = path
    return found
  }

  private func show(_ failure: Failure, _ outcome: Simulation.Outcome) {
    for line in outcome.lines.suffix(30) { messages.line("  \(line)") }
    messages.line("  \(failure)")
    for line in failure.comparison { messages.line("    \(line)") }
  }

  private func showProgress(_ summary: Summary, seed: UInt64) {
    guard messages.isTerminal, !arguments.has("quiet"), !arguments.has("json") else { return }
    messages.write(
      "\r\u{1B}[Kseed \(seed) · \(summary.seeds) played · \(summary.stepsPerSecond) steps/s · \(summary.failures.count) failures"
    )
  }

  private func report(_ summary: Summary) throws {
    if messages.isTerminal, !arguments.has("quiet"), !arguments.has("json") { messages.write("\r\u{1B}[K") }
    if arguments.has("json") {
      try output.line(summary.json.text)
    } else {
      for line in summary.lines { try output.line(line) }
    }
    guard summary.failures.isEmpty else {
      try output.flush()
      throw CommandFailure(
        .failed, code: "broken", "\(summary.failures.count) of \(summary.seeds) seeds broke a promise")
    }
  }
}
