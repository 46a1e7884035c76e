import OffprintCrypto
import OffprintGzip
import OffprintHTTP
import OffprintWire

/// Bodies and images (Protocol, CONT).
extension SyncEngine {
  private static let batchHashesMax = 50
  /// So many in one sync are no accident, and who sends them could go on for ever.
  private static let damagedTextsMax = 20

  // MARK: Up

  /// Asks which of the contents held here the server lacks; before records that name them are pushed.
  func missingRequest(after: Int64) throws(OffprintError) -> TransportRequest? {
    let unoffered = try store.read { try store.unofferedContents(after: after, limit: Limits.hashesMax) }
    guard let last = unoffered.last else {
      phase = .exchange
      return nil
    }
    askedHashes = unoffered.map(\.hash)
    phase = .missing(after: last.number)
    return hashesRequest("/v1/contents/missing", askedHashes, responseBytesMax: 1 << 20)
  }

  private func hashesRequest(_ path: String, _ hashes: [String], responseBytesMax: Int) -> TransportRequest {
    request(
      "POST", path, body: JSONValue.members(("hashes", .array(hashes.map { .string($0) }))).canonicalBytes,
      headers: ["Content-Type": "application/json"], responseBytesMax: responseBytesMax)
  }

  func receiveMissing(_ answer: ServerAnswer, after: Int64) throws(OffprintError) {
    guard answer.response.status == 200 else { throw answer.error(doing: "offering texts") }
    guard let json = try? JSONValue(parsing: answer.response.body), let missing = json["missing"]?.array else {
      throw OffprintError(.server, "the server's list of missing texts cannot be read")
    }
    let lacking = Set(missing.compactMap(\.string))
    try store.write { for hash in askedHashes where !lacking.contains(hash) { try store.noteOffered(hash) } }
    uploads = askedHashes.filter { lacking.contains($0) }
    phase = uploads.isEmpty ? .missing(after: after) : .uploading(missingAfter: after)
  }

  func uploadRequest() throws(OffprintError) -> TransportRequest? {
    guard case .uploading(let after) = phase, let hash = uploads.first else {
      if case .uploading(let after) = phase { phase = .missing(after: after) }
      return nil
    }
    guard
      let packed = try store.read({ try store.row("SELECT bytes FROM content WHERE hash = ?", .text(hash))?[0].blob })
    else {
      uploads.removeFirst()
      phase = .uploading(missingAfter: after)
      return nil
    }
    return request(
      "PUT", "/v1/contents/\(hash)", body: packed,
      headers: ["Content-Type": "application/octet-stream", "Content-Encoding": "gzip"], responseBytesMax: 1 << 16)
  }

  func receiveUpload(_ answer: ServerAnswer) throws(OffprintError) {
    guard let hash = uploads.first else { return }
    uploads.removeFirst()
    if (200..<300).contains(answer.response.status) {
      report.contentsUploaded += 1
      return try store.write { try store.noteOffered(hash) }
    }
    let error = answer.error(doing: "sending a text")
    guard error.code == .server else { throw error }
    // The record goes all the same; the text is tried again at each sync.
    report.notes.append("a text was not accepted: \(error.explanation)")
  }

  // MARK: Down

  /// Begins to fetch texts where the last sync met too many that are damaged, else with the first.
  func beginDownload() throws(OffprintError) {
    downloadBegin = try store.read { try store.metaText(.textsAfter) } ?? ""
    hasWrapped = false
    phase = .downloading(after: downloadBegin)
  }

  func downloadRequest(after: String) throws(OffprintError) -> TransportRequest? {
    if let alone = aloneUpTo, after >= alone { aloneUpTo = nil }
    let limit = aloneUpTo == nil ? Self.batchHashesMax : 1
    requestedHashes = try store.read { try store.lackingContents(after: after, limit: limit) }
    if hasWrapped { requestedHashes.removeAll { $0 > downloadBegin } }
    guard !requestedHashes.isEmpty else {
      if !hasWrapped, !downloadBegin.isEmpty {
        hasWrapped = true
        aloneUpTo = nil
        phase = .downloading(after: "")
      } else {
        try endDownload(after: nil)
      }
      return nil
    }
    return hashesRequest("/v1/contents/batch", requestedHashes, responseBytesMax: Limits.contentBytesMax + (16 << 20))
  }

