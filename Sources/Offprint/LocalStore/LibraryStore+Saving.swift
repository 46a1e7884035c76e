import OffprintWire

#if MUTANTS
  import OffprintMutants
#endif

/// What a person does with articles: save, edit, tag, put away, delete.
extension LibraryStore {
  /// Saves a page. Only what the person gave is written: defaults would overwrite another device's values
  /// (Protocol, REC-6).
  package func add(_ page: SavedPage) throws -> AddedArticle {
    let id = try identity(of: page)
    let key = RecordKey(.article, id)
    let existing = try load(key)
    var values: [(RegisterName, CanonicalValue)] = [
      (.life, Record.live), (.saved, CanonicalValue(.integer(moment.wall))),
    ]
    if let url = page.url { values.append((.url, CanonicalValue(.string(url)))) }
    if let title = page.title { values.append((.title, try Self.text(title, .title, Limits.titleBytesMax))) }
    for tag in page.tags { values.append((try Self.tagName(tag), CanonicalValue(.bool(true)))) }
    if let document = page.document { values += try registers(of: document) }
    #if MUTANTS
      if Mutant.isOn(.saveWritesDefaults) {
        if page.title == nil { values.append((.title, page.url.map { CanonicalValue(.string($0)) } ?? .null)) }
        values.append((.archived, CanonicalValue(.bool(false))))
      }
    #endif
    try edit(key, values)
    return AddedArticle(article: try article(id), isNew: existing == nil)
  }

  private func identity(of page: SavedPage) throws -> RecordID {
    guard let url = page.url else {
      guard page.document != nil else {
        throw OffprintError(.invalidInput, "nothing to save: neither a URL nor a text")
      }
      return randomID()
    }
    guard url.utf8.count <= Limits.urlBytesMax, let address = PageAddress(url) else {
      throw OffprintError(
        .invalidInput,
        "this is no address of a page: it must begin with http:// or https://, name a host, hold no spaces or passwords"
          + " and no more than \(Limits.urlBytesMax) bytes")
    }
    #if MUTANTS
      if Mutant.isOn(.randomArticleID), try load(RecordKey(.article, address.articleID)) == nil { return randomID() }
    #endif
    return try group(of: address.articleID).first ?? address.articleID
  }

  private func registers(of document: SavedPage.Document) throws -> [(RegisterName, CanonicalValue)] {
    let reference = try storeContent(document.body, isOffered: false)
    var values: [(RegisterName, CanonicalValue)] = [(.content, reference.value)]
    let texts: [(RegisterName, String?)] = [
      ("found.title", document.title), ("found.byline", document.byline), ("found.site", document.site),
      ("found.language", document.language), ("found.excerpt", document.excerpt),
    ]
    for (name, text) in texts {
      if let text, !text.isEmpty {
        values.append((name, CanonicalValue(.string(Self.cut(text, toBytes: Limits.foundBytesMax)))))
      }
    }
    if let words = document.words { values.append(("found.words", CanonicalValue(.integer(Int64(words))))) }
    if let published = document.publishedAt { values.append(("found.published", CanonicalValue(.integer(published)))) }
    return values
  }

  /// A time-ordered random id (UUIDv7, RFC 9562, section 5.7).
  func randomID() -> RecordID {
    let bytes = environment.randomBytes(10)
    let random = bytes.prefix(2).reduce(UInt64(0)) { $0 << 8 | UInt64($1) } & 0x0FFF
    let high = UInt64(clamping: moment.wall) << 16 | 0x7000 | random
    let low = bytes.suffix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return RecordID(high: high, low: low & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000)
  }

  /// A text a person typed, as a register's value.
  static func text(_ text: String, _ name: RegisterName, _ bytesMax: Int) throws -> CanonicalValue {
    guard text.utf8.count <= bytesMax else {
      throw OffprintError(.invalidInput, "the \(name) is longer than \(bytesMax) bytes")
    }
    guard !text.utf8.contains(0) else { throw OffprintError(.invalidInput, "the \(name) holds a NUL character") }
    return CanonicalValue(.string(text))
  }

