extension Record {
  /// Writes the record as a JSON object (Protocol, PULL-2).
  ///
  /// `stamp` is the stamp most registers have, so that a record written at one go names it once.
  public func write(to writer: inout JSONWriter, number: Int64?) {
    let common = commonStamp
    writer.beginObject()
    writer.name("id")
    writer.string(key.id.description)
    if let number {
      writer.name("number")
      writer.integer(number)
    }
    if let common {
      writer.name("stamp")
      writer.string(common.description)
    }
    let others = registers.entries.filter { $0.register.stamp != common }
    if !others.isEmpty {
      writer.name("stamps")
      writer.beginObject()
      for entry in others {
        writer.name(entry.name.text)
        writer.string(entry.register.stamp.description)
      }
      writer.endObject()
    }
    writer.name("type")
    writer.string(key.type.name)
    writer.name("values")
    writer.beginObject()
    for entry in registers.entries {
      writer.name(entry.name.text)
      writer.raw(entry.register.value.bytes)
    }
    writer.endObject()
    writer.endObject()
  }

  private var commonStamp: Stamp? {
    var counts: [Stamp: Int] = [:]
    for entry in registers.entries { counts[entry.register.stamp, default: 0] += 1 }
    return counts.max { ($0.value, $0.key) < ($1.value, $1.key) }?.key
  }
}

/// A record as it stood on the wire, read but not yet judged: what is wrong with one must not harm its neighbours.
public struct WireRecord: Sendable {
  /// `type` as sent; empty if it was missing.
  public var typeText = ""
  /// `id` as sent; empty if it was missing.
  public var idText = ""
  /// `number`, from a server.
  public var number: Int64?
  /// `new`, from a pushing client.
  public var newNames: [String] = []
  /// `again`, from a pushing client.
  public var again = false
  /// Bytes the record took on the wire.
  public var size = 0
  private var stamp: String?
  /// By the bytes of the names: Swift's own string equality would take canonically equivalent names for one.
  private var stamps: [[UInt8]: String] = [:]
  private var values: [(name: String, bytes: [UInt8])] = []
  private var fault: Refusal?

  /// Reads the object that stands next.
  /// - Throws: ``JSONError`` if the bytes are no strict JSON; a member of the wrong kind is only noted.
  public init(reading scanner: inout JSONScanner) throws(JSONError) {
    guard try scanner.peek() == .object else { throw scanner.unexpected("a record") }
    let start = scanner.position
    var result = WireRecord()
    try scanner.readObject { (scanner, name) throws(JSONError) in
      let before = scanner
      do throws(JSONError) { try result.readMember(name, &scanner) } catch {
        guard case .unexpected = error else { throw error }
        // The member is not what it should be, but it is JSON: the fault is this record's alone.
        scanner = before
        try scanner.skipValue()
        result.note(Refusal(.invalid, field: name, detail: "the member has the wrong form"))
      }
    }
    result.size = scanner.position - start
    self = result
  }

  private init() {}

  private mutating func note(_ refusal: Refusal) { fault = fault ?? refusal }

  private mutating func readMember(_ name: String, _ scanner: inout JSONScanner) throws(JSONError) {
    switch name {
    case "type": typeText = try scanner.readString()
    case "id": idText = try scanner.readString()
    case "number": number = try scanner.readNull() ? nil : scanner.readInteger()
    case "again": again = try scanner.readBool()
    case "stamp": stamp = try scanner.readNull() ? nil : scanner.readString()
    case "stamps":
      var read: [[UInt8]: String] = [:]
      try scanner.readObject { (scanner, name) throws(JSONError) in read[Array(name.utf8)] = try scanner.readString() }
      stamps = read
    case "new":
      var read: [String] = []
      try scanner.readArray { (scanner) throws(JSONError) in read.append(try scanner.readString()) }
      newNames = read
    case "values":
      var read: [(String, [UInt8])] = []
      try scanner.readObject { (scanner, name) throws(JSONError) in
        let range = try scanner.skipValue()
        read.append((name, Array(scanner.bytes[range])))
      }
      values = read
    default: try scanner.skipValue()
    }
  }

