import OffprintWire

#if MUTANTS
  import OffprintMutants
#endif

/// The digest: every finished sync proves itself, and mends what differs (Protocol, DIG).
extension SyncEngine {
  private static let backoffMinutesMax: Int64 = 60

  /// Compares, and asks for the buckets if there is a difference that may be repaired now.
  func digestRequest() throws(OffprintError) -> TransportRequest? {
    #if MUTANTS
      if Mutant.isOn(.digestSkipped) {
        try beginDownload()
        return nil
      }
    #endif
    guard let headDigest else {
      try beginDownload()
      return nil
    }
    let (local, cursor, isComplete, mayRepair) = try store.read {
      (
        try store.confirmedDigest(), try store.metaText(.cursor),
        try store.metaInteger(.unfinished) == 0 && store.reRead() == nil,
        try store.metaInteger(.repairNotBefore) <= store.moment.wall || options.full
      )
    }
    guard isComplete, let cursor else {
      try beginDownload()
      return nil
    }
    report.digestMatches = local == headDigest
    if local == headDigest {
      if try store.read({ try store.metaInteger(.repairFailures) }) != 0 {
        try store.write {
          try store.setMeta(.repairFailures, 0 as Int64)
          try store.setMeta(.repairNotBefore, 0 as Int64)
        }
      }
      try beginDownload()
      return nil
    }
    guard !hasRepaired, mayRepair, digestRounds < 3 else {
      try giveUp()
      try beginDownload()
      return nil
    }
    digestRounds += 1
    return request("GET", "/v1/digest?since=\(QueryValue.encoded(cursor))", responseBytesMax: 1 << 20)
  }

  /// After two passes without help, wait 1, 2, 4 ... 60 minutes before the next one.
  private func giveUp() throws(OffprintError) {
    report.notes.append("this device and the server differ; the next sync tries again to mend it")
    guard hasRepaired else { return }
    try store.write {
      let failures = try store.metaInteger(.repairFailures) + 1
      try store.setMeta(.repairFailures, failures)
      guard failures >= 2 else { return }
      let minutes = min(Self.backoffMinutesMax, 1 << min(failures - 2, 6))
      try store.setMeta(.repairNotBefore, store.moment.wall + minutes * 60_000)
    }
  }

  func receiveDigest(_ answer: ServerAnswer) throws(OffprintError) {
    guard answer.response.status == 200 else { return try receiveRepairProblem(answer) }
    guard let json = try? JSONValue(parsing: answer.response.body), let number = json["number"]?.integer,
      let rows = json["buckets"]?.array, rows.count == Digest.bucketCount
    else { throw OffprintError(.server, "the server's digest cannot be read") }
    let (local, reached) = try store.read { (try store.bucketDigests(), try store.metaInteger(.number)) }
    // Buckets of another number would differ for no reason: read on first.
    #if MUTANTS
      let isComparable = number == reached || Mutant.isOn(.bucketsComparedAtAnyNumber)
    #else
      let isComparable = number == reached
    #endif
    guard isComparable else {
      phase = .exchange
      return
    }
    buckets = rows.enumerated().compactMap { index, row in
      let count = row["count"]?.integer
      let sum = row["sum"]?.string.flatMap { FixedHex.value($0, digits: 16) }
      let mine = local[UInt8(index)] ?? Digest()
      return count == mine.count && sum == mine.sum ? nil : UInt8(index)
    }
    listed = []
    phase = buckets.isEmpty ? .exchange : .buckets(after: nil)
    hasRepaired = true
  }

  private func receiveRepairProblem(_ answer: ServerAnswer) throws(OffprintError) {
    // The cursor's fate is settled where cursors are settled.
    guard answer.response.status == 410 else { throw answer.error(doing: "comparing with the server") }
    phase = .exchange
  }

  func bucketRequest(after: RecordKey?) throws(OffprintError) -> TransportRequest? {
    guard let bucket = buckets.first else {
      report.repaired = true
      try store.write { try store.offerAllContents() }
      // What is offered again, contents included, goes out now.
      phase = .missing(after: 0)
      return nil
    }
    let cursor = try store.read { try store.metaText(.cursor) } ?? ""
    let page = after.map { "&after=\($0)" } ?? ""
    return request(
      "GET", "/v1/digest?bucket=\(bucket)&since=\(QueryValue.encoded(cursor))\(page)", responseBytesMax: 32 << 20)
  }

  func receiveBucket(_ answer: ServerAnswer, after previous: RecordKey?) throws(OffprintError) {
    guard answer.response.status == 200, let bucket = buckets.first else { return try receiveRepairProblem(answer) }
    var records: [(Record, Int64)] = []
    var end: JSONValue?
    let lines = try answer.lines()
    do throws(JSONError) {
      for line in lines.lazy.map({ Array($0) }) {
        // The end of a bucket has other members than the end of a page.
        if let json = try? JSONValue(parsing: line), let found = json["end"] {
          end = found
        } else if case .record(let record, let number) = try SyncAnswerLine(parsing: line) {
          records.append((record, number))
        }
      }
    } catch {
      throw OffprintError(.server, "the server's answer cannot be read (\(error))")
    }
    guard let end, let number = end["number"]?.integer, let more = end["more"]?.bool else {
      throw OffprintError(.unreachable, "the server's answer broke off", retry: .after(seconds: 5))
    }
    #if MUTANTS
      let isCurrent =
        try store.read { try store.metaInteger(.number) } == number || Mutant.isOn(.bucketsComparedAtAnyNumber)
    #else
      let isCurrent = try store.read { try store.metaInteger(.number) } == number
    #endif
    guard isCurrent else {
      hasRepaired = false
      phase = .exchange
      return
    }
    let after = end["after"]?.string.flatMap { RecordKey($0) }
    // A list goes on behind where it was, in the order of keys, with records it has not named: else a server could keep a
    // client reading for ever, since there are more keys than anybody can count.
    let goesOn = after.map { after in previous.map { $0 < after } ?? true } ?? false
    guard !more || goesOn && records.contains(where: { !listed.contains($0.0.key) }) else {
      throw OffprintError(.server, "the server repeats itself while listing what differs")
    }
    try store.write {
      for (record, number) in records {
        listed.insert(record.key)
        try store.receive(record, number: number)
        guard var local = try store.load(record.key), local.isDirty, !local.again else { continue }
        local.again = true
        try store.save(local)
      }
      guard !more else { return }
      let confirmed = try store.keys(
        "SELECT type, id FROM record WHERE bucket = ? AND confirmed_live = 1 AND confirmed_hash IS NOT NULL",
        .integer(Int64(bucket)))
      #if MUTANTS
        if Mutant.isOn(.repairDropsUnlisted) {
          for key in confirmed where !listed.contains(key) { try store.drop(key) }
          return
        }
      #endif
      try store.unconfirm(confirmed.filter { !listed.contains($0) })
    }
    report.pulled += records.count
    if more {
      phase = .buckets(after: after)
    } else {
      buckets.removeFirst()
      listed = []
      phase = .buckets(after: nil)
    }
  }
}
