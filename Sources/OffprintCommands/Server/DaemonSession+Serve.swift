import OffprintHTTP
import OffprintHTTPServer
import OffprintServer
import OffprintWire

/// `offprintd serve`
extension DaemonSession {
  func serve() async throws {
    let trial = arguments.has("dev") ? try Trial(world) : nil
    defer { trial?.remove() }
    // A trial takes a free port, unless the call names one.
    let isNamed = arguments.has(DaemonSettings.listen.optionName)
    let listen = try (isNamed ? nil : trial?.listen) ?? listenAddress()
    let admin = try adminAddress()
    OwnerOnly.setUmask()
    OwnerOnly.leaveNoCore()
    MemoryPolicy.giveLargeBlocksBack()
    let log = log
    for warning in settings.warnings { log.event("configuration", [("warning", .string(warning))]) }
    let folder = try trial?.folder ?? dataFolder()
    try prepareToOpen(folder)
    let files = try StoreFiles(folder: folder)
    let damage = DamageCounter()
    let store = try StoreSQLite(
      folder: folder, use: .serving, random: environment().randomBytes, ticks: world.environment.bootMilliseconds,
      report: { event in
        if case .damagedRecord = event { damage.note() }
        Self.logged(event, log)
      })
    files.removeStaleCopies()
    let bell = FetchBell()
    var environment = environment(folder: folder)
    environment.fetchWished = { bell.ring() }
    let core = try ServerCore(
      store: store, configuration: serverConfiguration(listen), environment: environment)
    damage.figures = core.figures
    let code = try trial?.makeUser(in: core)
    let service = Service(core: core) { logged($0, log) }
    let running = try await start(service, listen: listen, admin: admin, store: store, files: files)
    store.noteAddress(running.bound.url)
    let fetching = startFetching(core, environment, bell, log)
    try announce(running, folder, trial, code)
    let systemd = SystemdNotifier(variables: world.variables)
    systemd.send("READY=1\nSTATUS=serving on \(running.bound.url)")
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        await service.keepUp { log.event("upkeep-failed", [("reason", .string("\($0)"))]) }
      }
      if let interval = systemd.watchdogMilliseconds {
        group.addTask { await Self.feedWatchdog(systemd, service, everyMilliseconds: interval) }
      }
      await running.stop.wait()
      group.cancelAll()
    }
    systemd.send("STOPPING=1")
    fetching?.askToStop()
    let ending = await running.server.stop(graceSeconds: Double(settings.integer(DaemonSettings.graceSeconds)))
    await running.admin?.stop(graceSeconds: 1)
    await fetching?.ended(withinMilliseconds: 3_000)
    await service.stop()
    store.close()
    if case .cut(let requests) = ending { log.event("stopped", [("cut", .integer(Int64(requests)))]) }
  }

  /// What listens.
  private struct Running {
    let server: HTTPServer
    let bound: HTTPServer.BoundAddress
    let admin: HTTPServer?
    let adminBound: HTTPServer.BoundAddress?
    let stop: StopSignal
  }

  /// Threads that move bytes and answer short reads: more than processors, since a read may wait for the disk.
  private static let byteThreads = 8

  private func start(
    _ service: Service, listen: ListenAddress, admin: ListenAddress?, store: StoreSQLite, files: StoreFiles
  ) async throws -> Running {
    let core = service.core
    var http = HTTPServerConfiguration { slug, _, detail in
      core.answer(Problem(Problem.Slug(rawValue: slug) ?? .badRequest, detail))
    }
    http.bodyBytesMax = { method, path in Router.bodyBytesMax(method: method, path: path) }
    var adminHTTP = http
    http.connectionsMax = settings.integer(DaemonSettings.connections)
    http.connectionsPerAddressMax = settings.integer(DaemonSettings.connectionsPerAddress)
    listen.apply(to: &http)
    http.threads = Self.byteThreads
    let server = HTTPServer(configuration: http, immediate: service.handleAtOnce) { request in
      await service.handle(request)
    }
    let stop = StopSignal()
    await stop.install()
    do throws(HTTPServerError) {
      var adminServer: HTTPServer?
      var adminBound: HTTPServer.BoundAddress?
      if let admin {
        adminHTTP.connectionsMax = 64
        adminHTTP.threads = 1
        admin.apply(to: &adminHTTP)
        let server = HTTPServer(configuration: adminHTTP) { request in
          .whole(await service.handleAdmin(request) { (try? files.statistics().gauges) ?? [] })
        }
        adminBound = try server.start()
        adminServer = server
      }
      return Running(
        server: server, bound: try server.start(), admin: adminServer, adminBound: adminBound, stop: stop)
    } catch {
      store.close()
      throw CommandFailure(.failed, code: "cannotListen", "\(error)")
    }
  }

  private func announce(_ running: Running, _ folder: String, _ trial: Trial?, _ code: PairingCode?) throws {
    if arguments.has("json") {
      var members: [(String, JSONResult)] = [
        ("data", .string(folder)), ("port", .integer(Int64(running.bound.port))), ("url", .string(running.bound.url)),
        ("admin", .text(running.adminBound?.url)),
      ]
      if let trial, let code {
        members += [
          ("user", .string(Trial.user)), ("password", .string(trial.password)), ("code", .string(code.text)),
        ]
      }
      try output.line(JSONResult.object(members).text)
    } else {
      let admin = running.adminBound.map { ", metrics at \($0.url)/metrics" } ?? ""
      try output.line(
        "offprintd \(ServerCore.version) listening on \(running.bound.url), data \(folder.visible)\(admin)"
          + (trial == nil ? "" : " (deleted at the end)"))
      if let trial, let code {
        for line in trial.signInLines(url: running.bound.url, code: code) { try output.line(line) }
      }
    }
    try output.flush()
  }

  /// A server whose threads are all stuck does not answer itself, says nothing, and is started anew.
  private static func feedWatchdog(_ systemd: SystemdNotifier, _ service: Service, everyMilliseconds: Int64) async {
    while !Task.isCancelled {
      if await service.isAlive() { systemd.send("WATCHDOG=1") }
      try? await Task.sleep(for: .milliseconds(everyMilliseconds))
    }
  }

  // MARK: Settings

  private func listenAddress() throws -> ListenAddress {
    let address = try ListenAddress(settings.text(DaemonSettings.listen))
    guard address.isLocal || settings.isOn(DaemonSettings.behindProxy) else {
      throw UsageError(
        "\(settings.text(DaemonSettings.listen).visible) is not loopback: passwords would cross the network in the clear."
          + " Put a proxy with TLS in front and say --behind-proxy.")
    }
    return address
  }

  private func adminAddress() throws -> ListenAddress? {
    let text = settings.text(DaemonSettings.adminListen)
    guard !text.isEmpty else { return nil }
    let address = try ListenAddress(text)
    guard address.isLocal else {
      throw UsageError("--admin-listen \(text.visible) is not loopback: figures are for this machine alone.")
    }
    return address
  }

  private func serverConfiguration(_ listen: ListenAddress) -> ServerConfiguration {
    var configuration = ServerConfiguration()
    configuration.trustedProxies = DaemonSettings.trustedProxies(
      settings, isBehindProxy: settings.isOn(DaemonSettings.behindProxy) || listen.isUnix)
    configuration.retentionDays = settings.integer(DaemonSettings.retentionDays)
    configuration.pollsMax = settings.integer(DaemonSettings.longPolls)
    configuration.failedSignInsPerMinuteMax = settings.integer(DaemonSettings.failedSignIns)
    configuration.failedPairingsPerMinuteMax = settings.integer(DaemonSettings.failedPairings)
    let pushes = settings.integer(DaemonSettings.pushesPerMinute)
    configuration.pushesPerMinuteMax = pushes > 0 ? pushes : nil
    configuration.pushBurstMax = settings.integer(DaemonSettings.pushBurst)
    configuration.quota = DaemonSettings.quota(settings)
    configuration.freeDiskBytesMin = Int64(settings.integer(DaemonSettings.freeDiskMebibytesMin)) << 20
    hooks.adjust(&configuration)
    return configuration
  }

  /// One line a request, without addresses, tokens or titles.
  private func logged(_ entry: Service.LogEntry, _ log: DaemonLog) {
    guard settings.isOn(DaemonSettings.logRequests) || entry.failure != nil else { return }
    var fields: [(String, JSONResult)] = [
      ("method", .string(String(entry.method.prefix(16)))), ("route", .string(entry.route)),
      ("status", .integer(Int64(entry.status))), ("ms", .integer(entry.milliseconds)),
      ("request", .string(entry.requestID)),
    ]
    if let account = entry.account { fields.append(("account", .string(String(account.description.prefix(8))))) }
    if let failure = entry.failure { fields.append(("failure", .string(failure))) }
    log.event("request", fields)
  }

  /// What the store has to tell, in one line. Ids of records are hashes of what people read: they never get into the log.
  private static func logged(_ event: StoreEvent, _ log: DaemonLog) {
    switch event {
    case .damagedRecord(let account, let row):
      log.event(
        "damaged-record", [("account", .string(String(account.description.prefix(8)))), ("row", .integer(row))])
    case .damagedContent: log.event("damaged-content")
    case .logHeld(let bytes):
      log.event(
        "log-held",
        [("bytes", .integer(Int64(bytes))), ("reason", .string("another program reads the database for long"))])
    }
  }
}
