/// Misfortunes, and what people do to whole libraries.
extension Oracle {
  /// A replica has come up again after a crash with these records.
  ///
  /// All that it held is there or something greater; what failed is not; what is uncertain is there whole or not at all.
  package mutating func restarted(_ replica: String, _ states: [RecordKey: State]) {
    guard let index = index(of: replica) else { return }
    checkInterrupted(index, states)
    settleUnknown(on: index) { states[$0] ?? State([]) }
    takeAll(index, states, .restart)
  }

  mutating func takeAll(_ replica: Int, _ states: [RecordKey: State], _ cause: Cause) {
    var keys = Set(states.keys)
    for record in replicas[replica].copies.keys { keys.insert(records[record].key) }
    for key in keys.sorted() { take(replica, key, states[key], cause) }
  }

  /// A backup's number.
  package typealias BackupID = Int

  /// A replica was backed up as it is now.
  package mutating func backedUp(_ replica: String) -> BackupID {
    guard let index = index(of: replica) else { return -1 }
    backups.append(Backup(replica: replicas[index]))
    return backups.count - 1
  }

  /// A replica was put back to a backup, of its own or, for a device, of another that it replaces.
  ///
  /// Edits that now are on no replica and in no journal are excused. The backup must hold what was there when it was made.
  ///
  /// - Parameters:
  ///   - states: What the replica holds now.
  ///   - isBeyondRetention: The backup is older than half the retention, or it is the second restore of a server within one:
  ///     deletions that nobody holds any more may be undone.
  ///   - isNoticed: The device can tell by its installation marker; else it goes on under the replica id of its lost self
  ///     until the server objects, and what that does to positions is excused.
  package mutating func restored(
    _ replica: String, from backup: BackupID, _ states: [RecordKey: State], isBeyondRetention: Bool = false,
    isNoticed: Bool = true
  ) {
    guard let index = index(of: replica), backups.indices.contains(backup) else { return }
    let made = backups[backup].replica
    checkBackup(made, states, at: index)
    let lost = forgetCopies(of: index)
    let old = replicas[index]
    replicas[index] = made
    replicas[index].name = old.name
    replicas[index].copies = [:]
    replicas[index].hasCopiedID = !old.isServer && !isNoticed
    if !old.isServer { noteCopying(of: made) }
    let kind = old.isServer ? Excuse.serverRestored : .deviceRestored
    for (key, state) in states.sorted(by: { $0.key < $1.key }) { take(index, key, state, .event(kind)) }
    release(lost.map { ($0, nil, nil) }, .event(kind))
    if old.isServer { excusePurgesThatNobodyKnows(account: old.account) }
    if isBeyondRetention { excuseForgottenDeletions(account: old.account) }
  }

  /// A server that is put back may not know of a purge any more; devices that do tell it, but some of them are gone.
  private mutating func excusePurgesThatNobodyKnows(account: Int) {
    for edit in edits.indices where records[cells[edits[edit].cell].record].account == account {
      guard let kind = edits[edit].forgottenBy, edits[edit].holders == 0 else { continue }
      excuse(edit, kind)
    }
  }

  private mutating func checkBackup(_ made: Replica, _ states: [RecordKey: State], at replica: Int) {
    for record in made.copies.keys.sorted(by: { records[$0].key < records[$1].key }) {
      let copy = made.copies[record]
      let expected = State(records[record].order.compactMap { copy?.cells[$0]?.held })
      let actual = states[records[record].key]
      guard expected != actual, !(made.isServer && holdsAtLeast(expected, actual)) else { continue }
      report(
        .backupIsWhole, "the backup does not hold what was there when it was made", replica: replicas[replica].name,
        record: record, expected: expected.entries.map(\.description),
        actual: actual?.entries.map(\.description) ?? ["absent"])
    }
  }

  /// Whether nothing is missing. A copy of a server's files, as they are after a commit that failed, may hold that commit: SQLite
  /// has written it and only takes it back with the next one, so it comes to life as after a crash.
  private func holdsAtLeast(_ expected: State, _ actual: State?) -> Bool {
    expected.entries.allSatisfy { held in actual?[held.name].map { !isLess($0, held) } ?? false }
  }

  /// Takes all copies from a replica; the edits they held, in order.
  private mutating func forgetCopies(of replica: Int) -> [EditID] {
    var lost: [EditID] = []
    for record in replicas[replica].copies.keys.sorted() {
      for held in copyCells(record, on: replica) {
        edits[held.edit].holders -= 1
        lost.append(held.edit)
      }
    }
    replicas[replica].copies = [:]
    return lost
  }

