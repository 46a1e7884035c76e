import OffprintWire

#if MUTANTS
  import OffprintMutants
#endif

/// Taking in what the server reports.
extension LibraryStore {
  /// Joins a state the server holds at `number` and notes it as confirmed.
  ///
  /// - Parameter hash: The hash the server gave; nil to compute it from `state`.
  func receive(_ state: Record, hash: UInt64? = nil, number: Int64) throws {
    var record = try loadOrBegin(state.key)
    #if MUTANTS
      let state = Mutant.isOn(.unknownRegistersDropped) ? state.withoutUnknownRegisters : state
      if !Mutant.isOn(.editsFixedAfterJoin) { try fixEdits(of: &record) }
    #else
      try fixEdits(of: &record)
    #endif
    let before = record
    let meetsUnknownOwnStamp = try holdsUnknownOwnStamp(state)
    record.join(state.registers)
    record.confirm(state.registers, hash: hash ?? state.stateHash, number: number)
    record.generation = try metaInteger(.generation)
    try noteConflicts(before: before, after: record)
    try save(record)
    if meetsUnknownOwnStamp { try rekey() }
  }

  /// Whether the state carries a stamp of this replica that this library never made: a clone or a restored backup wrote
  /// under the same id (Protocol, STAMP-7).
  private func holdsUnknownOwnStamp(_ state: Record) throws -> Bool {
    #if MUTANTS
      if Mutant.isOn(.ownStampsNotNoticed) { return false }
    #endif
    for entry in state.registers.entries where entry.register.stamp.replica == moment.replica {
      let greatest = try row(
        "SELECT stamp FROM own_stamp WHERE type = ? AND id = ? AND name = ?", .text(state.key.type.name),
        .id(state.key.id), .text(entry.name.text))?.first?.text.flatMap { Stamp($0) }
      guard let greatest, entry.register.stamp <= greatest else { return true }
    }
    return false
  }

  /// Keeps a refusal with the state it is about.
  func noteRefusal(_ refusal: Refusal, of key: RecordKey, sentHash: UInt64) throws {
    guard var record = try load(key) else { return }
    let count = record.refusal.map { $0.refusal.slug == refusal.slug ? $0.count + 1 : 1 } ?? 1
    for (name, edit) in record.edits where edit.unansweredPushes > 0 {
      // This push was answered, and it stored nothing of the record.
      record.edits[name]?.unansweredPushes = edit.unansweredPushes - 1
    }
    record.refusal = LocalRecord.StoredRefusal(hash: sentHash, refusal: refusal, count: count)
    if refusal.slug == .clockSkew { try settleSkew(of: &record, isRepeated: count > 1) }
    try save(record)
  }

  /// Fixes the record's new stamps anew by the server's own time, except those that an unanswered push may have stored:
  /// these, and a record refused a second time, go out marked `again` (Protocol, PUSH-9).
  private func settleSkew(of record: inout LocalRecord, isRepeated: Bool) throws {
    var mayBeStored = isRepeated
    for (name, edit) in record.edits where edit.stamp != nil {
      if isRepeated || edit.unansweredPushes > 0 {
        mayBeStored = true
      } else {
        record.registers[name] = edit.base
        record.edits[name]?.stamp = nil
        record.edits[name]?.tookBase = false
      }
    }
    try fixEdits(of: &record)
    if mayBeStored { record.again = true }
  }

  /// Lets every record learned above `number` be offered again: the server was restored to an older state.
  /// - Returns: how many.
  func unconfirm(above number: Int64) throws -> Int {
    let learned = "SELECT type, id FROM record WHERE confirmed_number > ? ORDER BY number"
    return try unconfirm(keys(learned, .integer(number)))
  }

  /// Lets these records be offered again; one never confirmed is unsent anyway.
  /// - Returns: how many were confirmed before.
  @discardableResult
  func unconfirm(_ keys: [RecordKey]) throws -> Int {
    try keys.count { key in
      guard var record = try load(key), record.confirmation != nil else { return false }
      record.unconfirm()
      try save(record)
      return true
    }
  }
}

#if MUTANTS
  extension Record {
    fileprivate var withoutUnknownRegisters: Record {
      let known = registers.entries.filter { ValueRules.isKnown(type: key.type, name: $0.name) }
      return Record(key: key, registers: RegisterMap(known))
    }
  }
#endif
