import OffprintCommands
import OffprintSimulation

/// `offprint-sim sweep`: cuts and fails scripts at every call of their disks.
struct SweepVerb {
  let arguments: Arguments
  let output: Output
  let messages: Messages

  static let verb = Verb(
    "sweep", summary: "cut and fail scripts at every call of their disks, one after the other",
    options: [
      .value("only", "NAME", "sweeps whose names begin so; several with commas between (default: all)"),
      .value("seed", "N", "what crashes keep and lose follows from it (default 1)"),
      .value("most", "N", "places tried of each sweep (default: all)"),
      .flag("list", "print the names of all sweeps"),
    ],
    details: [
      "A script of fifty edits runs over a disk in memory: for the server as requests of three devices, for a client as what a"
        + " person does, with syncs. It is run anew for each call that the disk gets, and there the power is cut, the program"
        + " killed, or the call fails; then it starts again, and what is there is compared with what had been acknowledged."
        + " Controls without full syncs must lose something; a lying disk and flipped bits must be noticed."
    ],
    json: [
      .init("sweeps", "each with its name, points, covered, lost, corrupt, failed, counts, milliseconds"),
      .init("holds", "whether all held"),
    ],
    examples: [
      .init("sweep", "runs all in full"), .init("sweep --only server", "those of the server"),
      .init("sweep --only 'client power' --most 100", "a hundred power cuts of a client"),
    ])

  func run() throws {
    if arguments.has("list") { return try Sweeps.all.forEach { try output.line($0.text) } }
    let wanted = (arguments.value("only") ?? "").split(separator: ",")
    let names = Sweeps.all.filter { name in wanted.isEmpty || wanted.contains { name.text.hasPrefix($0) } }
    guard !names.isEmpty else { throw UsageError("No sweep is called so; --list shows all.") }
    let sweeps = Sweeps(seed: UInt64(try arguments.integer("seed", in: 0...Int.max) ?? 1))
    let most = try arguments.integer("most", in: 1...1_000_000)
    let clock = ContinuousClock()
    var reports: [SweepReport] = []
    for name in names {
      let began = clock.now
      var report = try sweeps.run(name, atMost: most)
      report.seconds = Summary.seconds(clock.now - began)
      reports.append(report)
      guard !arguments.has("json") else { continue }
      try output.line("\(report.line), \(Int(report.seconds * 10) / 10) s")
      for finding in report.findings { try output.line("  \(finding)") }
      try output.flush()
    }
    let broken = reports.filter { !$0.holds }
    if arguments.has("json") {
      try output.line(
        JSONResult.object([("sweeps", .array(reports.map(\.json))), ("holds", .bool(broken.isEmpty))]).text)
    } else {
      let covered = reports.reduce(0) { $0 + $1.covered }
      try output.line("\(reports.count) sweeps, \(covered) points, \(broken.count) broke a promise")
    }
    guard broken.isEmpty else {
      try output.flush()
      throw CommandFailure(.failed, code: "broken", "\(broken.count) of \(reports.count) sweeps broke a promise")
    }
  }
}

extension SweepReport {
  /// The report as it is printed with `--json`.
  var json: JSONResult {
    .object([
      ("name", .string(name)), ("points", .number(points)), ("covered", .number(covered)), ("lost", .number(lost)),
      ("corrupt", .number(corrupt)), ("failed", .number(failed)), ("mustLose", .bool(mustLose)),
      ("holds", .bool(holds)), ("milliseconds", .number(Int(seconds * 1_000))),
      ("counts", .object(counts.sorted { $0.key < $1.key }.map { ($0.key, .number($0.value)) })),
      ("findings", .array(findings.map { .string($0) })),
    ])
  }
}
