import OffprintWire

/// A look at what the library holds, register by register: for simulators and tests, which must see more than is shown.
extension LibraryStore {
  /// One register as it is held.
  package struct HeldRegister: Sendable, Hashable {
    /// Its name.
    package var name: RegisterName
    /// Nil while the edit that wrote it waits for its stamp.
    package var stamp: Stamp?
    /// Its value.
    package var value: CanonicalValue
  }

  /// A record's place in the library, to see what changed.
  package struct HeldRecord: Sendable, Hashable {
    /// The record.
    package var key: RecordKey
    /// The hash of its fixed state.
    package var hash: Int64
    /// Whether edits of it wait for their stamps.
    package var isProvisional: Bool
    /// Whether the server has not confirmed just this state.
    package var isDirty: Bool
    /// Whether the mass-delete brake holds it.
    package var isHeld: Bool
    /// The hash the server confirmed.
    package var confirmedHash: Int64?
  }

  /// The registers of a record as a reader is shown them; nil if the library has no such record.
  package func heldRegisters(_ key: RecordKey) throws -> [HeldRegister]? {
    guard let record = try load(key) else { return nil }
    let waiting = record.edits.filter { $0.value.stamp == nil }
    return record.shown(replica: moment.replica).registers.entries.map {
      HeldRegister(name: $0.name, stamp: waiting[$0.name] == nil ? $0.register.stamp : nil, value: $0.register.value)
    }
  }

  /// Every record, in the order they came.
  package func heldRecords() throws -> [HeldRecord] {
    try rows(
      """
      SELECT type, id, hash, dirty, held, confirmed_hash,
        EXISTS(SELECT 1 FROM edit WHERE edit.record = record.number AND edit.stamp IS NULL)
      FROM record ORDER BY number
      """
    ).compactMap { row in
      guard let type = row[0].text.flatMap({ RecordType($0) }), let id = row[1].blob.flatMap({ RecordID(bytes: $0) }),
        let hash = row[2].integer
      else { return nil }
      return HeldRecord(
        key: RecordKey(type, id), hash: hash, isProvisional: row[6].integer == 1, isDirty: row[3].integer == 1,
        isHeld: row[4].integer == 1, confirmedHash: row[5].integer)
    }
  }

  /// The whole records that this library gave up, in its trash and journal, of entries numbered above `number`.
  package func journalledRecords(after number: Int64) throws -> [(number: Int64, isTrash: Bool, record: Record)] {
    try rows(
      "SELECT number, records, kind FROM journal WHERE number > ? AND kind IN (?, ?) ORDER BY number", .integer(number),
      .text(Conflict.Kind.trashed.rawValue), .text(Conflict.Kind.unsentLost.rawValue)
    ).flatMap { row in
      Self.records(ofEntry: row[1].blob ?? []).map {
        (row[0].integer ?? 0, row[2].text == Conflict.Kind.trashed.rawValue, $0)
      }
    }
  }

  /// The records of one entry of the journal.
  package func journalledRecords(entry number: Int64) throws -> [Record] {
    Self.records(ofEntry: try row("SELECT records FROM journal WHERE number = ?", .integer(number))?[0].blob ?? [])
  }

  /// The greatest stamp this library ever fixed for a register of a record under its present replica id.
  package func ownStamp(_ key: RecordKey, _ name: RegisterName) throws -> Stamp? {
    try row(
      "SELECT stamp FROM own_stamp WHERE type = ? AND id = ? AND name = ?", .text(key.type.name), .id(key.id),
      .text(name.text))?.first?.text.flatMap { Stamp($0) }
  }

  /// Where the library has got to in the server's log: the cursor, and its number.
  package func position() throws -> (cursor: String?, number: Int64?) {
    (try metaText(.cursor), try meta(.number).integer)
  }

  /// Articles that live, whether shown or shown as part of another.
  package func liveArticleCount() throws -> Int {
    Int(try count("SELECT count(*) FROM record WHERE type = 'article' AND live = 1"))
  }

  /// Whether stamps of that replica were made by this library, under its present id or an earlier one.
  package func wrote(_ replica: ReplicaID) throws -> Bool { try isOwn(replica) }

  /// This library's replica.
  package var replicaID: ReplicaID { moment.replica }

  /// Writes any register of any record, as another client might: one that this library's own calls would refuse.
  package func writeRegisters(_ key: RecordKey, _ values: [(RegisterName, CanonicalValue)]) throws {
    try edit(key, values)
  }
}

extension LibraryStore {
  /// The whole library as lines, every live record in order of its key.
  package func wholeExport() throws -> [UInt8] {
    var all: [UInt8] = []
    var after: RecordKey?
    repeat {
      let page = try exportRecords(after: after, limit: 500)
      all += page.lines
      after = page.last
    } while after != nil
    return all
  }

  /// The sum of the digest over what the server confirmed.
  package func digestText() throws -> String { try confirmedDigest().sumText }

  /// The hashes of all contents on this device.
  package func heldContents() throws -> Set<String> {
    Set(try rows("SELECT hash FROM content").compactMap { $0[0].text })
  }

  /// Whether these bytes are on this device.
  package func holds(content hash: String) throws -> Bool { try holdsContent(hash) }
}
