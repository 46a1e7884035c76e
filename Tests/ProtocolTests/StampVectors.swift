import OffprintWire

/// Runs the vectors about stamps and how a client fixes them.
enum StampVectors {
  static func stamp(_ given: JSONValue) throws -> JSONValue {
    switch try given.text("op") {
    case "parse":
      let stamp = try parse(given.text("text"))
      return .members(
        ("milliseconds", .integer(Int64(stamp.milliseconds))), ("counter", .integer(Int64(stamp.counter))),
        ("replica", .string(stamp.replica.description)))
    case "format": return try format(given)
    case "compare":
      let (one, other) = (try parse(given.text("a")), try parse(given.text("b")))
      return .members(("order", .integer(one < other ? -1 : one > other ? 1 : 0)))
    case "successor":
      let rule = StampRule(contact: 0, base: try parse(given.text("stamp")), replica: try replica(given))
      let step = try given.number("step")
      guard step == 1 || step == 2 else { throw VectorFault("no client takes \(step) steps") }
      let fixed = step == 1 ? rule.lowestStamp(serverNow: 0) : rule.stamp(serverNow: 0, age: 0)
      return .members(("text", .string(try legal(fixed.stamp, otherwise: "exhausted").description)))
    default: throw VectorFault("unknown op")
    }
  }

  static func fixing(_ given: JSONValue) throws -> JSONValue {
    let base = try given.member("base").string.map(parse)
    let rule = StampRule(contact: try given.number("c"), base: base, replica: try replica(given))
    let now = try given.number("serverNow")
    let isLowest = try given.member("lowest").bool == true
    let fixed = isLowest ? rule.lowestStamp(serverNow: now) : rule.stamp(serverNow: now, age: try given.number("age"))
    return .members(
      ("stamp", .string(try legal(fixed.stamp, otherwise: "exhausted").description)),
      ("tookBase", .bool(fixed.tookBase)))
  }

  static func parse(_ text: String) throws -> Stamp {
    guard let stamp = Stamp(text) else { throw VectorError("invalid") }
    return stamp
  }

  private static func replica(_ given: JSONValue) throws -> ReplicaID {
    guard let replica = ReplicaID(try given.text("replica")) else { throw VectorError("invalid") }
    return replica
  }

  private static func format(_ given: JSONValue) throws -> JSONValue {
    guard let milliseconds = UInt64(exactly: try given.number("milliseconds")),
      let counter = UInt32(exactly: try given.number("counter"))
    else { throw VectorError("invalid") }
    let stamp = Stamp(milliseconds: milliseconds, counter: counter, replica: try replica(given))
    return .members(("text", .string(try legal(stamp, otherwise: "invalid").description)))
  }

  /// The stamp, if another would take it.
  private static func legal(_ stamp: Stamp, otherwise reason: String) throws -> Stamp {
    guard Stamp(stamp.description) == stamp else { throw VectorError(reason) }
    return stamp
  }
}
