import OffprintWire

extension ServerCore {
  /// `GET /v1/events`: where the log stands, as the first of the server-sent events (Protocol, PULL-11).
  func events(_ call: Route.Call) throws -> Answer {
    let device = try call.device()
    let generation = signals.generation(of: device.account)
    guard let log = try store.read({ try $0.log(of: device.account) }) else {
      throw Problem(.unauthorized, "sign in first")
    }
    var line = JSONWriter()
    line.write(.members(("head", .integer(log.position.head))))
    var answer = Answer(contentType: "text/event-stream", body: Array("data: ".utf8) + line.bytes + Array("\n\n".utf8))
    // Compression would hold events back, and so would a proxy that collects answers before it passes them on.
    answer.mayCompress = false
    answer.headers["X-Accel-Buffering"] = "no"
    answer.wait = Answer.Wait(
      account: device.account, device: device.id, generation: generation,
      milliseconds: Int64(configuration.eventSecondsMax) * 1_000, isStream: true)
    return answer
  }
}
