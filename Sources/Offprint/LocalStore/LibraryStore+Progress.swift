import OffprintWire

/// Reading positions (Protocol, PROG-1 to PROG-6).
extension LibraryStore {
  /// Where a reader is shown to be; nil if the article was never read.
  package func readingPosition(of id: RecordID) throws -> ReadingPosition? {
    guard try load(RecordKey(.article, id)) != nil else { throw Self.noArticle(id.description) }
    let entries = try positions(of: group(of: id))
    guard let shown = ShownProgress.shown(of: entries) else { return nil }
    let text = try bodyText(of: id)
    return Self.position(shown, among: entries, in: text, replica: moment.replica)
  }

  private static func position(
    _ shown: PositionEntry, among entries: [PositionEntry], in text: BodyText?, replica: ReplicaID
  ) -> ReadingPosition {
    let waits = shown.stamp >= LocalRecord.provisional(shown.replica)
    var position = ReadingPosition(
      fraction: shown.position.fraction, isFinished: shown.position.finished, round: shown.position.round,
      replica: shown.replica, isThisReplica: shown.replica == replica,
      at: waits ? nil : Int64(shown.stamp.milliseconds), locator: Locator(shown.position.locator), block: nil,
      offset: nil, resolution: nil,
      others: entries.filter { $0.replica != shown.replica }.map {
        ReadingPosition.OtherPosition(
          replica: $0.replica, fraction: $0.position.fraction, isFinished: $0.position.finished,
          round: $0.position.round)
      }, excerpt: nil)
    guard let text else { return position }
    let locator = position.locator ?? Locator.make(in: text, atFraction: Int(position.fraction))
    let found = locator.resolve(in: text)
    position.block = found.block
    position.offset = found.offset
    position.resolution = position.locator == nil ? .approximate : found.how
    let scalars = text.text(ofBlock: found.block).unicodeScalars.dropFirst(found.offset)
    position.excerpt = String(String.UnicodeScalarView(scalars.prefix(80)))
    return position
  }

  /// Writes this replica's position. `restart` opens the next reading round.
  package func setProgress(of id: RecordID, to target: ProgressTarget, restart: Bool) throws -> ReadingPosition {
    let key = RecordKey(.progress, try self.target(id).id)
    let text = try bodyText(of: id)
    let held = try heldPositions(of: group(of: id))
    let round = held.map(\.position.round).max() ?? 1
    var position = try Self.position(at: target, in: text)
    position.round = restart && !held.isEmpty ? min(round, JSONValue.integerMax - 1) + 1 : round
    position.seen = Self.seen(held)
    try edit(key, [(.position(of: moment.replica), position.value)])
    guard let written = try readingPosition(of: id) else {
      throw OffprintError(.failed, "the position could not be read back")
    }
    return written
  }

  /// Every position at hand in every record of the group, this replica's own included, and those of dead records: the one
  /// written now brings them back to life (LIFE-5), and must not lose to what lay there.
  private func heldPositions(of members: [RecordID]) throws -> [PositionEntry] {
    try members.flatMap { id in
      try load(RecordKey(.progress, id)).map { ShownProgress.entries(of: $0.shown(replica: moment.replica).registers) }
        ?? []
    }
  }

  /// What `seen` names. A position that waits for its stamp has none to name.
  private static func seen(_ held: [PositionEntry]) -> [ReplicaID: Stamp] {
    var seen: [ReplicaID: Stamp] = [:]
    for entry in held where entry.stamp < LocalRecord.provisional(entry.replica) {
      seen[entry.replica] = seen[entry.replica].map { max($0, entry.stamp) } ?? entry.stamp
    }
    return seen
  }

  private static func position(at target: ProgressTarget, in text: BodyText?) throws -> Position {
    switch target {
    case .fraction(let fraction):
      guard (0...Position.fractionMax).contains(fraction) else {
        throw OffprintError(.invalidInput, "a fraction lies between 0 and 1")
      }
      let locator = text.map { Locator.make(in: $0, atFraction: Int(fraction)).json } ?? .null
      return Position(locator: locator, fraction: fraction, finished: fraction == Position.fractionMax)
    case .finished:
      return try position(at: .fraction(Position.fractionMax), in: text)
    case .locator(let locator):
      guard ValueRules.isLocator(locator.json) else { throw OffprintError(.invalidInput, "this is no place in a text") }
      let fraction = Int64(locator.fraction)
      return Position(locator: locator.json, fraction: fraction, finished: fraction == Position.fractionMax)
    case .quote(let quote):
      let place = try passage(quote, in: text).start
      return Position(locator: place.json, fraction: Int64(place.fraction), finished: false)
    }
  }

  static func passage(_ quote: String, in text: BodyText?) throws -> (start: Locator, end: Locator) {
    guard let text else {
      throw OffprintError(.notFound, "the article's text is not on this device yet; sync, or give a fraction")
    }
    guard let place = Locator.make(in: text, quote: quote) else {
      throw OffprintError(.notFound, "the article does not hold that text; quote it as it stands there")
    }
    return place
  }
}
