import OffprintOracle

/// Playing a plan from its beginning to its end.
package enum Simulation {
  /// What a run came to.
  package struct Outcome: Sendable {
    /// What was broken; nil if everything held.
    package var failure: Failure?
    /// What happened, counted.
    package var counts: Counts
    /// The hash over all that happened.
    package var digest: String
    /// The last things that happened, in words.
    package var lines: [String]
  }

  /// Plays a plan.
  /// - Parameter keepsLog: Whether ``Outcome/lines`` holds all that happened.
  package static func run(_ plan: Plan, keepsLog: Bool = false) -> Outcome {
    var world: World?
    var failure: Failure?
    do {
      let made = try World(plan.setup, keepsLog: keepsLog)
      world = made
      for event in plan.events { try made.play(event) }
      try made.finish()
    } catch let found as Failure {
      failure = found
    } catch {
      // Nothing may be thrown that a world does not account for.
      failure = Failure(invariant: "P0", reason: "an error nobody expected: \(error)", event: world?.eventCount ?? 0)
    }
    guard let world else { return Outcome(failure: failure, counts: Counts(), digest: "", lines: []) }
    return Outcome(failure: failure, counts: world.finalCounts(), digest: world.log.digest, lines: world.log.last)
  }
}

extension World {
  /// All counts, those of the disks, the network and the oracle too.
  func finalCounts() -> Counts {
    var counts = counts
    for node in nodes {
      for (event, number) in node.disk.counts { counts.count("disk \(event.rawValue)", number) }
      counts.count("recoveries", node.recoveries)
    }
    counts.count("messages lost", network.lost)
    counts.count("messages repeated", network.repeated)
    counts.count("messages reordered", network.reordered)
    for excuse in oracle.excuses { counts.count("excuse needed: \(excuse.kind.rawValue)", excuse.needed) }
    return counts
  }
}
