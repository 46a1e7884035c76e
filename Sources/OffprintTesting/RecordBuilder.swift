import OffprintWire

/// Records for tests, drawn from few names, stamps, replicas and values, so that collisions, ties and caps happen.
package enum RecordBuilder {
  /// Three replicas: fewer and no edit is unaware of two others.
  package static let replicas: [ReplicaID] = [1, 2, 0xffff_ffff_ffff_ffff].map { ReplicaID(bits: $0) }

  /// Two ids.
  package static let ids: [RecordID] = [RecordID(high: 0, low: 1), RecordID(high: .max, low: 7)]

  /// Names that only a newer program knows; two of them are one name to whoever compares characters and not bytes.
  package static let unknownNames: [RegisterName] = ["x", "x-new", "x:\u{e9}", "x:e\u{301}", "found.mood", "zz:1"]

  /// A stamp of few: they tie, also with different replicas.
  package static func stamp(_ generator: inout SeededGenerator) -> Stamp {
    Stamp(
      milliseconds: UInt64(generator.below(4)), counter: UInt32(generator.below(2)), replica: generator.pick(replicas))
  }

  /// A register of this value with any stamp.
  package static func register(_ value: JSONValue, _ generator: inout SeededGenerator) -> Register {
    Register(stamp: stamp(&generator), value: CanonicalValue(value))
  }

  /// An article; every register has a value that a server takes.
  package static func article(_ generator: inout SeededGenerator, id: RecordID? = nil) -> Record {
    var record = Record(key: RecordKey(.article, id ?? generator.pick(ids)))
    fill(&record, &generator, articleValues)
    if generator.oneIn(3) { addTags(&record, &generator, names: 4, count: 3) }
    return completed(record, &generator)
  }

  /// A progress record with positions of up to `replicas` replicas.
  package static func progress(
    _ generator: inout SeededGenerator, id: RecordID? = nil, replicas count: Int = 3
  ) -> Record {
    var record = Record(key: RecordKey(.progress, id ?? generator.pick(ids)))
    let known =
      count <= replicas.count ? Array(replicas.prefix(count)) : (1...count).map { ReplicaID(bits: UInt64($0)) }
    for replica in known where !generator.oneIn(4) {
      let value = ValueBuilder.position(&generator, replicas: known).value
      record.registers[.position(of: replica)] = Register(stamp: stamp(&generator), value: value)
    }
    return completed(record, &generator)
  }

  /// A bookmark.
  package static func bookmark(_ generator: inout SeededGenerator, id: RecordID? = nil) -> Record {
    var record = Record(key: RecordKey(.bookmark, id ?? generator.pick(ids)))
    fill(&record, &generator, bookmarkValues)
    return completed(record, &generator)
  }

  /// A record of a type this edition does not know, with values of any shape.
  package static func unknown(_ generator: inout SeededGenerator, id: RecordID? = nil) -> Record {
    let type = generator.pick([RecordType("feed"), RecordType("x-1")].compactMap { $0 })
    var record = Record(key: RecordKey(type, id ?? generator.pick(ids)))
    for name in unknownNames where generator.oneIn(2) {
      record.registers[name] = register(ValueBuilder.any(&generator), &generator)
    }
    return completed(record, &generator)
  }

  /// A record of any type, with unknown registers among the known ones.
  package static func any(_ generator: inout SeededGenerator, id: RecordID? = nil) -> Record {
    var record =
      switch generator.below(4) {
      case 0: article(&generator, id: id)
      case 1: progress(&generator, id: id)
      case 2: bookmark(&generator, id: id)
      default: unknown(&generator, id: id)
      }
    for name in unknownNames where generator.oneIn(5) {
      record.registers[name] = register(ValueBuilder.any(&generator), &generator)
    }
    return record
  }

  /// Registers of all the names, whatever the type, with values of any shape: what nobody should send.
  package static func hostile(_ generator: inout SeededGenerator, id: RecordID? = nil) -> Record {
    var record = any(&generator, id: id)
    let names: [RegisterName] = [
      .life, .title, .content, .fetch, .range, .saved, "tag:a", "at:0000000000000001", "at:x",
    ]
    for name in names where generator.oneIn(3) {
      record.registers[name] = register(ValueBuilder.any(&generator), &generator)
    }
    return record
  }

  /// Adds `count` tags drawn from `names` names.
  package static func addTags(_ record: inout Record, _ generator: inout SeededGenerator, names: Int, count: Int) {
    for _ in 0..<count {
      guard let name = RegisterName.tag("t\(generator.below(names))") else { continue }
      record.registers[name] = register(generator.oneIn(4) ? .null : .bool(true), &generator)
    }
  }

  private typealias Choice = (RegisterName, @Sendable (inout SeededGenerator) -> JSONValue)

  private static func fill(_ record: inout Record, _ generator: inout SeededGenerator, _ choices: [Choice]) {
    for (name, value) in choices where generator.oneIn(3) {
      record.registers[name] = register(value(&generator), &generator)
    }
  }

  /// A record has at least one register.
  private static func completed(_ record: Record, _ generator: inout SeededGenerator) -> Record {
    guard record.registers.isEmpty || generator.oneIn(3) else { return record }
    var record = record
    record.registers[.life] = register(.string(generator.oneIn(3) ? "dead" : "live"), &generator)
    return record
  }

  private static let articleValues: [Choice] = [
    (.url, { .string($0.pick(["https://example.org/", "http://example.org/a?b=c"])) }),
    (.saved, { .integer(Int64($0.below(2_000_000))) }),
    (.title, ValueBuilder.text), (.byline, ValueBuilder.text),
    (.archived, { .bool($0.oneIn(2)) }), (.favourite, { .bool($0.oneIn(2)) }),
    (.same, { $0.oneIn(2) ? .null : .string($0.pick(ids).description) }),
    (
      .content,
      {
        let hash = String(repeating: $0.pick(["a", "0"]), count: 64)
        return .members(("hash", .string(hash)), ("size", .integer(Int64($0.below(9)))))
      }
    ),
    (
      .fetch,
      {
        .members(
          ("at", .integer(Int64($0.below(9)))), ("reason", ValueBuilder.text(&$0)),
          ("state", .string($0.pick(["wanted", "fetching", "failed", "done"]))))
      }
    ),
    ("found.title", ValueBuilder.text), ("found.words", { .integer(Int64($0.below(9))) }),
  ]

  private static let bookmarkValues: [Choice] = [
    (.article, { .string($0.pick(ids).description) }),
    (.range, { .members(("end", ValueBuilder.locator(&$0)), ("start", ValueBuilder.locator(&$0))) }),
    (.quote, ValueBuilder.text), (.note, ValueBuilder.text), (.colour, ValueBuilder.text),
    (.created, { .integer(Int64($0.below(9))) }),
  ]
}
