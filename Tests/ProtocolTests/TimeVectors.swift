import Offprint
import OffprintWire

/// Runs the vectors about a client's clocks and its estimate of the server's.
enum TimeVectors {
  static func run(_ given: JSONValue) throws -> JSONValue {
    let now = try reading(given.member("now"))
    switch try given.text("op") {
    case "age": return .members(("age", .integer(try reading(given.member("edit")).age(at: now))))
    case "serverNow":
      // Samples are taken in one by one as they arrive, and only the best is kept.
      var best: ServerTimeSample?
      for sample in try given.member("samples").array ?? [] {
        let taken = ServerTimeSample(
          serverTime: try sample.number("time"), roundTrip: try sample.number("roundTrip"),
          boot: try sample.number("clock"), bootID: try sample.text("boot"))
        if best?.yields(to: taken) ?? true { best = taken }
      }
      return .members(("serverNow", .optional(best?.now(boot: now.boot, bootID: now.bootID))))
    default: throw VectorFault("unknown op")
    }
  }

  private static func reading(_ json: JSONValue) throws -> ClockReading {
    ClockReading(wall: try json.number("wall"), boot: try json.number("clock"), bootID: try json.text("boot"))
  }
}
