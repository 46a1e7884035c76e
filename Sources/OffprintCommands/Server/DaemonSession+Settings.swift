import Offprint
import OffprintHTTP

/// `offprintd config show`, `offprintd health`
extension DaemonSession {
  func showConfiguration() throws {
    for warning in settings.warnings { messages.line("offprintd: \(warning.visible); it is passed over") }
    if arguments.has("json") {
      for setting in DaemonSettings.all {
        let value = settings[setting]
        try output.line(
          JSONResult.object([
            ("key", .string(setting.key)), ("value", value?.value.json ?? .null),
            ("origin", .text(value?.origin.text)),
          ]).text)
      }
      return
    }
    // Keys without a table come first: behind a table's heading they would belong to it.
    var table = ""
    for setting in DaemonSettings.all.filter({ !$0.key.contains(".") })
      + DaemonSettings.all.filter({ $0.key.contains(".") })
    {
      let parts = setting.key.split(separator: ".", maxSplits: 1).map(String.init)
      if parts.count > 1, parts[0] != table {
        table = parts[0]
        try output.line("\n[\(table)]")
      }
      let name = parts.last ?? setting.key
      guard let value = settings[setting] else {
        try output.line("# \(name) is not set")
        continue
      }
      try output.line("\(name) = \(value.value.toml)  # \(value.origin.text.visible)")
    }
  }

  func checkHealth() async throws {
    guard case .internet(let address, let port) = try ListenAddress(settings.text(DaemonSettings.listen)), port != 0
    else {
      throw UsageError("only a server on a known TCP port can be asked. Name it with --listen.")
    }
    let host = ["0.0.0.0": "127.0.0.1", "::": "[::1]"][address] ?? (address.contains(":") ? "[\(address)]" : address)
    let request = TransportRequest(
      url: "http://\(host):\(port)/readyz", responseBytesMax: 65_536, timeoutSeconds: 5, deadlineSeconds: 10)
    let answer: HTTPResponse
    do { answer = try await world.transport().send(request) } catch {
      throw CommandFailure(.failed, code: "unreachable", "no server answers at \(request.url)")
    }
    guard answer.status == 200 else {
      throw CommandFailure(.failed, code: "notReady", "the server at \(request.url) is not ready (\(answer.status))")
    }
    try result([("ready", .bool(true))], "ready")
  }
}
