import Offprint
import OffprintFaultDisk
import OffprintOracle
import OffprintTesting
import OffprintWire

/// Copies of libraries: cloned, backed up, put back, thrown away.
extension World {
  /// Devices at most.
  private static let devicesMax = 8
  /// Backups of a device kept.
  private static let deviceBackupsMax = 3

  func copy(_ event: Event) throws {
    switch event.kind {
    case .clone: try clone(event)
    case .deviceBackup: try backUpDevice(event)
    case .deviceRestore: try restoreDevice(event)
    case .reset, .signInAgain: try startOver(event)
    default: break
    }
  }

  /// Whether copying is noticed: by the marker of the installation, which does not travel with the files.
  private func isNoticed(_ event: Event) -> Bool { event.choice(1) % 4 > 0 }

  private func clone(_ event: Event) throws {
    let source = device(event)
    guard devices.count < Self.devicesMax, try isUp(source) else { return }
    let clocks = FakeDevice(wall: time + Setup.clockOffset(&generator), seed: generator.next())
    let device = SimulatedDevice(
      name: "device \(devices.count)", account: source.account, disk: FaultDisk(seed: generator.next()),
      clocks: clocks)
    // An unnoticed copy has the marker of the original.
    device.marker = isNoticed(event) ? "installation \(devices.count)" : source.marker
    clocks.setMarker(device.marker)
    device.observed = source.observed
    device.replicaID = source.replicaID
    device.disk.restore(source.disk.image())
    device.extraVersions = source.extraVersions
    note("\(source.name) is cloned as \(device.name), \(isNoticed(event) ? "noticed" : "unnoticed")")
    counts.count("clones")
    device.wasToldExpired = source.wasToldExpired
    oracle.cloned(source.name, to: device.name, isNoticed: isNoticed(event))
    oracle.mistookAges(device.name)
    forgetTime(of: device)
    devices.append(device)
    if try isUp(device), isNoticed(event) { try checkRekeyed(device, from: source.replicaID) }
  }

  private func backUpDevice(_ event: Event) throws {
    let device = device(event)
    guard try isUp(device) else { return }
    let name = "\(device.name) backup \(eventCount)"
    note("\(name) is made")
    device.backups.append(
      SimulatedDevice.DeviceBackup(
        image: device.disk.image(), extraVersions: device.extraVersions, name: name,
        number: oracle.backedUp(device.name), marker: device.marker, replicaID: device.replicaID))
    if device.backups.count > Self.deviceBackupsMax { device.backups.removeFirst() }
  }

  private func restoreDevice(_ event: Event) throws {
    let device = device(event)
    guard !device.backups.isEmpty else { return }
    let backup = device.backups[event.choice(0) % device.backups.count]
    note("\(backup.name) is put back, \(isNoticed(event) ? "noticed" : "unnoticed")")
    counts.count("devices restored")
    device.forgetProcesses()
    device.heal()
    device.disk.restore(backup.image)
    device.extraVersions = backup.extraVersions
    device.observed = ObservedCopy()
    device.owedOffers = []
    device.uncertainBookmark = nil
    if isNoticed(event) {
      device.marker = "\(device.marker) again"
      device.clocks.setMarker(device.marker)
    }
    device.replicaID = backup.replicaID
    // The oracle is told what the files hold, before the library notices where it is.
    let states = try device.states(in: backup) { try allStates($0) }
    oracle.restored(device.name, from: backup.number, states, isNoticed: isNoticed(event))
    oracle.mistookAges(device.name)
    doubtTime(of: device)
    if try isUp(device), isNoticed(event) { try checkRekeyed(device, from: backup.replicaID) }
  }

  /// Throws the copy away, which stops while there are unsent edits, or signs in again.
  private func startOver(_ event: Event) throws {
    let device = device(event)
    guard try isUp(device), let store = device.store(choice: 0) else { return }
    let discards = event.choice(0) % 3 == 0
    do {
      try endSync(device, OffprintError(.cancelled, "stopped"))
      guard !device.disk.isDown else { return try noticeCrash(of: device) }
      let unsent = try store.read { try store.unsentCount() }
      note("\(device.name) \(event.kind.rawValue), \(unsent) unsent, \(discards ? "discarding" : "not discarding")")
      if event.kind == .reset {
        do { try store.reset(discardUnsent: discards) } catch {
          guard error.code == .decisionNeeded else {
            device.uncertainReset = discards
            throw error
          }
          guard unsent > 0, !discards else {
            throw Failure(invariant: "G8", reason: "\(device.name) would not reset with nothing unsent")
          }
          return
        }
        guard unsent == 0 || discards else {
          throw Failure(invariant: "G8", reason: "\(device.name) was reset with \(unsent) edits unsent")
        }
        noticeReset(of: device, discarding: discards)
        try observe(device, store)
      } else {
        if event.choice(1) % 2 == 0 { try signInAsAnother(device) }
        try signIn(device)
      }
    } catch let failure as Failure {
      throw failure
    } catch {
      try settle(error, on: device, doing: event.kind.rawValue)
      try restart(device)
    }
  }

  /// Tells the oracle of a reset that is done.
  private func noticeReset(of device: SimulatedDevice, discarding discards: Bool) {
    counts.count("resets")
    device.observed = ObservedCopy()
    device.owedOffers = []
    doubtTime(of: device)
    oracle.reset(device.name, discardingUnsent: discards)
  }

  /// Looks whether a reset that did not return is done.
  func settleReset(of device: SimulatedDevice, _ store: LibraryStore) throws {
    guard let discards = device.uncertainReset else { return }
    device.uncertainReset = nil
    guard try device.disk.withoutFaults({ try store.read { try store.heldRecords() } }).isEmpty else { return }
    noticeReset(of: device, discarding: discards)
  }
}
