import OffprintWire

/// What has not reached the server, and what it refused.
extension LibraryStore {
  /// Records whose state the server has not confirmed.
  package func unsentCount() throws -> Int { Int(try count("SELECT count(*) FROM record WHERE dirty = 1")) }

  /// Records whose present state was refused.
  func refusedCount() throws -> Int {
    Int(try count("SELECT count(*) FROM record WHERE refusal IS NOT NULL AND (dirty = 1 OR held = 1)"))
  }

  private func unsentKeys() throws -> [RecordKey] {
    try keys("SELECT type, id FROM record WHERE dirty = 1 ORDER BY number")
  }

  /// The unsent records as NDJSON, for the file that discarding leaves behind.
  package func unsentLines() throws -> [UInt8] {
    var writer = JSONWriter()
    for key in try keys("SELECT type, id FROM record WHERE dirty = 1 ORDER BY type, id") {
      guard let record = try load(key) else { continue }
      written(record).write(to: &writer, number: nil)
      writer.endLine()
    }
    return writer.bytes
  }

  /// Puts the confirmed state of every unsent record back.
  func discardUnsent() throws {
    for key in try unsentKeys() { try discard(key) }
  }

  /// Puts a record's confirmed state back; a record never confirmed goes to the journal.
  func discard(_ key: RecordKey) throws {
    guard var record = try load(key) else { return }
    if record.isDamaged, record.confirmedState == nil {
      // Whatever the server has of it comes with the next sync.
      if !record.shown(replica: moment.replica).registers.names.isEmpty {
        try writeEntry(.unsentLost, [written(record)])
      }
      return try drop(key)
    }
    record.damaged = nil
    record.damagedEdits = []
    if let confirmed = record.confirmedState {
      record.registers = confirmed
    } else if record.confirmation == nil, !record.again {
      try writeEntry(.unsentLost, [written(record)])
      return try drop(key)
    } else {
      let whole = written(record)
      for (name, edit) in record.edits where edit.stamp != nil { record.registers[name] = edit.base }
      // It was only ever in pushes that were not answered. Should one have stored it, the next sync brings it.
      if record.confirmation == nil, record.registers.names.isEmpty {
        try writeEntry(.unsentLost, [whole])
        return try drop(key)
      }
    }
    record.edits = [:]
    record.refusal = nil
    try save(record)
  }

  /// Looks at every unsent record, so that damaged ones are noted.
  func checkUnsent() throws { for key in try unsentKeys() { _ = try load(key) } }

  /// The refused records, and the damaged ones that are known.
  package func refused() throws -> [RefusedRecord] {
    let listed =
      "SELECT number, type, id FROM record WHERE refusal IS NOT NULL AND (dirty = 1 OR held = 1) ORDER BY number"
    return try rows(listed).compactMap { row in
      guard let number = row[0].integer, let type = row[1].text.flatMap({ RecordType($0) }),
        let id = row[2].blob.flatMap({ RecordID(bytes: $0) }), let record = try load(RecordKey(type, id)),
        let refusal = record.refusal?.refusal
      else { return nil }
      let title = try articleID(of: record.shown(replica: moment.replica)).flatMap { try shownTitle(of: $0) }
      return RefusedRecord(
        number: number, record: record.key, slug: record.isDamaged ? RefusedRecord.damagedSlug : refusal.slugText,
        field: refusal.field, detail: refusal.detail,
        limit: refusal.limit, articleTitle: title)
    }
  }

  /// The refused record of that number.
  private func refusedKey(_ number: Int64) throws -> RecordKey {
    guard
      let key = try keys("SELECT type, id FROM record WHERE number = ? AND refusal IS NOT NULL", .integer(number)).first
    else { throw OffprintError(.notFound, "there is no refused record \(number); `offprint refused` lists them") }
    return key
  }

  /// Lets a refused record go out again with the next sync.
  package func retryRefused(_ number: Int64) throws {
    guard var record = try load(refusedKey(number)) else { return }
    guard !record.isDamaged else {
      throw OffprintError(
        .invalidInput,
        "what can be read of this record goes out with a sync; `offprint refused discard \(number)` gives the rest up")
    }
    record.refusal = nil
    try save(record)
  }

  /// Puts back what the server holds of a refused record.
  package func discardRefused(_ number: Int64) throws { try discard(refusedKey(number)) }

  /// Forgets all records, to be read anew. Contents stay, by their hashes; journal and trash stay for people.
  func forgetRecords() throws {
    for table in ["record", "own_stamp", "digest", "brake"] {
      try database.run("DELETE FROM \(table)")
    }
    for key in [MetaKey.cursor, .number, .entityTag, .reread, .repairFailures, .repairNotBefore] {
      try setMeta(key, nil as Int64?)
    }
    try setMeta(.unfinished, 1 as Int64)
    try rekey()
  }
}
