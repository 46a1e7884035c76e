import Offprint
import OffprintOracle
import OffprintServer
import OffprintWire

/// What a replica held when the oracle last looked.
struct ObservedCopy {
  /// Each record's hash, and whether it had edits without stamps.
  var records: [RecordKey: Mark] = [:]
  /// The greatest number of an entry of the journal seen.
  var journalNumber: Int64 = 0
  /// Texts that stand as this library's person typed them.
  var typed: [RecordKey: [RegisterName: CanonicalValue]] = [:]
  /// Records that the brake holds.
  var held: Set<RecordKey> = []
  /// Where it had got to in the server's log.
  var position: Cursor?

  struct Mark: Equatable {
    var hash: UInt64
    var isProvisional: Bool
    var isDead = false
  }
}

/// Telling the oracle what replicas hold. Looking costs the node nothing: no fault happens meanwhile and no call is counted.
extension World {
  /// Tells what changed on a device.
  func observe(_ device: SimulatedDevice, _ store: LibraryStore) throws {
    if device.disk.isDown { return try noticeCrash(of: device) }
    try device.disk.withoutFaults {
      let held = try store.read { try store.heldRecords() }
      noticeRekeying(device, store)
      try observeJournal(device, store)
      var now: [RecordKey: ObservedCopy.Mark] = [:]
      now.reserveCapacity(held.count)
      for record in held where !poison.contains(record.key) {
        let mark = ObservedCopy.Mark(hash: UInt64(bitPattern: record.hash), isProvisional: record.isProvisional)
        now[record.key] = mark
        if record.isHeld != device.observed.held.contains(record.key) {
          if record.isHeld {
            device.observed.held.insert(record.key)
            oracle.heldBack(device.name, record.key.forOracle)
          } else {
            device.observed.held.remove(record.key)
            oracle.settled(device.name, record.key.forOracle)
          }
        }
        if mark != device.observed.records[record.key] || mark.isProvisional {
          let state = try store.read { try store.heldRegisters(record.key) }
          oracle.observe(device.name, record.key.forOracle, state.map(Self.state))
          try checkJournal(record.key, state ?? [], on: device, store)
        }
        try checkClean(record, device, store)
      }
      for key in device.observed.records.keys.sorted() where now[key] == nil {
        oracle.observe(device.name, key.forOracle, nil)
        device.observed.typed[key] = nil
      }
      device.observed.records = now
      try checkPosition(device, store)
    }
  }

  /// Tells all that a device holds, after a restart or a change of its whole copy.
  func observeAll(_ device: SimulatedDevice, _ store: LibraryStore, isRestart: Bool) throws {
    try device.disk.withoutFaults {
      let states = try allStates(store)
      device.observed.records = try marks(store)
      try observeJournal(device, store)
      try settleUncertainBookmark(device, states)
      if isRestart {
        oracle.restarted(device.name, states)
      } else {
        for (key, state) in states.sorted(by: { $0.key < $1.key }) { oracle.observe(device.name, key, state) }
      }
      try checkOracle()
    }
  }

  /// Every record of a library but those the server is meant to refuse.
  func allStates(_ store: LibraryStore) throws -> [Oracle.RecordKey: Oracle.State] {
    try store.read {
      var states: [Oracle.RecordKey: Oracle.State] = [:]
      for record in try store.heldRecords() where !poison.contains(record.key) {
        states[record.key.forOracle] = try store.heldRegisters(record.key).map(Self.state)
      }
      return states
    }
  }

  private func marks(_ store: LibraryStore) throws -> [RecordKey: ObservedCopy.Mark] {
    var marks: [RecordKey: ObservedCopy.Mark] = [:]
    for record in try store.read({ try store.heldRecords() }) where !poison.contains(record.key) {
      marks[record.key] = ObservedCopy.Mark(
        hash: UInt64(bitPattern: record.hash), isProvisional: record.isProvisional)
    }
    return marks
  }

