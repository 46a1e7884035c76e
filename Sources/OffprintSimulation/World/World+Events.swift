/// Which part of the world an event belongs to.
extension World {
  func happen(_ event: Event) throws {
    switch event.kind {
    case .save, .title, .byline, .tag, .untag, .archive, .favourite, .bookmark, .note, .unbookmark, .progress,
      .readAgain, .delete, .undelete, .deleteMany, .same, .restoreEntry, .future:
      try act(event)
    case .poison: try writePoison(event)
    case .discardRefused, .retryRefused: try settleRefused(event)
    case .sync, .syncToEnd, .deliver, .abandon, .partition, .replay: try communicate(event)
    case .wait, .away, .setClock, .setServerClock, .reboot: try passTime(event)
    case .crash, .crashLater, .fault, .fillDisk: try harm(event)
    case .restart, .secondProcess, .upgrade: try restartPrograms(event)
    case .backup, .restore, .purge, .revoke: try operate(event)
    case .clone, .deviceBackup, .deviceRestore, .reset, .signInAgain: try copy(event)
    }
  }

  private func passTime(_ event: Event) throws {
    switch event.kind {
    case .wait:
      let choices: [Int64] = [1, 1_000, 60_000, 600_000, 3_600_000, 8 * 3_600_000, 24 * 3_600_000]
      let most = choices[event.choice(0) % choices.count]
      advance(milliseconds: 1 + Int64(event.choice(1)) % most)
    case .away:
      note("nobody does anything for longer than deletions are kept")
      advance(milliseconds: Int64(setup.retentionDays) * 86_400_000 + 1 + Int64(event.choice(0) % 86_400_000))
      try purge()
    case .setClock:
      let device = device(event)
      let offset = Setup.clockOffset(&generator)
      device.clocks.setWall(milliseconds: time + offset)
      note("\(device.name) sets its clock to \(offset) ms off")
    case .setServerClock:
      // The server's clock may be stepped, by an hour or a day; devices then stamp by it all the same.
      server.clockOffset = generator.pick([0, 0, 3_600_000, -3_600_000, 86_400_000, -86_400_000])
      server.setTime(time)
      oracle.serverClockStepped()
      note("the server's clock is \(server.clockOffset) ms off")
    case .reboot:
      let device = device(event)
      note("\(device.name) reboots")
      while !device.processes.isEmpty { device.closeLast() }
      startClocks(of: device)
      _ = try isUp(device)
    default: break
    }
  }

  private func restartPrograms(_ event: Event) throws {
    switch event.kind {
    case .restart:
      if let device = node(event) as? SimulatedDevice {
        note("\(device.name) restarts")
        try restart(device)
      } else if server.isRunning {
        note("the server restarts")
        server.stop()
        _ = try isServerUp()
      }
    case .secondProcess:
      let device = device(event)
      guard try isUp(device) else { return }
      if device.processes.count > 1 { return device.closeLast() }
      note("\(device.name) opens its library twice")
      do { try device.open() } catch { try settle(error, on: device, doing: "open a second time") }
    case .upgrade:
      let device = device(event)
      guard try isUp(device), device.extraVersions < 3 else { return }
      while !device.processes.isEmpty { device.closeLast() }
      device.extraVersions += 1
      note("\(device.name) is upgraded")
      counts.count("upgrades")
      _ = try isUp(device)
    default: break
    }
  }
}
