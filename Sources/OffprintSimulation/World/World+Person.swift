import Offprint
import OffprintOracle
import OffprintWire

/// What people do, with what must become of it.
extension World {
  /// An event of a person.
  func act(_ event: Event) throws {
    let device = device(event)
    guard try isUp(device), let store = device.store(choice: Int(event.salt & 0xFF)) else { return }
    if event.kind == .restoreEntry { return try restoreEntry(event, on: device, store) }
    let action: Action?
    do { action = try self.action(for: event, on: device, store) } catch {
      // Looking failed: a fault of the disk, or a crash.
      return try settle(error, on: device, doing: event.kind.rawValue)
    }
    guard let action else { return }
    try perform(action, on: device, store)
  }

  private func perform(_ action: Action, on device: SimulatedDevice, _ store: LibraryStore) throws {
    var error: (any Error)?
    var intents = action.intents
    do {
      intents += try store.write { try action.perform(store) }
    } catch let thrown { error = thrown }
    if let error {
      note("\(device.name) \(action.name): \(error)")
      counts.count("edits failed")
      if intents.isEmpty, let bookmark = action.bookmark {
        device.uncertainBookmark = bookmark
      } else {
        oracle.finish(oracle.begin(device.name, at: time, intents), .unknown)
      }
      // Only an answer of the disk may stop an edit whose article was just looked up.
      try settle(error, on: device, doing: action.name)
      return try restart(device)
    }
    note("\(device.name) \(action.name)")
    counts.count("edits")
    let edits = oracle.begin(device.name, at: time, intents)
    oracle.finish(edits, .committed)
    try observe(device, store)
  }

  /// Restores an entry of the journal, which is a new edit of whatever it holds.
  private func restoreEntry(_ event: Event, on device: SimulatedDevice, _ store: LibraryStore) throws {
    do {
      let entries = try store.read { try store.conflicts() }
        .filter { !$0.isRestored && !poison.contains($0.record) }
      guard !entries.isEmpty else { return }
      let entry = entries[event.choice(0) % entries.count]
      let intents = try store.read { try restoring(entry, in: store) }
      note("\(device.name) restore entry \(entry.number) \(entry.kind.rawValue)")
      let edits = oracle.begin(device.name, at: time, intents)
      do {
        try store.write { _ = try store.restore(entry: entry.number) }
      } catch {
        oracle.finish(edits, .unknown)
        throw error
      }
      oracle.finish(edits, .committed)
      counts.count("entries restored")
      try observe(device, store)
    } catch let failure as Failure {
      throw failure
    } catch {
      try settle(error, on: device, doing: "restore an entry")
      try restart(device)
    }
  }

  /// What restoring an entry writes: a replaced text again, or `life` on each record it holds, and on the article of a
  /// bookmark unless that is live.
  private func restoring(_ entry: Conflict, in store: LibraryStore) throws -> [Oracle.Intent] {
    if entry.kind == .replaced, let field = entry.field, let mine = entry.mine {
      let intent = Oracle.Intent(entry.record.forOracle, field, CanonicalValue(.string(mine)).text)
      // A bookmark that is written to lives again.
      let isDead = try store.heldRegisters(entry.record)?.first { $0.name == .life }?.value == Record.dead
      guard isDead, entry.record.type != .article else { return [intent] }
      return [intent, Oracle.Intent(entry.record.forOracle, "life", #""live""#)]
    }
    var live: [RecordKey] = []
    for record in try store.journalledRecords(entry: entry.number) {
      if !live.contains(record.key) { live.append(record.key) }
      guard record.key.type == .bookmark, let article = record[.article]?.string.flatMap({ RecordID($0) }) else {
        continue
      }
      let key = RecordKey(.article, article)
      let isLive = try store.heldRegisters(key).map { $0.first { $0.name == .life }?.value != Record.dead } ?? false
      if !isLive, !live.contains(key) { live.append(key) }
    }
    return live.map { Oracle.Intent($0.forOracle, "life", #""live""#) }
  }

  /// Writes a record that the server refuses whatever happens: more bytes of unknown registers than it takes.
  func writePoison(_ event: Event) throws {
    let device = device(event)
    guard try isUp(device), let store = device.store(choice: 0) else { return }
    let key = RecordKey(.bookmark, RecordID(high: generator.next(), low: generator.next()))
    let value = CanonicalValue(.string(String(repeating: "x", count: Limits.unknownBytesMax + 1)))
    poison.insert(key)
    note("\(device.name) poison \(key)")
    do {
      try store.write { try store.writeRegisters(key, [("zz.poison", value)]) }
      try observe(device, store)
    } catch let failure as Failure {
      throw failure
    } catch {
      try settle(error, on: device, doing: "poison")
      try restart(device)
    }
  }

  /// Settles a refused record: puts back what the server holds of it, or lets it go out again.
  func settleRefused(_ event: Event) throws {
    let device = device(event)
    guard try isUp(device), let store = device.store(choice: 0) else { return }
    do {
      let refused = try store.read { try store.refused() }
      guard !refused.isEmpty else { return }
      let one = refused[event.choice(0) % refused.count]
      note("\(device.name) \(event.kind.rawValue) \(one.record) \(one.slug)")
      if event.kind == .retryRefused {
        try store.write { try store.retryRefused(one.number) }
      } else {
        try store.write { try store.discardRefused(one.number) }
        device.observed.typed[one.record] = nil
        guard !poison.contains(one.record) else { return try observe(device, store) }
        try observeJournal(device, store)
        let state = try store.read { try store.heldRegisters(one.record) }
        oracle.discarded(device.name, one.record.forOracle, state.map(Self.state))
      }
      try observe(device, store)
    } catch let failure as Failure {
      throw failure
    } catch {
      try settle(error, on: device, doing: "settle a refusal")
      try restart(device)
    }
  }
}
