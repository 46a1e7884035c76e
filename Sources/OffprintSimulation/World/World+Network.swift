import Offprint
import OffprintHTTP
import OffprintOracle
import OffprintServer
import OffprintWire

/// Syncs, message by message.
extension World {
  /// An event of the network.
  func communicate(_ event: Event) throws {
    switch event.kind {
    case .sync:
      var options = SyncOptions(full: event.choice(0) % 12 == 0, allowDeletes: event.choice(1) % 3 == 0)
      options.pushRecordsMax = event.choice(2) % 2 == 0 ? 5 : Limits.pushRecordsMax
      try beginSync(device(event), options)
    case .syncToEnd:
      let options = SyncOptions(full: event.choice(0) % 12 == 0, allowDeletes: event.choice(1) % 3 == 0)
      let messages = event.choice(2) % 4 == 0 ? event.choice(2) / 4 % 8 : Self.messagesMax
      try syncToEnd(device(event), options, messages: messages)
    case .deliver: try deliver(event)
    case .abandon:
      let device = device(event)
      guard device.sync != nil else { return }
      note("\(device.name) gives its sync up")
      try endSync(device, OffprintError(.cancelled, "stopped"))
    case .partition:
      let device = device(event)
      device.partition = SimulatedDevice.Partition(rawValue: 1 + event.choice(0) % 3) ?? .both
      device.eventsUntilReached = 1 + event.choice(1) % 40
      note("\(device.name) is cut off: \(device.partition)")
      counts.count("partitions")
    case .replay:
      guard !network.kept.isEmpty else { return }
      let message = network.kept[event.node % network.kept.count]
      note("a proxy repeats request \(message.number)")
      network.repeatLater(message)
    default: break
    }
  }

  /// Begins a sync of a device, which sends its first request.
  func beginSync(_ device: SimulatedDevice, _ options: SyncOptions) throws {
    guard try isUp(device) else { return }
    guard device.sync == nil else { return try beginSecondSync(device, options) }
    guard let store = device.store(choice: 0) else { return }
    syncCount += 1
    do {
      let session = try SyncSession(of: store, options, holder: device.name)
      device.sync = SimulatedDevice.Sync(
        session: session, store: store, number: syncCount, request: 0, sentAt: time, allowsDeletes: options.allowDeletes
      )
      note("\(device.name) begins sync \(syncCount)")
      counts.count("syncs begun")
      try continueSync(device)
    } catch {
      try failed(error, syncing: device)
    }
  }

  /// Messages of a sync to its end at most.
  private static let messagesMax = 80

  /// Syncs a device over a line on which nothing is lost or late, until the line breaks after so many messages.
  private func syncToEnd(_ device: SimulatedDevice, _ options: SyncOptions, messages: Int) throws {
    guard device.partition == .none else { return }
    try endSync(device, OffprintError(.cancelled, "stopped"))
    try beginSync(device, options)
    for _ in 0..<messages {
      guard let sync = device.sync, let index = network.messages.lastIndex(where: { $0.sync == sync.number }) else {
        return
      }
      try deliver(network.take(at: index), repeats: false)
    }
    try endSync(device, OffprintError(.unreachable, "the line broke"))
  }

  /// While one process syncs, another that tries to must be told so.
  private func beginSecondSync(_ device: SimulatedDevice, _ options: SyncOptions) throws {
    guard device.processes.count > 1, let sync = device.sync else { return }
    guard let other = device.processes.first(where: { $0.store !== sync.store }) else { return }
    device.select(other.store)
    do {
      _ = try SyncSession(of: other.store, options, holder: "other")
    } catch {
      if error.code == .inUse { return }
      return try settle(error, on: device, doing: "begin a second sync")
    }
    throw Failure(invariant: "D66", reason: "\(device.name) ran two syncs at once")
  }

  /// Sends what a sync wants to send next, or ends it.
  private func continueSync(_ device: SimulatedDevice) throws {
    guard let sync = device.sync else { return }
    device.select(sync.store)
    guard let request = try sync.session.next() else {
      let report = sync.session.report
      device.sync = nil
      note(
        "\(device.name) ends sync \(sync.number): pushed \(report.pushed) pulled \(report.pulled) equal"
          + " \(report.digestMatches.map { "\($0)" } ?? "-")")
      counts.count("syncs finished")
      if report.repaired { counts.count("repairs") }
      if report.brake != nil { counts.count("brakes") }
      try checkRepair(report, of: device)
      try checkOffered(by: device, sync.store)
      return try observe(device, sync.store)
    }
    try checkSize(request, device)
    let message = Self.message(request)
    log.add(message.body)
    try checkComparable(message, by: device)
    noteOffers(message, by: device)
    noticeRekeying(device, sync.store)
    let push = try pushed(by: device, message)
    device.sync?.sentAt = time
    device.sync?.request = network.send(
      .request(message), device: devices.firstIndex { $0 === device } ?? 0, sync: sync.number)
    if let push, let number = device.sync?.request { pushes[number] = push }
    try observe(device, sync.store)
  }

