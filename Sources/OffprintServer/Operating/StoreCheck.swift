import OffprintCrypto
import OffprintGzip
import OffprintSQLite
import OffprintWire

/// Reads a whole database and holds everything in it against everything else, on one snapshot. O(size of the file).
///
/// SQLite's own check does not see a changed byte within a value, nor a row that is sound and wrong: so each record is held
/// against its hash, the digests against the records, each content against its name.
struct StoreCheck {
  private let reader: SQLiteReader
  private var connection: Connection { reader.connection }
  private var report = CheckReport()
  private let advanced: (_ records: Int) throws -> Void

  /// Records between two calls of `advanced`.
  private static let recordsPerStep = 1_000

  private init(_ reader: SQLiteReader, _ advanced: @escaping (Int) throws -> Void) {
    self.reader = reader
    self.advanced = advanced
  }

  /// Checks what `connection` reads.
  /// - Parameters:
  ///   - heads: the side file that belongs to it, if there is one.
  ///   - advanced: told how many records and contents are done; what it throws ends the check.
  static func run(
    on connection: Connection, heads: HeadsFile?, advanced: @escaping (Int) throws -> Void = { _ in }
  ) throws -> CheckReport {
    try connection.transaction(.deferred) {
      var check = StoreCheck(SQLiteReader(connection), advanced)
      try check.checkStructure()
      // What SQLite cannot read whole is not worth a second look: the next query would only stumble.
      guard check.report.isSound else { return check.report }
      try check.checkAccounts(heads)
      try check.checkContents()
      return check.report
    }
  }

  private mutating func checkStructure() throws {
    for line in try connection.integrityCheck() { report.damage(.structure, line) }
    let broken = try connection.query("PRAGMA foreign_key_check") { row in
      "a row of \(try row.string(0)) names one of \(try row.string(2)) that is not there"
    }
    for line in broken { report.damage(.reference, line) }
    let servers = try connection.first("SELECT count(*) FROM server") { try $0.int(0) } ?? 0
    if servers != 1 { report.damage(.structure, "there are \(servers) server ids instead of one") }
  }

  // MARK: Accounts

  private mutating func checkAccounts(_ heads: HeadsFile?) throws {
    for account in try reader.accounts() {
      report.accounts += 1
      guard let log = try reader.log(of: account.id) else { continue }
      let damageBefore = report.damageCount
      try checkRecords(of: account.id, log)
      // Where records are damaged, runs may well say other than they.
      if report.damageCount == damageBefore { try checkRuns(of: account.id) }
      try checkUsage(of: account.id, log)
      if heads?.isAhead(of: log.position) == true {
        report.note(
          .heads,
          "account \(account.id): the database is older than heads.json remembers; its log forks at the next start")
      }
    }
  }

  private mutating func checkRecords(of account: RecordID, _ log: AccountLog) throws {
    let name = "account \(account)"
    let position = log.position
    if position.floor < 0 || position.floor > position.head {
      report.damage(.log, "\(name): the floor \(position.floor) does not lie below the head \(position.head)")
    }
    var buckets = [Digest](repeating: Digest(), count: Digest.bucketCount)
    try connection.forEach(
      "SELECT \(SQLiteReader.recordColumns), bucket, parent FROM record WHERE account = ?1 ORDER BY number",
      [.integer(try reader.row(account))]
    ) { row in
      let stored = try reader.record(row)
      try count()
      let key = stored.record.key
      if stored.number < 1 || stored.number > position.head {
        report.damage(
          .log,
          "\(name): \(try Self.name(stored, row)) has the number \(stored.number), the head is \(position.head)")
      }
      let columns = (live: try row.int64(6) == 1, bucket: try row.int64(8), parent: try row.blobOrNil(9))
      if let damage = stored.damage {
        report.damage(.record, "\(name): \(try Self.name(stored, row)) \(Self.sentence(damage))")
        if damage.isLive { buckets[Int(UInt8(exactly: columns.bucket) ?? key.bucket)].add(stored.hash) }
        return
      }
      if stored.isLive != columns.live || Int64(key.bucket) != columns.bucket || stored.parent?.bytes != columns.parent
      {
        report.damage(.record, "\(name): the columns of record \(key) say other than its registers")
      }
      if stored.isLive {
        report.liveRecords += 1
        buckets[Int(key.bucket)].add(stored.hash)
      }
      try checkReference(of: stored, account)
    }
    try checkDigest(of: account, log, buckets)
  }

