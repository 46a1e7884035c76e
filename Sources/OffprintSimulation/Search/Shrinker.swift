/// Makes a failing plan small: the smallest part of its events that still breaks the same promise.
///
/// Delta debugging (Zeller, Hildebrandt: "Simplifying and Isolating Failure-Inducing Input", 2002): take out halves, then
/// quarters, down to single events, for as long as that makes it smaller; then devices, then the size of what is left.
package struct Shrinker {
  /// Plays a plan; what it broke.
  package let play: (Plan) -> Failure?
  /// Whether there is still time to try more.
  package let mayGoOn: () -> Bool
  /// Plans played.
  package private(set) var tries = 0

  /// A shrinker that plays plans by `play` for as long as `mayGoOn` says.
  package init(play: @escaping (Plan) -> Failure?, mayGoOn: @escaping () -> Bool) {
    self.play = play
    self.mayGoOn = mayGoOn
  }

  /// The smallest plan found that breaks the same invariant.
  package mutating func shrink(_ plan: Plan, failing failure: Failure) -> Plan {
    var best = plan
    // What comes after the failure cannot have caused it; a failure at the very end needs all.
    if failure.event > 0, failure.event < plan.events.count {
      let cut = Plan(setup: plan.setup, events: Array(plan.events.prefix(failure.event)))
      if fails(cut, as: failure) { best = cut }
    }
    var before = best.events.count + 1
    while best.events.count < before, mayGoOn() {
      before = best.events.count
      best = withoutParts(best, failing: failure)
    }
    best = withoutDevices(best, failing: failure)
    return withoutParts(simplified(best, failing: failure), failing: failure)
  }

  private mutating func fails(_ plan: Plan, as failure: Failure) -> Bool {
    tries += 1
    return play(plan)?.invariant == failure.invariant
  }

  private mutating func withoutParts(_ plan: Plan, failing failure: Failure) -> Plan {
    var best = plan
    var size = max(1, best.events.count / 2)
    while size >= 1, mayGoOn() {
      var start = 0
      while start < best.events.count, mayGoOn() {
        var trial = best
        trial.events.removeSubrange(start..<min(start + size, best.events.count))
        if fails(trial, as: failure) { best = trial } else { start += size }
      }
      size /= 2
    }
    return best
  }

  private mutating func withoutDevices(_ plan: Plan, failing failure: Failure) -> Plan {
    var best = plan
    var index = best.setup.devices.count - 1
    while index >= 0, best.setup.devices.count > 1, mayGoOn() {
      var trial = best
      trial.setup.devices.remove(at: index)
      // The numbers of devices shift, and with them whom an event means.
      if fails(trial, as: failure) { best = trial }
      index -= 1
    }
    return best
  }

  /// Smaller numbers, and right clocks, where that changes nothing.
  private mutating func simplified(_ plan: Plan, failing failure: Failure) -> Plan {
    var best = plan
    for index in best.setup.devices.indices where best.setup.devices[index].clockOffset != 0 && mayGoOn() {
      var trial = best
      trial.setup.devices[index].clockOffset = 0
      if fails(trial, as: failure) { best = trial }
    }
    for index in best.events.indices where mayGoOn() {
      var trial = best
      trial.events[index].choices = trial.events[index].choices.map { $0 % 8 }
      trial.events[index].node %= 8
      if trial.events[index] != best.events[index], fails(trial, as: failure) { best = trial }
    }
    return best
  }
}
