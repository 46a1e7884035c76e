import OffprintSeed

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
      scene.syncUntilTheLineBreaks(one, after: scene.pickNumber(1..<5))
      scene.sync(other)
      scene.add(.delete, other, [0])
      scene.sync(other)
      scene.add(.away, other)
      scene.sync(one)
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
    }
    return scene.events
  }

  /// Writes a scene down, event by event.
  private struct Writer {
    var generator: SeededGenerator
    var events: [Event] = []

    /// One less than what 1 to 6 divide: of however many backups there are, the last.
    private static let lastOfUpToSix = 59

    mutating func pick(_ kinds: [Event.Kind]) -> Event.Kind { generator.pick(kinds) }

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

    mutating func edit(_ node: Int) {
      add(pick([.save, .title, .title, .bookmark, .progress, .archive, .delete]), node)
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
