import Offprint
import OffprintFaultDisk
import OffprintOracle
import OffprintServer
import OffprintWire

/// Crashes, failing disks, and starting again.
extension World {
  /// An event of a disk.
  func harm(_ event: Event) throws {
    let node = node(event)
    let takesPower = event.choice(0) % 10 < 7
    switch event.kind {
    case .crash:
      note("\(node.name) \(takesPower ? "loses power" : "is killed")")
      node.crash(takingPower: takesPower)
      try noticeCrash(of: node)
    case .crashLater:
      let calls = 1 + event.choice(1) % 60
      note("\(node.name) will \(takesPower ? "lose power" : "be killed") in \(calls) calls")
      node.crash(takingPower: takesPower, after: calls)
    case .fault:
      let nth = 1 + event.choice(1) % 20
      guard event.choice(2) % 10 > 0 else {
        note("an allocation will fail")
        return FaultMemory.fail(nth: nth * 10)
      }
      let kind = Fault.allCases[event.choice(0) % Fault.allCases.count]
      note("\(node.name) will fail once: \(kind)")
      node.disk.fail(kind, nth: nth)
    case .fillDisk:
      note("\(node.name) has little room left")
      node.fill(bytesLeft: event.choice(0) % 60_000, events: 1 + event.choice(1) % 30)
    default: break
    }
  }

  /// Lets go of what ran on a node whose disk went down.
  func noticeCrash(of node: SimulatedNode) throws {
    guard node.disk.isDown else { return }
    note("\(node.name) is down")
    if let device = node as? SimulatedDevice {
      device.forgetProcesses()
      // A machine that lost power starts its clock anew; a program that was killed does not.
      if device.losesPower { startClocks(of: device) }
    } else {
      server.stop()
    }
  }

  /// What an error means for the node it came from: its disk went down, or failed once; anything else should not be.
  func settle(_ error: any Error, on node: SimulatedNode, doing what: String) throws {
    if let failure = error as? Failure { throw failure }
    note("\(node.name) \(what): \(error)")
    if node.disk.isDown { return try noticeCrash(of: node) }
    if let error = error as? OffprintError {
      switch error.code {
      case .damaged:
        throw Failure(invariant: "G12", reason: "\(node.name) \(what): taken for damaged: \(error.explanation)")
      case .diskFull, .failed, .inUse, .unreachable, .server, .cancelled: break
      case .decisionNeeded, .notSignedIn, .deviceRevoked, .recordsRefused, .notFound, .invalidInput: break
      case .noLibrary, .notAnOffprintServer, .newerLibrary, .ambiguous:
        throw Failure(invariant: "P0", reason: "\(node.name) \(what): \(error.code.rawValue): \(error.explanation)")
      }
    }
    if case .damaged(let reason)? = error as? StoreError {
      throw Failure(invariant: "G12", reason: "\(node.name) \(what): taken for damaged: \(reason)")
    }
    guard !isFinishing || node.disk.hasFailed else {
      throw Failure(invariant: "G25", reason: "\(node.name) \(what) failed with nothing wrong: \(error)")
    }
  }

  /// Whether a device runs, after starting it if it does not. A crash that was armed may happen in the middle of that.
  func isUp(_ device: SimulatedDevice) throws -> Bool {
    if device.disk.isDown { try noticeCrash(of: device) }
    guard device.processes.isEmpty else { return true }
    for _ in 0..<3 {
      device.startIfDown()
      do {
        try device.open()
        return try recovered(device)
      } catch {
        if device.disk.isDown {
          try noticeCrash(of: device)
          continue
        }
        // A disk that failed once, or is full, may keep a library from opening; never for good.
        try settle(error, on: device, doing: "open")
        device.forgetProcesses()
        return false
      }
    }
    return false
  }

  /// Looks at a library that was just opened: nothing that was done may be missing.
  private func recovered(_ device: SimulatedDevice) throws -> Bool {
    device.recoveries += 1
    guard let store = device.store else { return false }
    try device.disk.withoutFaults {
      let errors = try store.integrityErrors()
      guard errors.isEmpty else {
        throw Failure(invariant: "I9", reason: "\(device.name): \(errors.joined(separator: "; "))")
      }
    }
    note("\(device.name) is up")
    try settleReset(of: device, store)
    noticeRekeying(device, store)
    try observeAll(device, store, isRestart: true)
    return true
  }

  /// Ends and starts a device in good order, as an app does that was told that its disk failed.
  func restart(_ device: SimulatedDevice) throws {
    while !device.processes.isEmpty { device.closeLast() }
    if device.disk.isDown { try noticeCrash(of: device) }
    device.startIfDown()
    _ = try isUp(device)
  }

  /// Whether the server runs, after starting it if it does not.
  func isServerUp() throws -> Bool {
    if server.disk.isDown { try noticeCrash(of: server) }
    guard !server.isRunning else { return true }
    for _ in 0..<3 {
      server.startIfDown()
      do {
        try server.start()
        server.setTime(time)
        server.recoveries += 1
        try server.disk.withoutFaults {
          let errors = try server.integrityErrors()
          guard errors.isEmpty else {
            throw Failure(invariant: "I9", reason: "server: \(errors.joined(separator: "; "))")
          }
        }
        note("server is up")
        try observeServer(isRestart: true)
        return true
      } catch {
        if server.disk.isDown {
          try noticeCrash(of: server)
          continue
        }
        try settle(error, on: server, doing: "start")
        server.stop()
        return false
      }
    }
    return false
  }
}
