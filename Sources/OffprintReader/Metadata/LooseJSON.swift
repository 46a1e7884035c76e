/// JSON as pages have it: with line feeds in strings, commas too many, comments around it. What cannot be read is cut off.
indirect enum LooseJSON {
  case text(String)
  case list([LooseJSON])
  case object([(name: String, value: LooseJSON)])
  /// A number, true, false or null.
  case other

  static let depthMax = 64

  /// The first value of the bytes; nil if there is none.
  static func parse(_ bytes: [UInt8]) -> LooseJSON? {
    var reader = LooseJSONReader(bytes)
    return reader.value(depth: 0)
  }

  subscript(name: String) -> LooseJSON? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }

  /// The text, if this is one.
  var text: String? { if case .text(let text) = self { text } else { nil } }
}

private struct LooseJSONReader {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    // Comments and CDATA marks stand before the first brace.
    position = bytes.firstIndex { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "[") } ?? bytes.count
    if bytes[position...].starts(with: "[CDATA[".utf8) { position += 7 }
  }

  mutating func value(depth: Int) -> LooseJSON? {
    skipSpace()
    guard position < bytes.count, depth < LooseJSON.depthMax else { return nil }
    switch bytes[position] {
    case UInt8(ascii: "{"): return object(depth: depth)
    case UInt8(ascii: "["): return list(depth: depth)
    case UInt8(ascii: "\""): return .text(string())
    default:
      let start = position
      while position < bytes.count, !",]}".utf8.contains(bytes[position]), bytes[position] > 0x20 { position += 1 }
      return position > start ? .other : nil
    }
  }

  private mutating func object(depth: Int) -> LooseJSON {
    position += 1
    var members: [(name: String, value: LooseJSON)] = []
    while let next = nextItem(), next != UInt8(ascii: "}") {
      guard next == UInt8(ascii: "\"") else { break }
      let name = string()
      skipSpace()
      guard position < bytes.count, bytes[position] == UInt8(ascii: ":") else { break }
      position += 1
      guard let value = value(depth: depth + 1) else { break }
      members.append((name, value))
    }
    if position < bytes.count { position += 1 }
    return .object(members)
  }

  private mutating func list(depth: Int) -> LooseJSON {
    position += 1
    var items: [LooseJSON] = []
    while let next = nextItem(), next != UInt8(ascii: "]") {
      guard let item = value(depth: depth + 1) else { break }
      items.append(item)
    }
    if position < bytes.count { position += 1 }
    return .list(items)
  }

  /// The byte at which the next member, item or end stands, behind commas.
  private mutating func nextItem() -> UInt8? {
    skipSpace()
    while position < bytes.count, bytes[position] == UInt8(ascii: ",") {
      position += 1
      skipSpace()
    }
    return position < bytes.count ? bytes[position] : nil
  }

  private mutating func skipSpace() {
    while position < bytes.count, bytes[position] <= 0x20 { position += 1 }
  }

  private mutating func string() -> String {
    position += 1
    var text: [UInt8] = []
    while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
      guard bytes[position] == UInt8(ascii: "\\"), position + 1 < bytes.count else {
        text.append(bytes[position])
        position += 1
        continue
      }
      position += 2
      switch bytes[position - 1] {
      case UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"), UInt8(ascii: "b"), UInt8(ascii: "f"):
        text.append(0x20)
      case UInt8(ascii: "u"): appendUnits(to: &text)
      default: text.append(bytes[position - 1])
      }
    }
    position += 1
    return String(decoding: text, as: UTF8.self)
  }

  /// Reads the digits of `\uXXXX`, and of those that follow at once: pairs of them may be one scalar.
  private mutating func appendUnits(to text: inout [UInt8]) {
    var units: [UInt16] = []
    while true {
      guard position + 4 <= bytes.count,
        let unit = UInt16(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
      else { break }
      units.append(unit)
      position += 4
      guard position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"), bytes[position + 1] == UInt8(ascii: "u")
      else {
        break
      }
      position += 2
    }
    text += Array(String(decoding: units, as: UTF16.self).utf8)
  }
}
