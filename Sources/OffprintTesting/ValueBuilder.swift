import OffprintWire

/// Values for tests: of every JSON shape, and of the shapes that known registers take.
package enum ValueBuilder {
  /// Texts that trip programs: empty, control characters, canonically equal pairs, right-to-left, beyond the BMP.
  package static let texts: [String] = [
    "", "a", "b", "Offprint", "\u{e9}", "e\u{301}", "\"", "\\", "/", "\u{8}\u{9}\u{a}\u{c}\u{d}", "\u{1}\u{1f}",
    "\u{7f}\u{80}\u{9f}", "\u{2028}\u{2029}", "\u{feff}", "\u{fffd}\u{ffff}", "\u{10ffff}", "👩‍👩‍👧", "שלום", "\u{301}",
    "K\u{212a}", "\r\n", "null", "tag:é", String(repeating: "\u{301}", count: 40),
  ]

  /// Integers about the ends of every range that matters.
  package static let integers: [Int64] = [
    0, 1, -1, 2, 9, 10, 999_999, 1_000_000, 1_000_001, 1_700_000_000_000, 1 << 47 - 1, 1 << 47, JSONValue.integerMax,
    -JSONValue.integerMax,
  ]

  /// Any value of at most `depth` levels of arrays and objects.
  package static func any(_ generator: inout SeededGenerator, depth: Int = 3) -> JSONValue {
    switch generator.below(depth > 0 ? 7 : 5) {
    case 0: .null
    case 1: .bool(generator.oneIn(2))
    case 2: .integer(generator.pick(integers))
    case 3, 4: .string(generator.pick(texts))
    case 5: .array(generator.many(generator.below(4)) { any(&$0, depth: depth - 1) })
    default: .object(members(&generator, depth: depth - 1))
    }
  }

  private static func members(_ generator: inout SeededGenerator, depth: Int) -> [JSONValue.Member] {
    let names = generator.shuffled(texts).prefix(generator.below(5))
    return names.map { JSONValue.Member($0, any(&generator, depth: depth)) }
  }

  /// A person's text or null.
  package static func text(_ generator: inout SeededGenerator) -> JSONValue {
    generator.oneIn(4) ? .null : .string(generator.pick(texts))
  }

  /// A locator.
  package static func locator(_ generator: inout SeededGenerator) -> JSONValue {
    .members(
      ("after", .string(generator.pick(["", "the next words"]))),
      ("before", .string(generator.pick(["", "the last words"]))),
      ("block", .integer(Int64(generator.below(3)))),
      ("body", generator.oneIn(2) ? .null : .string("00112233445566ff")),
      ("fraction", .integer(Int64(generator.below(1_000_001)))),
      ("offset", .integer(Int64(generator.below(100)))))
  }

  /// A reading position whose `seen` names some of `replicas`; few fractions and rounds, so that ties happen.
  package static func position(_ generator: inout SeededGenerator, replicas: [ReplicaID]) -> Position {
    var seen: [ReplicaID: Stamp] = [:]
    for _ in 0..<generator.below(4) { seen[generator.pick(replicas)] = RecordBuilder.stamp(&generator) }
    return Position(
      locator: generator.oneIn(8) ? locator(&generator) : .null,
      fraction: generator.pick([0, 1, 200_000, 800_000, 1_000_000]), finished: generator.oneIn(5),
      round: generator.oneIn(4) ? 2 : 1, seen: seen)
  }
}

extension ValueBuilder {
  /// Whether a string of the value holds U+0000, which no known register takes.
  package static func holdsNull(_ value: JSONValue) -> Bool {
    switch value {
    case .string(let text): text.utf8.contains(0)
    case .array(let elements): elements.contains(where: holdsNull)
    case .object(let members): members.contains { $0.name.utf8.contains(0) || holdsNull($0.value) }
    case .null, .bool, .integer: false
    }
  }
}
