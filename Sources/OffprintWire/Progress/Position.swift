/// What one replica says about how far it has read: the value of an `at:REPLICA` register (Protocol, PROG-1).
public struct Position: Sendable {
  /// Where in the text; nil if only the share is known. Kept as a tree, so that members this program does not know stay.
  public var locator: JSONValue
  /// The share of the text that lies before, in millionths, 0...1,000,000.
  public var fraction: Int64
  /// Whether the writer says the article is read to its end.
  public var finished: Bool
  /// The reading round, from 1; "read again" opens the next.
  public var round: Int64
  /// The stamps of all positions the writer held when it wrote, its own previous one included.
  public var seen: [ReplicaID: Stamp]

  /// Millionths in a whole.
  public static let fractionMax: Int64 = 1_000_000

  /// A position of these parts.
  public init(
    locator: JSONValue = .null, fraction: Int64, finished: Bool, round: Int64 = 1, seen: [ReplicaID: Stamp] = [:]
  ) {
    self.locator = locator
    self.fraction = fraction
    self.finished = finished
    self.round = round
    self.seen = seen
  }

  /// Reads a register's value; nil if a member is missing or out of its range.
  public init?(_ value: JSONValue) {
    guard let fraction = value["fraction"]?.integer, (0...Self.fractionMax).contains(fraction),
      let finished = value["finished"]?.bool, let round = value["round"]?.integer, round >= 1,
      let members = value["seen"]?.members, let locator = value["locator"],
      locator.isNull || ValueRules.isLocator(locator)
    else { return nil }
    var seen: [ReplicaID: Stamp] = [:]
    for member in members {
      guard let replica = ReplicaID(member.name), let stamp = member.value.string.flatMap({ Stamp($0) }) else {
        return nil
      }
      seen[replica] = stamp
    }
    self.init(locator: locator, fraction: fraction, finished: finished, round: round, seen: seen)
  }

  /// The register's value.
  public var value: CanonicalValue {
    CanonicalValue(
      .members(
        ("finished", .bool(finished)), ("fraction", .integer(fraction)), ("locator", locator),
        ("round", .integer(round)),
        ("seen", .object(seen.map { JSONValue.Member($0.key.description, .string($0.value.description)) }))))
  }
}
