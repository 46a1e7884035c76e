import OffprintWire

/// Runs the vectors about values, limits and addresses.
enum ValueVectors {
  static func canonical(_ given: JSONValue) throws -> JSONValue {
    let bytes = try bytes(of: given)
    if CanonicalValue(validating: bytes) != nil { return .members(("canonical", .bool(true))) }
    var scanner = JSONScanner(bytes)
    guard (try? scanner.skipValue()) != nil, (try? scanner.readEnd()) != nil else { throw VectorError("bad-json") }
    guard let value = try? JSONValue(parsing: bytes) else { return .members(("canonical", .bool(false))) }
    let form = String(decoding: value.canonicalBytes, as: UTF8.self)
    // Deeper than a value may be is canonical text all the same: the frame around it is what refuses it.
    if value.canonicalBytes == bytes { return .members(("canonical", .bool(true))) }
    return .members(("canonical", .bool(false)), ("form", .string(form)))
  }

  static func bytes(of given: JSONValue, text: String = "text") throws -> [UInt8] {
    guard let hex = given["hex"]?.string else { return Array(try given.text(text).utf8) }
    let digits = hex.compactMap(\.hexDigitValue)
    guard digits.count == hex.count, digits.count.isMultiple(of: 2) else { throw VectorFault("no hex") }
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
  }

  static func register(_ given: JSONValue) throws -> JSONValue {
    guard let type = RecordType(try given.text("type")), let name = RegisterName(try given.text("name")),
      let value = CanonicalValue(validating: Array(try given.text("value").utf8))
    else { throw VectorFault("no register") }
    return verdict(ValueRules.refusal(type: type, name: name, value: value), names: ["field"])
  }

  static func pushed(_ given: JSONValue) throws -> JSONValue {
    if given["limits"] != nil {
      let limits = Limits.announced.map { JSONValue.Member($0.name, .integer($0.value)) }
      return .members(("limits", .object(limits)))
    }
    var scanner = JSONScanner(try wireText(given.member("record")))
    let wire = try WireRecord(reading: &scanner)
    guard let replica = ReplicaID(try given.text("replica")) else { throw VectorFault("no replica") }
    let names = ["slug", "field", "limit"]
    do throws(Refusal) {
      var pushed = try wire.pushed()
      pushed.canonicalSize = Int(try number("size", of: given))
      if let refusal = PushRules.refusal(of: pushed, by: replica) { throw refusal }
      let (now, greatest) = (try number("now", of: given), try number("greatestAccepted", of: given))
      return verdict(PushRules.skewRefusal(of: pushed, now: now, greatestAccepted: greatest), names: names)
    } catch { return verdict(error, names: names) }
  }

  private static func number(_ name: String, of given: JSONValue) throws(Refusal) -> Int64 {
    guard let number = given[name]?.integer else { throw Refusal(.invalid, detail: "the vector has no \(name)") }
    return number
  }

  private static func verdict(_ refusal: Refusal?, names: [String]) -> JSONValue {
    guard let refusal else { return .members(("accepted", .bool(true))) }
    let members = (refusal.json.members ?? []).filter { names.contains($0.name) }
    return .object([JSONValue.Member("accepted", .bool(false))] + members)
  }

  /// The record as it stands in a request: `values` are texts in the vector, `repeat` gives long ones shortly.
  private static func wireText(_ record: JSONValue) throws -> [UInt8] {
    var values: [String] = []
    for member in try record.member("values").members ?? [] {
      guard let text = member.value.string else { throw VectorFault("a value is no text") }
      values.append(quoted(member.name) + ":" + text)
    }
    for member in record["repeat"]?.members ?? [] {
      guard let parts = member.value.array, parts.count == 2, let text = parts[0].string, let times = parts[1].integer
      else { throw VectorFault("repeat") }
      values.append(quoted(member.name) + ":" + quoted(String(repeating: text, count: Int(times))))
    }
    let members = (record.members ?? []).filter { !["values", "repeat"].contains($0.name) }
      .map { quoted($0.name) + ":" + String(decoding: $0.value.canonicalBytes, as: UTF8.self) }
    return Array(
      ("{" + (members + ["\"values\":{\(values.joined(separator: ","))}"]).joined(separator: ",") + "}").utf8)
  }

  private static func quoted(_ text: String) -> String {
    String(decoding: JSONValue.string(text).canonicalBytes, as: UTF8.self)
  }

  static func address(_ given: JSONValue) throws -> JSONValue {
    guard let address = PageAddress(try given.text("url")) else { throw VectorError("invalid") }
    return .members(("normalForm", .string(address.normalForm)), ("id", .string(address.articleID.description)))
  }
}
