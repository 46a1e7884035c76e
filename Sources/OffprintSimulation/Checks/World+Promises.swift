import Offprint
import OffprintHTTP
import OffprintOracle
import OffprintServer
import OffprintWire

/// Promises that neither the oracle nor a glance at one replica can see broken: what a sync must not need, must not remove and
/// must write down.
extension World {
  /// G24: a device differs from its server only if an older state of the server was put back. A repair that mends any other
  /// difference hides a bug.
  func checkRepair(_ report: SyncReport, of device: SimulatedDevice) throws {
    guard server.restores == 0, report.repaired || report.digestMatches == false else { return }
    throw Failure(
      invariant: "G24", reason: "\(device.name) and the server differed, though nothing was ever put back",
      expected: ["equal digests"], actual: [report.repaired ? "a repair" : "a difference"])
  }

  /// G9: removing much of a library at one go waits until a person has looked.
  ///
  /// Looked at in one answer alone, and only while no copies of devices are about, whose own deletions come back as others'. What
  /// was unsent does not count: it goes to the journal (RESET-5).
  func checkBrake(
    _ device: SimulatedDevice, before: (live: Int, unsent: Int), _ store: LibraryStore, _ report: SyncReport,
    allowed: Bool
  ) throws {
    guard !allowed, report.brake == nil, counts.others["clones"] == nil, counts.others["devices restored"] == nil else {
      return
    }
    let removed = before.live - before.unsent - (try articles(in: store).live)
    guard removed >= 20, removed * 100 >= before.live * 25 else { return }
    throw Failure(
      invariant: "G9", reason: "a sync of \(device.name) removed \(removed) of \(before.live) articles unasked")
  }

  /// RESET-5: absence means deletion for an expired cursor alone. Whatever else a server says, what a library holds and did not
  /// meet is offered again, never put into the trash.
  func checkTrash(_ key: RecordKey, of device: SimulatedDevice) throws {
    guard !device.wasToldExpired else { return }
    throw Failure(
      invariant: "RESET-5", reason: "\(device.name) took \(key) for deleted, and its cursor never expired",
      expected: ["offered again"], actual: ["in the trash"])
  }

  /// PULL-4: an answer that broke off moves nothing: neither the cursor, nor a re-read under way, nor what counts as confirmed.
  func checkBrokenOff(to device: SimulatedDevice, _ deliver: () throws -> Void) throws {
    guard let store = device.sync?.store, !device.disk.isDown else { return try deliver() }
    let before = try place(of: store, on: device)
    try deliver()
    guard device.processes.contains(where: { $0.store === store }), !device.disk.isDown else { return }
    let after = try place(of: store, on: device)
    guard before != after else { return }
    throw Failure(
      invariant: "PULL-4", reason: "\(device.name) went on by an answer that broke off", expected: before, actual: after
    )
  }

  private func place(of store: LibraryStore, on device: SimulatedDevice) throws -> [String] {
    try device.disk.withoutFaults {
      try store.read {
        [
          try store.position().cursor ?? "no cursor", try store.digestText(),
          try store.status(isSignedIn: true).rereading ?? "no re-read",
        ]
      }
    }
  }

  /// STAMP-8: a library that finds itself at another installation goes on under another replica id.
  func checkRekeyed(_ device: SimulatedDevice, from id: String) throws {
    guard let store = device.store, store.replicaID.description == id else { return }
    throw Failure(
      invariant: "STAMP-8", reason: "\(device.name) was copied and goes on under the id of its original",
      expected: ["a new replica id"], actual: [id])
  }

  /// CUR-3: a push that is refused whole stores nothing.
  func checkRefusedWhole(_ answer: HTTPResponse, to message: SimulatedNetwork.Message, headBefore: Int64?) throws {
    guard (400..<500).contains(answer.status), let push = pushes[message.number], let headBefore else { return }
    let head = try headNumber(of: push.account)
    guard head != headBefore else { return }
    throw Failure(
      invariant: "CUR-3", reason: "a push was refused whole with \(answer.status), and something of it was stored",
      expected: ["the head \(headBefore)"], actual: ["the head \(head ?? -1)"])
  }