  /// What a record is called in a finding.
  private static func name(_ stored: StoredRecord, _ row: Row) throws -> String {
    stored.damage?.isKeyLost == true ? "the record in row \(try row.int64(7))" : "record \(stored.record.key)"
  }

  private static func sentence(_ damage: StoredRecord.Damage) -> String {
    (damage.isKeyLost ? "has no type and id that can be read" : "is not what was stored")
      + (damage.isLive ? "" : "; it was set aside, and devices that have it will offer it")
  }

  private mutating func checkReference(of stored: StoredRecord, _ account: RecordID) throws {
    guard stored.isLive else { return }
    let images = stored.record[.images].flatMap { ContentReference.list($0) } ?? []
    for content in [stored.record[.content].flatMap { ContentReference($0) }].compactMap({ $0 }) + images {
      try check(content, of: stored, account)
    }
  }

  private mutating func check(_ content: ContentReference, of stored: StoredRecord, _ account: RecordID) throws {
    guard let hash = Hex.decode(content.hash) else { return }
    guard let size = try reader.contentSize(hash, of: account) else {
      report.pendingContents += 1
      return
    }
    if size != content.size {
      report.note(
        .content, "account \(account): record \(stored.record.key) names \(content.size) bytes, its content has \(size)"
      )
    }
  }

  private mutating func checkDigest(of account: RecordID, _ log: AccountLog, _ found: [Digest]) throws {
    let kept = try reader.buckets(of: account)
    for (bucket, digest) in found.enumerated() where kept[bucket] != digest {
      report.damage(
        .digest,
        "account \(account): bucket \(bucket) says \(kept[bucket].count) records, \(kept[bucket].sumText); there are"
          + " \(digest.count), \(digest.sumText)")
    }
    let whole = found.reduce(Digest(), +)
    if whole != log.digest {
      report.damage(
        .digest,
        "account \(account): the digest says \(log.digest.count) records, \(log.digest.sumText); there are"
          + " \(whole.count), \(whole.sumText)")
    }
  }

  /// Runs are what pages are laid together from: each has to say what its records say.
  private mutating func checkRuns(of account: RecordID) throws {
    let damagedBefore = reader.damage.runs.count
    try reader.forEachWrongRun(of: account) { numbers in
      report.damage(.log, "account \(account): the run of numbers \(numbers) says other than its records")
    }
    let damaged = reader.damage.runs.count - damagedBefore
    if damaged > 0 { report.note(.log, "account \(account): \(damaged) runs cannot be read; they are made anew") }
  }

  private mutating func checkUsage(of account: RecordID, _ log: AccountLog) throws {
    let counted = try reader.countedUsage(of: account)
    guard counted != log.usage else { return }
    report.note(
      .log, "account \(account): its quota counts \(log.usage.bytes) bytes, there are \(counted.bytes)")
  }

  // MARK: Contents

  private mutating func checkContents() throws {
    try connection.forEach("SELECT hash, row FROM content ORDER BY row") { row in
      let hash = try row.blob(0)
      report.contents += 1
      try count(0)
      let name = Hex.encode(hash)
      guard let bytes = try content(row.int64(1)) else {
        return report.damage(.content, "content \(name) cannot be decompressed")
      }
      report.contentBytes += Int64(bytes.count)
      if SHA256.hash(bytes) != hash { report.damage(.content, "content \(name) is not what was stored") }
    }
    let lost = try connection.first(
      "SELECT count(*) FROM content_owner o WHERE NOT EXISTS (SELECT 1 FROM content c WHERE c.hash = o.hash)"
    ) { try $0.int(0) }
    // A server drops what is damaged when it meets it. Until a device that has it was there, it is not whole.
    if let lost, lost > 0 {
      report.damage(.reference, "\(lost) contents that accounts hold are not there; devices are asked for them")
    }
    report.unownedContents =
      try connection.first(
        "SELECT count(*) FROM content c WHERE NOT EXISTS (SELECT 1 FROM content_owner o WHERE o.hash = c.hash)"
      ) { try $0.int(0) } ?? 0
  }

  private func content(_ row: Int64) throws -> [UInt8]? {
    let fragment = try connection.first(
      "SELECT fragment, crc, size, kept FROM content WHERE row = ?1", [.integer(row)], SQLiteReader.fragment)
    return try? (fragment ?? nil)?.inflated(outputBytesMax: Limits.contentBytesMax)
  }

  private mutating func count(_ records: Int = 1) throws {
    report.records += records
    let done = report.records + report.contents
    if done.isMultiple(of: Self.recordsPerStep) { try advanced(done) }
  }
}
