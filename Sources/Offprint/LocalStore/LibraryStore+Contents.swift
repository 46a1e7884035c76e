import OffprintCrypto
import OffprintGzip
import OffprintSQLite
import OffprintWire

/// Bodies and images by hash, kept deflated.
extension LibraryStore {
  /// Whether these bytes are on this device.
  func holdsContent(_ hash: String) throws -> Bool {
    try row("SELECT 1 FROM content WHERE hash = ?", .text(hash)) != nil
  }

  /// Stores bytes under their hash.
  ///
  /// - Parameter isOffered: True if the server is known to hold them.
  /// - Returns: the reference to them.
  func storeContent(_ bytes: [UInt8], isOffered: Bool) throws -> ContentReference {
    let hash = Hex.encode(SHA256.hash(bytes))
    guard bytes.count <= Limits.contentBytesMax, let reference = ContentReference(hash: hash, size: Int64(bytes.count))
    else {
      throw OffprintError(
        .invalidInput, "the text is larger than \(Limits.contentBytesMax / 1_048_576) MiB, the most an article may have"
      )
    }
    try run(
      """
      INSERT INTO content(hash, size, bytes, offered) VALUES(?, ?, ?, ?)
      ON CONFLICT(hash) DO UPDATE SET offered = max(offered, excluded.offered)
      """,
      .text(hash), .integer(reference.size), .blob(try Gzip.deflate(bytes)), .flag(isOffered))
    return reference
  }

  /// The bytes of that hash, checked against it; nil if they are not here.
  ///
  /// - Throws: `.damaged` if the bytes on disk no longer give their hash; those the server has are then taken out, to be
  ///   fetched again, and all others stay as they are.
  package func content(_ hash: String) throws -> [UInt8]? {
    guard let row = try row("SELECT size, bytes, offered FROM content WHERE hash = ?", .text(hash)),
      let size = row[0].integer, let stored = row[1].blob
    else { return nil }
    guard (0...Int64(Limits.contentBytesMax)).contains(size),
      let bytes = try? Gzip.inflate(stored, outputBytesMax: Int(size)), Hex.encode(SHA256.hash(bytes)) == hash
    else {
      damageMet.contents.insert(hash)
      throw OffprintError(
        .damaged,
        row[2].integer == 1
          ? "a text on this device is damaged; `offprint sync` fetches it again"
          : "a text is damaged that only this device has; what is left of it is kept, and to have it whole save the page again"
      )
    }
    return bytes
  }

  /// Whether the server is known to have these bytes.
  func isOffered(_ hash: String) throws -> Bool {
    try count("SELECT offered FROM content WHERE hash = ?", .text(hash)) == 1
  }

  /// The joined registers of the members of a group, those this program shows.
  private func registers(of members: [RecordID]) throws -> RegisterMap {
    var registers = RegisterMap()
    for id in members {
      if let record = try load(RecordKey(.article, id)) {
        registers.join(record.shown(replica: moment.replica).registers)
      }
    }
    return registers
  }

  /// The content of a group of articles.
  func contentReference(of members: [RecordID]) throws -> ContentReference? {
    try registers(of: members)[.content].flatMap { ContentReference($0.value.json) }
  }

  /// The images that the body of a group names, as many as one may have.
  func imageReferences(of members: [RecordID]) throws -> [ContentReference] {
    let images = try registers(of: members)[.images].flatMap { ContentReference.list($0.value.json) } ?? []
    return Array(images.prefix(Limits.imagesMax))
  }

  /// The images of an article's body, in the order in which it names them.
  func pictures(of id: RecordID) throws -> [Picture] {
    guard try load(RecordKey(.article, id)) != nil else { throw Self.noArticle(id.description) }
    return try imageReferences(of: group(of: id)).map { reference in
      Picture(hash: reference.hash, size: reference.size, isHere: try holdsContent(reference.hash))
    }
  }

  /// The body of an article; nil if there is none or it is not on this device.
  func body(of id: RecordID) throws -> (bytes: [UInt8], hash: String)? {
    guard try load(RecordKey(.article, id)) != nil else { throw Self.noArticle(id.description) }
    guard let reference = try contentReference(of: group(of: id)), let bytes = try content(reference.hash) else {
      return nil
    }
    return (bytes, reference.hash)
  }