  /// A bookmark whose call never returned: it is there as a whole, or it never was.
  private func settleUncertainBookmark(
    _ device: SimulatedDevice, _ states: [Oracle.RecordKey: Oracle.State]
  ) throws {
    guard let new = device.uncertainBookmark else { return }
    device.uncertainBookmark = nil
    let found = states.filter { $0.key.type == "bookmark" && $0.value["note"]?.value == "\"\(new.note)\"" }
    guard let key = found.keys.sorted().first, let id = RecordID(key.id) else { return }
    oracle.finish(oracle.begin(device.name, at: time, Action.bookmarkIntents(id, new)), .unknown)
    // It was made before the restart that brought it to light.
    oracle.mistookAges(device.name)
  }

  /// Tells new entries of a device's journal that hold whole records given up.
  func observeJournal(_ device: SimulatedDevice, _ store: LibraryStore) throws {
    let entries = try store.read { try store.journalledRecords(after: device.observed.journalNumber) }
    for (number, isTrash, record) in entries {
      device.observed.journalNumber = number
      guard !poison.contains(record.key) else { continue }
      if isTrash { try checkTrash(record.key, of: device) }
      oracle.journalled(device.name, [record.key.forOracle: Self.state(record)])
    }
  }

  /// Tells that a library took a new replica id.
  func noticeRekeying(_ device: SimulatedDevice, _ store: LibraryStore) {
    let id = store.replicaID.description
    guard id != device.replicaID else { return }
    note("\(device.name) goes on as \(id)")
    counts.count("replica ids taken anew")
    device.replicaID = id
    oracle.rekeyed(device.name, to: id)
  }

  /// Tells what the server holds of some records.
  func observeServer(_ keys: some Sequence<RecordKey>, account: Int) throws {
    try server.disk.withoutFaults {
      for key in keys { try observeServer(key, try server.record(key, of: account), account: account) }
    }
  }

  private func observeServer(_ key: RecordKey, _ stored: StoredRecord?, account: Int) throws {
    let mark = stored.map { ObservedCopy.Mark(hash: $0.hash, isProvisional: false, isDead: !$0.record.isLive) }
    guard mark != serverCopies[account].records[key] else { return }
    if let mark { everHeld[account].insert(mark.hash) }
    serverCopies[account].records[key] = mark
    oracle.observe(Self.serverName(account), key.forOracle, stored.map { Self.state($0.record) })
  }

  /// Tells all that the server holds.
  func observeServer(isRestart: Bool) throws {
    try server.disk.withoutFaults {
      for account in server.accounts.indices {
        let records = try server.records(of: account)
        if isRestart {
          serverCopies[account].records = [:]
          var states: [Oracle.RecordKey: Oracle.State] = [:]
          for stored in records {
            states[stored.record.key.forOracle] = Self.state(stored.record)
            everHeld[account].insert(stored.hash)
            serverCopies[account].records[stored.record.key] = ObservedCopy.Mark(
              hash: stored.hash, isProvisional: false, isDead: !stored.record.isLive)
          }
          oracle.restarted(Self.serverName(account), states)
        } else {
          var gone = Set(serverCopies[account].records.keys)
          for stored in records {
            gone.remove(stored.record.key)
            try observeServer(stored.record.key, stored, account: account)
          }
          for key in gone.sorted() { try observeServer(key, nil, account: account) }
        }
      }
    }
    try checkOracle()
  }

  static func state(_ registers: [LibraryStore.HeldRegister]) -> Oracle.State {
    Oracle.State(registers.map { Oracle.Held($0.name.text, $0.stamp?.description, $0.value.text) })
  }

  static func state(_ record: Record) -> Oracle.State {
    Oracle.State(
      record.registers.entries.map {
        Oracle.Held($0.name.text, $0.register.stamp.description, $0.register.value.text)
      })
  }
}
