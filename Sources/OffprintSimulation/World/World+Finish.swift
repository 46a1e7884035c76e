import Offprint
import OffprintFaultDisk
import OffprintHTTP
import OffprintOracle
import OffprintServer
import OffprintWire

/// The end of a world: faults cease, all sync, and what must hold then is looked at.
extension World {
  /// Rounds of syncs within which all must be equal, once faults have ceased. The first may follow a fork, the second offer
  /// what a restored server lacks, the third bring it to the others; a repair may come in between.
  private static let roundsMax = 12
  /// Requests of one sync at most.
  private static let requestsMax = 400

  /// Lets all faults end, lets everybody sync, and checks what must hold then.
  /// - Throws: ``Failure``.
  package func finish() throws {
    isFinishing = true
    do {
      try endFaults()
      // With what the server refuses still there: it may hold nothing else up.
      try settle()
      isPoisonDropped = true
      // A text that came later than its record takes a sync more.
      if try !poison.isEmpty || isLackingTexts() { try settle() }
      try checkEnd()
    } catch var failure as Failure {
      failure.event = eventCount
      throw failure
    }
  }

  private func endFaults() throws {
    note("all faults end")
    network.clear()
    FaultMemory.fail(nth: 0)
    for node in nodes { node.heal() }
    for device in devices {
      device.partition = .none
      try endSync(device, OffprintError(.cancelled, "stopped"))
    }
    guard try isServerUp() else { throw Failure(invariant: "G25", reason: "the server does not start") }
    for device in devices {
      guard try isUp(device) else { throw Failure(invariant: "G25", reason: "\(device.name) does not start") }
      while device.processes.count > 1 { device.closeLast() }
    }
    try checkOracle()
  }

  private func settle() throws {
    var rounds = 0
    while true {
      rounds += 1
      guard rounds <= Self.roundsMax else { throw unsettled() }
      // Longer than any pause between repairs.
      advance(milliseconds: 2 * 3_600_000)
      for device in devices { try syncWhole(device) }
      if try isSettled() { break }
    }
    counts.others["most rounds to rest"] = max(counts.others["most rounds to rest"] ?? 0, rounds)
    note("at rest after \(rounds) rounds")
  }

  /// Syncs a device to its end over a network that does what it is asked; a person allows what needs allowing.
  private func syncWhole(_ device: SimulatedDevice) throws {
    for _ in 0..<3 {
      if isPoisonDropped { try dropPoison(device) }
      try beginSync(device, SyncOptions(allowDeletes: true))
      var requests = 0
      while device.sync != nil, !network.messages.isEmpty {
        requests += 1
        guard requests < 2 * Self.requestsMax else {
          throw Failure(invariant: "G25", reason: "\(device.name)'s sync does not end")
        }
        try deliver(network.take(at: 0), repeats: false)
        try checkOracle()
      }
      network.clear()
      // A device that was revoked has signed in again and syncs once more.
      guard let store = device.store, try unsent(in: store) != 0 else { return }
    }
  }

  /// A person gives up the records that the server refuses.
  private func dropPoison(_ device: SimulatedDevice) throws {
    guard let store = device.store else { return }
    for refused in try store.read({ try store.refused() }) where poison.contains(refused.record) {
      try store.write { try store.discardRefused(refused.number) }
    }
  }

  /// Records that have not reached the server, but for those that it refuses.
  private func unsent(in store: LibraryStore) throws -> Int {
    try store.read { try store.heldRecords() }.count { $0.isDirty && !poison.contains($0.key) }
  }

  /// Whether everybody has all and nothing waits.
  private func isSettled() throws -> Bool {
    for device in devices {
      guard let store = device.store, let log = try server.log(of: device.account) else { return false }
      let (text, number) = try store.read { try store.position() }
      guard let cursor = text.flatMap({ Cursor($0) }), cursor.log == log.position.log, number == log.position.head,
        try unsent(in: store) == 0,
        try store.read({ try store.digestText() }) == log.digest.sumText
      else { return false }
    }
    return true
  }