  func receiveDownload(_ answer: ServerAnswer) throws(OffprintError) {
    guard answer.response.status == 200, answer.isOfType("application/x-offprint-contents") else {
      throw answer.error(doing: "fetching texts")
    }
    let frame = ContentsFrame(answer.response.body)
    let parts = frame.parts.filter { requestedHashes.contains($0.hash) }
    guard let last = parts.last?.hash else {
      if !frame.isWhole, try passDamagedAnswer() { return }
      throw OffprintError(.server, "the server sent none of the texts asked for", retry: .after(seconds: 60))
    }
    let sent = parts.compactMap { part in part.bytes.map { (hash: part.hash, bytes: $0) } }
    let whole = sent.filter { Hex.encode(SHA256.hash($0.bytes)) == $0.hash }
    report.imagesDownloaded += try store.write {
      try whole.count { part in
        _ = try store.storeContent(part.bytes, isOffered: true)
        return try store.isImage(part.hash)
      }
    }
    report.contentsDownloaded += whole.count
    phase = .downloading(after: last)
    try noteDamagedTexts(sent.count - whole.count, upTo: last)
  }

  /// One damaged text spoils the answer for all that are sent with it: they are asked for one by one, and the one is left out.
  /// - Returns: whether there is something left to try; not so for answers that carry no texts.
  func passDamagedAnswer() throws(OffprintError) -> Bool {
    guard case .downloading = phase, let last = requestedHashes.last else { return false }
    if requestedHashes.count > 1 {
      aloneUpTo = last
    } else {
      phase = .downloading(after: last)
      try noteDamagedTexts(1, upTo: last)
    }
    return true
  }

  /// Counts texts up to that hash that were not kept; with too many of them the fetching ends for this time.
  private func noteDamagedTexts(_ count: Int, upTo hash: String) throws(OffprintError) {
    guard count > 0 else { return }
    if damagedTexts == 0 {
      report.notes.append("a text is damaged on the server; it was not kept, and is asked for again at each sync")
    }
    damagedTexts += count
    guard damagedTexts >= Self.damagedTextsMax else { return }
    report.notes.append("\(damagedTexts) texts are damaged on the server; the next sync goes on behind them")
    try endDownload(after: hash)
  }

  /// Ends the fetching, and notes where the next sync begins with it.
  private func endDownload(after hash: String?) throws(OffprintError) {
    phase = .finished
    guard hash != nil || !downloadBegin.isEmpty else { return }
    try store.write { try store.setMeta(.textsAfter, hash) }
  }
}

/// The framing of `POST /v1/contents/batch`: a JSON line, the bytes, a line feed, and so on (Protocol, CONT-8).
package struct ContentsFrame {
  /// One content, or that it is lacking.
  package struct Part {
    /// The hash the server named, not checked against the bytes.
    package var hash: String
    /// Nil: the server does not have it for this account.
    package var bytes: [UInt8]?
  }

  /// The contents that are there whole, in order.
  package private(set) var parts: [Part] = []
  /// Whether the last line was reached; without it only what is in ``parts`` counts.
  package private(set) var isWhole = false

  /// Reads an answer's body up to its last line, or to where it breaks the form.
  package init(_ body: [UInt8]) {
    var rest = body[...]
    while let lineEnd = rest.firstIndex(of: 0x0A) {
      guard let header = try? JSONValue(parsing: Array(rest[..<lineEnd])) else { return }
      rest = rest[(lineEnd + 1)...]
      if header["end"] != nil {
        isWhole = true
        return
      }
      guard let hash = header["hash"]?.string, let size = header["size"] else { return }
      guard !size.isNull else {
        parts.append(Part(hash: hash, bytes: nil))
        continue
      }
      guard let count = size.integer, (0...Int64(Limits.contentBytesMax)).contains(count), rest.count > Int(count)
      else { return }
      parts.append(Part(hash: hash, bytes: Array(rest.prefix(Int(count)))))
      rest = rest.dropFirst(Int(count) + 1)
    }
  }
}
