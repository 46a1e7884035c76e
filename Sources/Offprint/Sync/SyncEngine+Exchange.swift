import OffprintGzip
import OffprintHTTP
import OffprintWire

#if MUTANTS
  import OffprintMutants
#endif

/// Pushing and pulling (Protocol, PUSH and PULL).
extension SyncEngine {
  private static let answerBytesMax = 32 << 20
  /// Empty pages in a row whose numbers rise.
  private static let emptyPagesMax = 100
  /// Notes on lines passed over; a server may send any number of them.
  private static let notesMax = 20

  func exchangeRequest() throws(OffprintError) -> TransportRequest? {
    let cursor = try store.read { try store.metaText(.cursor) }
    if let cursor, refusedPush == nil {
      sent = try store.write { try push.build(from: store, cursor: cursor) }
      if let sent {
        var headers: HTTPHeaders = ["Content-Type": "application/json"]
        var body = sent.body
        if body.count > 512, let packed = try? Gzip.deflate(body, level: 1) {
          headers["Content-Encoding"] = "gzip"
          body = packed
        }
        return request("POST", "/v1/sync", body: body, headers: headers, responseBytesMax: Self.answerBytesMax)
      }
      if isBraked {
        phase = .finished
        return nil
      }
    }
    sent = nil
    let (tag, isFinished) = try store.read {
      (try store.metaText(.entityTag), try store.metaInteger(.unfinished) == 0)
    }
    var headers = HTTPHeaders()
    // Where a push was refused the whole answer is wanted: it shows whether the cursor is to blame.
    if let tag, cursor != nil, isFinished, refusedPush == nil, QueryValue.isEntityTag(tag) {
      headers["If-None-Match"] = tag
    }
    return request(
      "GET", "/v1/changes" + (cursor.map { "?since=\(QueryValue.encoded($0))" } ?? ""), headers: headers,
      responseBytesMax: Self.answerBytesMax)
  }

  func receiveExchange(_ answer: ServerAnswer) throws(OffprintError) {
    if answer.response.status == 200 { return try receivePage(answer) }
    if answer.response.status == 304, sent == nil { return try receiveUnchanged() }
    guard let problem = answer.problem else { throw answer.error(doing: "syncing") }
    // The server says it stored nothing of this push, so its stamps are as unsent as before.
    let isTooLarge = problem.slug == .tooLarge || problem.slug == .inflateLimit
    if (400..<500).contains(answer.response.status), !isTooLarge { try noteNothingStored() }
    switch problem.slug {
    case .deviceRewound:
      rewinds += 1
      guard rewinds <= 2 else { throw answer.error(doing: "syncing") }
      report.notes.append("this library was cloned or restored; it goes on under a new replica id")
      try store.write { try store.rekey() }
    case .logForked: try followFork(problem, answer)
    case .logUnknown:
      try countFork(answer)
      report.notes.append("the server keeps another log; everything is read again, nothing is dropped")
      try reRead(.unknown)
    case .cursorExpired:
      try countFork(answer)
      report.notes.append("this device was away for longer than the server keeps deletions; everything is read again")
      try reRead(.expired)
    case .tooLarge, .inflateLimit: try split(answer, problem)
    case .badRequest: try doubtCursor(answer)
    default: throw answer.error(doing: "syncing")
    }
    sent = nil
  }

  /// Sends less at once; a record that is too large by itself is refused (Protocol, errors.md, `too-large`).
  private func split(_ answer: ServerAnswer, _ problem: Problem) throws(OffprintError) {
    guard let sent else { throw answer.error(doing: "syncing") }
    guard sent.records.count == 1, let (key, state) = sent.records.first else {
      try noteNothingStored()
      return push.split(sent)
    }
    let refusal = Refusal(.tooLarge, limit: problem["limit"]?.integer, detail: TerminalText.plain(problem.detail))
    try store.write { try store.noteRefusal(refusal, of: key, sentHash: state.stateHash) }
  }

  /// A cursor that the server gave and calls malformed is one of an unknown log (Protocol, errors.md, `bad-request`). Whether
  /// it is the cursor or the push that is refused shows when the cursor comes alone.
  private func doubtCursor(_ answer: ServerAnswer) throws(OffprintError) {
    guard try store.read({ try store.metaText(.cursor) }) != nil else { throw answer.error(doing: "syncing") }
    if sent != nil {
      refusedPush = answer
      return
    }
    try countFork(answer)
    refusedPush = nil
    report.notes.append("the server does not know its cursor any more; everything is read again, nothing is dropped")
    try reRead(.unknown)
  }

