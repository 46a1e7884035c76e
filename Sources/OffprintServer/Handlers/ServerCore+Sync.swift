import OffprintWire

extension ServerCore {
  /// `POST /v1/sync`: what is dirty up, what changed down (Protocol, PUSH-1, PULL-1).
  func sync(_ call: Route.Call) throws -> Answer {
    let device = try call.device()
    let account = device.account
    let request = try syncRequest(call)
    let cursor = try cursor(request.cursor)
    let limit = try pageLimit(request.limit)
    var output = StitchedBody()
    var page = Page(cursor: cursor, limit: limit)
    if let push = request.push, let cursor {
      try limitPushes(of: device, now: call.now)
      let outcome = try store.write(.request(bytes: push.records.count * Self.bytesPerRecord)) { transaction in
        try Push(push, now: call.now, quota: configuration.quota).apply(cursor, of: account, in: transaction)
      }
      if outcome.changes > 0 {
        signals.notify(account)
        upkeep.note(account)
      }
      if outcome.wishesFetch { environment.fetchWished() }
      countPushed(outcome.results)
      environment.pushCommitted()
      for result in outcome.results { output.append(SyncAnswerLine.result(result)) }
      page.given = Self.given(by: outcome)
    }
    let written = try store.read { reader in try page.write(of: account, from: reader, to: &output) }
    figures.count(.pulled, "", written.count)
    notes.note(device, at: call.now, number: written.end.number)
    return try .lines(output, for: call.request)
  }

  /// What one record may write to the log of the store: a page of the table and of each of its indexes.
  private static let bytesPerRecord = 24_576

  private func countPushed(_ results: [PushResult]) {
    let refused = results.count { if case .refused = $0.outcome { true } else { false } }
    if refused > 0 { figures.count(.pushed, "result=\"refused\"", refused) }
    if results.count > refused { figures.count(.pushed, "result=\"stored\"", results.count - refused) }
  }

  private func syncRequest(_ call: Route.Call) throws(Problem) -> SyncRequest {
    let body = try RequestBody.json(
      of: call.request, sentBytesMax: call.bodyBytesMax, bytesMax: Limits.pushInflatedBytesMax)
    do throws(SyncRequest.Fault) {
      return try SyncRequest(parsing: body)
    } catch {
      switch error {
      case .json(let fault): throw Problem(.badJSON, fault.description)
      case .member(let name): throw Problem(.badRequest, "the member '\(name)' is missing or has the wrong form")
      case .tooManyRecords:
        throw Problem(
          .tooLarge, "too many records in one push",
          members: [JSONValue.Member("limit", .integer(Int64(Limits.pushRecordsMax)))])
      }
    }
  }

  private static func given(by outcome: Push.Outcome) -> [RecordKey: (number: Int64, hash: UInt64)] {
    var given: [RecordKey: (number: Int64, hash: UInt64)] = [:]
    for result in outcome.results {
      guard let key = result.key, case .stored(let hash, let number, _) = result.outcome else { continue }
      given[key] = (number, hash)
    }
    return given
  }

  /// `GET /v1/changes`: a page, read only (Protocol, PULL-7).
  func changes(_ call: Route.Call) throws -> Answer {
    let device = try call.device()
    let cursor = try sinceCursor(call)
    let limit = try call.query.integer("limit", from: 1, clampedTo: Limits.pageRecordsMax)
    let seconds = try call.query.integer("wait", from: 0, clampedTo: configuration.waitSecondsMax) ?? 0
    let generation = signals.generation(of: device.account)
    var output = StitchedBody()
    let written = try store.read { reader in
      try Page(cursor: cursor, limit: limit ?? configuration.pageRecordsDefault)
        .write(of: device.account, from: reader, to: &output)
    }
    figures.count(.pulled, "", written.count)
    notes.note(device, at: call.now, number: written.end.number)
    var answer = try Answer.lines(output, for: call.request)
    guard !written.end.more else { return answer }
    answer.headers["ETag"] = written.end.entityTag
    let tags = Self.tags(call.request.headers.all("If-None-Match"))
    let isMet = tags.contains { $0.utf8.elementsEqual(written.end.entityTag.utf8) }
    // Idle: no record, and a cursor that stays as it is. A client whose tag differs has something to learn.
    guard written.count == 0, let cursor, cursor.text.utf8.elementsEqual(written.end.cursor.utf8), isMet || tags.isEmpty
    else { return answer }
    if isMet {
      answer = Answer(status: 304)
      answer.headers["ETag"] = written.end.entityTag
    }
    if seconds > 0 {
      answer.wait = Answer.Wait(
        account: device.account, device: device.id, generation: generation, milliseconds: Int64(seconds) * 1000)
    }
    return answer
  }

  /// The entity tags of `If-None-Match`; cursors hold neither commas nor quotes.
  static func tags(_ lines: [String]) -> [Substring] {
    lines.flatMap { $0.split(separator: ",") }.map { tag in
      let trimmed = tag.drop { $0 == " " || $0 == "\t" }
      let isSpace = { (character: Character) in character == " " || character == "\t" }
      return trimmed.prefix(trimmed.count - trimmed.reversed().prefix(while: isSpace).count)
    }
  }

  /// The cursor of the query's `since`; nil where there is none.
  func sinceCursor(_ call: Route.Call) throws(Problem) -> Cursor? { try cursor(call.query["since"]) }

  private func cursor(_ text: String?) throws(Problem) -> Cursor? {
    guard let text else { return nil }
    guard let cursor = Cursor(text) else { throw Problem(.badRequest, "the cursor is not one of this server's") }
    return cursor
  }

  private func pageLimit(_ asked: Int64?) throws(Problem) -> Int {
    guard let asked else { return configuration.pageRecordsDefault }
    guard asked >= 1 else { throw Problem(.badRequest, "the member 'limit' is to be at least 1") }
    return Int(min(asked, Int64(Limits.pageRecordsMax)))
  }
}
