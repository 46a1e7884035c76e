/// Which edit a register shows.
extension Oracle {
  /// The edit, and whether its stamp is new to the oracle.
  struct Resolved {
    var edit: EditID
    var isFresh: Bool
  }

  /// Finds the edit behind a register held by, or sent from, a replica.
  ///
  /// A stamp nobody has met must belong to the latest edit made on that device in that register. What nobody wrote is
  /// reported once and then taken as it is, so that one fault is not reported again at every replica.
  mutating func resolve(_ held: Held, cell: Int, on replica: Int) -> Resolved {
    let slot = cells[cell].slot
    if let stamp = held.stamp {
      for edit in slots[slot].stamps[stamp] ?? [] where edits[edit].expectation.admits(held.value) {
        return Resolved(edit: edit, isFresh: false)
      }
    }
    if let edit = latestOwn(held, cell: cell, on: replica) {
      adopt(held.value, for: edit, cell: cell, on: replica)
      if let stamp = held.stamp {
        let below = replicas[replica].copies[cells[cell].record]?.cells[cell]
        checkTime(of: edit, stamp, over: below?.held.stamp ?? below?.floor, on: replica)
        replicas[replica].given[slot] = max(ExactText(stamp), replicas[replica].given[slot] ?? ExactText(stamp))
        name(edit, stamp, slot: slot)
      }
      return Resolved(edit: edit, isFresh: held.stamp != nil)
    }
    return Resolved(edit: foreign(held, cell: cell, on: replica), isFresh: false)
  }

  /// The latest edit made on a device in that register, if it can have this value; one that may have failed is passed
  /// over.
  func latestOwn(_ held: Held, cell: Int, on replica: Int) -> EditID? {
    for edit in (replicas[replica].own[cells[cell].slot] ?? []).reversed() {
      if edits[edit].expectation.admits(held.value) { return edit }
      if edits[edit].outcome == .committed { return nil }
    }
    return nil
  }

  /// A value that only the product computes becomes known when it is first seen.
  private mutating func adopt(_ value: String, for edit: EditID, cell: Int, on replica: Int) {
    switch edits[edit].expectation {
    case .exactly: return
    case .anything: break
    case .position(let expected): checkSeen(Position(value), expected: expected.seen, cell: cell, on: replica)
    }
    edits[edit].expectation = .exactly(value)
  }

  mutating func name(_ edit: EditID, _ stamp: String, slot: Int) {
    edits[edit].stamps.append(stamp)
    slots[slot].stamps[stamp, default: []].append(edit)
  }

  /// What no device of this account wrote: the server's own purge, or a violation.
  private mutating func foreign(_ held: Held, cell: Int, on replica: Int) -> EditID {
    let record = cells[cell].record
    let server = accounts[replicas[replica].account].server ?? replica
    let before = replicas[server].copies[record]?.cells[cell]?.edit
    var ancestors = EditSet()
    if let before {
      ancestors = edits[before].ancestors
      ancestors.insert(edits[before].place)
    }
    let isPurge =
      replicas[replica].isServer && held.name == "life" && held.value == "\"dead\""
      && held.stamp?.hasSuffix(replicas[replica].replicaID) == true
    let edit = enter(
      cell: cell, author: isPurge ? replicas[replica].name : "nobody", time: 0, .exactly(held.value),
      ancestors: isPurge ? ancestors : EditSet())
    edits[edit].outcome = isPurge ? .committed : .nobodys
    if !isPurge { reportNobodys(held, cell: cell, edit: edit, on: replica) }
    if let stamp = held.stamp { name(edit, stamp, slot: cells[cell].slot) }
    return edit
  }

  /// A stamp under this device's own id that it did not give: a copy of its library did, or its lost self, and it must go on under
  /// another id from the moment it meets it, unless it has given a greater one to that register.
  mutating func checkForeignStamp(_ held: Held, _ edit: EditID, cell: Int, on replica: Int) {
    guard let stamp = held.stamp, !replicas[replica].isServer, stamp.hasSuffix(replicas[replica].replicaID) else {
      return
    }
    let slot = cells[cell].slot
    let gaveAsGreat = replicas[replica].given[slot].map { $0 >= ExactText(stamp) } ?? false
    // One that waits, or that got its stamp in the moment in which it was replaced, may have had any; and one that waited in a
    // backup is the same edit as the one that its lost self sent.
    let mayHave = (replicas[replica].own[slot] ?? []).contains { edit in
      edits[edit].stamps.isEmpty || edits[edit].stamps.contains { ExactText($0) >= ExactText(stamp) }
    }
    guard !gaveAsGreat, !mayHave, edits[edit].outcome != .nobodys else { return }
    report(
      .foreignStampIsNoticed, "a stamp of its own id that it never gave is here, and it goes on under that id",
      replica: replicas[replica].name, cell: cell, expected: ["another replica id"], actual: [held.description])
  }

  private mutating func reportNobodys(_ held: Held, cell: Int, edit: EditID, on replica: Int) {
    let slot = cells[cell].slot
    let place = records[cells[cell].record]
    let known = (held.stamp.flatMap { slots[slot].stamps[$0] } ?? []) + (replicas[replica].own[slot] ?? [])
    let failed = slots[slot].edits.last {
      edits[$0].outcome == .notDone && edits[$0].author == replicas[replica].name
        && edits[$0].expectation.admits(held.value)
    }
    if let failed {
      return report(
        .restartKeepsDone, "an edit that failed is there", replica: replicas[replica].name, cell: cell,
        expected: ["not there: \(describe(failed))"], actual: [held.description], edits: [failed])
    }
    let elsewhere = accounts.indices.first { account in
      guard account != place.account, let stamp = held.stamp,
        let index = recordIndexes[
          RecordPlace(account: account, type: ExactText(place.key.type), id: ExactText(place.key.id))],
        let cell = records[index].cells[ExactText(held.name)]
      else { return false }
      return slots[cells[cell].slot].stamps[stamp] != nil
    }
    if elsewhere != nil {
      report(
        .accountsApart, "a value of another account is here", replica: replicas[replica].name, cell: cell,
        actual: [held.description], edits: [edit])
    } else {
      report(
        .valueHasAuthor, known.isEmpty ? "a value nobody wrote" : "the value is not the one that was written",
        replica: replicas[replica].name, cell: cell, expected: known.map(describe), actual: [held.description],
        edits: known + [edit])
    }
  }
}
