import OffprintCrypto
import OffprintGzip
import OffprintWire

/// Writes what came of a fetch into the article's record, as an edit of the server's own (Protocol, FETCH-2 to FETCH-5).
///
/// The server is a writer like any other: it stamps what it writes by the rule of all edits, over the values it replaces, and
/// writes nothing that a person writes. A fetch that failed leaves the body alone.
struct FetchResult {
  let job: FetchJob
  /// The server's clock, in milliseconds since 1970.
  let now: Int64
  /// The quota of accounts that have none of their own.
  let quota: AccountQuota
  /// Spreads the next tries.
  let random: UInt64

  /// What was found, compressed to be kept before any transaction begins.
  struct Found {
    /// Bytes with their hash.
    struct Content {
      let hash: [UInt8]
      let fragment: Fragment

      init(_ bytes: [UInt8]) throws(GzipError) {
        hash = SHA256.hash(bytes)
        fragment = try Fragment(deflating: bytes)
      }

      var reference: ContentReference? { ContentReference(hash: Hex.encode(hash), size: Int64(fragment.size)) }
    }

    let article: FoundArticle
    let body: Content
    let images: [Content]

    init(_ article: FoundArticle) throws(GzipError) {
      self.article = article
      body = try Content(article.body)
      var images: [Content] = []
      for image in article.images { images.append(try Content(image)) }
      self.images = images
    }

    /// What of it is written.
    var bytes: Int { images.reduce(body.fragment.bytes.count) { $0 + $1.fragment.bytes.count } }
  }

  /// Notes that a page was found.
  /// - Returns: whether the record changed.
  func write(_ found: Found, in transaction: any StoreTransaction) throws -> Bool {
    guard let (log, before) = try wishing(in: transaction) else { return false }
    var edits: [(RegisterName, CanonicalValue)] = []
    if isBodyWanted(before.record) {
      guard try makeRoom(for: found, log, in: transaction) else {
        return try write(state: "failed", reason: "the account has no room for it", before, log, in: transaction)
      }
      edits = Self.registers(of: found, beside: before.record)
    }
    edits.append((.fetch, state("done", reason: nil)))
    return try write(edits, before, log, in: transaction)
  }

  /// Notes that nothing was found; if that may change another try follows.
  /// - Returns: whether the record changed.
  func write(failure reason: String, retryAfter wait: Int64?, in transaction: any StoreTransaction) throws -> Bool {
    guard let (log, before) = try wishing(in: transaction) else { return false }
    guard isBodyWanted(before.record) else {
      return try write([(.fetch, state("done", reason: nil))], before, log, in: transaction)
    }
    guard let wait else { return try write(state: "failed", reason: reason, before, log, in: transaction) }
    // What is told already is not told again: each change wakes every device.
    var isChanged = false
    let told = before.record[.fetch]
    if told?["state"]?.string != "fetching" || told?["reason"]?.string != reason {
      isChanged = try write(state: "fetching", reason: reason, before, log, in: transaction)
    }
    try transaction.endFetch(of: job.article, in: job.account, tries: job.tries, due: now + wait)
    return isChanged
  }

  /// The record, if it still wishes what was fetched. A wish that came meanwhile waits; what is not wished any more is dropped.
  private func wishing(in transaction: any StoreTransaction) throws -> (AccountLog, StoredRecord)? {
    guard let account = try transaction.account(job.account), account.disabled == nil, account.removing == nil,
      let log = try transaction.log(of: job.account)
    else { return nil }
    let key = RecordKey(.article, job.article)
    guard let stored = try transaction.record(key, of: job.account), stored.damage == nil,
      let wish = FetchWish(stored.record)
    else {
      try transaction.removeFetch(of: job.article, in: job.account)
      return nil
    }
    guard wish == job.wish else {
      try transaction.releaseFetch(of: job.article, in: job.account)
      return nil
    }
    return (log, stored)
  }