  /// Whether `values` was missing or empty.
  package var isWithoutRegisters: Bool { values.isEmpty }

  /// The record, if everything about it has the form of Protocol, REC-1 to REG-1.
  /// - Throws: ``Refusal``, `invalid`, with the field at fault.
  public func record() throws(Refusal) -> Record {
    if let fault { throw fault }
    guard let type = RecordType(typeText) else { throw Refusal(.invalid, field: "type", detail: "no record type") }
    guard let id = RecordID(idText) else {
      throw Refusal(.invalid, field: "id", detail: "an id is 32 lower-case hexadecimal digits")
    }
    guard !values.isEmpty else { throw Refusal(.invalid, field: "values", detail: "a record has a register") }
    let common = stamp.flatMap { Stamp($0) }
    if stamp != nil, common == nil { throw Refusal(.invalid, field: "stamp", detail: "no stamp") }
    var entries: [RegisterMap.Entry] = []
    entries.reserveCapacity(values.count)
    for (text, bytes) in values {
      let name = try Self.registerName(text)
      guard let stamp = try stamp(of: text) ?? common else {
        throw Refusal(.invalid, field: text, detail: "the register has no stamp")
      }
      guard let value = CanonicalValue(validating: bytes) else {
        throw Refusal(.invalid, field: text, detail: "the value is not canonical JSON")
      }
      entries.append(RegisterMap.Entry(name, Register(stamp: stamp, value: value)))
    }
    return Record(key: RecordKey(type, id), registers: RegisterMap(entries))
  }

  private static func registerName(_ text: String) throws(Refusal) -> RegisterName {
    if let name = RegisterName(text) { return name }
    let limit = Limits.registerNameBytesMax
    guard text.utf8.count > limit else { throw Refusal(.invalid, field: text, detail: "no register name") }
    throw Refusal(.invalid, field: text, limit: Int64(limit), detail: "longer than allowed")
  }

  private func stamp(of name: String) throws(Refusal) -> Stamp? {
    guard !stamps.isEmpty, let text = stamps[Array(name.utf8)] else { return nil }
    guard let stamp = Stamp(text) else { throw Refusal(.invalid, field: name, detail: "no stamp") }
    return stamp
  }

  /// The record as one of a push.
  /// - Throws: ``Refusal``, `invalid`.
  public func pushed() throws(Refusal) -> PushedRecord {
    let record = try record()
    var new: [RegisterName] = []
    for text in newNames { new.append(try Self.registerName(text)) }
    return PushedRecord(record: record, new: new, again: again, canonicalSize: size)
  }
}

/// One record of a push (Protocol, PUSH-2).
public struct PushedRecord: Sendable, Hashable {
  /// The whole record.
  public var record: Record
  /// The registers this replica fixed and nobody confirmed.
  public var new: [RegisterName]
  /// Whether the record is offered again, or holds a forced successor: stamps are then not held against the clock.
  public var again: Bool
  /// Bytes of the record on the wire.
  public var canonicalSize: Int

  /// A pushed record of these parts.
  public init(record: Record, new: [RegisterName], again: Bool, canonicalSize: Int = 0) {
    self.record = record
    self.new = new
    self.again = again
    self.canonicalSize = canonicalSize
  }

  /// Writes the record as an element of `records`.
  public func write(to writer: inout JSONWriter) {
    var whole = JSONWriter()
    record.write(to: &whole, number: nil)
    var members = JSONWriter()
    members.beginObject()
    if again {
      members.name("again")
      members.bool(true)
    }
    if !new.isEmpty {
      members.name("new")
      members.beginArray()
      for name in new { members.string(name.text) }
      members.endArray()
    }
    members.endObject()
    // Both are objects with at least one member of the first: laid together they make one.
    let extra = Array(members.bytes.dropFirst().dropLast())
    let comma: [UInt8] = extra.isEmpty ? [] : [UInt8(ascii: ",")]
    writer.raw(Array(whole.bytes.dropLast()) + comma + extra + [UInt8(ascii: "}")])
  }
}