  /// PUSH-3: of a replica's pushes only later ones than the last are taken, and the last once more.
  func checkPushOrder(_ push: SimulatedPush) throws {
    defer { pushMarks[push.account, default: [:]][push.replica] = push.mark }
    guard let last = pushMarks[push.account]?[push.replica], push.mark.n <= last.n, push.mark != last else { return }
    throw Failure(
      invariant: "PUSH-3", reason: "a push was taken although a later one of \(push.replica) was there before",
      expected: ["refused: not after \(last.n) \(last.nonce)"], actual: ["\(push.mark.n) \(push.mark.nonce)"])
  }

  /// The head of an account's log.
  func headNumber(of account: Int) throws -> Int64? {
    try server.disk.withoutFaults { try server.log(of: account)?.position.head }
  }

  /// All that the server holds, by account.
  func recordsOfAll() throws -> [[StoredRecord]] {
    try server.disk.withoutFaults { try server.accounts.indices.map { try server.records(of: $0) } }
  }

  /// PURGE-2: an article stays until none of its children is left that was not dead before.
  func checkPurge(of before: [[StoredRecord]]) throws {
    let after = try recordsOfAll()
    for (before, after) in zip(before, after) {
      let gone = Set(before.map(\.record.key)).subtracting(after.map(\.record.key))
      for child in before where child.record.isLive {
        guard let parent = child.parent, gone.contains(RecordKey(.article, parent)) else { continue }
        throw Failure(
          invariant: "PURGE-2", reason: "a purge removed an article with a child that lives, \(child.record.key)",
          expected: ["a deletion of the child first"], actual: ["the article gone at once"])
      }
    }
  }

  /// How many articles of a library live, and how many records of it are unsent; none where there cannot be enough for the brake.
  func articles(in store: LibraryStore) throws -> (live: Int, unsent: Int) {
    guard setup.addresses >= 20 else { return (0, 0) }
    return try store.read { (try store.liveArticleCount(), try store.unsentCount()) }
  }

  /// JOUR-1: a text that its writer had typed and that another's replaced stands in the journal.
  func checkJournal(
    _ key: RecordKey, _ state: [LibraryStore.HeldRegister], on device: SimulatedDevice, _ store: LibraryStore
  ) throws {
    var typed: [RegisterName: CanonicalValue] = [:]
    for name in [RegisterName.title, .note, .quote] {
      let held = state.first { $0.name == name }
      let isOwn = try held?.stamp.map { try store.wrote($0.replica) } ?? false
      if isOwn, let held { typed[name] = held.value }
      guard let held, !isOwn, held.stamp != nil, let mine = device.observed.typed[key]?[name], mine != .null,
        mine != held.value
      else { continue }
      let isThere = try store.read {
        try store.conflicts().contains { $0.record == key && $0.field == name.text && $0.mine == mine.json.string }
      }
      guard isThere else {
        throw Failure(
          invariant: "JOUR-1", reason: "\(device.name) lost a text of its own, and its journal does not hold it",
          expected: ["\(key) \(name.text) \(mine.text)"], actual: ["\(held.value.text)"])
      }
    }
    device.observed.typed[key] = typed.isEmpty ? nil : typed
  }

  /// G21: a server whose database was put back by hand goes on under another log, if it was ever seen to be further. After
  /// failed writes what it remembers may lag behind, and the digest is what notices.
  func checkForked(_ account: Int) throws {
    guard !server.disk.hasFailed else { return }
    guard let position = try server.log(of: account)?.position, let head = heads[position.log], position.head < head
    else { return }
    throw Failure(
      invariant: "G21", reason: "an older database put back by hand was not noticed",
      expected: ["another log, or the head \(head)"], actual: ["the head \(position.head)"])
  }
}