  /// Whether the found body is to be the article's: not where somebody brought one since the fetch was asked for.
  private func isBodyWanted(_ record: Record) -> Bool {
    guard let content = record.registers[.content], ContentReference(content.value.json) != nil else { return true }
    guard let asked = record.registers[.fetch]?.stamp else { return false }
    return content.stamp < asked
  }

  private func makeRoom(
    for found: Found, _ log: AccountLog, in transaction: any StoreTransaction
  ) throws -> Bool {
    let contents = [found.body] + found.images
    if let most = log.quota.resolved(server: quota).bytes {
      var new: [[UInt8]: Int64] = [:]
      for content in contents where try !transaction.ownsContent(content.hash, of: job.account) {
        new[content.hash] = Int64(content.fragment.size)
      }
      guard log.usage.bytes + new.values.reduce(0, +) <= most || new.isEmpty else { return false }
    }
    for content in contents {
      try transaction.addContent(content.hash, content.fragment, of: job.account, at: now)
    }
    return true
  }

  private static func registers(of found: Found, beside record: Record) -> [(RegisterName, CanonicalValue)] {
    let article = found.article
    let texts: [(RegisterName, String?)] = [
      ("found.title", article.title), ("found.byline", article.byline), ("found.site", article.site),
      ("found.language", article.language), ("found.excerpt", article.excerpt), ("found.image", article.image),
    ]
    var values: [(RegisterName, CanonicalValue)] = texts.map { name, text in
      (name, text.flatMap(Self.text).map { CanonicalValue(.string($0)) } ?? .null)
    }
    let numbers: [(RegisterName, Int64?)] = [
      (
        "found.published",
        article.publishedAt.flatMap { (-JSONValue.integerMax...JSONValue.integerMax).contains($0) ? $0 : nil }
      ),
      ("found.words", article.words.map { Int64(max(0, $0)) }),
    ]
    values += numbers.map { name, number in (name, number.map { CanonicalValue(.integer($0)) } ?? .null) }
    if let reference = found.body.reference { values.append((.content, reference.value)) }
    let images = found.images.compactMap(\.reference)
    values.append((.images, images.isEmpty ? .null : ContentReference.value(of: images)))
    // What is not found is written only where something was found before; what was found before is not written again.
    return values.filter { name, value in
      let held = record.registers[name]?.value
      return value == .null ? held != nil && held != .null : held != value
    }
  }

  /// A text as registers hold it: not empty, without U+0000, and no longer than it may be.
  private static func text(_ text: String) -> String? {
    var cut = String.UnicodeScalarView()
    var bytes = 0
    for scalar in text.unicodeScalars where scalar.value != 0 {
      bytes += UTF8.width(scalar)
      if bytes > Limits.foundBytesMax { break }
      cut.append(scalar)
    }
    return cut.isEmpty ? nil : String(cut)
  }

  private func state(_ name: String, reason: String?) -> CanonicalValue {
    CanonicalValue(
      .members(
        ("at", .integer(now)), ("reason", reason.flatMap(Self.text).map { .string($0) } ?? .null),
        ("state", .string(name))))
  }

  private func write(
    state name: String, reason: String, _ before: StoredRecord, _ log: AccountLog, in transaction: any StoreTransaction
  ) throws -> Bool {
    try write([(.fetch, state(name, reason: reason))], before, log, in: transaction)
  }

  /// Writes registers as an informed edit of the server. If one of them has the last stamp there is none is written, and the
  /// fetch is given up.
  private func write(
    _ edits: [(RegisterName, CanonicalValue)], _ before: StoredRecord, _ log: AccountLog,
    in transaction: any StoreTransaction
  ) throws -> Bool {
    var after = before.record
    for (name, value) in edits {
      let rule = StampRule(contact: now, base: after.registers[name]?.stamp, replica: log.replica)
      guard rule.hasStamp else {
        try transaction.removeFetch(of: job.article, in: job.account)
        return false
      }
      after.registers[name] = Register(stamp: rule.stamp(serverNow: now, age: 0).stamp, value: value)
    }
    let writer = LogWriter(account: job.account, transaction: transaction, now: now)
    _ = try writer.write([(before: before, after: after, hash: after.stateHash)])
    return true
  }
}
