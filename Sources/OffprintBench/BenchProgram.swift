import OffprintCommands

/// The verbs of `offprint-bench`: one figure or family of figures each, as ratios within one run.
enum BenchProgram {
  private static let seconds = Option.value("seconds", "N", "how long each measurement lasts (default 5)")

  static let program = Program(
    name: "offprint-bench", version: "0.1.0",
    summary: "measures the server beside what else could do the same, on the same machine in the same run",
    options: Program.outputOptions,
    groups: [
      Program.Group(
        "Server",
        [
          Verb(
            "pages",
            summary: "pages of the log for a second of processor time, beside nginx with the same bytes as a file",
            options: [
              seconds, .value("articles", "N", "articles in the log (default 2000)"),
              .value("nginx", "FILE", "the nginx to run (default: the system's, else that of Scripts/setup)"),
            ],
            details: [
              "Asks for a whole page of 500 records, compressed, over eight connections that are kept. nginx serves the very"
                + " bytes of that answer. Processor time is what the system counts for each server's processes."
            ],
            examples: [.init("pages", "")]),
          Verb(
            "pushes", summary: "durable pushes a second of 1, 8 and 64 devices, beside a bare loop of SQLite commits",
            options: [seconds],
            details: [
              "Each device pushes one new bookmark after the other. The loop commits as many rows of the same size in each"
                + " transaction as there are devices, with full syncs, in one thread and without a network."
            ],
            examples: [.init("pushes --seconds 10", "")]),
          Verb(
            "pulls", summary: "processor time of a pull of one change, in logs of growing length",
            options: [.value("lengths", "N,N", "records in the log (default 1000,100000)")],
            examples: [.init("pulls --lengths 1000,100000,1000000", "a million takes minutes to fill in")]),
          Verb(
            "polls", summary: "memory of the server while thousands of devices wait",
            options: [.value("devices", "N", "how many wait (default 10000)")], examples: [.init("polls", "")]),
          Verb(
            "start", summary: "from the start of a killed server to its first answer",
            options: [.value("articles", "N", "articles it keeps (default 100000)")], examples: [.init("start", "")]),
        ])
    ], exitCodes: [.done, .failed, .usage])

  static func runner() -> ProgramRunner {
    ProgramRunner(program, world: .live) { arguments, output, messages, _ in
      let bench = Bench(arguments: arguments, output: output, messages: messages)
      switch arguments.verb.name {
      case "pages": try bench.pages()
      case "pushes": try bench.pushes()
      case "pulls": try bench.pulls()
      case "polls": try bench.polls()
      default: try bench.start()
      }
    }
  }
}

/// One call of the program.
struct Bench {
  let arguments: Arguments
  let output: Output
  let messages: Messages

  /// How long a measurement lasts, in seconds.
  func seconds() throws -> Double { Double(try arguments.integer("seconds", in: 1...3_600) ?? 5) }

  /// Prints figures: a line for people, or an object.
  func report(_ text: String, _ figures: [(String, JSONResult)]) throws {
    try output.line(arguments.has("json") ? JSONResult.object(figures).text : text)
    try output.flush()
  }

  /// Says what goes on, for who waits.
  func say(_ text: String) { if !arguments.has("quiet") { messages.line(text) } }
}

/// A figure for people and for JSON, of so many places.
func rounded(_ value: Double, places: Int = 2) -> String {
  let scale = (0..<places).reduce(1.0) { product, _ in product * 10 }
  let whole = (value * scale).rounded()
  guard whole.magnitude < 9e15 else { return "\(value)" }
  let digits = String(Int64(whole.magnitude))
  let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
  let sign = whole < 0 ? "-" : ""
  return places == 0 ? sign + padded : sign + padded.dropLast(places) + "." + padded.suffix(places)
}

extension JSONResult {
  /// A number with up to six places.
  static func decimal(_ value: Double) -> JSONResult { .millionths(Int64((value * 1_000_000).rounded())) }
}
