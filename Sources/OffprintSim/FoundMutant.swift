#if MUTANTS
  import Foundation
  import OffprintCommands
  import OffprintMutants

  /// What searching for one planted bug came to.
  struct FoundMutant {
    var name: String
    /// The finding it stands for, if it stands for one.
    var finding: Int?
    /// The first seed that broke a promise; nil if none did, or the process ended before it said which.
    var seed: UInt64?
    /// The promise that it broke, `crash` for a process that ended; nil if none was.
    var invariant: String?
    /// Why, in words.
    var reason = ""
    /// How long the search took.
    var seconds = 0.0

    /// Where it was found, in words.
    var place: String { seed.map { "seed \($0)" } ?? "in an unknown seed" }

    var json: JSONResult {
      .object([
        ("name", .string(name)), ("finding", .number(finding)), ("seed", .number(seed)),
        ("invariant", .text(invariant)),
        ("reason", .string(reason)), ("milliseconds", .number(Int(seconds * 1_000))),
      ])
    }

    /// The lines of a table, the head first.
    static func table(_ found: [FoundMutant]) -> [String] {
      let rows =
        [["mutant", "finding", "seed", "invariant", "seconds"]]
        + found.map { one in
          [
            one.name, one.finding.map { "\($0)" } ?? "-", one.seed.map { "\($0)" } ?? "-", one.invariant ?? "NOT FOUND",
            String(format: "%.1f", one.seconds),
          ]
        }
      let widths = (0..<5).map { column in rows.map { $0[column].count }.max() ?? 0 }
      return rows.map { row in
        let cells = zip(row, widths).map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) }
        return String(cells.joined(separator: "  ").reversed().drop { $0 == " " }.reversed())
      }
    }
  }

  /// The search for one planted bug, in a process of its own: a bug is chosen once for a process.
  struct Search {
    /// The bug; nil plays the seeds as they are.
    let mutant: Mutant?
    let seeds: ClosedRange<UInt64>
    let steps: Int

    /// A process that says nothing for so long is ended: a bug may well keep it going for ever.
    private static let secondsMax = 1_200

    func run() throws -> FoundMutant {
      var found = FoundMutant(name: mutant?.rawValue ?? "none", finding: mutant?.finding)
      let clock = ContinuousClock()
      let began = clock.now
      let (process, pipe) = try Jobs.launch(
        [
          "run", "--json", "--jobs", "1", "--no-shrink", "--stop", "--seeds",
          "\(seeds.lowerBound)..\(seeds.upperBound)",
          "--steps", "\(steps)",
        ] + (mutant.map { ["--mutant", $0.rawValue] } ?? []), isQuiet: true)
      let guardian = DispatchWorkItem { process.terminate() }
      DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(Self.secondsMax), execute: guardian)
      let bytes = pipe.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      guardian.cancel()
      found.seconds = Summary.seconds(clock.now - began)
      if let summary = bytes.split(separator: 0x0A).first.flatMap({ Summary(json: Array($0)) }) {
        found.seed = summary.failures.first?.seed
        found.invariant = summary.failures.first?.invariant
        found.reason = summary.failures.first?.reason ?? ""
      } else {
        found.invariant = "crash"
        found.reason = "the process ended with status \(process.terminationStatus)"
      }
      return found
    }
  }
#endif
