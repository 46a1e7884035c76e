import OffprintSeed

/// A world and the events that happen in it: what a seed expands into, and what a trace file holds.
package struct Plan: Sendable, Hashable {
  /// How the world begins.
  package var setup: Setup
  /// What happens, in order.
  package var events: [Event]

  /// A plan of these parts.
  package init(setup: Setup, events: [Event]) {
    self.setup = setup
    self.events = events
  }

  /// The plan of a seed, of so many events.
  ///
  /// Each seed first draws its own weights, so that some are all crashes, some all lost messages, some nothing but reading
  /// (as TigerBeetle's VOPR does).
  package init(seed: UInt64, steps: Int) {
    var generator = SeededGenerator(seed: seed, case: 2)
    let weights = Weights(&generator)
    setup = Setup(seed: seed)
    events = []
    events.reserveCapacity(steps)
    // A seed with scenes ends with one: what comes after one often hides what it brought about, as saving a page anew does.
    let end = weights.scenesPerThousand > 0 ? scene(&generator) : []
    while events.count + end.count < steps {
      if generator.below(1_000) < weights.scenesPerThousand {
        events += scene(&generator).prefix(steps - end.count - events.count)
        continue
      }
      let kind = weights.pick(&generator)
      events.append(
        Event(
          kind, node: generator.below(1 << 20), choices: generator.many(3) { $0.below(1 << 30) },
          salt: generator.next()))
    }
    events += end.prefix(steps - events.count)
  }
}

extension Plan {
  /// A scene between two devices of one account.
  private func scene(_ generator: inout SeededGenerator) -> [Event] {
    let one = generator.below(setup.devices.count)
    let mine = setup.devices.indices.filter { $0 != one && setup.devices[$0].account == setup.devices[one].account }
    // An account may have a single device.
    let other = mine.isEmpty ? one : generator.pick(mine)
    return generator.pick(Scene.possible(addresses: setup.addresses)).events(one, other, &generator)
  }
}

/// How often each kind of event comes.
struct Weights {
  /// At how many of a thousand events a scene begins instead.
  let scenesPerThousand: Int
  private var kinds: [Event.Kind] = []
  private var sums: [Int] = []

  /// Kinds that belong together, with the weights of the prototype; a seed multiplies each group by a factor of its own.
  private static let groups: [(factors: [Int], kinds: [(Event.Kind, Int)])] = [
    (
      [3, 10, 30],
      [
        (.save, 30), (.title, 25), (.byline, 6), (.tag, 12), (.untag, 6), (.archive, 15), (.favourite, 8),
        (.bookmark, 35), (.note, 12), (.unbookmark, 5), (.progress, 50), (.readAgain, 4), (.delete, 9), (.undelete, 5),
        (.same, 2), (.restoreEntry, 3), (.future, 4),
      ]
    ),
    ([0, 3, 10], [(.deleteMany, 2), (.poison, 3), (.discardRefused, 2), (.retryRefused, 2)]),
    ([10, 10, 30], [(.sync, 90), (.deliver, 220), (.syncToEnd, 8)]),
    ([3, 10, 30], [(.abandon, 5), (.partition, 3), (.replay, 2)]),
    ([3, 10, 30], [(.wait, 40), (.setClock, 3), (.reboot, 3), (.setServerClock, 1)]),
    ([0, 10, 40], [(.crash, 4), (.crashLater, 12), (.restart, 4)]),
    ([0, 0, 10, 40], [(.fault, 12), (.fillDisk, 3)]),
    ([0, 10], [(.secondProcess, 3), (.upgrade, 2)]),
    ([0, 3, 10], [(.backup, 4), (.restore, 2)]),
    ([0, 3, 10], [(.purge, 3), (.away, 1), (.revoke, 1), (.reset, 1), (.signInAgain, 1)]),
    ([0, 0, 3, 10], [(.clone, 2), (.deviceBackup, 4), (.deviceRestore, 2)]),
  ]

  init(_ generator: inout SeededGenerator) {
    for group in Self.groups {
      let factor = generator.pick(group.factors)
      guard factor > 0 else { continue }
      for (kind, weight) in group.kinds {
        kinds.append(kind)
        sums.append((sums.last ?? 0) + weight * factor)
      }
    }
    scenesPerThousand = generator.pick([0, 0, 5, 15])
  }

  func pick(_ generator: inout SeededGenerator) -> Event.Kind {
    let place = generator.below(sums.last ?? 1)
    let index = sums.firstIndex { place < $0 } ?? 0
    return kinds[index]
  }
}