  private func unsettled() -> Failure {
    var failure = Failure(invariant: "G25", reason: "not at rest after \(Self.roundsMax) rounds")
    for device in devices {
      guard let store = device.store else { continue }
      let position = try? store.read { try store.position() }
      let dirty = try? store.read { try store.heldRecords() }.filter(\.isDirty).map(\.key.description)
      let log = try? server.log(of: device.account)
      failure.expected.append("\(device.name) at \(log?.position.head ?? -1), nothing unsent")
      failure.actual.append(
        "\(device.name) at \(position?.number ?? -1), unsent \(dirty?.prefix(4).joined(separator: " ") ?? "?")")
    }
    return failure
  }

  private func checkEnd() throws {
    for account in server.accounts.indices {
      var devices: [String: [Oracle.RecordKey: Oracle.State]] = [:]
      for device in self.devices where device.account == account {
        guard let store = device.store else { continue }
        devices[device.name] = try allStates(store)
        try checkOwn(device, store)
      }
      let records = try server.records(of: account)
      let states = Dictionary(
        records.filter { !poison.contains($0.record.key) }.map { ($0.record.key.forOracle, Self.state($0.record)) },
        uniquingKeysWith: { first, _ in first })
      _ = oracle.finalCheck(devices: devices, server: Self.serverName(account), states)
      try checkOracle()
      try checkDumps(account)
      try checkContents(account)
    }
    try checkHead()
  }

  /// Each library proves itself: every hash from its row, the digest from the rows, what is derived from what it comes from.
  private func checkOwn(_ device: SimulatedDevice, _ store: LibraryStore) throws {
    let report = try store.read { try store.verifyRecords() }
    guard report.damagedRecords.isEmpty, report.indexMatches else {
      throw Failure(
        invariant: "G24", reason: "\(device.name)'s library does not verify",
        actual: report.damagedRecords + (report.indexMatches ? [] : ["the digest is not that of the rows"]))
    }
    for article in try store.read({ try store.articles(ArticleQuery(filter: .all, sort: .saved, limit: 500)) }) {
      let shown = try store.read { try store.readingPosition(of: article.id) }
      guard article.memberIDs.isEmpty else { continue }
      oracle.showed(
        device.name, RecordKey(.progress, article.id).forOracle,
        shown.map { Oracle.ShownPosition(fraction: Int($0.fraction), round: Int($0.round)) })
      guard article.fraction == shown?.fraction ?? 0 else {
        throw Failure(
          invariant: "P4", reason: "\(device.name) lists \(article.id) at another place than it opens it at")
      }
    }
    try checkOracle()
  }

  /// G1: the canonical dumps of all devices of an account are the same bytes.
  private func checkDumps(_ account: Int) throws {
    var first: (name: String, dump: [UInt8])?
    for device in devices where device.account == account {
      guard let store = device.store else { continue }
      let dump = try store.read { try store.wholeExport() }
      if let first, first.dump != dump {
        let lines = { (bytes: [UInt8]) in bytes.split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) } }
        let (mine, theirs) = (Set(lines(first.dump)), Set(lines(dump)))
        throw Failure(
          invariant: "G1", reason: "\(first.name) and \(device.name) hold different records",
          expected: mine.subtracting(theirs).sorted(), actual: theirs.subtracting(mine).sorted())
      }
      if first == nil { first = (device.name, dump) }
    }
  }

  /// Whether anybody lacks a text that an article of theirs names.
  private func isLackingTexts() throws -> Bool {
    try devices.contains { device in
      guard let store = device.store else { return false }
      return try store.read { try !store.lackingContents(after: "", limit: 1).isEmpty }
    }
  }

  /// Every text of an article that is shown and that somebody still has is everywhere.
  private func checkContents(_ account: Int) throws {
    let mine = devices.filter { $0.account == account }
    for device in mine {
      guard let store = device.store else { continue }
      for hash in try store.read({ try store.lackingContents(after: "", limit: 100) }) {
        let holders = try mine.filter { other in
          guard let store = other.store else { return false }
          return try store.read { try store.holds(content: hash) }
        }
        guard !holders.isEmpty else { continue }
        // A stated limit (CONT-11): the record was in the backup or came back from another device, the text was lost.
        if server.restores > 0 {
          counts.count("excuse needed: text lost in a restore")
          continue
        }
        throw Failure(
          invariant: "G1", reason: "the text \(hash.prefix(12)) has not got to \(device.name)",
          expected: mine.map(\.name), actual: holders.map(\.name))
      }
    }
  }
}
