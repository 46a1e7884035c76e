import Foundation
import OffprintCommands

#if MUTANTS
  import OffprintMutants
#endif

/// `offprint-sim gate`: plants each known bug in turn and plays seeds until one finds it. A bug that no seed finds is a hole in
/// what the simulator checks.
struct GateVerb {
  let arguments: Arguments
  let output: Output
  let messages: Messages

  static let verb = Verb(
    "gate", summary: "plant each known bug in turn and play seeds until one finds it",
    options: [
      .list("mutant", "NAME", "this bug only; may be given several times"),
      .value("share", "K/N", "the K-th of N shares of the bugs; the shares rotate with each turn"),
      .value("turn", "T", "with --share: which turn it is (default: the day, counted from 1970)"),
      .value("seeds-max", "N", "seeds each bug may need (default 500)"),
      .value("steps", "N", "events of each seed (default 300)"),
      .value("jobs", "N", "bugs tried at one time (default: one a processor)"),
    ],
    exclusive: [["mutant", "share"]],
    details: [
      "It needs a build that has the bugs: \(GateVerb.build). They are in no other build."
        + " The call fails if a bug is not found."
    ],
    json: [
      .init(
        "mutants",
        "of each: name, finding, seed, invariant, milliseconds; seed and invariant are null if it was not found"),
      .init("notFound", "how many were not found"), .init("turn", "the turn, with --share"),
    ],
    examples: [
      .init("gate", "tries all"), .init("gate --share 1/3", "tries a third, each day another"),
      .init("gate --mutant firstSyncFloor", "tries one"),
    ])

  private static let build =
    "swift build -c release --traits MUTANTS --scratch-path .build/mutants --product offprint-sim"

  #if MUTANTS
    func run() async throws {
      let turn = try arguments.integer("turn", in: 0...Int.max) ?? Self.today
      let mutants = try chosen(turn: turn)
      let seedsMax = try arguments.integer("seeds-max", in: 1...1_000_000) ?? 500
      let steps = try arguments.integer("steps", in: 1...1_000_000) ?? RunVerb.stepsDefault
      let jobs = try arguments.integer("jobs", in: 1...64) ?? Jobs.processors
      if arguments.has("share"), !arguments.has("json") {
        try output.line("turn \(turn): \(mutants.count) of \(Mutant.allCases.count) bugs")
      }
      let found = try await each(mutants, jobs: jobs) { mutant in
        try Search(mutant: mutant, seeds: 1...UInt64(seedsMax), steps: steps).run()
      } whenDone: {
        showProgress($0, $1, of: mutants.count)
      }
      try await checkControl(found, jobs: jobs, steps: steps)
      try report(found, turn: arguments.has("share") ? turn : nil, seedsMax: seedsMax)
    }

    /// A seed that fails without a bug finds none: plays those that found one once more without.
    private func checkControl(_ found: [FoundMutant], jobs: Int, steps: Int) async throws {
      let seeds = Set(found.compactMap(\.seed)).sorted()
      let broken = try await each(seeds, jobs: jobs) { seed in
        try Search(mutant: nil, seeds: seed...seed, steps: steps).run()
      }.filter { $0.invariant != nil }
      guard let first = broken.first else { return }
      throw CommandFailure(
        .failed, code: "control",
        "\(broken.count) of the seeds that found bugs fail without them, \(first.place) by \(first.invariant ?? "");"
          + " `offprint-sim --seed` shows why")
    }

    /// Days since 1970.
    private static var today: Int { Int(World.live.environment.wallMilliseconds() / 86_400_000) }

    /// The bugs that the call asks for.
    private func chosen(turn: Int) throws -> [Mutant] {
      let names = arguments.values("mutant")
      guard names.isEmpty else { return try names.map { try Self.mutant($0) } }
      guard let share = arguments.value("share") else { return Mutant.allCases }
      let parts = share.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
      guard parts.count == 2, let number = parts[0], let count = parts[1], (1...1_000).contains(count),
        (1...count).contains(number)
      else { throw UsageError("'--share' is such as 1/3, not '\(share.visible)'.") }
      return Mutant.allCases.enumerated().filter { ($0.offset + turn % count) % count == number - 1 }.map(\.element)
    }

    static func mutant(_ name: String) throws(UsageError) -> Mutant {
      guard let mutant = Mutant(rawValue: name) else {
        throw UsageError("There is no planted bug '\(name.visible)'; `offprint-sim gate` lists them.")
      }
      return mutant
    }

    /// Works on each, so many at a time, and gives what came of it in the order given.
    private func each<Item: Sendable>(
      _ items: [Item], jobs: Int, _ work: @escaping @Sendable (Item) throws -> FoundMutant,
      whenDone: (FoundMutant, Int) -> Void = { _, _ in }
    ) async throws -> [FoundMutant] {
      try await withThrowingTaskGroup(of: (Int, FoundMutant).self) { group in
        var waiting = items.enumerated().map { $0 }[...]
        var found: [Int: FoundMutant] = [:]
        func begin() {
          guard let (index, item) = waiting.popFirst().map({ ($0.offset, $0.element) }) else { return }
          group.addTask { (index, try work(item)) }
        }
        for _ in 0..<jobs { begin() }
        while let (index, one) = try await group.next() {
          found[index] = one
          whenDone(one, found.count)
          begin()
        }
        return items.indices.compactMap { found[$0] }
      }
    }

    private func showProgress(_ last: FoundMutant, _ done: Int, of all: Int) {
      guard !arguments.has("quiet") else { return }
      let what = last.invariant.map { "\($0), \(last.place)" } ?? "not found"
      let line = "\(done) of \(all) · \(last.name): \(what)"
      if messages.isTerminal { messages.write("\r\u{1B}[K\(line)") } else { messages.line(line) }
    }

    private func report(_ found: [FoundMutant], turn: Int?, seedsMax: Int) throws {
      if messages.isTerminal, !arguments.has("quiet") { messages.write("\r\u{1B}[K") }
      let missed = found.filter { $0.invariant == nil }
      if arguments.has("json") {
        try output.line(
          JSONResult.object([
            ("mutants", .array(found.map(\.json))), ("notFound", .number(missed.count)), ("turn", .number(turn)),
          ]).text)
      } else {
        for line in FoundMutant.table(found) { try output.line(line) }
        try output.line("\(found.count - missed.count) of \(found.count) bugs found")
      }
      guard missed.isEmpty else {
        try output.flush()
        throw CommandFailure(
          .failed, code: "missed",
          "no seed of 1..\(seedsMax) finds \(missed.map(\.name).joined(separator: ", "))")
      }
    }
  #else
    func run() async throws {
      throw CommandFailure(.failed, code: "mutants", "this build has no planted bugs; make one that has: \(Self.build)")
    }
  #endif
}
