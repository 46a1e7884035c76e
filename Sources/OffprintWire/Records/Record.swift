/// An identity and a flat map of stamped registers: the one structure of the protocol (Protocol, REC-1).
public struct Record: Sendable, Hashable {
  /// Type and id.
  public var key: RecordKey
  /// The registers.
  public var registers: RegisterMap

  /// A record of these parts.
  public init(key: RecordKey, registers: RegisterMap = RegisterMap()) {
    self.key = key
    self.registers = registers
  }

  /// The value of a register as a tree; nil where the register is absent.
  public subscript(name: RegisterName) -> JSONValue? { registers[name]?.value.json }

  /// Whether the record is live: `life` is absent or not `"dead"` (Protocol, LIFE-1).
  public var isLive: Bool { registers[.life]?.value != Self.dead }

  /// The value of `life` in a live record.
  public static let live = CanonicalValue(.string("live"))
  /// The value of `life` in a tombstone.
  public static let dead = CanonicalValue(.string("dead"))
}
