/// What replicas hold, and what may not happen from one look to the next.
extension Oracle {
  /// Why a copy changed.
  enum Cause {
    /// An edit or a sync.
    case step
    /// A crash.
    case restart
    /// Something that puts another state in the place of this one.
    case event(Excuse)
  }

  /// A replica's copy of a record has changed, or was looked at.
  ///
  /// - Parameter state: What it shows, edits that wait for their stamps included; nil if the record is absent. Tell
  ///   ``journalled(_:_:)`` before a record goes, and ``finish(_:_:after:)`` before the state after an action.
  package mutating func observe(_ replica: String, _ key: RecordKey, _ state: State?) {
    guard let index = index(of: replica) else { return }
    take(index, key, state, .step)
  }

  mutating func take(_ replica: Int, _ key: RecordKey, _ state: State?, _ cause: Cause) {
    let record = recordIndex(replicas[replica].account, key)
    guard let state else { return drop(replica, record, cause) }
    let shownBefore = shown(of: record, on: replica)
    var released: [(edit: EditID, by: EditID?, excuse: Excuse?)] = []
    var present: Set<Int> = []
    var capped: Set<EditID> = []
    for held in state.entries {
      let cell = cellIndex(record, held.name)
      present.insert(cell)
      let old = replicas[replica].copies[record]?.cells[cell]
      // Without a stamp the same bytes may be a later edit.
      if let old, old.held == held, held.stamp != nil || latestOwn(held, cell: cell, on: replica) == old.edit {
        continue
      }
      let resolved = resolve(held, cell: cell, on: replica)
      if case .step = cause { checkForeignStamp(held, resolved.edit, cell: cell, on: replica) }
      if let old {
        check(replica, cell, from: old, to: held, resolved, cause)
        if old.edit != resolved.edit { released.append((old.edit, resolved.edit, nil)) }
      }
      place(replica, record, cell, held, resolved.edit, old, cause)
    }
    for cell in records[record].order where !present.contains(cell) {
      guard let old = replicas[replica].copies[record]?.cells.removeValue(forKey: cell) else { continue }
      edits[old.edit].holders -= 1
      // One that was refused for its device's wrong clock, and so stamped anew, went under a stamp that nobody saw.
      var going = old.held
      if replicas[replica].restampable.contains(old.edit) { going.stamp = nil }
      let isCapped = isCapped(going, in: state)
      if isCapped {
        capped.insert(old.edit)
        let slot = cells[cell].slot
        if replicas[replica].mustRead[slot] == old.edit { replicas[replica].mustRead[slot] = nil }
      } else {
        checkVanished(replica, cell, old, cause)
      }
      released.append((old.edit, nil, isCapped ? .capped : nil))
    }
    release(released, cause)
    checkOwnEdits(replica, record, cause)
    checkAcknowledged(replica, record)
    if case .event = cause { return }
    if let shownBefore, capped.contains(shownBefore.edit) { return need(.capped) }
    checkShown(replica, record, before: shownBefore)
  }

  private mutating func place(
    _ replica: Int, _ record: Int, _ cell: Int, _ held: Held, _ edit: EditID, _ old: CopyCell?, _ cause: Cause
  ) {
    let isNewHere = old?.edit != edit
    var floor: String?
    if held.stamp == nil, !(old?.edit == edit && old?.held.stamp != nil) { floor = old?.held.stamp ?? old?.floor }
    replicas[replica].copies[record, default: RecordCopy()].cells[cell] = CopyCell(
      held: held, edit: edit, floor: floor)
    if isNewHere {
      if let old { edits[old.edit].holders -= 1 }
      hold(edit)
    }
    guard replicas[replica].isServer else { return }
    edits[edit].reachedServer = true
    guard case .event = cause else { return }
    edits[edit].wentWithRecord = false
    edits[edit].forgottenBy = nil
  }

  /// One more replica holds the edit; what became of it while none did no longer counts.
  mutating func hold(_ edit: EditID) {
    edits[edit].holders += 1
    guard edits[edit].holders == 1 else { return }
    edits[edit].supersededBy = nil
    edits[edit].excuse = nil
  }

