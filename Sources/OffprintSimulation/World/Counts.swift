import OffprintFaultDisk

/// What happened in one or many worlds, counted.
package struct Counts: Sendable, Hashable {
  /// Events by kind.
  package var events: [Event.Kind: Int] = [:]
  /// Everything else by name: faults that really happened, messages lost, syncs, repairs.
  package var others: [String: Int] = [:]

  /// Nothing yet.
  package init() {}

  /// Counts one.
  mutating func count(_ name: String, _ number: Int = 1) {
    if number != 0 { others[name, default: 0] += number }
  }

  /// Adds the counts of another world.
  package mutating func add(_ other: Counts) {
    events.merge(other.events) { $0 + $1 }
    others.merge(other.others) { $0 + $1 }
  }

  /// Events in all.
  package var steps: Int { events.values.reduce(0, +) }

  /// `name number` of all that are not 0, in order of the names.
  package var lines: [String] {
    others.filter { $0.value != 0 }.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
  }
}
