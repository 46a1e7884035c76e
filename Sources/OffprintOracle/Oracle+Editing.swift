/// What people do.
extension Oracle {
  /// A person's action begins: these registers are to be written, all or none.
  ///
  /// Each edit's ancestors are the edit its register held and that edit's ancestors; a position's are all positions of the
  /// record (and of the records it ``Intent/alsoSees``) and theirs.
  ///
  /// - Parameters:
  ///   - device: Where.
  ///   - time: The simulated time, for messages.
  ///   - intents: What the documented rules write.
  ///   - before: The records involved as the device holds them, if ``observe(_:_:_:)`` has not told yet.
  /// - Returns: the edits in the order of the intents.
  package mutating func begin(
    _ device: String, at time: Int64, _ intents: [Intent], before: [RecordKey: State] = [:]
  ) -> [EditID] {
    guard let index = index(of: device) else { return [] }
    for (key, state) in before.sorted(by: { $0.key < $1.key }) { take(index, key, state, .step) }
    var made: [EditID] = []
    for intent in intents {
      let record = recordIndex(replicas[index].account, intent.key)
      let cell = cellIndex(record, intent.register)
      made.append(enter(intent, cell: cell, on: index, at: time))
      if replicas[index].hasCopiedID, slots[cells[cell].slot].isPosition {
        sharedReplicaIDs.insert(ExactText(replicas[index].replicaID))
      }
      checkPage(intent, account: replicas[index].account)
    }
    actions.append(made)
    for edit in made {
      edits[edit].action = actions.count - 1
      replicas[index].own[cells[edits[edit].cell].slot, default: []].append(edit)
      replicas[index].unanswered.insert(edit)
    }
    return made
  }

  private mutating func enter(_ intent: Intent, cell: Int, on replica: Int, at time: Int64) -> EditID {
    let record = cells[cell].record
    let before = replicas[replica].copies[record]?.cells[cell]
    var ancestors = EditSet()
    var seen: [(replica: String, stamp: String)] = []
    if slots[cells[cell].slot].isPosition {
      for source in [record] + intent.alsoSees.map({ recordIndex(replicas[replica].account, $0) }) {
        for position in positions(of: source, on: replica) {
          ancestors.formUnion(edits[position.edit].ancestors)
          ancestors.insert(edits[position.edit].place)
          guard let stamp = position.held.stamp else { continue }
          seen.append((String(position.held.name.dropFirst(3)), stamp))
        }
      }
      // The same replica may stand in several records of one page: its greatest stamp is named.
      var greatest: [String: String] = [:]
      for (name, stamp) in seen { greatest[name] = max(greatest[name] ?? "", stamp) }
      seen = greatest.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    } else if let held = before?.edit {
      ancestors = edits[held].ancestors
      ancestors.insert(edits[held].place)
    }
    let expectation: Expectation =
      switch intent.value {
      case .exactly(let text): .exactly(text)
      case .anything: .anything
      case .position(let fraction, let round, let finished):
        .position(Position(fraction: fraction, round: round, finished: finished, seen: seen))
      }
    if case .exactly(let text) = intent.value, slots[cells[cell].slot].isPosition {
      checkSeen(Position(text), expected: seen, cell: cell, on: replica)
    }
    let edit = enter(
      cell: cell, author: replicas[replica].name, time: time, expectation, ancestors: ancestors)
    edits[edit].contact = replicas[replica].contact
    edits[edit].before = before?.held
    edits[edit].beforeEdit = before?.edit
    return edit
  }

  /// A person's action has ended.
  /// - Parameter after: The records involved as the device holds them now; without it the next observation tells.
  package mutating func finish(_ finished: [EditID], _ outcome: Outcome, after: [RecordKey: State] = [:]) {
    guard let first = finished.first, edits.indices.contains(first),
      let index = index(of: edits[first].author)
    else { return }
    switch outcome {
    case .committed: settle(finished, isDone: true, on: index)
    case .notDone: settle(finished, isDone: false, on: index)
    case .unknown:
      for edit in finished { edits[edit].outcome = .unknown }
      if let action = edits[first].action { replicas[index].unsettled.append(action) }
      if !after.isEmpty { settleUnknown(on: index) { after[$0] } }
    }
    for (key, state) in after.sorted(by: { $0.key < $1.key }) { take(index, key, state, .step) }
  }

  mutating func settle(_ settled: [EditID], isDone: Bool, on replica: Int) {
    for edit in settled {
      let slot = cells[edits[edit].cell].slot
      if isDone {
        edits[edit].outcome = .committed
        // An edit that was overwritten before it got its stamp never gets one.
        if let place = replicas[replica].own[slot]?.firstIndex(of: edit) {
          replicas[replica].own[slot]?.removeFirst(place)
        }
        replicas[replica].mustRead[slot] = edit
      } else {
        edits[edit].outcome = .notDone
        replicas[replica].own[slot]?.removeAll { $0 == edit }
        replicas[replica].unanswered.remove(edit)
      }
    }
  }

  /// Decides actions of unknown outcome by what the device now holds, and reports those that are there in part.
  mutating func settleUnknown(on replica: Int, _ state: (RecordKey) -> State?) {
    var left: [Int] = []
    for action in replicas[replica].unsettled {
      var there: [EditID] = []
      var missing: [EditID] = []
      var wasTold = true
      for edit in actions[action] {
        let key = records[cells[edits[edit].cell].record].key
        let state = state(key)
        wasTold = wasTold && state != nil
        switch presence(of: edit, in: state) {
        case true?: there.append(edit)
        case false?: missing.append(edit)
        case nil: break
        }
      }
      guard wasTold else {
        left.append(action)
        continue
      }
      if !there.isEmpty, !missing.isEmpty {
        report(
          .restartKeepsDone, "an action is there in part", replica: replicas[replica].name,
          cell: edits[missing[0]].cell, expected: actions[action].map(describe), actual: there.map(describe),
          edits: actions[action])
      }
      settle(actions[action], isDone: !there.isEmpty, on: replica)
    }
    replicas[replica].unsettled = left
  }

  /// Whether a state shows the edit; nil if it would look the same without it.
  private func presence(of edit: EditID, in state: State?) -> Bool? {
    let cell = cells[edits[edit].cell]
    guard let held = state?[cell.name.text] else { return false }
    if let stamp = held.stamp, let known = slots[cell.slot].stamps[stamp] {
      return known.contains { $0 == edit || isAncestor(edit, of: $0) }
    }
    guard edits[edit].expectation.admits(held.value) else { return false }
    if held.stamp == nil, let before = edits[edit].before, before == held { return nil }
    return true
  }

  /// The page saved under one address is one article (unless a person or the server has joined two by `same`).
  private mutating func checkPage(_ intent: Intent, account: Int) {
    guard intent.key.type == "article", case .exactly(let value) = intent.value, value != "null" else { return }
    if intent.register == "same" {
      accounts[account].linked.insert(ExactText(intent.key.id))
      accounts[account].linked.insert(ExactText(String(value.dropFirst().dropLast())))
    }
    guard intent.register == "url" else { return }
    guard let first = accounts[account].pages[ExactText(value)] else {
      accounts[account].pages[ExactText(value)] = intent.key
      return
    }
    let linked = accounts[account].linked
    guard first != intent.key, !(linked.contains(ExactText(first.id)) && linked.contains(ExactText(intent.key.id)))
    else { return }
    report(
      .onePageOneArticle, "one address was saved as two articles", record: recordIndex(account, intent.key),
      expected: [first.description], actual: [intent.key.description])
  }
}
