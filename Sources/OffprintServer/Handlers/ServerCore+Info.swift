import OffprintWire

extension ServerCore {
  /// `GET /v1/info` (Protocol, GEN-10).
  func info(_ call: Route.Call) throws -> Answer {
    let server = try store.read { try $0.serverID() }
    let limits = Limits.announced.map { JSONValue.Member($0.name, .integer($0.value)) }
    return .json(
      .members(
        ("server", .string(server.description)), ("software", .string(Self.software)),
        ("version", .string(Self.version)), ("protocols", .array([.integer(1)])), ("time", .integer(call.now)),
        ("retentionDays", .integer(Int64(configuration.retentionDays))), ("limits", .object(limits))))
  }

  /// `GET /readyz`: whether the store answers and there is room to write.
  func readiness(_ call: Route.Call) throws -> Answer {
    do {
      _ = try store.read { try $0.serverID() }
    } catch {
      throw Problem(.busy, "the store does not answer", retryAfterSeconds: 5)
    }
    if let free = environment.freeDiskBytes(), free < configuration.freeDiskBytesMin {
      throw Problem(.busy, "there is too little free disk", retryAfterSeconds: 60)
    }
    return .json(.members(("status", .string("ready"))))
  }
}
