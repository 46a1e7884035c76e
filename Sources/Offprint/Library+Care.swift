import OffprintHTTP
import OffprintWire

/// Looking after a library: status, conflicts, refusals, checks, export.
extension Library {
  /// The state of the library now.
  public func status() throws(OffprintError) -> LibraryStatus {
    let folder = try store().folder
    let credential = try folder.read(folder.credential).flatMap { Credential(parsing: $0) }
    return try read { try $0.status(isSignedIn: credential != nil) }
  }

  /// How many records have edits the server has not confirmed; cheap.
  public func unsentChanges() throws(OffprintError) -> Int { try read { try $0.unsentCount() } }

  /// The conflict journal and the trash, newest first.
  public func conflicts() throws(OffprintError) -> [Conflict] { try read { try $0.conflicts() } }

  /// Restores an entry as a new edit.
  /// - Throws: `.notFound`
  @discardableResult
  public func restoreConflict(_ number: Int64) throws(OffprintError) -> Conflict {
    try write { try $0.restore(entry: number) }
  }

  /// The records the server refused, and those whose unsent edits are damaged on this device.
  public func refused() throws(OffprintError) -> [RefusedRecord] {
    try read { try $0.checkUnsent() }
    return try read { try $0.refused() }
  }

  /// Lets a refused record go out again.
  public func retryRefused(_ number: Int64) throws(OffprintError) { try write { try $0.retryRefused(number) } }

  /// Puts back what the server holds of a refused record.
  public func discardRefused(_ number: Int64) throws(OffprintError) { try write { try $0.discardRefused(number) } }

  /// Live records in canonical order (type, then id), one line of NDJSON each.
  ///
  /// - Parameters:
  ///   - key: Go on behind this record; nil begins.
  ///   - limit: At most so many.
  /// - Returns: the lines, and the last record's key; nil if nothing is left.
  public func exportRecords(
    after key: RecordKey?, limit: Int
  ) throws(OffprintError) -> (lines: [UInt8], last: RecordKey?) {
    try read { try $0.exportRecords(after: key, limit: min(max(limit, 1), 1_000)) }
  }

  /// Checks the database's structure, every record and text against its hash, the stored digest against the rows, and the
  /// whole against the server.
  ///
  /// - Parameter transport: How to reach the server; nil leaves it out.
  public func verify(over transport: (any Transport)?) async throws(OffprintError) -> VerifyReport {
    guard try read({ try $0.integrityErrors() }).isEmpty else {
      throw OffprintError(.damaged, "the library's database is damaged; \(StoreFailure.repairAdvice)")
    }
    var report = try read { try $0.verifyRecords() }
    try verifyContents(&report)
    report.server = try await compareWithServer(over: transport)
    return report
  }

  /// In pieces, so that reading goes on meanwhile.
  private func verifyContents(_ report: inout VerifyReport) throws(OffprintError) {
    var after: Int64 = 0
    while true {
      let hashes = try read { try $0.contentHashes(after: after, limit: 50) }
      guard let last = hashes.last else { return }
      after = last.number
      for (_, hash) in hashes {
        report.contents += 1
        let (isWhole, isOffered) = try read { store in ((try? store.content(hash)) != nil, try store.isOffered(hash)) }
        guard !isWhole else { continue }
        if isOffered { report.damagedContents.append(hash) } else { report.damagedContentsKept.append(hash) }
      }
    }
  }

  private func compareWithServer(over transport: (any Transport)?) async throws(OffprintError) -> VerifyReport.Server {
    guard let transport else { return .notAsked(reason: "not asked") }
    let credential: Credential
    do throws(OffprintError) { credential = try self.credential() } catch {
      return .notAsked(reason: error.explanation)
    }
    let (cursor, number, digests) = try read {
      (try $0.metaText(.cursor), try $0.metaInteger(.number), try $0.bucketDigests())
    }
    guard let cursor else { return .behind }
    let request = TransportRequest(
      url: "\(credential.url)/v1/digest?since=\(QueryValue.encoded(cursor))",
      headers: ["Authorization": "Bearer \(credential.token)"],
      responseBytesMax: 1 << 20, timeoutSeconds: 30, deadlineSeconds: 60)
    let answer: ServerAnswer
    do throws(OffprintError) { answer = try await send(request, over: transport) } catch {
      return .notAsked(reason: error.explanation)
    }
    if answer.response.status == 410 { return .behind }
    guard answer.response.status == 200, let json = try? JSONValue(parsing: answer.response.body),
      let rows = json["buckets"]?.array, rows.count == Digest.bucketCount, let head = json["number"]?.integer
    else { return .notAsked(reason: answer.error(doing: "comparing").explanation) }
    guard head == number else { return .behind }
    let different = rows.enumerated().count { index, row in
      let mine = digests[UInt8(index)] ?? Digest()
      return row["count"]?.integer != mine.count
        || row["sum"]?.string.flatMap { FixedHex.value($0, digits: 16) } != mine.sum
    }
    return different == 0 ? .equal : .different(buckets: different)
  }
}
