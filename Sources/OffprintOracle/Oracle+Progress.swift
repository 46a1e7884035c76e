/// Reading positions: which one is shown, by the rule's text, and what may become of it.
extension Oracle {
  /// A position shown to a person.
  package struct ShownPosition: Hashable, Sendable {
    /// Millionths.
    package var fraction: Int
    /// From 1.
    package var round: Int

    /// A position of these parts.
    package init(fraction: Int, round: Int) {
      self.fraction = fraction
      self.round = round
    }
  }

  struct PositionEntry {
    var edit: EditID
    var held: Held
    var position: Position
    var replicaID: Substring { held.name.dropFirst(3) }
    /// A position without a stamp is later than all others: it was written here just now.
    var order: (Int, ExactText, ExactText) { (position.fraction, ExactText(held.stamp ?? "~"), ExactText(held.name)) }
  }

  /// The positions of a progress record on a replica; those of bad form are passed over.
  func positions(of record: Int, on replica: Int) -> [PositionEntry] {
    guard records[record].positions != nil, let copy = replicas[replica].copies[record] else { return [] }
    return records[record].order.compactMap { cell in
      guard let held = copy.cells[cell], slots[cells[cell].slot].isPosition, let position = Position(held.held.value)
      else { return nil }
      return PositionEntry(edit: held.edit, held: held.held, position: position)
    }
  }

  /// The position shown on a replica; nil if there is none, or the record is dead.
  ///
  /// Of the positions of the greatest round, those that no other position of that round names as seen (all of them if
  /// each is named); of these the greatest by fraction, then stamp, then replica.
  func shown(of record: Int, on replica: Int) -> PositionEntry? {
    let entries = positions(of: record, on: replica)
    guard !entries.isEmpty, !isDead(record, on: replica) else { return nil }
    let top = entries.reduce(0) { max($0, $1.position.round) }
    let current = entries.filter { $0.position.round == top }
    let open = current.filter { entry in
      guard let stamp = entry.held.stamp else { return true }
      return !current.contains { other in
        other.held.name != entry.held.name
          && other.position.seen.contains { $0.replica == entry.replicaID && ExactText(stamp) <= ExactText($0.stamp) }
      }
    }
    return (open.isEmpty ? current : open).max { $0.order < $1.order }
  }

  func isDead(_ record: Int, on replica: Int) -> Bool {
    guard let life = records[record].cells[ExactText("life")] else { return false }
    return replicas[replica].copies[record]?.cells[life]?.held.value == "\"dead\""
  }

  /// After a change of a progress record: the position shown does not fall back, and hides no further one that nobody of
  /// its round has seen.
  mutating func checkShown(_ replica: Int, _ record: Int, before: PositionEntry?) {
    guard records[record].positions != nil, !replicas[replica].isServer else { return }
    checkWriters(replica, record)
    guard let after = shown(of: record, on: replica) else { return }
    let entries = positions(of: record, on: replica)
    let candidates = furthest(entries.map { ($0.edit, $0.position) })
    if let best = candidates.max(by: { $0.position.fraction < $1.position.fraction }),
      best.position.fraction > after.position.fraction
    {
      complain(
        .furthestIsShown, "a further position that nobody has seen is hidden", replica, record, [best.edit],
        after.edit)
    }
    guard let before, before.edit != after.edit, after.position.fraction < before.position.fraction,
      after.position.round <= before.position.round,
      !entries.contains(where: { isAncestor(before.edit, of: $0.edit) })
    else { return }
    complain(
      .positionNeverJumpsBack, "the position shown fell back, and nobody who knew it moved it", replica, record,
      [before.edit], after.edit)
  }

  private mutating func complain(
    _ invariant: Invariant, _ reason: String, _ replica: Int, _ record: Int, _ expected: [EditID], _ actual: EditID
  ) {
    if sharesReplicaIDs(record) { return need(.sharedReplicaID) }
    // Its writer had let it go with a deleted article, came back after the retention, and begins anew under the same id.
    if expected.allSatisfy({ edits[$0].isForgottenByAuthor }) { return need(.purged) }
    report(
      invariant, reason, replica: replicas[replica].name, record: record, expected: expected.map(describe),
      actual: [describe(actual)], edits: expected + [actual])
  }

  /// The positions of the greatest round that no other's author had seen.
  func furthest(_ positions: [(edit: EditID, position: Position)]) -> [(edit: EditID, position: Position)] {
    let top = positions.reduce(0) { max($0, $1.position.round) }
    return positions.filter { one in
      one.position.round == top && !positions.contains { isAncestor(one.edit, of: $0.edit) }
    }
  }

  /// A position stands in the register of the replica that stamped it.
  private mutating func checkWriters(_ replica: Int, _ record: Int) {
    for entry in positions(of: record, on: replica) {
      guard let stamp = entry.held.stamp, !stamp.utf8.reversed().starts(with: entry.replicaID.utf8.reversed()) else {
        continue
      }
      report(
        .positionNamesSeen, "a position stands in another replica's register", replica: replicas[replica].name,
        cell: edits[entry.edit].cell, actual: [entry.held.description], edits: [entry.edit])
    }
  }

  mutating func checkSeen(
    _ position: Position?, expected: [(replica: String, stamp: String)], cell: Int, on replica: Int
  ) {
    guard let position else { return }
    let matches = position.seen.elementsEqual(expected) { $0.replica == $1.replica && $0.stamp == $1.stamp }
    guard !matches else { return }
    report(
      .positionNamesSeen, "a position does not name all that its writer had seen", replica: replicas[replica].name,
      cell: cell, expected: expected.map { "\($0.replica) \($0.stamp)" },
      actual: position.seen.map { "\($0.replica) \($0.stamp)" })
  }

  /// Whether copies of one library have written positions of this record under one id.
  func sharesReplicaIDs(_ record: Int) -> Bool {
    records[record].order.contains { cell in
      slots[cells[cell].slot].isPosition
        && sharedReplicaIDs.contains(ExactText(String(cells[cell].name.text.dropFirst(3))))
    }
  }

  /// What a device shows for an article, as the product says it; compared with the rule.
  package mutating func showed(_ device: String, _ key: RecordKey, _ position: ShownPosition?) {
    guard let index = index(of: device) else { return }
    let record = recordIndex(replicas[index].account, key)
    let rule = shown(of: record, on: index).map {
      ShownPosition(fraction: $0.position.fraction, round: $0.position.round)
    }
    guard rule != position else { return }
    report(
      .furthestIsShown, "the position shown is not the one the rule gives", replica: device, record: record,
      expected: [rule.map { "\($0)" } ?? "none"], actual: [position.map { "\($0)" } ?? "none"])
  }
}
