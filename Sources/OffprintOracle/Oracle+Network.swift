/// What crosses the network, and what follows from the server's word.
extension Oracle {
  /// A push.
  package typealias PushID = Int

  /// A device has sent these states: from now on their stamps are out in the world.
  package mutating func sent(_ device: String, _ states: [RecordKey: State]) -> PushID {
    guard let index = index(of: device) else { return -1 }
    var push = Push(device: index, states: [], edits: [])
    for (key, state) in states.sorted(by: { $0.key < $1.key }) {
      let record = recordIndex(replicas[index].account, key)
      for held in state.entries {
        let cell = cellIndex(record, held.name)
        if held.stamp == nil {
          report(
            .stampNeverFalls, "an edit was sent without a stamp", replica: device, cell: cell,
            actual: [held.description])
          continue
        }
        push.edits.append(resolve(held, cell: cell, on: index).edit)
      }
      push.states.append((record, state))
    }
    pushes.append(push)
    return pushes.count - 1
  }

  /// The server has answered a push with 200: from now on it holds these stamps or greater ones, also after a crash,
  /// until it is restored to an older state.
  ///
  /// Tell this when the server answers, not when the answer arrives, and after ``observe(_:_:_:)`` of what it stored.
  /// - Parameter refusing: Records of which it said that nothing was stored.
  package mutating func acknowledged(_ push: PushID, refusing: Set<RecordKey> = []) {
    guard pushes.indices.contains(push), let server = accounts[replicas[pushes[push].device].account].server else {
      return
    }
    for (record, state) in pushes[push].states where !refusing.contains(records[record].key) {
      for held in state.entries {
        let cell = cellIndex(record, held.name)
        if let known = replicas[server].acknowledged[cell], !isLess(known, held) { continue }
        replicas[server].acknowledged[cell] = held
      }
      checkAcknowledged(server, record)
    }
    for edit in pushes[push].edits where !refusing.contains(records[cells[edits[edit].cell].record].key) {
      edits[edit].reachedServer = true
    }
  }

  /// The device has got that answer, and knows what the server holds.
  package mutating func answered(_ push: PushID, refusing: Set<RecordKey> = []) {
    guard pushes.indices.contains(push) else { return }
    let device = pushes[push].device
    for edit in pushes[push].edits where !refusing.contains(records[cells[edits[edit].cell].record].key) {
      replicas[device].unanswered.remove(edit)
      replicas[device].restampable.remove(edit)
    }
  }

  /// Why the server stored nothing of a record.
  package enum Refusal: Sendable {
    /// A new stamp lies too far ahead: the device may stamp these edits anew.
    case clockSkew
    /// Anything else: the device keeps the record, and it may stay different.
    case other
  }

  /// A device was told that nothing of a record was stored.
  package mutating func refused(_ device: String, _ key: RecordKey, _ refusal: Refusal) {
    guard let index = index(of: device) else { return }
    let record = recordIndex(replicas[index].account, key)
    switch refusal {
    case .other: replicas[index].stuck[record] = .refused
    case .clockSkew:
      for held in copyCells(record, on: index) where replicas[index].unanswered.contains(held.edit) {
        replicas[index].restampable.insert(held.edit)
        edits[held.edit].mayBeRestamped = true
      }
    }
  }

  mutating func checkAcknowledged(_ replica: Int, _ record: Int) {
    guard replicas[replica].isServer, !replicas[replica].acknowledged.isEmpty else { return }
    for cell in records[record].order {
      guard let owed = replicas[replica].acknowledged[cell] else { continue }
      let held = replicas[replica].copies[record]?.cells[cell]?.held
      if let held, !isLess(held, owed) { continue }
      replicas[replica].acknowledged[cell] = nil
      let edit = owed.stamp.flatMap { slots[cells[cell].slot].stamps[$0]?.first }
      if held == nil, isCapped(owed, in: State(copyCells(record, on: replica).map(\.held))) { continue }
      report(
        .acknowledgedIsKept, "the server acknowledged a register that it does not hold",
        replica: replicas[replica].name, cell: cell, expected: [owed.description],
        actual: [held?.description ?? "absent"], edits: edit.map { [$0] } ?? [])
    }
  }

  /// The order of the join: stamp, then value, by bytes. What is not fixed is the greatest.
  func isLess(_ one: Held, _ other: Held) -> Bool {
    (ExactText(one.stamp ?? "~"), ExactText(one.value)) < (ExactText(other.stamp ?? "~"), ExactText(other.value))
  }

  func copyCells(_ record: Int, on replica: Int) -> [CopyCell] {
    let copy = replicas[replica].copies[record]
    return records[record].order.compactMap { copy?.cells[$0] }
  }
}