  /// Edits that a copied library does not know to be at the server exist twice from now on.
  private mutating func noteCopying(of library: Replica) {
    for edit in library.unanswered where edits[edit].outcome != .notDone {
      edits[edit].copiedUnsent += 1
      let copy = library.copies[cells[edits[edit].cell].record]?.cells[edits[edit].cell]
      // In the copy nothing written over it can know the stamp that it gets elsewhere.
      if copy?.edit == edit, copy?.held.stamp == nil { edits[edit].wasCopiedUnstamped = true }
    }
  }

  /// A deletion is forgotten when no replica holds it: its record was purged, or the restore took it back.
  private mutating func excuseForgottenDeletions(account: Int) {
    for record in records.indices where records[record].account == account {
      guard let life = records[record].cells[ExactText("life")] else { continue }
      for edit in slots[cells[life].slot].edits
      where edits[edit].holders == 0 && edits[edit].expectation.value == "\"dead\"" && edits[edit].outcome == .committed
      {
        excuse(edit, .restoredBeyondRetention)
      }
    }
  }

  /// A library was copied to a new device as it is now; the copy has seen what its source had seen, and an edit that
  /// waits is the same edit in both.
  /// - Parameter isNoticed: As with ``restored(_:from:_:isBeyondRetention:isNoticed:)``.
  package mutating func cloned(_ source: String, to device: String, isNoticed: Bool = true) {
    guard let index = index(of: source) else { return }
    guard replicaIndexes[ExactText(device)] == nil else {
      return report(.misuse, "the replica \(device) is there already", replica: device)
    }
    noteCopying(of: replicas[index])
    var copy = replicas[index]
    copy.name = device
    copy.hasCopiedID = copy.hasCopiedID || !isNoticed
    replicaIndexes[ExactText(device)] = replicas.count
    replicas.append(copy)
    for record in copy.copies.keys { for held in copyCells(record, on: index) { edits[held.edit].holders += 1 } }
  }

  /// A device has taken a new replica id: stamps of edits it does not know to be at the server may be exchanged.
  package mutating func rekeyed(_ device: String, to replicaID: String) {
    guard let index = index(of: device) else { return }
    replicas[index].replicaID = replicaID
    replicas[index].hasCopiedID = false
    for edit in replicas[index].unanswered { edits[edit].mayBeRestamped = true }
    replicas[index].restampable.formUnion(replicas[index].unanswered)
  }

  /// A device restarted and its clock may mislead it about the age of edits that wait for their stamps.
  package mutating func mistookAges(_ device: String) {
    guard let index = index(of: device) else { return }
    for edit in replicas[index].unanswered where edits[edit].stamps.isEmpty { edits[edit].hadUncertainAge = true }
  }

  /// The server's clock was set to another time.
  package mutating func serverClockStepped() { serverClockHasStepped = true }

  /// A device is gone for good with all it held.
  package mutating func lost(_ device: String) {
    guard let index = index(of: device) else { return }
    let lost = forgetCopies(of: index)
    release(lost.map { ($0, nil, nil) }, .event(.deviceLost))
    replicas[index].own = [:]
    replicas[index].mustRead = [:]
  }

  /// A device has thrown its copy away to read everything again.
  ///
  /// Unless a person let them be discarded, edits that only this device held must not go; but those that it knows to be at the
  /// server go with good reason, even if the server was put back meanwhile to what it was before them.
  package mutating func reset(_ device: String, discardingUnsent: Bool) {
    guard let index = index(of: device) else { return }
    let server = accounts[replicas[index].account].server ?? index
    var only: [EditID] = []
    var forgotten: [EditID] = []
    for record in replicas[index].copies.keys.sorted() {
      let copy = replicas[server].copies[record]
      let isGoing = isDead(record, on: index)
      for cell in records[record].order {
        guard let held = replicas[index].copies[record]?.cells[cell], edits[held.edit].holders == 1,
          !edits[held.edit].isJournalled
        else { continue }
        if let theirs = copy?.cells[cell]?.held, !isLess(theirs, held.held) { continue }
        if replicas[index].unanswered.contains(held.edit) {
          if !isGoing { only.append(held.edit) }
        } else {
          forgotten.append(held.edit)
        }
      }
    }
    let lost = forgetCopies(of: index)
    replicas[index].mustRead = [:]
    replicas[index].own = [:]
    replicas[index].unanswered = []
    replicas[index].unsettled = []
    if discardingUnsent { return release(lost.map { ($0, nil, nil) }, .event(.discarded)) }
    release(forgotten.map { ($0, nil, nil) }, .event(.serverRestored))
    guard let first = only.first else { return }
    report(
      .unsentIsKept, "a reset threw edits away that nobody else has", replica: device, cell: edits[first].cell,
      expected: only.map(describe), actual: ["absent"], edits: only)
  }