  static func value(_ change: Change<String>, _ name: RegisterName, _ bytesMax: Int) throws -> CanonicalValue? {
    switch change {
    case .keep: nil
    case .clear: .null
    case .set(let text): try Self.text(text, name, bytesMax)
    }
  }

  /// The longest beginning of whole characters that has at most so many bytes.
  static func cut(_ text: String, toBytes bytesMax: Int) -> String {
    guard text.utf8.count > bytesMax else { return text }
    var end = text.utf8.index(text.startIndex, offsetBy: bytesMax)
    while end.samePosition(in: text.unicodeScalars) == nil { end = text.utf8.index(before: end) }
    return String(text.unicodeScalars[..<end])
  }

  /// The register of a tag.
  static func tagName(_ tag: String) throws -> RegisterName {
    let composed = TagText.normalised(tag)
    guard !composed.isEmpty, composed.utf8.count <= Limits.tagBytesMax, let name = RegisterName.tag(composed) else {
      throw OffprintError(
        .invalidInput, "a tag has 1 to \(Limits.tagBytesMax) bytes and no line breaks or control characters")
    }
    return name
  }

  /// The group's first record, which edits go to; the article must be here.
  func target(_ id: RecordID) throws -> RecordKey {
    guard try load(RecordKey(.article, id)) != nil else { throw Self.noArticle(id.description) }
    return RecordKey(.article, try group(of: id).first ?? id)
  }

  /// Writes registers of an article, leaving out those that already show that value.
  package func change(_ id: RecordID, _ values: [(RegisterName, CanonicalValue)]) throws -> Article {
    let key = try target(id)
    let shown = try load(key)?.shown(replica: moment.replica).registers
    let changed = values.filter { shown?[$0.0]?.value != $0.1 }
    if !changed.isEmpty { try edit(key, changed) }
    return try article(key.id)
  }

  /// Asks the server to fetch the page, also once more (Protocol, FETCH-1).
  package func wishFetch(_ id: RecordID) throws -> Article {
    let key = try target(id)
    guard try load(key)?.shown(replica: moment.replica)[.url]?.string != nil else {
      throw OffprintError(.invalidInput, "this article came from a file: there is no address to fetch it from")
    }
    let wish = JSONValue.members(("at", .integer(moment.wall)), ("reason", .null), ("state", .string("wanted")))
    return try change(key.id, [(.fetch, CanonicalValue(wish))])
  }

  package func edit(_ id: RecordID, title: Change<String>, byline: Change<String>) throws -> Article {
    var values: [(RegisterName, CanonicalValue)] = []
    if let value = try Self.value(title, .title, Limits.titleBytesMax) { values.append((.title, value)) }
    if let value = try Self.value(byline, .byline, Limits.titleBytesMax) { values.append((.byline, value)) }
    return try change(id, values)
  }

  package func tag(_ id: RecordID, add: [String], remove: [String]) throws -> Article {
    let key = try target(id)
    let held = try load(key)?.shown(replica: moment.replica).registers.names ?? []
    var values: [(RegisterName, CanonicalValue)] = []
    for tag in remove {
      // Tags that differ only in case are shown as one, so all of them go.
      let folded = Self.fold(TagText.normalised(tag))
      for name in held where name.tag.map(Self.fold) == folded { values.append((name, .null)) }
    }
    for tag in add { values.append((try Self.tagName(tag), CanonicalValue(.bool(true)))) }
    let result = try change(key.id, values)
    guard result.tags.count <= Limits.tagsMax else {
      throw OffprintError(.invalidInput, "an article has at most \(Limits.tagsMax) tags")
    }
    return result
  }

  /// Deletes the article: `dead` on every record of its group. Its children are hidden by readers and come back with it.
  package func delete(_ id: RecordID) throws {
    let members = try group(of: target(id).id)
    for member in members { try edit(RecordKey(.article, member), [(.life, Record.dead)]) }
  }

  package func undelete(_ id: RecordID) throws -> Article {
    guard try load(RecordKey(.article, id)) != nil else { throw Self.noArticle(id.description) }
    for member in try group(of: id) { try edit(RecordKey(.article, member), [(.life, Record.live)]) }
    return try article(id)
  }
}