  /// Begins to read all again for what the server said, which is what a person may have asked for as well.
  private func reRead(_ kind: LibraryStore.ReRead) throws(OffprintError) {
    readsAllAtHead = false
    try store.write { try store.beginReRead(kind) }
  }

  /// The head is reached: goes on to the digest, or begins to read all again if that was asked for.
  private func reachHead() throws(OffprintError) {
    phase = .digest
    guard readsAllAtHead else { return }
    try reRead(.asked)
    phase = .exchange
  }

  /// A server that never accepts the cursors it gives must not keep a client reading for ever.
  private func countFork(_ answer: ServerAnswer) throws(OffprintError) {
    forks += 1
    guard forks <= 3 else { throw answer.error(doing: "syncing") }
  }

  private func followFork(_ problem: Problem, _ answer: ServerAnswer) throws(OffprintError) {
    try countFork(answer)
    guard let head = problem["h"]?.integer, let cursor = problem["cursor"]?.string,
      let number = problem["number"]?.integer, head >= 0, number >= 0, (1...1_024).contains(cursor.utf8.count)
    else { throw answer.error(doing: "syncing") }
    let offered: Int = try store.write {
      // An unfinished read never had all of the old log, so it cannot tell what the new one lacks.
      if try store.metaInteger(.unfinished) != 0 {
        try store.beginReRead(.unknown)
        return 0
      }
      #if MUTANTS
        if Mutant.isOn(.forkLikeExpired) {
          try store.beginReRead(.expired)
          return 0
        }
      #endif
      let offered = try store.unconfirm(above: head)
      #if MUTANTS
        if !Mutant.isOn(.contentsNotOfferedAfterFork) { try store.offerAllContents() }
      #else
        try store.offerAllContents()
      #endif
      try store.setMeta(.cursor, cursor)
      try store.setMeta(.number, number)
      try store.setMeta(.entityTag, nil as String?)
      return offered
    }
    report.notes.append("the server was restored from a backup; \(offered) records are offered again")
    phase = .missing(after: 0)
  }

  private func noteNothingStored() throws(OffprintError) {
    guard let sent else { return }
    try store.write {
      for key in sent.records.keys {
        guard var record = try store.load(key) else { continue }
        for (name, edit) in record.edits where edit.unansweredPushes > 0 {
          record.edits[name]?.unansweredPushes = edit.unansweredPushes - 1
        }
        try store.save(record)
      }
    }
  }

  // MARK: Pages

  #if MUTANTS
    /// Takes an answer without its last line for the last page.
    private func takeBrokenOff(_ lines: [SyncAnswerLine]) throws(OffprintError) -> Bool {
      if case .end? = lines.last { return false }
      guard !lines.isEmpty else { return false }
      try store.write {
        for case .record(let record, let number) in lines { try store.receive(record, number: number) }
        try store.setMeta(.unfinished, 0 as Int64)
        _ = try store.finishReRead(allowsDeletes: true)
      }
      sent = nil
      phase = .digest
      return true
    }
  #endif

  private func receivePage(_ answer: ServerAnswer) throws(OffprintError) {
    guard answer.isOfType("application/x-ndjson") else { throw ServerAnswer.notOffprint }
    let texts = try answer.lines()
    var lines: [SyncAnswerLine] = []
    do throws(JSONError) {
      for line in texts { lines.append(try SyncAnswerLine(parsing: Array(line))) }
    } catch {
      throw OffprintError(
        .server, "the server's answer cannot be read (\(error)); nothing of it was applied", retry: .after(seconds: 60))
    }
    #if MUTANTS
      if Mutant.isOn(.pageMovesWithoutItsLastLine), try takeBrokenOff(lines) { return }
    #endif
    guard case .end(let end)? = lines.last else {
      throw OffprintError(
        .unreachable, "the server's answer broke off; nothing of it was applied", retry: .after(seconds: 5))
    }
    #if MUTANTS
      if Mutant.isOn(.cursorStoredBeforeRows) {
        try store.write {
          try store.setMeta(.cursor, end.cursor)
          try store.setMeta(.number, end.number)
        }
      }
    #endif
    let more = try store.write {
      // A phone may sleep for weeks between an upload and its push, and a text that nothing names is not kept for ever.
      if sent != nil, isOld { try store.offerAllContents() }
      return try apply(lines.dropLast(), end)
    }
    sent = nil
    if let refusedPush { throw refusedPush.error(doing: "syncing") }
    if more { return }
    if isBraked || report.brake != nil { phase = .finished } else { try reachHead() }
  }

