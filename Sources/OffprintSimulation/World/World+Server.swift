import Offprint
import OffprintHTTP
import OffprintOracle
import OffprintServer
import OffprintWire

/// What the server's operator does, and signing in.
extension World {
  func operate(_ event: Event) throws {
    switch event.kind {
    case .backup: try backUp()
    case .restore: try restoreServer(event)
    case .purge: try purge()
    case .revoke: try revoke(event)
    default: break
    }
  }

  /// Backups kept at most. A scene relies on there not being more (``Scene``).
  private static let backupsMax = 6

  private func backUp() throws {
    guard try isServerUp() else { return }
    let name = "backup \(eventCount)"
    note("the server is backed up as \(name)")
    let numbers = server.accounts.indices.map { oracle.backedUp(Self.serverName($0)) }
    server.backups.append(
      SimulatedDaemon.Backup(image: server.disk.image(), time: time, name: name, numbers: numbers))
    if server.backups.count > Self.backupsMax { server.backups.removeFirst() }
  }

  private func restoreServer(_ event: Event) throws {
    guard !server.backups.isEmpty, try isServerUp() else { return }
    let backup = server.backups[event.choice(0) % server.backups.count]
    let how = SimulatedDaemon.Restore(rawValue: event.choice(1) % 3) ?? .byCommand
    note("\(backup.name) is put back: \(how)")
    counts.count("restores \(how)")
    server.heal()
    try server.restore(backup, how)
    // What is promised ends with backups older than half the retention, and with two restores within one.
    let retention = Int64(setup.retentionDays) * 86_400_000
    let isBeyond = time - backup.time > retention / 2 || server.restoredAt.map { time - $0 < retention } ?? false
    server.restoredAt = time
    server.setTime(time)
    try server.disk.withoutFaults {
      if how == .byFile { for account in server.accounts.indices { try checkForked(account) } }
      for account in server.accounts.indices {
        var states: [Oracle.RecordKey: Oracle.State] = [:]
        serverCopies[account] = ObservedCopy()
        for stored in try server.records(of: account) {
          states[stored.record.key.forOracle] = Self.state(stored.record)
          serverCopies[account].records[stored.record.key] = ObservedCopy.Mark(
            hash: stored.hash, isProvisional: false, isDead: !stored.record.isLive)
        }
        oracle.restored(
          Self.serverName(account), from: backup.numbers[account], states, isBeyondRetention: isBeyond)
        if let replica = try server.log(of: account)?.replica.description {
          oracle.rekeyed(Self.serverName(account), to: replica)
        }
      }
    }
    heads = [:]
    pushMarks = [:]
    try checkOracle()
  }

  func purge() throws {
    guard try isServerUp() else { return }
    note("the server purges")
    let before = try recordsOfAll()
    do { try server.purge() } catch { try settle(error, on: server, doing: "purge") }
    if server.disk.isDown { return try noticeCrash(of: server) }
    try checkPurge(of: before)
    try observeServer(isRestart: false)
    try checkHead()
  }

  private func revoke(_ event: Event) throws {
    let device = device(event)
    guard try isServerUp(), try isUp(device), let store = device.store else { return }
    do {
      guard let account = try store.read({ try store.status(isSignedIn: true) }).account else { return }
      note("\(device.name) is revoked")
      let answer = try server.running().accounts.revoke(account.device, of: account.account)
      if answer { counts.count("devices revoked") }
    } catch {
      if server.disk.isDown { return try noticeCrash(of: server) }
      if device.disk.isDown { return try noticeCrash(of: device) }
      try settle(error, on: device, doing: "be revoked")
    }
  }

  /// Tries to sign a library in to the account of another person: it must stay whose it is.
  func signInAsAnother(_ device: SimulatedDevice) throws {
    guard try isServerUp(), let store = device.store, setup.accounts > 1 else { return }
    device.select(store)
    guard try store.read({ try store.status(isSignedIn: true) }).account != nil else { return }
    let other = (device.account + 1) % setup.accounts
    let signIn = try SignIn(
      to: SimulatedDaemon.url, user: SimulatedDaemon.user(other), password: SimulatedDaemon.password,
      device: device.name)
    let answer = try server.answer(Self.message(signIn.request))
    if server.disk.isDown { return try noticeCrash(of: server) }
    metServer(device, sent: time, isSure: false)
    guard case .notBound = try signIn.finish(answer, roundTrip: 0, in: store) else {
      throw Failure(invariant: "P7", reason: "\(device.name) was bound to another account")
    }
    counts.count("sign-ins to another account refused")
  }

  /// Signs a device in: over a line that never fails, since what is tried here is syncing. Disks may fail.
  func signIn(_ device: SimulatedDevice) throws {
    guard try isServerUp(), try isUp(device), let store = device.store else { return }
    do {
      let signIn = try SignIn(
        to: SimulatedDaemon.url, user: SimulatedDaemon.user(device.account), password: SimulatedDaemon.password,
        device: device.name)
      let answer = try server.answer(Self.message(signIn.request))
      if server.disk.isDown { return try noticeCrash(of: server) }
      device.select(store)
      metServer(device, sent: time, isSure: false)
      guard case .signedIn = try signIn.finish(answer, roundTrip: 0, in: store) else {
        throw Failure(invariant: "P7", reason: "\(device.name) was taken for another account's")
      }
      metServer(device, sent: time)
      note("\(device.name) signs in")
    } catch {
      if server.disk.isDown { return try noticeCrash(of: server) }
      try settle(error, on: device, doing: "sign in")
    }
  }
}
