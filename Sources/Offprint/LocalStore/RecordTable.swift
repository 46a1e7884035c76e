import OffprintSQLite
import OffprintWire

/// Loading and saving of records with their edits, and the digest over what is confirmed.
extension LibraryStore {
  /// The record of that key; nil if the library has none.
  func load(_ key: RecordKey) throws -> LocalRecord? {
    let columns = """
      SELECT number, state, confirmed_hash, confirmed_live, confirmed_number, confirmed_state, again, generation, held,
        dead_since, refused_hash, refusal, refused_count, hash, dirty FROM record WHERE type = ? AND id = ?
      """
    guard let row = try row(columns, .text(key.type.name), .id(key.id)) else { return nil }
    var record = LocalRecord(key: key)
    record.confirmation = row[2].integer.map {
      LocalRecord.Confirmation(hash: UInt64(bitPattern: $0), isLive: row[3].integer == 1)
    }
    record.confirmedNumber = row[4].integer ?? 0
    record.confirmedState = Self.whole(row[5].blob, key, hash: row[2].integer)
    record.again = row[6].integer == 1
    record.generation = row[7].integer ?? 0
    record.isHeld = row[8].integer == 1
    record.deadSince = row[9].integer
    if let hash = row[10].integer, let json = row[11].blob.flatMap({ try? JSONValue(parsing: $0) }) {
      record.refusal = LocalRecord.StoredRefusal(
        hash: UInt64(bitPattern: hash), refusal: Refusal(json), count: MetaKey.bounded(row[12].integer ?? 1))
    }
    let state = Self.whole(row[1].blob, key, hash: row[13].integer)
    record.registers = state ?? RegisterMap()
    if let number = row[0].integer { try loadEdits(number, into: &record) }
    // A record is never without any register: where edits alone held them, their rows are gone.
    let lacksAll = record.registers == RegisterMap() && record.edits.isEmpty && record.damagedEdits.isEmpty
    guard state == nil || lacksAll || !record.damagedEdits.isEmpty else { return record }
    // What the server has confirmed it can give again, so a clean record counts as absent until it has.
    let isUnsent = row[14].integer == 1 || record.isHeld
    note(key, isNoted: isUnsent ? row[11] != .null : row[2] == .null)
    guard isUnsent else { return nil }
    if state == nil || lacksAll { record.rebuild(from: row[1].blob ?? [], hash: row[13].integer ?? 0) }
    return record
  }

  /// The record of that key, or an empty one to begin with.
  func loadOrBegin(_ key: RecordKey) throws -> LocalRecord { try load(key) ?? LocalRecord(key: key) }

  private func loadEdits(_ number: Int64, into record: inout LocalRecord) throws {
    // Texts as bytes: one with a byte that is no text makes its own edit damaged, and no other.
    let columns = """
      SELECT CAST(name AS BLOB), value, CAST(base_stamp AS BLOB), base_value, contact, wall, boot, CAST(boot_id AS BLOB),
        lowest, CAST(stamp AS BLOB), took_base, unanswered
      FROM edit WHERE record = ?
      """
    for row in try rows(columns, .integer(number)) {
      guard let bytes = row[0].blob else { continue }
      guard let name = String(validating: bytes, as: UTF8.self),
        let bootID = row[7].blob.flatMap({ String(validating: $0, as: UTF8.self) })
      else {
        record.damagedEdits.insert(bytes)
        continue
      }
      let register = RegisterName(trusted: name)
      let stamp = Self.stamp(row[9])
      let held = record.registers[register].flatMap { $0.stamp == stamp ? $0.value : nil }
      guard let value = held ?? row[1].blob.flatMap({ CanonicalValue(validating: $0) }),
        (stamp == nil) == (row[9] == .null)
      else {
        record.damagedEdits.insert(bytes)
        continue
      }
      var edit = Edit(
        value: value, base: nil, contact: row[4].integer ?? 0, wall: row[5].integer ?? 0, boot: row[6].integer ?? 0,
        bootID: bootID)
      if let stamp = Self.stamp(row[2]), let value = row[3].blob {
        edit.base = Register(stamp: stamp, value: CanonicalValue(trusted: value))
      }
      edit.wantsLowestStamp = row[8].integer == 1
      edit.stamp = stamp
      edit.tookBase = row[10].integer == 1
      edit.unansweredPushes = MetaKey.bounded(row[11].integer ?? 0)
      record.edits[register] = edit
    }
  }

