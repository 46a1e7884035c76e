import OffprintWire

#if MUTANTS
  import OffprintMutants
#endif

/// A record as this library holds it: fixed registers, edits on top, and what the server last confirmed.
///
/// A pure value: every rule about dirty, confirmed and fixed is here, and the store only loads and saves.
struct LocalRecord: Sendable {
  /// What the server reported last: in a page, a push result or a repair (Protocol, PUSH-10).
  struct Confirmation: Sendable, Hashable {
    var hash: UInt64
    var isLive: Bool
  }

  /// A refusal, which holds as long as the record's state is the one refused.
  struct StoredRefusal: Sendable {
    var hash: UInt64
    var refusal: Refusal
    var count: Int64
  }

  let key: RecordKey
  /// The registers whose stamps are fixed.
  var registers = RegisterMap()
  /// Edits nobody has confirmed.
  var edits: [RegisterName: Edit] = [:]
  /// Nil: never confirmed, or unconfirmed by a fork, an unknown log or a repair.
  var confirmation: Confirmation?
  /// The log number at which this record was last got; 0 if it never was.
  var confirmedNumber: Int64 = 0
  /// The confirmed state where it is not the state held: what `discard` puts back.
  var confirmedState: RegisterMap?
  /// Whether the record is offered again.
  var again = false
  /// The re-read in which it was last met.
  var generation: Int64 = 0
  /// Whether the mass-delete brake holds it.
  var isHeld = false
  /// When it turned dead, by the wall clock.
  var deadSince: Int64?
  /// Why the server refused it.
  var refusal: StoredRefusal?
  /// The state's bytes as they are on the disk, if they are damaged and hold edits nobody else has. They are kept until
  /// a person gives them up; ``registers`` then holds what could be read elsewhere.
  var damaged: DamagedState?
  /// Names, as bytes, of edits that are damaged: kept as they are, neither shown nor sent.
  var damagedEdits: Set<[UInt8]> = []

  init(key: RecordKey) { self.key = key }

  /// The fixed state.
  var fixed: Record { Record(key: key, registers: registers) }
  /// The hash of the fixed state.
  var stateHash: UInt64 { fixed.stateHash }
  /// Whether an edit waits for its stamp.
  var hasUnfixedEdits: Bool { edits.values.contains { $0.stamp == nil } }
  /// Whether an edit replaces a value whose stamp is the last there is, so that none can ever be above it.
  var hasEditWithoutStamp: Bool {
    edits.contains { name, edit in
      edit.stamp == nil && !StampRule(contact: 0, base: edit.base?.stamp, replica: ReplicaID(bits: 0)).hasStamp
    }
  }
  /// Whether the server does not hold just this state.
  var isDirty: Bool { !isHeld && (isDamaged || hasUnfixedEdits || confirmation?.hash != stateHash) }
  /// Whether something of it that only this device had cannot be read.
  var isDamaged: Bool { damaged != nil || !damagedEdits.isEmpty }
  /// Whether something of it could be sent: of a damaged record, edits that can be read.
  var hasSomethingToSend: Bool { damaged == nil ? confirmation?.hash != stateHash : !edits.isEmpty }

  /// The state shown: the fixed one with the edits that wait for their stamps on top.
  func shown(replica: ReplicaID) -> Record {
    var record = fixed
    for (name, edit) in edits where edit.stamp == nil {
      record.registers[name] = Register(stamp: Self.provisional(replica), value: edit.value)
    }
    return record
  }

  /// Stands for the stamp an edit does not have yet; later than all others, and never stored or sent.
  static func provisional(_ replica: ReplicaID) -> Stamp {
    Stamp(milliseconds: .max, counter: .max, replica: replica)
  }

  /// Writes an edit; it waits for its stamp until ``fixEdits(at:)``.
  mutating func set(_ name: RegisterName, _ value: CanonicalValue, at moment: EditMoment) {
    // What `discard` puts back, and what a damaged state is put together from again.
    if confirmedState == nil, confirmation?.hash == stateHash { confirmedState = registers }
    let waiting = edits[name].flatMap { $0.stamp == nil ? $0 : nil }
    let base = waiting.map(\.base) ?? registers[name]
    edits[name] = Edit(
      value: value, base: base, contact: moment.contact, wall: moment.wall, boot: moment.boot, bootID: moment.bootID)
    isHeld = isHeld && name != .life
  }

