import OffprintHTTP
import OffprintHTTPServer
import OffprintServer
import OffprintWire

/// `offprintd serve`
extension DaemonSession {
  /// How long requests under way may take once the server is told to stop.
  private static let graceSeconds = 10.0

  func serve() async throws {
    let (address, port) = try listenAddress()
    guard Self.isLoopback(address) || arguments.has("behind-proxy") else {
      throw UsageError(
        "\(address.visible) is not loopback: passwords would cross the network in the clear. Put a proxy with TLS in front and"
          + " say --behind-proxy.")
    }
    MemoryPolicy.giveLargeBlocksBack()
    let folder = try dataFolder()
    let messages = messages
    let store = try StoreSQLite(
      folder: folder, use: .serving, random: environment().randomBytes, ticks: world.environment.bootMilliseconds,
      report: { messages.line(Self.logLine($0)) })
    var configuration = ServerConfiguration()
    configuration.showsMetrics = Self.isLoopback(address)
    configuration.trustsForwardedFor = arguments.has("behind-proxy")
    if let days = try arguments.integer("retention-days", in: 1...36_500) { configuration.retentionDays = days }
    hooks.adjust(&configuration)
    let core = try ServerCore(store: store, configuration: configuration, environment: environment())
    let service = Service(core: core) { entry in messages.line(Self.logLine(entry)) }
    var http = HTTPServerConfiguration(address: address, port: port) { slug, _, detail in
      core.answer(Problem(Problem.Slug(rawValue: slug) ?? .badRequest, detail))
    }
    http.bodyBytesMax = { method, path in Router.bodyBytesMax(method: method, path: path) }
    let server = HTTPServer(configuration: http) { request in await service.handle(request) }
    let stop = StopSignal()
    stop.install()
    let bound: HTTPServer.BoundAddress
    do throws(HTTPServerError) { bound = try server.start() } catch {
      store.close()
      throw CommandFailure(.failed, code: "cannotListen", "\(error)")
    }
    if arguments.has("json") {
      try output.line(
        JSONResult.object([
          ("data", .string(folder)), ("port", .integer(Int64(bound.port))), ("url", .string(bound.url)),
        ]).text)
    } else {
      try output.line("offprintd \(ServerCore.version) listening on \(bound.url), data \(folder.visible)")
    }
    try output.flush()
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        await service.keepUp { messages.line("event=upkeep-failed reason=\"\("\($0)".visible)\"") }
      }
      await stop.wait()
      group.cancelAll()
    }
    let ending = await server.stop(graceSeconds: Self.graceSeconds)
    service.stop()
    store.close()
    if case .cut(let requests) = ending { messages.line("event=stopped cut=\(requests)") }
  }

  /// `ADDRESS:PORT`, an IPv6 address in brackets.
  private func listenAddress() throws -> (String, UInt16) {
    let text = arguments.value("listen") ?? "127.0.0.1:8787"
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
      throw UsageError("\(text.visible) is no ADDRESS:PORT, such as 127.0.0.1:8787.")
    }
    var address = String(text[..<colon])
    if address.hasPrefix("["), address.hasSuffix("]") { address = String(address.dropFirst().dropLast()) }
    guard !address.isEmpty else { throw UsageError("\(text.visible) names no address to listen on.") }
    return (address, port)
  }

  private static func isLoopback(_ address: String) -> Bool {
    address == "::1" || address == "localhost" || address.hasPrefix("127.")
  }

  /// One line a request, without addresses, tokens or titles.
  private static func logLine(_ entry: Service.LogEntry) -> String {
    var line = "event=request method=\(entry.method.visible.prefix(16)) route=\(entry.route) status=\(entry.status)"
    line += " ms=\(entry.milliseconds) request=\(entry.requestID)"
    if let account = entry.account { line += " account=\(account.description.prefix(8))" }
    if let failure = entry.failure { line += " failure=\"\(failure.visible)\"" }
    return line
  }

  /// What the store has to tell, in one line.
  private static func logLine(_ event: StoreEvent) -> String {
    switch event {
    case .damagedRecord(let key): "event=damaged-record record=\(key)"
    case .damagedContent: "event=damaged-content"
    case .logHeld(let bytes): "event=log-held bytes=\(bytes) reason=\"another program reads the database for long\""
    }
  }
}
