import OffprintSeed
import OffprintWire

/// Events in an order that chance alone hardly ever makes, of those that rules at the edges are there for.
///
/// What comes of it are events like all others: a trace holds them one by one, and a failure is made small without knowing of
/// scenes.
enum Scene: CaseIterable {
  /// The very last change that one device lacks is a deletion, and it is purged before that device comes back.
  case deletionPurgedUnseen
  /// A save arrives and its answer does not; another device deletes it, and the purge takes it, before the first comes back.
  case saveDeletedUnanswered
  /// An edit waits on one device for so long that its article was deleted by the other, and purged.
  case editOfAPurgedArticle
  /// A first sync, or one that reads all again, is broken off and goes on after a purge.
  case readingOverAPurge
  /// An older state of the server is put back while two devices have what it lacks.
  case serverPutBack
  /// The same twice, with a backup in between.
  case serverPutBackTwice
  /// An edit that was not sent lives on in two copies of a library, and one of them goes on editing.
  case editCopied
  /// A position moves on from one of two others.
  case positionsApart
  /// One article is read under more replica ids than positions are kept of.
  case readByMany
  /// So much is deleted at once that the brake must hold.
  case manyDeleted
  /// An edit waits for its stamp while its device restarts and its clock is set.
  case clockSetWhileWaiting
  /// A library and what it is put back to give two values of one register the same stamp, and the server takes both pushes.
  case stampGivenTwice
  /// A server that was put back unnoticed differs from a device at the same number, and its head moves while they are compared.
  case comparedWhileOthersPush

  /// Those that a world of so many addresses has room for. Few have it for many deletions, so those have them often.
  static func possible(addresses: Int) -> [Scene] {
    addresses < pagesOfMany
      ? allCases.filter { $0 != .manyDeleted } : allCases + Array(repeating: .manyDeleted, count: allCases.count / 3)
  }

  /// Pages that one scene saves: more than the brake lets go of at once.
  private static let pagesOfMany = 24

  /// The events, between two devices of one account.
  func events(_ one: Int, _ other: Int, _ generator: inout SeededGenerator) -> [Event] {
    var scene = Writer(generator: generator)
    defer { generator = scene.generator }
    switch self {
    case .deletionPurgedUnseen:
      scene.sync(one, other)
      scene.add(scene.pick([.unbookmark, .delete]), one)
      scene.sync(one)
      scene.add(.away, one)
      scene.sync(other)
    case .saveDeletedUnanswered:
      scene.sync(one, other)
      scene.add(.save, one, [scene.pickNumber(0..<2)])
      // It goes out at once, or after its contents were asked for and sent: the second message lost, or the sixth.
      scene.syncUntilTheLineBreaks(one, after: scene.pick([1, 5]))
      scene.sync(other)
      // Where it stands in the list depends on the clocks.
      scene.add(.deleteMany, other, [39])
      scene.sync(other)
      scene.add(.away, other)
      // Its tombstone would bury the article again.
      scene.add(.reset, other, [0])
      scene.sync(other, one)
    case .editOfAPurgedArticle:
      scene.sync(one, other)
      scene.add(scene.pick([.title, .tag, .bookmark]), one, [0, 1])
      scene.add(.delete, other, [0])
      scene.sync(other)
      scene.add(.away, other)
      scene.sync(one)
    case .readingOverAPurge:
      scene.sync(one)
      scene.add(.delete, one)
      scene.sync(one)
      scene.add(.reset, other, [0])
      scene.syncUntilTheLineBreaks(other)
      scene.add(.away, one)
      scene.sync(other)
    case .serverPutBack:
      scene.sync(one, other)
      scene.add(.backup, one)
      scene.putBack(one, other)
    case .serverPutBackTwice:
      scene.sync(one, other)
      scene.add(.backup, one)
      scene.putBack(one, other)
      scene.add(.backup, one)
      scene.putBack(other, one)
    case .editCopied:
      scene.sync(one)
      scene.edit(one)
      scene.add(scene.pick([.clone, .deviceBackup]), one)
      scene.edit(one)
      scene.sync(one)
      scene.add(.deviceRestore, one)
      scene.edit(one)
      scene.sync(one, other)
    case .positionsApart:
      scene.sync(one, other)
      scene.add(.progress, one, [0])
      scene.add(.progress, other, [0])
      scene.sync(other)
      scene.add(.progress, other, [0])
      scene.sync(one, other)
    case .readByMany:
      scene.add(.save, one)
      // A few more than that: not every sync gets through.
      for _ in 0..<Limits.progressEntriesMax + 4 {
        scene.add(.progress, one, [0])
        scene.sync(one)
        scene.copyBack(one, isNoticed: true)
      }
      scene.add(.progress, one, [0])
      scene.sync(one, other)
    case .manyDeleted:
      for number in 0..<Self.pagesOfMany { scene.add(.save, one, [number, 1, 1]) }
      scene.sync(one, other)
      scene.add(.deleteMany, one, [39])
      scene.sync(one)
      // Expired, the other lets all go with the last page; page by page it would be too few to be told from its own.
      scene.add(.away, one)
      scene.add(.syncToEnd, other, [1, 1, 1])
    case .clockSetWhileWaiting:
      scene.sync(one)
      scene.add(.reboot, one)
      scene.edit(one)
      scene.add(.setClock, one)
      scene.add(.reboot, one)
      scene.sync(one, other)
    case .stampGivenTwice:
      scene.sync(one)
      // A value whose stamp lies ahead, if the clock goes back: all that replace it get the stamp that comes next.
      scene.add(.setServerClock, one)
      scene.sync(one)
      scene.add(.title, one, [0, 1])
      scene.sync(one)
      scene.add(.setServerClock, one)
      scene.sync(one)
      scene.add(.deviceBackup, one)
      scene.add(.title, one, [0, 1])
      scene.sync(one)
      scene.copyBack(one, isNoticed: false, backsUp: false)
      scene.add(.title, one, [0, 1])
      // Pushes that get lost are counted, so that the next one is not taken for an old one.
      for _ in 0..<3 { scene.syncUntilTheLineBreaks(one, after: 0) }
      scene.sync(one, other)
    case .comparedWhileOthersPush:
      scene.add(.save, one)
      scene.sync(one, other)
      scene.add(.backup, one)
      scene.add(.title, one, [0, 1])
      scene.sync(one)
      scene.add(.restore, one, [Writer.lastOfUpToSix, SimulatedDaemon.Restore.unnoticed.rawValue])
      scene.add(.title, other, [0, 1])
      scene.sync(other)
      scene.add(.bookmark, other)
      // Until the digest is asked for, or a bucket.
      scene.add(.sync, one, [1, 1, 1])
      scene.deliver(scene.pick([2, 4]))
      scene.sync(other)
      scene.deliver(4)
      scene.sync(one, other)
    }
    return scene.events
  }

