/// Tells canonical JSON (Protocol, JSON-3) by one look at its bytes, if it is plain: of ASCII, without escapes, with numbers
/// of few digits. Nearly all values are, and records are read by the million.
struct PlainJSON {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var position = 0

  /// Whether these bytes are beyond doubt one canonical value that nests no deeper; false also for all that is not plain, of
  /// which a strict reader must judge.
  static func isCanonical(_ bytes: [UInt8], depthMax: Int) -> Bool {
    bytes.withUnsafeBufferPointer {
      var plain = PlainJSON(bytes: $0)
      return plain.passesValue(depthLeft: depthMax) && plain.position == $0.count
    }
  }

  private init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func passesValue(depthLeft: Int) -> Bool {
    switch next {
    case UInt8(ascii: "\""): passesString() != nil
    case UInt8(ascii: "{"): passesObject(depthLeft: depthLeft - 1)
    case UInt8(ascii: "["): passesArray(depthLeft: depthLeft - 1)
    case UInt8(ascii: "t"): passesWord("true")
    case UInt8(ascii: "f"): passesWord("false")
    case UInt8(ascii: "n"): passesWord("null")
    default: passesInteger()
    }
  }

  private mutating func passes(_ byte: UInt8) -> Bool {
    guard next == byte else { return false }
    position += 1
    return true
  }

  private mutating func passesWord(_ word: StaticString) -> Bool {
    let isThere = word.withUTF8Buffer { wanted in
      bytes.count - position >= wanted.count
        && wanted.indices.allSatisfy { bytes[position + $0] == wanted[$0] }
    }
    position += word.utf8CodeUnitCount
    return isThere
  }

  /// Fifteen digits at most, which stay below 2^53.
  private mutating func passesInteger() -> Bool {
    let isNegative = passes(UInt8(ascii: "-"))
    let start = position
    while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
    guard (1...15).contains(position - start) else { return false }
    return bytes[start] != UInt8(ascii: "0") || (position - start == 1 && !isNegative)
  }

  /// The range of the text between the quotes.
  private mutating func passesString() -> Range<Int>? {
    guard passes(UInt8(ascii: "\"")) else { return nil }
    let start = position
    while let byte = next {
      if byte == UInt8(ascii: "\"") {
        position += 1
        return start..<position - 1
      }
      guard (0x20..<0x80).contains(byte), byte != UInt8(ascii: "\\") else { return nil }
      position += 1
    }
    return nil
  }

  private mutating func passesArray(depthLeft: Int) -> Bool {
    guard depthLeft >= 0 else { return false }
    position += 1
    if passes(UInt8(ascii: "]")) { return true }
    repeat {
      guard passesValue(depthLeft: depthLeft) else { return false }
    } while passes(UInt8(ascii: ","))
    return passes(UInt8(ascii: "]"))
  }

  /// Names ascend by their bytes, so that none is there twice.
  private mutating func passesObject(depthLeft: Int) -> Bool {
    guard depthLeft >= 0 else { return false }
    position += 1
    if passes(UInt8(ascii: "}")) { return true }
    var last: Range<Int>?
    repeat {
      guard let name = passesString(), passes(UInt8(ascii: ":")) else { return false }
      if let last, !bytes[last].lexicographicallyPrecedes(bytes[name]) { return false }
      last = name
      guard passesValue(depthLeft: depthLeft) else { return false }
    } while passes(UInt8(ascii: ","))
    return passes(UInt8(ascii: "}"))
  }
}