  private static func stamp(_ text: Value) -> Stamp? {
    text.blob.flatMap { String(validating: $0, as: UTF8.self) }.flatMap { Stamp($0) }
  }

  /// Saves a record with its edits, keeps the digest, and notes what must be derived anew.
  func save(_ record: LocalRecord) throws {
    // A damaged state stays on the disk as it is, for as long as a person has not given it up.
    let hash = record.damaged?.hash ?? record.stateHash
    let state = record.damaged?.bytes ?? Self.encode(record.registers, record.key)
    let isLive = record.shown(replica: moment.replica).isLive
    let deadSince = isLive ? nil : record.deadSince ?? moment.wall
    try removeFromDigest(record.key)
    try run(
      """
      INSERT INTO record(type, id, state, hash, live, dirty, confirmed_hash, confirmed_live, confirmed_number,
        confirmed_state, again, generation, held, dead_since, bucket, refused_hash, refusal, refused_count)
      VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT(type, id) DO UPDATE SET state = excluded.state, hash = excluded.hash, live = excluded.live,
        dirty = excluded.dirty, confirmed_hash = excluded.confirmed_hash, confirmed_live = excluded.confirmed_live,
        confirmed_number = excluded.confirmed_number, confirmed_state = excluded.confirmed_state,
        again = excluded.again, generation = excluded.generation, held = excluded.held,
        dead_since = excluded.dead_since, refused_hash = excluded.refused_hash, refusal = excluded.refusal,
        refused_count = excluded.refused_count
      """,
      .text(record.key.type.name), .id(record.key.id), .blob(state), .hash(hash),
      .flag(isLive), .flag(record.isDirty), record.confirmation.map { .hash($0.hash) } ?? .null,
      .flag(record.confirmation?.isLive ?? false), .integer(record.confirmedNumber),
      .optional(record.confirmedState.map { Self.encode($0, record.key) }), .flag(record.again),
      .integer(record.generation), .flag(record.isHeld), .optional(deadSince),
      .integer(Int64(record.key.bucket)), record.refusal.map { .hash($0.hash) } ?? .null,
      .optional(record.refusal?.refusal.json.canonicalBytes), .integer(record.refusal?.count ?? 0))
    if let confirmation = record.confirmation, confirmation.isLive {
      try addToDigest(record.key.bucket, count: 1, hash: confirmation.hash)
    }
    try saveEdits(of: record)
    try noteDerived(record)
  }