  /// Writes a scene down, event by event.
  private struct Writer {
    var generator: SeededGenerator
    var events: [Event] = []

    /// One less than what 1 to 6 divide: of however many backups there are, the last.
    static let lastOfUpToSix = 59

    mutating func pick<Choice>(_ choices: [Choice]) -> Choice { generator.pick(choices) }

    mutating func pickNumber(_ range: Range<Int>) -> Int { range.lowerBound + generator.below(range.count) }

    /// Adds an event; choices that are not given are drawn.
    mutating func add(_ kind: Event.Kind, _ node: Int, _ choices: [Int] = []) {
      let drawn = generator.many(3) { $0.below(1 << 30) }
      events.append(
        Event(kind, node: node, choices: choices + drawn.dropFirst(choices.count), salt: generator.next()))
    }

    /// One after the other syncs to the end.
    mutating func sync(_ nodes: Int...) {
      for node in nodes { add(.syncToEnd, node, [1, generator.below(3), 1]) }
    }

    /// The line breaks after so many messages; after an odd number it is an answer that gets lost.
    mutating func syncUntilTheLineBreaks(_ node: Int, after messages: Int? = nil) {
      add(.syncToEnd, node, [1, generator.below(3), 4 * (messages ?? generator.below(8))])
    }

    /// So many messages arrive, if the line is free of others.
    mutating func deliver(_ messages: Int) {
      for _ in 0..<messages { add(.deliver, 0, [1, 1, 1]) }
    }

    mutating func edit(_ node: Int) {
      add(pick([.save, .title, .title, .bookmark, .progress, .archive, .delete]), node)
    }

    /// Puts a device's library back to a backup of it, made just now or before.
    mutating func copyBack(_ node: Int, isNoticed: Bool, backsUp: Bool = true) {
      if backsUp { add(.deviceBackup, node) }
      add(.deviceRestore, node, [Self.lastOfUpToSix, isNoticed ? 1 : 0])
    }

    /// What both do then is lost to the server, which was put back to the last backup.
    mutating func putBack(_ one: Int, _ other: Int) {
      edit(one)
      sync(one, other)
      edit(other)
      sync(other)
      add(.restore, one, [Self.lastOfUpToSix, generator.below(3)])
      sync(other, one)
    }
  }
}
