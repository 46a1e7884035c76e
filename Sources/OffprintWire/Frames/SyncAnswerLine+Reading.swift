extension SyncAnswerLine {
  /// Reads one line, as a client that trusts nothing.
  ///
  /// A record the client cannot read is ``unreadable(_:)``, so that one bad record never blocks the others
  /// (Protocol, PULL-6); an end line of bad form is an error, since a page without its end moves nothing.
  /// - Throws: ``JSONError`` if the line is not a JSON object or its end line is broken.
  public init(parsing line: [UInt8]) throws(JSONError) {
    var scanner = JSONScanner(line)
    var read: SyncAnswerLine?
    try scanner.readObject { (scanner, name) throws(JSONError) in
      switch name {
      case "result": read = try Self.readResult(&scanner)
      case "record": read = try Self.readRecord(&scanner)
      case "end": read = .end(try Self.readEnd(&scanner))
      default: try scanner.skipValue()
      }
    }
    try scanner.readEnd()
    self = read ?? .unreadable("a line of an unknown kind")
  }

  private static func readRecord(_ scanner: inout JSONScanner) throws(JSONError) -> SyncAnswerLine {
    let wire = try WireRecord(reading: &scanner)
    do throws(Refusal) {
      guard let number = wire.number, number >= 0 else { return .unreadable("a record without a number") }
      return .record(try wire.record(), number: number)
    } catch {
      return .unreadable("record \(wire.typeText.prefix(bytes: 32)):\(wire.idText.prefix(bytes: 32)): \(error.detail)")
    }
  }

  private static func readResult(_ scanner: inout JSONScanner) throws(JSONError) -> SyncAnswerLine {
    var type = ""
    var id = ""
    var status = ""
    var hash: UInt64?
    var number: Int64?
    var record: WireRecord?
    var problem = JSONValue.null
    try scanner.readObject { (scanner, name) throws(JSONError) in
      switch name {
      case "type": type = try scanner.readString()
      case "id": id = try scanner.readString()
      case "status": status = try scanner.readString()
      case "hash": hash = FixedHex.value(try scanner.readString(), digits: 16)
      case "number": number = try scanner.readInteger()
      case "record": record = try WireRecord(reading: &scanner)
      case "problem": problem = try scanner.readValue()
      default: try scanner.skipValue()
      }
    }
    if status == "refused" {
      return .result(PushResult(typeText: type, idText: id, outcome: .refused(Refusal(problem))))
    }
    guard status == "stored", let hash, let number, number >= 0 else { return .unreadable("a result of bad form") }
    do throws(Refusal) {
      let stored = try record?.record()
      return .result(
        PushResult(typeText: type, idText: id, outcome: .stored(hash: hash, number: number, record: stored)))
    } catch {
      return .unreadable("the stored state of \(type.prefix(bytes: 32)):\(id.prefix(bytes: 32)): \(error.detail)")
    }
  }

  private static func readEnd(_ scanner: inout JSONScanner) throws(JSONError) -> PageEnd {
    var cursor: String?
    var number: Int64?
    var more: Bool?
    var count: Int64?
    var sum: UInt64?
    try scanner.readObject { (scanner, name) throws(JSONError) in
      switch name {
      case "cursor": cursor = try scanner.readString()
      case "number": number = try scanner.readInteger()
      case "more": more = try scanner.readBool()
      case "count": count = try scanner.readNull() ? nil : scanner.readInteger()
      case "digest": sum = try scanner.readNull() ? nil : FixedHex.value(scanner.readString(), digits: 16)
      default: try scanner.skipValue()
      }
    }
    guard let cursor, (1...1_024).contains(cursor.utf8.count), let number, number >= 0, let more else {
      throw scanner.unexpected("an end line with cursor, number and more")
    }
    var digest: Digest?
    if !more, let count, count >= 0, let sum { digest = Digest(count: count, sum: sum) }
    guard more || digest != nil else { throw scanner.unexpected("count and digest at the head") }
    return PageEnd(cursor: cursor, number: number, more: more, digest: digest)
  }
}