  private func saveEdits(of record: LocalRecord) throws {
    let number = try rowNumber(record.key)
    let names = try rows("SELECT CAST(name AS BLOB) FROM edit WHERE record = ?", .integer(number))
    for name in names.compactMap({ $0[0].blob }) where !record.damagedEdits.contains(name) {
      try run("DELETE FROM edit WHERE record = ? AND CAST(name AS BLOB) = ?", .integer(number), .blob(name))
    }
    for (name, edit) in record.edits {
      try run(
        """
        INSERT OR REPLACE INTO edit(record, name, value, base_stamp, base_value, contact, wall, boot, boot_id, lowest, stamp,
          took_base, unanswered) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        .integer(number), .text(name.text), .blob(edit.value.bytes), .optional(edit.base?.stamp.description),
        .optional(edit.base?.value.bytes), .integer(edit.contact), .integer(edit.wall), .integer(edit.boot),
        .text(edit.bootID), .flag(edit.wantsLowestStamp), .optional(edit.stamp?.description), .flag(edit.tookBase),
        .integer(edit.unansweredPushes))
    }
  }

  /// The row's number, by which derived tables refer to the record.
  func rowNumber(_ key: RecordKey) throws -> Int64 {
    try count("SELECT number FROM record WHERE type = ? AND id = ?", .text(key.type.name), .id(key.id))
  }

  /// Takes a record out of the library; what was derived from it goes with it.
  func drop(_ key: RecordKey) throws {
    if key.type == .article || key.type == .progress { try markStale(key.id) }
    try removeFromDigest(key)
    try run("DELETE FROM record WHERE type = ? AND id = ?", .text(key.type.name), .id(key.id))
  }

  /// The keys of a query over `record` that gives type and id.
  func keys(_ sql: String, _ values: Value...) throws -> [RecordKey] {
    try all(sql, values).compactMap { row in
      guard let type = row[0].text.flatMap({ RecordType($0) }), let id = row[1].blob.flatMap({ RecordID(bytes: $0) })
      else { return nil }
      return RecordKey(type, id)
    }
  }

  // MARK: Digest over confirmed states

  func removeFromDigest(_ key: RecordKey) throws {
    guard
      let row = try row(
        "SELECT bucket, confirmed_hash, confirmed_live FROM record WHERE type = ? AND id = ?", .text(key.type.name),
        .id(key.id)), row[2].integer == 1, let hash = row[1].integer, let bucket = row[0].integer
    else { return }
    try addToDigest(UInt8(truncatingIfNeeded: bucket), count: -1, hash: 0 &- UInt64(bitPattern: hash))
  }

  private func addToDigest(_ bucket: UInt8, count: Int64, hash: UInt64) throws {
    let old = try row("SELECT count, sum FROM digest WHERE bucket = ?", .integer(Int64(bucket)))
    let sum = UInt64(bitPattern: old?[1].integer ?? 0) &+ hash
    try run(
      """
      INSERT INTO digest(bucket, count, sum) VALUES(?, ?, ?)
      ON CONFLICT(bucket) DO UPDATE SET count = excluded.count, sum = excluded.sum
      """, .integer(Int64(bucket)), .integer((old?[0].integer ?? 0) &+ count), .hash(sum))
  }

  /// The digest of each bucket, over what the server confirmed; buckets without records are left out.
  func bucketDigests() throws -> [UInt8: Digest] {
    var digests: [UInt8: Digest] = [:]
    for row in try rows("SELECT bucket, count, sum FROM digest") {
      guard let bucket = row[0].integer, let count = row[1].integer, let sum = row[2].integer else { continue }
      // Bounded so that damage does not stop the program that adds them up: no library has so many records.
      let bounded = min(max(count, -1 << 40), 1 << 40)
      digests[UInt8(truncatingIfNeeded: bucket)] = Digest(count: bounded, sum: UInt64(bitPattern: sum))
    }
    return digests
  }

  /// The digest of all that the server confirmed.
  func confirmedDigest() throws -> Digest { try bucketDigests().values.reduce(Digest(), +) }

  // MARK: Bytes of a state

  /// The state shown, in a form that can be written down and read again: a value that waits for its stamp gets the lowest
  /// one. The stamp it stands under meanwhile is no stamp of the protocol (STAMP-1), and whoever reads it refuses it.
  func written(_ record: LocalRecord) -> Record {
    var written = record.shown(replica: moment.replica)
    let lowest = Stamp(milliseconds: UInt64(clamping: moment.contact), counter: 0, replica: moment.replica)
    for (name, edit) in record.edits where edit.stamp == nil {
      written.registers[name] = Register(stamp: lowest, value: edit.value)
    }
    return written
  }

  static func encode(_ registers: RegisterMap, _ key: RecordKey) -> [UInt8] {
    var writer = JSONWriter()
    Record(key: key, registers: registers).write(to: &writer, number: nil)
    return writer.bytes
  }

  static func decode(_ bytes: [UInt8], _ key: RecordKey) -> RegisterMap? {
    var scanner = JSONScanner(bytes)
    guard let wire = try? WireRecord(reading: &scanner) else { return nil }
    if wire.isWithoutRegisters { return RegisterMap() }
    guard let record = try? wire.record(), record.key == key else { return nil }
    return record.registers
  }

  /// The state these bytes hold, if it has the hash that was stored beside it: SQLite does not see a changed byte within
  /// a value.
  static func whole(_ bytes: [UInt8]?, _ key: RecordKey, hash: Int64?) -> RegisterMap? {
    guard let registers = bytes.flatMap({ decode($0, key) }), let hash,
      Record(key: key, registers: registers).stateHash == UInt64(bitPattern: hash)
    else { return nil }
    return registers
  }
}
