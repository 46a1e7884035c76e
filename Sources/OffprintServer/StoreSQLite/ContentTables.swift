import OffprintCrypto
import OffprintGzip
import OffprintSQLite
import OffprintWire

/// Which records name which contents, and since when nobody does: the table `content_use` has a row for each content that a
/// stored record names, whether or not its bytes are here, and `content_owner.unnamed` is set while no record of the account does.
extension SQLiteTransaction {
  /// The age of contents whose use nobody has noted: those of a database from before there was `unnamed`.
  static let ageUnknown: Int64 = -1

  /// The contents that a record names: in any register by itself (Protocol, CONT-1), and as images in theirs (CONT-13).
  static func contents(namedBy record: Record) -> Set<[UInt8]> {
    var hashes: Set<[UInt8]> = []
    for entry in record.registers.entries {
      let bytes = entry.register.value.bytes
      guard bytes.first == UInt8(ascii: "{"), let value = try? JSONValue(parsing: bytes),
        let reference = ContentReference(value), let hash = Hex.decode(reference.hash)
      else { continue }
      hashes.insert(hash)
    }
    let images = record[.images].flatMap { ContentReference.list($0) } ?? []
    hashes.formUnion(images.prefix(Limits.imagesMax).compactMap { Hex.decode($0.hash) })
    return hashes
  }

  /// Notes what a record names now in place of what it named.
  func setContents(_ hashes: Set<[UInt8]>, ofRecord record: Int64, accountRow: Int64, at milliseconds: Int64) throws {
    let before = Set(
      try connection.query(
        "SELECT hash FROM content_use WHERE account = ?1 AND record = ?2", [.integer(accountRow), .integer(record)]
      ) { try $0.blob(0) })
    for hash in hashes.subtracting(before).sorted(by: Self.precedes) {
      try connection.run(
        "INSERT INTO content_use (account, hash, record) VALUES (?1, ?2, ?3)",
        [.integer(accountRow), .blob(hash), .integer(record)])
      try connection.run(
        "UPDATE content_owner SET unnamed = NULL WHERE account = ?1 AND hash = ?2 AND unnamed IS NOT NULL",
        [.integer(accountRow), .blob(hash)])
    }
    for hash in before.subtracting(hashes).sorted(by: Self.precedes) {
      try connection.run(
        "DELETE FROM content_use WHERE account = ?1 AND hash = ?2 AND record = ?3",
        [.integer(accountRow), .blob(hash), .integer(record)])
      try connection.run(
        """
        UPDATE content_owner SET unnamed = ?3 WHERE account = ?1 AND hash = ?2
          AND NOT EXISTS (SELECT 1 FROM content_use WHERE account = ?1 AND hash = ?2)
        """, [.integer(accountRow), .blob(hash), .integer(milliseconds)])
    }
  }

  func addContent(_ hash: [UInt8], _ fragment: Fragment, of account: RecordID, at milliseconds: Int64) throws {
    if try !ownsContent(hash, of: account) {
      try addUsage(AccountUsage(contentBytes: Int64(fragment.size)), of: account)
    }
    let account = try row(account)
    try connection.run(
      // What comes under a hash has that hash, so where the bytes differ those on the disk are damaged.
      """
      INSERT INTO content (hash, size, crc, fragment, kept) VALUES (?1, ?2, ?3, ?4, ?5)
      ON CONFLICT (hash) DO UPDATE SET size = excluded.size, crc = excluded.crc, fragment = excluded.fragment,
        kept = excluded.kept
      WHERE fragment <> excluded.fragment
      """,
      [
        .blob(hash), .integer(Int64(fragment.size)), .integer(Int64(fragment.crc32)), .blob(fragment.bytes),
        .integer(Int64(fragment.keptChecksum)),
      ])
    let isNamed = try connection.first(
      "SELECT 1 FROM content_use WHERE account = ?1 AND hash = ?2 LIMIT 1", [.integer(account), .blob(hash)]
    ) { _ in true }
    try connection.run(
      """
      INSERT INTO content_owner (account, hash, unnamed, size) VALUES (?1, ?2, ?3, ?4)
      ON CONFLICT (account, hash) DO UPDATE SET unnamed = excluded.unnamed
      """,
      [
        .integer(account), .blob(hash), isNamed == true ? .null : .integer(milliseconds),
        .integer(Int64(fragment.size)),
      ])
  }

  func renewContent(_ hash: [UInt8], of account: RecordID, at milliseconds: Int64) throws {
    try connection.run(
      "UPDATE content_owner SET unnamed = ?3 WHERE account = ?1 AND hash = ?2 AND unnamed IS NOT NULL",
      [.integer(try row(account)), .blob(hash), .integer(milliseconds)])
  }

