/// What holds at the end, when edits have stopped, faults have ceased and every device has synced.
extension Oracle {
  /// Checks an account at rest.
  /// - Parameters:
  ///   - devices: The records of each device that takes part still.
  ///   - server: The name of the account's copy at the server.
  ///   - states: Its records.
  /// - Returns: what does not hold; it is also in ``violations``.
  package mutating func finalCheck(
    devices: [String: [RecordKey: State]], server: String, _ states: [RecordKey: State]
  ) -> [Violation] {
    let before = violations.count
    guard let server = index(of: server) else { return violations }
    for (name, states) in devices.sorted(by: { ExactText($0.key) < ExactText($1.key) }) {
      guard let device = index(of: name) else { continue }
      settleUnknown(on: device) { states[$0] ?? State([]) }
      takeAll(device, states, .step)
    }
    takeAll(server, states, .step)
    for (name, held) in devices.sorted(by: { ExactText($0.key) < ExactText($1.key) }) {
      if let device = index(of: name) { checkEqual(device, held, states) }
    }
    let account = replicas[server].account
    let all = records.indices.filter { records[$0].account == account }
    for record in all.sorted(by: { records[$0].key < records[$1].key }) { checkFinal(record, server) }
    return Array(violations[before...])
  }

  /// Live records are equal in every byte; a dead one may differ, or be gone.
  private mutating func checkEqual(
    _ device: Int, _ held: [RecordKey: State], _ server: [RecordKey: State]
  ) {
    for key in Set(held.keys).union(server.keys).sorted() {
      let mine = held[key].flatMap { $0.isDead ? nil : $0 }
      let theirs = server[key].flatMap { $0.isDead ? nil : $0 }
      guard mine != theirs else { continue }
      let record = recordIndex(replicas[device].account, key)
      if let kind = replicas[device].stuck[record] {
        need(kind)
        continue
      }
      func lines(_ state: State?, _ live: State?) -> [String] {
        live?.entries.map(\.description) ?? [state == nil ? "absent" : "dead"]
      }
      report(
        .allEndEqual, "device and server hold different records", replica: replicas[device].name, record: record,
        expected: lines(server[key], theirs), actual: lines(held[key], mine))
    }
  }

  private mutating func checkFinal(_ record: Int, _ server: Int) {
    guard let copy = replicas[server].copies[record], !isDead(record, on: server) else {
      return checkGone(record, server)
    }
    let held = copyCells(record, on: server)
    if held.allSatisfy({ edits[$0.edit].wentWithRecord }), !hasReturningParent(record, copy, server) {
      report(
        .deletedStaysDeleted, "a record that was purged is back, and nobody wrote it anew",
        replica: replicas[server].name, record: record, expected: ["absent"],
        actual: held.map(\.held.description), edits: held.map(\.edit))
    }
    for cell in records[record].order where !slots[cells[cell].slot].isPosition {
      checkRegister(cell, copy.cells[cell], server)
    }
    checkFinalProgress(record, server)
  }

  /// Whether the record is a child of an article that somebody brought back: its children come along (RESET-5). If that lost to a
  /// tombstone which another device still had, they are hidden with it and go with it.
  private func hasReturningParent(_ record: Int, _ copy: RecordCopy, _ server: Int) -> Bool {
    guard let parent = parent(of: record, copy), let life = records[parent].cells[ExactText("life")],
      let held = replicas[server].copies[parent]?.cells[life]
    else { return false }
    return isDead(parent, on: server) || !edits[held.edit].wentWithRecord
  }

  /// Whether somebody who had not seen the deletion wrote life: that brings the record back, and with it what others still have.
  private func hasOwnLife(_ cell: Int, beside deletion: EditID) -> Bool {
    slots[cells[cell].slot].edits.contains { edit in
      edits[edit].outcome == .committed && edits[edit].expectation.value == "\"live\"" && edits[edit].reachedServer
        && excuse(of: edit) == nil && !isAncestor(edit, of: deletion)
    }
  }

  /// The last edit of a register is not one that another, which still counts, knew and replaced; nor is it less than one
  /// that did not know it.
  private mutating func checkRegister(_ cell: Int, _ last: CopyCell?, _ server: Int) {
    let isLife = cells[cell].name.text == "life"
    for edit in slots[cells[cell].slot].edits.reversed() where edits[edit].outcome == .committed {
      guard edit != last?.edit, let problem = problem(of: edit, last, isLife: isLife) else { continue }
      let copying = last.flatMap { problem == .greatestStays ? nil : copyingExcuse(older: $0.edit, newer: edit) }
      // That a child was deleted is forgotten with it, and it comes along with an article that somebody brings back (RESET-5).
      let comesAlong =
        problem == .deletedStaysDeleted && edits[edit].wentWithRecord
        && (hasOwnLife(cell, beside: edit)
          || replicas[server].copies[cells[cell].record].map { hasReturningParent(cells[cell].record, $0, server) }
            == true)
      // A purge undoes nothing for those who had seen the deletion; others write anew, of an article of which nobody knows, and
      // with it comes what they still have of its registers.
      let isUnseen = problem != .deletedStaysDeleted && !(isLife && problem == .informedWins)
      if let kind = excuse(of: edit) ?? copying ?? (comesAlong ? .purged : nil)
        ?? (isUnseen ? forgotten(edit) : nil)
      {
        need(kind)
        continue
      }
      return report(
        problem, reason(problem), replica: replicas[server].name, cell: cell, expected: [describe(edit)],
        actual: last.map { [$0.held.description, describe($0.edit)] } ?? ["absent"],
        edits: [edit] + (last.map { [$0.edit] } ?? []))
    }
  }