  /// A request as it goes over a socket.
  static func message(_ request: TransportRequest) -> HTTPRequest {
    let target = request.url.dropFirst(SimulatedDaemon.url.utf8.count).split(separator: "?", maxSplits: 1)
    var headers = request.headers
    headers["Accept-Encoding"] = "gzip"
    return HTTPRequest(
      method: request.method, path: target.first.map(String.init) ?? "/",
      query: target.count > 1 ? String(target[1]) : nil, headers: headers, body: request.body, peer: "192.0.2.1")
  }

  private func failed(_ error: any Error, syncing device: SimulatedDevice) throws {
    if error is Failure { throw error }
    note("\(device.name) sync failed: \(error)")
    counts.count("syncs failed")
    if let error = error as? OffprintError, [.deviceRevoked, .notSignedIn].contains(error.code) {
      device.sync = nil
      return try signIn(device)
    }
    let store = device.sync?.store
    device.sync = nil
    try settle(error, on: device, doing: "sync")
    if let store, !device.disk.isDown { try observe(device, store) }
  }

  /// Ends a device's sync from outside.
  func endSync(_ device: SimulatedDevice, _ error: OffprintError) throws {
    guard let sync = device.sync else { return }
    device.select(sync.store)
    device.sync = nil
    do { try sync.session.fail(error) } catch { try settle(error, on: device, doing: "give a sync up") }
  }

  // MARK: Messages

  private func deliver(_ event: Event) throws {
    guard !network.messages.isEmpty else { return }
    let index = event.node % network.messages.count
    let device = devices[network.messages[index].device % devices.count]
    let isRequest = if case .request = network.messages[index].content { true } else { false }
    if device.partition == .both || device.partition == (isRequest ? .requests : .answers) { return }
    let message = network.take(at: index)
    if event.choice(0) % 10 == 0 {
      network.lost += 1
      return note("message \(message.number) is lost")
    }
    let repeats = event.choice(1) % 7 == 0
    let cut = message.cutOff(event.choice(2) % 16 == 0 ? event.choice(0) : nil)
    guard cut.lacksEnd(of: message) else { return try deliver(cut, repeats: repeats) }
    try checkBrokenOff(to: device) { try deliver(cut, repeats: repeats) }
  }

  /// Lets a message arrive.
  func deliver(_ message: SimulatedNetwork.Message, repeats: Bool) throws {
    switch message.content {
    case .request(let request):
      if repeats { network.repeatLater(message) }
      try serve(request, message)
    case .answer(let answer): try receive(answer, message)
    }
  }

  private func serve(_ request: HTTPRequest, _ message: SimulatedNetwork.Message) throws {
    guard try isServerUp() else { return }
    let device = devices[message.device % devices.count]
    let answer: HTTPResponse
    let head = try pushes[message.number].flatMap { try self.headNumber(of: $0.account) }
    do { answer = try server.answer(request) } catch {
      if let push = pushes[message.number] { oracle.interrupted(push.id, mayRefuse: push.mayBeRefused) }
      try settle(error, on: server, doing: "answer")
      return
    }
    if server.disk.isDown {
      // Whether it was stored is unknown; the answer never left.
      note("server went down answering \(message.number)")
      counts.count("answers lost in a crash")
      if let push = pushes[message.number] { oracle.interrupted(push.id, mayRefuse: push.mayBeRefused) }
      return try noticeCrash(of: server)
    }
    note("server answers \(message.number) \(request.method) \(request.path): \(answer.status)")
    counts.count("answers \(answer.status)")
    log.add(answer.body)
    try checkAnswer(answer, to: device)
    try checkRefusedWhole(answer, to: message, headBefore: head)
    try stored(answer, to: message, device)
    network.send(.answer(answer), device: message.device, sync: message.sync)
    answers[network.lastNumber] = message.number
  }

  /// Hands a sync its answer, and tells the oracle what the device knows by it.
  private func takeAnswer(
    _ answer: HTTPResponse, to request: Int, _ device: SimulatedDevice, _ sync: SimulatedDevice.Sync
  ) throws {
    if answer.status == 410,
      (try? JSONValue(parsing: answer.body))?["type"]?.string?.hasSuffix("cursor-expired") == true
    {
      device.wasToldExpired = true
    }
    if pushes[request] != nil, wasRefusedForClock(answer) { doubtTime(of: device, untilReboot: true) }
    let duties = try noteDuties(answer, of: device, sync.store)
    do { try sync.session.receive(answer) } catch {
      metServer(device, sent: sync.sentAt, isSure: false)
      throw error
    }
    device.sync?.mustReadOn = duties.mustReadOn
    if let offers = duties.offers { device.owedOffers = offers }
    metServer(device, sent: sync.sentAt)
    // What a library stamps anew because of an answer it had not yet taken for confirmed.
    noticeRekeying(device, sync.store)
    received(answer, to: request, device)
  }

  private func receive(_ answer: HTTPResponse, _ message: SimulatedNetwork.Message) throws {
    let device = devices[message.device % devices.count]
    let request = answers[message.number] ?? 0
    guard try isUp(device), let sync = device.sync, sync.number == message.sync, sync.request == request else {
      return note("answer \(message.number) finds nobody")
    }
    device.select(sync.store)
    do {
      let before = try articles(in: sync.store)
      try takeAnswer(answer, to: request, device, sync)
      try checkBrake(device, before: before, sync.store, sync.session.report, allowed: sync.allowsDeletes)
      try continueSync(device)
    } catch {
      try failed(error, syncing: device)
    }
  }
}
