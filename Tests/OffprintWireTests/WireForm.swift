import OffprintTesting
import OffprintWire

/// One record written as a peer might: any choice of `stamp`, members in any order, white space.
enum WireForm {
  /// The record with this common stamp, which need not be the stamp of any register; nil leaves `stamp` away.
  static func text(
    _ record: Record, stamp: Stamp?, number: Int64? = nil, _ generator: inout SeededGenerator
  ) -> [UInt8] {
    var stamps: [(String, JSONValue)] = []
    for entry in record.registers.entries where entry.register.stamp != stamp || generator.oneIn(4) {
      stamps.append((entry.name.text, .string(entry.register.stamp.description)))
    }
    var members: [(String, [UInt8])] = [
      ("id", JSONValue.string(record.key.id.description).canonicalBytes),
      ("type", JSONValue.string(record.key.type.name).canonicalBytes),
      ("values", values(of: record, &generator)),
      ("later", Array("{\"edition\":[2.5]}".utf8)),
    ]
    if let stamp { members.append(("stamp", JSONValue.string(stamp.description).canonicalBytes)) }
    if let number { members.append(("number", Array(String(number).utf8))) }
    if !stamps.isEmpty || generator.oneIn(2) {
      let object = JSONValue.object(generator.shuffled(stamps).map { JSONValue.Member($0.0, $0.1) })
      members.append(("stamps", object.canonicalBytes))
    }
    return object(generator.shuffled(members), &generator)
  }

  private static func values(of record: Record, _ generator: inout SeededGenerator) -> [UInt8] {
    object(generator.shuffled(record.registers.entries).map { ($0.name.text, $0.register.value.bytes) }, &generator)
  }

  private static func object(_ members: [(String, [UInt8])], _ generator: inout SeededGenerator) -> [UInt8] {
    let space = Array(generator.pick(["", "", " ", "\r\n\t"]).utf8)
    let parts = members.map { space + JSONValue.string($0.0).canonicalBytes + space + [0x3A] + space + $0.1 + space }
    return [0x7B] + Array(parts.joined(separator: [0x2C])) + [0x7D]
  }

  /// The record read from the whole of these bytes.
  static func read(_ bytes: [UInt8]) throws(Counterexample) -> Record {
    do {
      var scanner = JSONScanner(bytes)
      let wire = try WireRecord(reading: &scanner)
      try scanner.readEnd()
      return try wire.record()
    } catch {
      throw Counterexample("\(error) in \(String(decoding: bytes, as: UTF8.self))")
    }
  }

  /// The record as this program writes it.
  static func written(_ record: Record, number: Int64? = nil) -> [UInt8] {
    var writer = JSONWriter()
    record.write(to: &writer, number: number)
    return writer.bytes
  }
}