  private func problem(of edit: EditID, _ last: CopyCell?, isLife: Bool) -> Invariant? {
    guard let last else { return isLife && edits[edit].wentWithRecord ? nil : .nothingIsLost }
    if isAncestor(last.edit, of: edit) {
      return isLife && edits[edit].expectation.value == "\"dead\"" ? .deletedStaysDeleted : .informedWins
    }
    guard !edits[edit].mayBeRestamped, !isAncestor(edit, of: last.edit), let stamp = edits[edit].stamps.min(),
      let value = edits[edit].expectation.value, isLess(last.held, Held("", stamp, value))
    else { return nil }
    return .greatestStays
  }

  private func reason(_ invariant: Invariant) -> String {
    switch invariant {
    case .deletedStaysDeleted: "what was deleted is back, and whoever wrote it had not seen the deletion"
    case .informedWins: "an edit lost to a value that its author had seen"
    case .greatestStays: "an edit lost to one with a lesser stamp"
    default: "a register is lost"
    }
  }

  /// A record that is not there, or dead: somebody deleted it, or it is excused.
  private mutating func checkGone(_ record: Int, _ server: Int) {
    let life = records[record].cells[ExactText("life")].map { cells[$0].slot }
    let lives = life.map { slots[$0].edits.filter { edits[$0].outcome == .committed } } ?? []
    let counting = lives.filter { excuse(of: $0) == nil }
    let last = counting.filter { edit in !counting.contains { isAncestor(edit, of: $0) } }
    let deaths = last.filter { edits[$0].expectation.value == "\"dead\"" }
    let candidates = lives.isEmpty ? edits(of: record) : last.filter { !deaths.contains($0) }
    let lost = candidates.filter { edit in
      excuse(of: edit) == nil && !deaths.contains { !isCertainlyLess($0, edit) }
    }
    if lost.isEmpty, deaths.isEmpty { needFirstExcuse(of: lives.isEmpty ? edits(of: record) : lives) }
    guard let edit = lost.last else { return }
    report(
      .nothingIsLost,
      deaths.isEmpty ? "a record is lost, and nobody deleted it" : "a record lost its life to a lesser deletion",
      replica: replicas[server].name, record: record, expected: [describe(edit)],
      actual: deaths.isEmpty ? ["absent"] : deaths.map(describe), edits: lost)
  }

  private func edits(of record: Int) -> [EditID] {
    var met: Set<Int> = []
    return records[record].order.map { cells[$0].slot }.filter { met.insert($0).inserted }
      .flatMap { slots[$0].edits }.filter { edits[$0].outcome == .committed }
  }

  private mutating func needFirstExcuse(of lost: [EditID]) {
    for edit in lost {
      if let kind = excuse(of: edit) { return need(kind) }
    }
  }

  /// Whether one edit bore lesser stamps than the other, as far as stamps were seen and kept.
  private func isCertainlyLess(_ one: EditID, _ other: EditID) -> Bool {
    guard !edits[one].mayBeRestamped, !edits[other].mayBeRestamped, let mine = edits[one].stamps.max(),
      let theirs = edits[other].stamps.min()
    else { return false }
    return ExactText(mine) < ExactText(theirs)
  }

  /// The position shown is the furthest of the greatest round that no other's author had seen.
  private mutating func checkFinalProgress(_ record: Int, _ server: Int) {
    guard let slot = records[record].positions else { return }
    let held = Set(positions(of: record, on: server).map(\.edit))
    let counting = slots[slot].edits.compactMap { edit -> (edit: EditID, position: Position)? in
      let isKnown = excuse(of: edit) == nil && forgotten(edit) == nil && !edits[edit].isForgottenByAuthor
      let counts = edits[edit].outcome == .committed && isKnown
      guard held.contains(edit) || counts,
        let position = edits[edit].expectation.value.flatMap({ Position($0) })
      else { return nil }
      return (edit, position)
    }
    let open = furthest(counting)
    guard let best = open.max(by: { $0.position.fraction < $1.position.fraction }) else { return }
    let shown = shown(of: record, on: server)
    let isRight = shown.map { shown in
      open.contains { $0.edit == shown.edit } && shown.position.fraction == best.position.fraction
    }
    guard isRight != true else { return }
    if sharesReplicaIDs(record) { return need(.sharedReplicaID) }
    if let shown, edits[shown.edit].copiedUnsent > 0, open.contains(where: { isAncestor(shown.edit, of: $0.edit) }) {
      return need(.unsentPositionCopied)
    }
    report(
      .furthestIsShown, "the position shown at the end is not the furthest that nobody had seen",
      replica: replicas[server].name, record: record, expected: [describe(best.edit)],
      actual: [shown.map { describe($0.edit) } ?? "none"], edits: [best.edit] + (shown.map { [$0.edit] } ?? []))
  }
}