  /// Notes what took the place of edits that no replica holds any more, or what excuses them.
  mutating func release(_ released: [(edit: EditID, by: EditID?, excuse: Excuse?)], _ cause: Cause) {
    for (edit, successor, kind) in released {
      if let kind, edits[edit].holders == 0 {
        excuse(edit, kind)
      } else if case .event(let kind) = cause {
        // What had lost to another edit elsewhere goes the way of that one.
        let isLost = edits[edit].holders == 0 && edits[edit].supersededBy == nil && !edits[edit].isJournalled
        guard isLost else { continue }
        if edits[edit].wentWithRecord {
          // Its purge is what became of it: nothing is undone because the last that knew of it is gone.
          edits[edit].forgottenBy = kind
        } else {
          excuse(edit, kind)
        }
      } else if let successor {
        edits[edit].supersededBy = successor
      }
    }
  }

  /// A fixed stamp stays; the greater one takes its place.
  private mutating func check(
    _ replica: Int, _ cell: Int, from old: CopyCell, to held: Held, _ resolved: Resolved, _ cause: Cause
  ) {
    if case .event = cause { return }
    let mayChange = replicas[replica].restampable.contains(old.edit)
    func fail(_ oracle: inout Oracle, _ reason: String) {
      oracle.report(
        oracle.identity(cause, .stampNeverFalls), reason, replica: oracle.replicas[replica].name, cell: cell,
        expected: [old.held.description, oracle.describe(old.edit)],
        actual: [held.description, oracle.describe(resolved.edit)], edits: [old.edit, resolved.edit])
    }
    guard !mayChange else { return }
    switch (old.held.stamp, held.stamp) {
    case (let one?, let other?):
      if resolved.isFresh, resolved.edit == old.edit { return fail(&self, "a fixed stamp was exchanged") }
      let order = (ExactText(one), ExactText(old.held.value))
      if (ExactText(other), ExactText(held.value)) < order { fail(&self, "a register went down") }
    case (_?, nil):
      if resolved.edit == old.edit { fail(&self, "a fixed stamp was taken away") }
    case (nil, let other?):
      if let floor = old.floor, ExactText(other) <= ExactText(floor) {
        fail(&self, "an edit got a stamp not greater than that of what it replaced")
      }
    case (nil, nil): break
    }
  }

  private mutating func checkVanished(_ replica: Int, _ cell: Int, _ old: CopyCell, _ cause: Cause) {
    if case .event = cause { return }
    if replicas[replica].restampable.contains(old.edit) { return }
    report(
      identity(cause, .stampNeverFalls), "a register is gone", replica: replicas[replica].name, cell: cell,
      expected: [old.held.description, describe(old.edit)], actual: ["absent"], edits: [old.edit])
  }

  /// Whether a register went because more are kept of its kind than the rules allow.
  func isCapped(_ old: Held, in state: State) -> Bool {
    for (prefix, count) in [("at:", 16), ("tag:", 256)] where old.name.utf8.starts(with: prefix.utf8) {
      let kept = state.entries.filter { $0.name.utf8.starts(with: prefix.utf8) }
      // One that waited got its stamp in the moment in which it went: which, nobody saw.
      guard kept.count >= count, let stamp = old.stamp else { return kept.count >= count }
      let order = (ExactText(stamp), ExactText(old.name))
      return kept.allSatisfy { order < (ExactText($0.stamp ?? "~"), ExactText($0.name)) }
    }
    return false
  }

  /// A device reads its own edits until a greater value arrives from somebody who did not know them, or knew them.
  private mutating func checkOwnEdits(_ replica: Int, _ record: Int, _ cause: Cause) {
    if case .event = cause { return }
    guard !replicas[replica].mustRead.isEmpty else { return }
    for cell in records[record].order {
      let slot = cells[cell].slot
      guard let edit = replicas[replica].mustRead[slot], edits[edit].cell == cell else { continue }
      let copy = replicas[replica].copies[record]
      let held = copy?.cells[cell]?.edit
      if held == edit { continue }
      if slots[slot].isPosition, positions(of: record, on: replica).contains(where: { $0.edit == edit }) { continue }
      if let held, isAncestor(edit, of: held) || !isAncestor(held, of: edit) {
        replicas[replica].mustRead[slot] = nil
        continue
      }
      replicas[replica].mustRead[slot] = nil
      if edits[edit].isJournalled { continue }
      if held == nil, edits[edit].stamps.isEmpty, isCapped(Held(cells[cell].name.text, nil, ""), in: state(of: copy)) {
        // It went in the moment in which it was made: the others have later stamps, by a server whose clock was put back.
        need(.capped)
        excuse(edit, .capped)
        continue
      }
      if let held, let kind = copyingExcuse(older: held, newer: edit) {
        need(kind)
        excuse(edit, kind)
        continue
      }
      report(
        identity(cause, .readsOwnEdits), "an edit made on this device is not read on it",
        replica: replicas[replica].name, cell: cell, expected: [describe(edit)],
        actual: [held.map(describe) ?? "absent"], edits: [edit] + (held.map { [$0] } ?? []))
    }
  }