  /// Whether this sync began more than an hour ago, or the clock was set meanwhile.
  private var isOld: Bool { began.map { abs(store.moment.wall - $0) > 3_600_000 } ?? false }

  /// Applies a page in one transaction: results first, then records, then the cursor.
  /// - Returns: whether the exchange goes on.
  private func apply(_ lines: some Sequence<SyncAnswerLine>, _ end: PageEnd) throws -> Bool {
    var states: [(record: Record, number: Int64)] = []
    for line in lines {
      switch line {
      case .result(let result): try apply(result)
      case .record(let record, let number): states.append((record, number))
      case .unreadable(let reason): notePassedOver(reason)
      case .end: throw OffprintError(.server, "the server's answer has two ends; nothing of it was applied")
      }
    }
    guard !isBraked else { return sent != nil }
    if !options.allowDeletes, let brake = try store.brake(removing: store.removals(in: states.map(\.record))) {
      isBraked = true
      report.brake = brake
      return true
    }
    for state in states { try store.receive(state.record, number: state.number) }
    report.pulled += states.count
    return try move(to: end, hasRecords: !states.isEmpty || sent != nil)
  }

  private func notePassedOver(_ reason: String) {
    passedOver += 1
    if passedOver <= Self.notesMax { report.notes.append("passed over \(TerminalText.plain(reason))") }
    if passedOver == Self.notesMax + 1 { report.notes.append("passed over more of this kind") }
  }

  private func apply(_ result: PushResult) throws {
    guard let key = result.key, let state = sent?.records[key] else { return }
    switch result.outcome {
    case .stored(let hash, let number, let record):
      guard record.map({ $0.key == key }) ?? true else { return }
      try store.receive(record ?? state, hash: hash, number: number)
      report.pushed += 1
    case .refused(let refusal):
      if refusal.slug == .quotaExceeded { push.fullForNow.insert(key) }
      if refusal.slug == .clockSkew, let time = refusal.time {
        try store.note(serverTime: time, roundTrip: 0, replacing: true)
      }
      try store.noteRefusal(refusal, of: key, sentHash: state.stateHash)
    }
  }

  private func move(to end: PageEnd, hasRecords: Bool) throws -> Bool {
    let isFirst = try store.meta(.cursor).text == nil
    // A number without its cursor is left over from a damaged row: reading begins at nothing.
    let before = isFirst ? -1 : try store.meta(.number).integer ?? -1
    // A server that says "more" without going on would keep this client reading for ever (Protocol, PULL-9).
    stalledPages = end.more && end.number <= before ? stalledPages + 1 : 0
    emptyPages = end.more && !hasRecords ? emptyPages + 1 : 0
    guard stalledPages < 2, emptyPages < Self.emptyPagesMax, !end.more || end.number >= before else {
      throw OffprintError(.server, "the server repeats itself: pages without progress", retry: .after(seconds: 600))
    }
    try store.setMeta(.cursor, end.cursor)
    try store.setMeta(.number, end.number)
    try store.setMeta(.entityTag, end.more ? nil : end.entityTag)
    if end.more {
      if isFirst { try store.setMeta(.unfinished, 1 as Int64) }
      return true
    }
    try store.setMeta(.unfinished, 0 as Int64)
    if let brake = try store.finishReRead(allowsDeletes: options.allowDeletes) {
      report.brake = brake
      report.notes.append("\(brake.wouldRemove) articles the server no longer has are held")
    }
    headDigest = end.digest
    // What the answer left dirty, or could not yet be pushed for want of a cursor, goes out before the digest is compared.
    return try store.count("SELECT count(*) FROM record WHERE dirty = 1") > 0 && hasPushable()
  }

  private func hasPushable() throws -> Bool {
    var trial = push
    // Building is undone: only whether there is something to send is asked.
    do {
      try store.database.savepoint {
        if try trial.build(from: store, cursor: "") != nil { throw Undo.somethingToSend }
      }
    } catch Undo.somethingToSend { return true }
    return false
  }

  private enum Undo: Error { case somethingToSend }

  private func receiveUnchanged() throws(OffprintError) {
    if let refusedPush { throw refusedPush.error(doing: "syncing") }
    // The tag names the digest the server still has at this cursor.
    let tag = try store.read { try store.metaText(.entityTag) } ?? ""
    let sum = tag.split(separator: ".").last.flatMap { FixedHex.value($0.dropLast(), digits: 16) }
    let local = try store.read { try store.confirmedDigest() }
    headDigest = sum.map { Digest(count: local.count, sum: $0) }
    try reachHead()
  }
}
