import OffprintWire

/// What a transaction found damaged.
struct DamageMet {
  /// Records whose bytes do not give the hash stored beside them.
  var records: Set<RecordKey> = []
  /// Those of them that were not known to be damaged before.
  var unnotedRecords: Set<RecordKey> = []
  /// Texts whose bytes do not give their name.
  var contents: Set<String> = []
  /// Whether something is still to be noted in the library.
  var isUnnoted: Bool { !unnotedRecords.isEmpty || !contents.isEmpty }

  /// The error to tell of a transaction that failed: a record that cannot be read is not one that is not there.
  func explaining(_ error: any Error) -> any Error {
    guard let error = error as? OffprintError, error.code == .notFound, !records.isEmpty else { return error }
    return OffprintError(
      .damaged,
      "this is damaged on this device; `offprint sync` fetches what the server has, `offprint refused` lists the rest")
  }
}

/// The bytes of a state that can no longer be read, with the hash that they should give.
struct DamagedState: Sendable {
  /// As they are on the disk.
  var bytes: [UInt8]
  /// Of the state they were.
  var hash: UInt64
}

/// Single records and texts whose bytes have changed on the disk. One of them stops nothing but itself: what the server
/// has confirmed is fetched from it again, what only this device had is kept, shown by `refused`, and goes no further.
extension LibraryStore {
  /// Notes a record that loading found damaged.
  func note(_ key: RecordKey, isNoted: Bool) {
    damageMet.records.insert(key)
    if !isNoted { damageMet.unnotedRecords.insert(key) }
    hasMetDamage = true
  }

  /// Notes what this transaction found: confirmed records are no longer taken for confirmed, so that the digest differs
  /// from the server's and the next sync repairs them; unsent ones are listed by `refused`.
  func settleDamage() throws {
    let met = damageMet
    damageMet = DamageMet()
    for key in met.unnotedRecords.sorted() {
      // It may have been written anew since.
      let record = try load(key)
      if let record, record.isDamaged { try list(record) }
      if record == nil, damageMet.records.contains(key) { try forgetConfirmation(of: key) }
    }
    for hash in met.contents.sorted() {
      // Bytes the server is not known to have are all there is, and stay.
      try run("DELETE FROM content WHERE hash = ? AND offered = 1", .text(hash))
    }
    damageMet = DamageMet()
  }

  private func list(_ damaged: LocalRecord) throws {
    guard damaged.refusal == nil else { return }
    let reason = JSONValue.members(
      (
        "detail", .string("its bytes on this device are damaged; what can be read of it is sent, the rest is kept here")
      ),
      ("slug", .string(RefusedRecord.damagedSlug)))
    // What the brake holds is listed too, and not unsent.
    try run(
      "UPDATE record SET refused_hash = 0, refusal = ?, refused_count = 1, dirty = 1 - held WHERE type = ? AND id = ?",
      .blob(reason.canonicalBytes), .text(damaged.key.type.name), .id(damaged.key.id))
  }

  private func forgetConfirmation(of key: RecordKey) throws {
    let columns = "SELECT confirmed_hash, confirmed_live FROM record WHERE type = ? AND id = ?"
    guard let row = try row(columns, .text(key.type.name), .id(key.id)), row[0] != .null else { return }
    // A tombstone is not in the digest, so nothing would bring it again; the server and other devices have it.
    guard row[1].integer == 1 else { return try drop(key) }
    try removeFromDigest(key)
    try run(
      "UPDATE record SET confirmed_hash = NULL, confirmed_live = 0, confirmed_number = 0 WHERE type = ? AND id = ?",
      .text(key.type.name), .id(key.id))
  }
}

extension LocalRecord {
  /// Puts a damaged state together again from what the server confirmed and from the edits since. If that gives the hash
  /// of the state, nothing was lost.
  mutating func rebuild(from bytes: [UInt8], hash: Int64) {
    registers = confirmedState ?? RegisterMap()
    for (name, edit) in edits {
      if let stamp = edit.stamp {
        registers.join(RegisterMap([RegisterMap.Entry(name, Register(stamp: stamp, value: edit.value))]))
      }
    }
    let hash = UInt64(bitPattern: hash)
    let lacksAll = registers == RegisterMap() && edits.isEmpty
    if stateHash != hash || lacksAll { damaged = DamagedState(bytes: bytes, hash: hash) }
  }
}