  /// Fixes the stamps of all edits that wait, if the server's time is known or they want the lowest stamp.
  /// - Returns: the stamps given, by register.
  mutating func fixEdits(at moment: EditMoment) -> [RegisterName: Stamp] {
    var given: [RegisterName: Stamp] = [:]
    for (name, edit) in edits where edit.stamp == nil {
      #if MUTANTS
        let base = Mutant.isOn(.editsFixedAfterJoin) ? registers[name] : edit.base
      #else
        let base = edit.base
      #endif
      let rule = StampRule(contact: edit.contact, base: base?.stamp, replica: moment.replica)
      // Left waiting: never sent, and never stored as a stamp that cannot be read again.
      guard rule.hasStamp else { continue }
      let fixed: StampRule.Fixed
      if edit.wantsLowestStamp {
        fixed = rule.lowestStamp()
      } else if let serverNow = moment.serverNow {
        fixed = rule.stamp(serverNow: serverNow, age: moment.age(of: edit))
      } else {
        continue
      }
      var done = edit
      done.stamp = fixed.stamp
      done.tookBase = fixed.tookBase
      edits[name] = done
      registers.join(RegisterMap([RegisterMap.Entry(name, Register(stamp: fixed.stamp, value: edit.value))]))
      given[name] = fixed.stamp
    }
    return given
  }

  /// Joins a state from outside; the caller has fixed all edits first (Protocol, STAMP-3).
  mutating func join(_ incoming: RegisterMap) {
    #if MUTANTS
      if Mutant.isOn(.pageOverwritesEdits) { registers = incoming }
    #endif
    registers.join(incoming)
    for (name, edit) in edits {
      if let stamp = edit.stamp, registers[name]?.stamp != stamp { edits[name] = nil }
    }
  }

  /// Notes that the server holds `state` at `number`.
  mutating func confirm(_ state: RegisterMap, hash: UInt64, number: Int64) {
    for (name, edit) in edits {
      guard let stamp = edit.stamp, let held = state[name] else { continue }
      if held >= Register(stamp: stamp, value: edit.value) { edits[name] = nil }
    }
    let record = Record(key: key, registers: state)
    confirmation = Confirmation(hash: hash, isLive: record.isLive)
    #if MUTANTS
      if Mutant.isOn(.cleanThoughEditedDuringPush) {
        confirmation = Confirmation(hash: stateHash, isLive: record.isLive)
      }
    #endif
    confirmedNumber = number
    again = false
    isHeld = false
    refusal = nil
    // With what the server gave, nothing is missing any more.
    if stateHash == damaged?.hash { damaged = nil }
    confirmedState = isDirty ? state : nil
  }

  /// Forgets the confirmation: the record is offered again, never dropped.
  mutating func unconfirm() {
    confirmation = nil
    confirmedNumber = 0
    confirmedState = nil
    again = true
  }

  /// Takes every unconfirmed edit back to its base and lets it wait for its lowest legal stamp, under a new replica id
  /// (Protocol, STAMP-7). A position of the old id becomes one of the new.
  mutating func rekey(from old: ReplicaID, to new: ReplicaID) {
    for (name, edit) in edits.sorted(by: { $0.key < $1.key }) {
      var moved = edit
      if edit.stamp != nil { registers[name] = edit.base }
      moved.stamp = nil
      moved.tookBase = false
      moved.unansweredPushes = 0
      #if MUTANTS
        moved.wantsLowestStamp = !Mutant.isOn(.copiesStampedByTime)
      #else
        moved.wantsLowestStamp = true
      #endif
      var target = name
      if name.replica == old {
        edits[name] = nil
        target = .position(of: new)
        moved.base = registers[target]
      }
      edits[target] = moved
    }
  }

  /// The names a push declares new: fixed by this replica, confirmed by nobody.
  func newNames(replica: ReplicaID) -> [RegisterName] {
    edits.filter { name, edit in edit.stamp != nil && registers[name]?.stamp.replica == replica }.keys.sorted()
  }

  /// The record as it is pushed.
  func pushed(replica: ReplicaID) -> PushedRecord {
    let forced = edits.values.contains { $0.stamp != nil && $0.tookBase }
    #if MUTANTS
      let new = Set(newNames(replica: replica))
      if Mutant.isOn(.pushOnlyNewRegisters), !again, !new.isEmpty {
        let part = Record(key: key, registers: RegisterMap(registers.entries.filter { new.contains($0.name) }))
        return PushedRecord(record: part, new: new.sorted(), again: forced)
      }
    #endif
    return PushedRecord(record: fixed, new: newNames(replica: replica), again: again || forced)
  }
}
