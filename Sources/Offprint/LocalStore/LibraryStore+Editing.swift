import OffprintWire

#if MUTANTS
  import OffprintMutants
#endif

/// Writing edits of this library's person.
extension LibraryStore {
  /// Writes registers of one record as one edit.
  ///
  /// A position or a bookmark edit written into a record that is itself dead, by a purge, writes `live` too
  /// (Protocol, LIFE-5).
  /// - Throws: `.failed` if one of the values can never be replaced (Protocol, STAMP-6).
  package func edit(_ key: RecordKey, _ values: [(RegisterName, CanonicalValue)]) throws {
    var record = try loadOrBegin(key)
    for (name, value) in values { record.set(name, value, at: moment) }
    let writesLife = values.contains { $0.0 == .life }
    if !writesLife, key.type != .article, !record.shown(replica: moment.replica).isLive {
      record.set(.life, Record.live, at: moment)
    }
    guard !record.hasEditWithoutStamp else {
      throw OffprintError(
        .failed, "this cannot be changed any more: another device or the server gave it the last time there is")
    }
    #if MUTANTS
      if Mutant.isOn(.editsFixedAfterJoin) { return try save(record) }
    #endif
    try fixEdits(of: &record)
    try save(record)
  }

  /// Fixes the stamps that can be fixed and remembers them as this library's own.
  func fixEdits(of record: inout LocalRecord) throws {
    for (name, stamp) in record.fixEdits(at: moment) {
      try run(
        """
        INSERT INTO own_stamp(type, id, name, stamp) VALUES(?, ?, ?, ?)
        ON CONFLICT(type, id, name) DO UPDATE SET stamp = max(stamp, excluded.stamp)
        """,
        .text(record.key.type.name), .id(record.key.id), .text(name.text), .text(stamp.description))
    }
  }

  /// Takes a new replica id: this copy of the library is not the one that made the old one's stamps, or cannot be told
  /// from another (Protocol, STAMP-7). Edits never confirmed are fixed anew with their lowest legal stamp.
  func rekey() throws {
    let old = moment.replica
    let new = ReplicaID(bits: environment.random64())
    try setMeta(.replica, new.description)
    try setMeta(.pushNumber, 0 as Int64)
    try run("INSERT OR IGNORE INTO own_replica(replica) VALUES(?)", .text(new.description))
    try run("DELETE FROM own_stamp")
    try refreshMoment()
    let edited = "SELECT DISTINCT type, id FROM record JOIN edit ON edit.record = record.number ORDER BY record.number"
    for key in try keys(edited) {
      guard var record = try load(key) else { continue }
      record.rekey(from: old, to: new)
      try fixEdits(of: &record)
      try save(record)
    }
  }

  /// Takes a new replica id if the library's files were moved to another installation.
  func rekeyIfMoved() throws {
    guard let marker = environment.installationMarker(folder.path) else {
      // Unreadable counts as unchanged, and a marker that is gone as changed only where one can be read.
      return
    }
    #if MUTANTS
      if Mutant.isOn(.markerIgnored) { return }
    #endif
    if let known = try metaText(.marker), known != marker { try rekey() }
    try setMeta(.marker, marker)
  }
}