  /// The text of an article, to find places in; nil if there is none, or it cannot be read.
  func bodyText(of id: RecordID) throws -> BodyText? {
    do {
      return try body(of: id).map { BodyText(html: $0.bytes, contentHash: $0.hash) }
    } catch let error as OffprintError where error.code == .damaged { return nil }
  }

  /// Hashes the server is not known to hold, from number `after` on.
  func unofferedContents(after number: Int64, limit: Int) throws -> [(number: Int64, hash: String)] {
    try rows(
      "SELECT number, hash FROM content WHERE offered = 0 AND number > ? ORDER BY number LIMIT ?", .integer(number),
      .integer(Int64(limit))
    ).compactMap { row in
      guard let number = row[0].integer, let hash = row[1].text else { return nil }
      return (number, hash)
    }
  }

  func noteOffered(_ hash: String) throws { try run("UPDATE content SET offered = 1 WHERE hash = ?", .text(hash)) }

  /// Lets every content be offered again: the server may have lost some.
  func offerAllContents() throws { try run("UPDATE content SET offered = 0") }

  /// Lets those contents be offered again whose registers go out new or again: a server that was restored since they were
  /// uploaded, unnoticed because the record never got there, would be without them for good (Protocol, CONT-4). So would one that
  /// forgot them with an article that was deleted long ago and is brought back here.
  func offerContentsOfUnsent() throws {
    let naming = """
      SELECT type, id FROM record WHERE dirty = 1 AND type = 'article' AND (again = 1 OR EXISTS(
        SELECT 1 FROM edit WHERE edit.record = record.number AND edit.name IN ('content', 'images', 'life')))
      ORDER BY number
      """
    for key in try keys(naming) {
      guard let record = try load(key) else { continue }
      let isBroughtBack = record.edits[.life]?.value == Record.live && record.confirmation?.isLive != true
      let isWhole = record.again || isBroughtBack
      let registers = record.shown(replica: moment.replica).registers
      var references: [ContentReference] = []
      if isWhole || record.edits[.content] != nil, let value = registers[.content]?.value.json {
        references += [ContentReference(value)].compactMap { $0 }
      }
      if isWhole || record.edits[.images] != nil, let value = registers[.images]?.value.json {
        references += ContentReference.list(value) ?? []
      }
      for reference in references {
        try run("UPDATE content SET offered = 0 WHERE hash = ?", .text(reference.hash))
      }
    }
  }

  /// Hashes of bodies and images of live articles that are not here, after `hash` in order.
  package func lackingContents(after hash: String, limit: Int) throws -> [String] {
    let queries = [
      """
      SELECT DISTINCT article.content FROM article LEFT JOIN content ON content.hash = article.content
      WHERE article.content IS NOT NULL AND article.live = 1 AND content.hash IS NULL AND article.content > ?
      ORDER BY article.content LIMIT ?
      """,
      """
      SELECT DISTINCT article_image.hash FROM article_image JOIN article USING(record)
      LEFT JOIN content ON content.hash = article_image.hash
      WHERE article.live = 1 AND content.hash IS NULL AND article_image.hash > ? ORDER BY article_image.hash LIMIT ?
      """,
    ]
    let found = try queries.flatMap { query in
      try rows(query, .text(hash), .integer(Int64(limit))).compactMap { $0[0].text }
    }
    return Array(Set(found).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.prefix(limit))
  }

  /// Whether an article's body names these bytes as an image.
  func isImage(_ hash: String) throws -> Bool {
    try row("SELECT 1 FROM article_image WHERE hash = ? LIMIT 1", .text(hash)) != nil
  }

  /// How many bodies and images of live articles are not here.
  func lackingContentCount() throws -> Int {
    Int(
      try count(
        """
        SELECT count(*) FROM (
          SELECT content AS hash FROM article WHERE content IS NOT NULL AND live = 1
          UNION SELECT hash FROM article_image JOIN article USING(record) WHERE live = 1)
        WHERE hash NOT IN (SELECT hash FROM content)
        """))
  }
}
