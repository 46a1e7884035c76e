import OffprintCrypto
import OffprintGzip
import OffprintHTTP
import OffprintWire

extension ServerCore {
  /// `GET /v1/contents/{hash}`: one content, whole or a range (Protocol, CONT-7).
  func content(_ call: Route.Call) throws -> Answer {
    let account = try call.device().account
    let (text, hash) = try contentHash(call)
    guard let fragment = try store.read({ try $0.content(hash, of: account) }) else { throw Self.noContent }
    let headers: HTTPHeaders = [
      "ETag": "\"\(text)\"", "Accept-Ranges": "bytes", "Cache-Control": "private, max-age=31536000, immutable",
      "Content-Disposition": "attachment", "Content-Security-Policy": "default-src 'none'; sandbox",
      "Vary": "Accept-Encoding",
    ]
    var answer: Answer
    do {
      answer = try body(of: fragment, for: call.request)
    } catch StoreError.damaged {
      try store.read { $0.noteDamagedContent(hash) }
      throw Self.noContent
    }
    if Self.tags(call.request.headers.all("If-None-Match")).contains(where: { $0 == "\"\(text)\"" }) {
      answer = Answer(status: 304)
    }
    for field in headers.fields { answer.headers.append(field.name, field.value) }
    answer.mayCompress = false
    return answer
  }

  private func body(of fragment: Fragment, for request: HTTPRequest) throws -> Answer {
    let range = ByteRange(request.headers["Range"], size: fragment.size)
    if range == .whole, AcceptEncoding.admitsGzip(request.headers.all("Accept-Encoding")) {
      var stitcher = GzipStitcher()
      stitcher.append(fragment)
      var answer = Answer(contentType: "application/octet-stream", body: stitcher.finish())
      answer.headers["Content-Encoding"] = "gzip"
      return answer
    }
    switch range {
    case .whole:
      return Answer(contentType: "application/octet-stream", body: try bytes(0..<fragment.size, of: fragment))
    case .part(let part):
      var answer = Answer(status: 206, contentType: "application/octet-stream", body: try bytes(part, of: fragment))
      answer.headers["Content-Range"] = "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(fragment.size)"
      return answer
    case .unsatisfiable:
      throw Problem(
        .rangeNotSatisfiable, "the content has no such bytes",
        members: [JSONValue.Member("size", .integer(Int64(fragment.size)))])
    }
  }

  private func bytes(_ range: Range<Int>, of fragment: Fragment) throws(StoreError) -> [UInt8] {
    do throws(GzipError) {
      return try fragment.inflated(range)
    } catch .outOfMemory {
      throw .failed("no memory to inflate a content")
    } catch {
      throw .damaged("a content does not inflate")
    }
  }

  /// `PUT /v1/contents/{hash}`: keeps bytes that have that hash (Protocol, CONT-6).
  ///
  /// The answer never tells whether anybody had them before: they are inflated, hashed and deflated in any case.
  func upload(_ call: Route.Call) throws -> Answer {
    let account = try call.device().account
    let (_, hash) = try contentHash(call)
    let fragment = try ContentUpload.fragment(of: call.request, hash: hash, sentBytesMax: call.bodyBytesMax)
    let quota = configuration.quota
    try store.write(.request(bytes: fragment.bytes.count)) { transaction in
      try Self.requireRoom(for: hash, Int64(fragment.size), of: account, quota: quota, in: transaction)
      try transaction.addContent(hash, fragment, of: account, at: call.now)
    }
    return Answer(status: 204)
  }

  /// Refuses a content that would make the account larger than it may be; one it has stored already makes it no larger.
  /// - Throws: ``Problem``, `quota-exceeded`.
  private static func requireRoom(
    for hash: [UInt8], _ size: Int64, of account: RecordID, quota: AccountQuota, in transaction: any StoreTransaction
  ) throws {
    guard let log = try transaction.log(of: account) else { throw StoreError.damaged("an account without a log") }
    guard let most = log.quota.resolved(server: quota).bytes, log.usage.bytes + size > most,
      try !transaction.ownsContent(hash, of: account)
    else { return }
    throw Problem(
      .quotaExceeded, "the account has no room for it", members: [JSONValue.Member("limit", .integer(most))])
  }

  /// `POST /v1/contents/missing`: which of these the account has not stored (Protocol, CONT-5).
  func missingContents(_ call: Route.Call) throws -> Answer {
    let account = try call.device().account
    let hashes = try ContentList.hashes(in: call.jsonObject(["hashes"]))
    func lacking(_ reader: any StoreReader) throws -> [(text: String, hash: [UInt8])] {
      try hashes.filter { try reader.contentSize($0.hash, of: account) == nil }
    }
    var (missing, unnamed) = try store.read { reader in
      (try lacking(reader), try hashes.filter { try reader.isContentUnnamed($0.hash, of: account) })
    }
    if !unnamed.isEmpty {
      // Whoever asks is about to name them: they must not go between this answer and that push.
      missing = try store.write { transaction in
        for each in unnamed { try transaction.renewContent(each.hash, of: account, at: call.now) }
        return try lacking(transaction)
      }
    }
    return .json(.members(("missing", .array(missing.map { .string($0.text) }))))
  }

  /// `POST /v1/contents/batch`: many contents in one answer (Protocol, CONT-8).
  func contentBatch(_ call: Route.Call) throws -> Answer {
    let account = try call.device().account
    let hashes = try ContentList.hashes(in: call.jsonObject(["hashes"]))
    let isGzip = AcceptEncoding.admitsGzip(call.request.headers.all("Accept-Encoding"))
    var batch = ContentBatch(gzip: isGzip)
    var rest = hashes[...]
    try store.read { reader in
      while !batch.isFull, let next = rest.popFirst() {
        let isWhole = try batch.append(next.text, try reader.content(next.hash, of: account))
        if !isWhole { reader.noteDamagedContent(next.hash) }
      }
    }
    var answer = Answer(contentType: "application/x-offprint-contents", body: batch.finish(more: !rest.isEmpty))
    if isGzip { answer.headers["Content-Encoding"] = "gzip" }
    answer.headers["Vary"] = "Accept-Encoding"
    answer.mayCompress = false
    return answer
  }

  private func contentHash(_ call: Route.Call) throws(Problem) -> (text: String, hash: [UInt8]) {
    guard let text = call.parameters.first, ContentReference.isHash(text), let hash = Hex.decode(text) else {
      throw Self.noContent
    }
    return (text, hash)
  }

  private static let noContent = Problem(.notFound, "this account has stored no such content")
}