  private func state(of copy: RecordCopy?) -> State { State(copy?.cells.values.map(\.held) ?? []) }

  /// A record is gone from a replica.
  private mutating func drop(_ replica: Int, _ record: Int, _ cause: Cause) {
    guard let copy = replicas[replica].copies.removeValue(forKey: record) else { return }
    var released: [(edit: EditID, by: EditID?, excuse: Excuse?)] = []
    var lost: [EditID] = []
    let life = records[record].cells[ExactText("life")].flatMap { copy.cells[$0] }
    let isDead = life?.held.value == "\"dead\""
    for cell in records[record].order {
      guard let old = copy.cells[cell] else { continue }
      edits[old.edit].holders -= 1
      let isLife = cells[cell].name.text == "life"
      let isGoing = isDead || hasDroppedDeadParent(of: record, copy, replica)
      released.append((old.edit, nil, isGoing && !(isDead && isLife) ? .purged : nil))
      // A deletion that lost to another, or to a purge, may go before it was sent.
      let isUnsent = !edits[old.edit].reachedServer && edits[old.edit].holders == 0 && isLiveAtServer(record)
      if !edits[old.edit].isJournalled, !isGoing || isDead && isLife && isUnsent { lost.append(old.edit) }
      if replicas[replica].isServer, isDead { edits[old.edit].wentWithRecord = true }
      if isGoing, edits[old.edit].author == replicas[replica].name { edits[old.edit].isForgottenByAuthor = true }
      replicas[replica].mustRead[cells[cell].slot] = nil
      replicas[replica].acknowledged[cell] = nil
    }
    if isDead { replicas[replica].droppedDead.insert(record) }
    replicas[replica].stuck[record] = nil
    release(released, cause)
    if case .event = cause { return }
    guard let first = lost.first else { return }
    let isUnsent = lost.contains { replicas[replica].unanswered.contains($0) }
    report(
      identity(cause, replicas[replica].isServer ? .acknowledgedIsKept : isUnsent ? .unsentIsKept : .nothingIsLost),
      isDead ? "a deletion was forgotten before it was sent" : "a live record is gone, and no journal has it",
      replica: replicas[replica].name, record: cells[edits[first].cell].record, expected: lost.map(describe),
      actual: ["absent"], edits: lost)
  }

  private func isLiveAtServer(_ record: Int) -> Bool {
    guard let server = accounts[records[record].account].server, replicas[server].copies[record] != nil else {
      return false
    }
    return !isDead(record, on: server)
  }

  /// Whether the article of a child is gone as a dead one: the purge took both, and the child goes where its article goes.
  private func hasDroppedDeadParent(of record: Int, _ copy: RecordCopy, _ replica: Int) -> Bool {
    guard let parent = parent(of: record, copy) else { return false }
    return replicas[replica].droppedDead.contains(parent) && replicas[replica].copies[parent] == nil
  }

  /// The article that a child belongs to by that copy of it; nil for articles, and if it names none that ever was.
  func parent(of record: Int, _ copy: RecordCopy) -> Int? {
    let key = records[record].key
    let named = records[record].cells[ExactText("article")].flatMap { copy.cells[$0]?.held.value }
    let id = key.type == "progress" ? key.id : named.map { String($0.dropFirst().dropLast()) }
    guard key.type != "article", let id else { return nil }
    return recordIndexes[RecordPlace(account: records[record].account, type: ExactText("article"), id: ExactText(id))]
  }

  func identity(_ cause: Cause, _ usual: Invariant) -> Invariant {
    if case .restart = cause { return .restartKeepsDone }
    return usual
  }
}