  func collectContents(unnamedSince time: Int64, now: Int64) throws -> Bool {
    try connection.run(
      "UPDATE content_owner SET unnamed = ?1 WHERE unnamed = ?2", [.integer(now), .integer(Self.ageUnknown)])
    let batchMax = othersWait ? 1 : 50
    // Freed pages are overwritten and go through the log: as many bytes as were kept.
    var bytesLeft: Int64 = 4_194_304
    let old = try connection.query(
      """
      SELECT o.account, o.hash, ifnull((SELECT length(fragment) FROM content c WHERE c.hash = o.hash), 0), o.size, a.id
      FROM content_owner o JOIN account a ON a.row = o.account
      WHERE o.unnamed BETWEEN 0 AND ?1 ORDER BY o.unnamed, o.account, o.hash LIMIT ?2
      """, [.integer(time), .integer(Int64(batchMax))]
    ) { row in
      (
        account: try row.int64(0), hash: try row.blob(1), bytes: try row.int64(2), size: try row.int64(3),
        owner: try Self.id(row.blob(4))
      )
    }
    var count = 0
    for content in old where count == 0 || bytesLeft > 0 && !othersWait {
      count += 1
      // Held against the uses once more: nobody's text goes because a mark was wrong.
      try connection.run(
        """
        DELETE FROM content_owner WHERE account = ?1 AND hash = ?2
          AND NOT EXISTS (SELECT 1 FROM content_use WHERE account = ?1 AND hash = ?2)
        """, [.integer(content.account), .blob(content.hash)])
      guard connection.changes > 0 else {
        try connection.run(
          "UPDATE content_owner SET unnamed = NULL WHERE account = ?1 AND hash = ?2",
          [.integer(content.account), .blob(content.hash)])
        continue
      }
      try addUsage(AccountUsage(contentBytes: -content.size), of: content.owner)
      try connection.run(
        """
        DELETE FROM content WHERE hash = ?1 AND NOT EXISTS (SELECT 1 FROM content_owner WHERE hash = ?1)
        """, [.blob(content.hash)])
      if connection.changes > 0 { bytesLeft -= content.bytes }
    }
    return count < old.count || old.count == batchMax
  }

  /// Drops a content whose bytes are not those that were kept, so that `missing` asks the devices for it.
  /// - Returns: whether it was so.
  func dropDamagedContent(_ hash: [UInt8]) throws -> Bool {
    let stored = try connection.first(
      "SELECT fragment, crc, size, kept FROM content WHERE hash = ?1", [.blob(hash)], Self.fragment)
    guard let stored, try stored.map(Self.isWhole) != true else { return false }
    try connection.run("DELETE FROM content WHERE hash = ?1", [.blob(hash)])
    return true
  }

  /// Whether it inflates to what its checksum says.
  private static func isWhole(_ fragment: Fragment) throws(GzipError) -> Bool {
    do throws(GzipError) {
      _ = try fragment.inflated(outputBytesMax: Limits.contentBytesMax)
      return true
    } catch .outOfMemory {
      throw .outOfMemory
    } catch {
      return false
    }
  }

  private static func precedes(_ left: [UInt8], _ right: [UInt8]) -> Bool { left.lexicographicallyPrecedes(right) }
}

extension SQLiteReader {
  /// The fragment of a row `fragment, crc, size, kept`; nil if its bytes are not those that were kept.
  static func fragment(_ row: Row) throws -> Fragment? {
    guard let crc = UInt32(exactly: try row.int64(1)) else { return nil }
    // No content is larger: a size that damage has made so is found out like any other, and adds up to no overflow.
    let fragment = Fragment(bytes: try row.blob(0), crc32: crc, size: min(try row.int(2), Limits.contentBytesMax))
    if let kept = try row.int64OrNil(3) { return kept == Int64(fragment.keptChecksum) ? fragment : nil }
    // From before there was that checksum.
    return (try? fragment.inflated(outputBytesMax: Limits.contentBytesMax)) == nil ? nil : fragment
  }

  func contentSize(_ hash: [UInt8], of account: RecordID) throws -> Int64? {
    try connection.first(
      """
      SELECT c.size FROM content_owner o JOIN content c ON c.hash = o.hash WHERE o.account = ?1 AND o.hash = ?2
      """, [.integer(try row(account)), .blob(hash)]
    ) { try $0.int64(0) }
  }

  func ownsContent(_ hash: [UInt8], of account: RecordID) throws -> Bool {
    try connection.first(
      "SELECT 1 FROM content_owner WHERE account = ?1 AND hash = ?2", [.integer(try row(account)), .blob(hash)]
    ) { _ in true } ?? false
  }

  func isContentUnnamed(_ hash: [UInt8], of account: RecordID) throws -> Bool {
    try connection.first(
      "SELECT 1 FROM content_owner WHERE account = ?1 AND hash = ?2 AND unnamed IS NOT NULL",
      [.integer(try row(account)), .blob(hash)]
    ) { _ in true } ?? false
  }

  func content(_ hash: [UInt8], of account: RecordID) throws -> Fragment? {
    let found = try connection.first(
      """
      SELECT c.fragment, c.crc, c.size, c.kept FROM content_owner o JOIN content c ON c.hash = o.hash
      WHERE o.account = ?1 AND o.hash = ?2
      """, [.integer(try row(account)), .blob(hash)], Self.fragment)
    guard let found else { return nil }
    if found == nil { noteDamagedContent(hash) }
    return found
  }

  func noteDamagedContent(_ hash: [UInt8]) { damage.contents.append(hash) }
}
