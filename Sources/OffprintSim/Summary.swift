import OffprintCommands
import OffprintSimulation
import OffprintWire

/// A seed that broke a promise.
struct FoundFailure {
  var seed: UInt64
  var invariant: String
  var reason: String
  /// Where its trace is.
  var trace: String?
}

/// What playing many seeds came to.
struct Summary {
  var seeds = 0
  var counts = Counts()
  var failures: [FoundFailure] = []
  /// How long it took.
  var seconds = 0.0
  /// How many processes shared the work.
  var processes = 1

  mutating func add(_ outcome: Simulation.Outcome, seed: UInt64) {
    seeds += 1
    counts.add(outcome.counts)
  }

  /// Adds what another process found.
  mutating func add(_ other: Summary) {
    seeds += other.seeds
    counts.add(other.counts)
    failures += other.failures
    seconds = max(seconds, other.seconds)
  }

  /// Events a second of one process.
  var stepsPerSecond: Int { seconds > 0 ? Int(Double(counts.steps) / seconds / Double(processes)) : 0 }

  /// The last lines of a run: what happened by kind, and one line that counts all.
  var lines: [String] {
    let faults = counts.others.filter { $0.key.hasPrefix("disk ") }.values.reduce(0, +)
    return counts.lines.map { "  \($0)" } + [
      "\(seeds) seeds, \(counts.steps) steps, \(faults) faults of disks, \(failures.count) failures;"
        + " \(stepsPerSecond) steps/s of each of \(processes) processes, \(Int(seconds * 10) / 10) s"
    ]
  }

  var json: JSONResult {
    .object([
      ("seeds", .number(seeds)), ("steps", .number(counts.steps)), ("stepsPerSecond", .number(stepsPerSecond)),
      ("milliseconds", .number(Int(seconds * 1_000))), ("processes", .number(processes)),
      (
        "failures",
        .array(
          failures.map {
            .object([
              ("seed", .text("\($0.seed)")), ("invariant", .string($0.invariant)), ("reason", .string($0.reason)),
              ("trace", .text($0.trace)),
            ])
          })
      ),
      (
        "events",
        .object(counts.events.sorted { $0.key.rawValue < $1.key.rawValue }.map { ($0.key.rawValue, .number($0.value)) })
      ),
      ("counts", .object(counts.others.sorted { $0.key < $1.key }.map { ($0.key, .number($0.value)) })),
    ])
  }

  init() {}

  /// Reads what ``json`` writes; nil for another text.
  init?(json text: [UInt8]) {
    guard let json = try? JSONValue(parsing: text), let seeds = json["seeds"]?.integer,
      let milliseconds = json["milliseconds"]?.integer, let failures = json["failures"]?.array,
      let events = json["events"]?.members, let others = json["counts"]?.members
    else { return nil }
    self.seeds = Int(seeds)
    seconds = Double(milliseconds) / 1_000
    self.failures = failures.compactMap { failure in
      guard let seed = failure["seed"]?.string.flatMap({ UInt64($0) }), let invariant = failure["invariant"]?.string
      else { return nil }
      return FoundFailure(
        seed: seed, invariant: invariant, reason: failure["reason"]?.string ?? "", trace: failure["trace"]?.string)
    }
    for member in events {
      guard let kind = Event.Kind(rawValue: member.name), let number = member.value.integer else { continue }
      counts.events[kind] = Int(number)
    }
    for member in others { counts.others[member.name] = member.value.integer.map { Int($0) } }
  }

  /// A duration in seconds.
  static func seconds(_ duration: Duration) -> Double {
    Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
  }
}