  /// A person has put a record back to its confirmed state.
  package mutating func discarded(_ device: String, _ key: RecordKey, _ state: State?) {
    guard let index = index(of: device) else { return }
    let record = recordIndex(replicas[index].account, key)
    for cell in records[record].order {
      replicas[index].mustRead[cells[cell].slot] = nil
      replicas[index].own[cells[cell].slot] = nil
    }
    replicas[index].stuck[record] = nil
    take(index, key, state, .event(.discarded))
  }

  /// A device's trash or journal now holds what would bring these registers back: whole records that it gave up. An entry
  /// about a replaced text is not meant: a text that its replacer had not seen is not lost.
  package mutating func journalled(_ device: String, _ entries: [RecordKey: State]) {
    guard let index = index(of: device) else { return }
    for (key, state) in entries.sorted(by: { $0.key < $1.key }) {
      let record = recordIndex(replicas[index].account, key)
      for held in state.entries {
        let cell = cellIndex(record, held.name)
        let slot = cells[cell].slot
        // A value that waited for its stamp lies in the journal with one that was made up for it.
        let found =
          held.stamp.flatMap { slots[slot].stamps[$0]?.last { edits[$0].expectation.admits(held.value) } }
          ?? replicas[index].own[slot]?.last { edits[$0].expectation.admits(held.value) }
          ?? slots[slot].edits.last { edits[$0].expectation.admits(held.value) }
        if let found {
          edits[found].isJournalled = true
          // A record that is restored comes back with the stamps that it lay in the journal with.
          if let stamp = held.stamp, slots[slot].stamps[stamp]?.contains(found) != true {
            name(found, stamp, slot: slot)
          }
          granted[.journalled, default: 0] += 1
        } else {
          report(
            .valueHasAuthor, "the journal holds a value nobody wrote", replica: device, cell: cell,
            actual: [held.description])
        }
      }
    }
  }

  /// The mass-delete brake holds a record back: shown, but neither confirmed nor sent.
  package mutating func heldBack(_ device: String, _ key: RecordKey) {
    guard let index = index(of: device) else { return }
    replicas[index].stuck[recordIndex(replicas[index].account, key)] = .heldBack
  }

  /// The record is no longer held back or refused.
  package mutating func settled(_ device: String, _ key: RecordKey) {
    guard let index = index(of: device) else { return }
    replicas[index].stuck[recordIndex(replicas[index].account, key)] = nil
  }

  /// The server crashed while it handled a push: all of it was stored, but for records it would refuse, or nothing.
  package mutating func interrupted(_ push: PushID, mayRefuse: Set<RecordKey> = []) {
    guard pushes.indices.contains(push), let server = accounts[replicas[pushes[push].device].account].server else {
      return
    }
    replicas[server].interrupted.append((push, mayRefuse))
  }

  private mutating func checkInterrupted(_ server: Int, _ states: [RecordKey: State]) {
    for (push, mayBeRefused) in replicas[server].interrupted {
      var stored: [Int] = []
      var missing: [Int] = []
      for (record, state) in pushes[push].states where !mayBeRefused.contains(records[record].key) {
        func holds(_ entries: [Held], _ wanted: Held) -> Bool {
          entries.contains { $0.name.utf8.elementsEqual(wanted.name.utf8) && !isLess($0, wanted) }
        }
        let before = copyCells(record, on: server).map(\.held)
        guard !state.entries.allSatisfy({ holds(before, $0) }) else { continue }
        let now = states[records[record].key]?.entries ?? []
        if state.entries.allSatisfy({ holds(now, $0) }) { stored.append(record) } else { missing.append(record) }
      }
      guard !stored.isEmpty, let first = missing.first else { continue }
      report(
        .restartKeepsDone, "a push was stored in part", replica: replicas[server].name, record: first,
        expected: (stored + missing).map { records[$0].key.description },
        actual: stored.map { records[$0].key.description })
    }
    replicas[server].interrupted = []
  }
}
