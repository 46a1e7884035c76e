import CLibXML2
import OffprintWire

/// Decodes the references of attribute values, so that libxml2 needs not see them.
enum AttributeValue {
  private static let nameBytesMax = 12

  /// Appends a value to others, references decoded and NUL left out.
  static func append(_ bytes: [UInt8], _ range: Range<Int>, to pool: inout [UInt8]) {
    guard bytes[range].contains(where: { $0 == UInt8(ascii: "&") || $0 == 0 }) else {
      pool.append(contentsOf: bytes[range])
      return
    }
    var index = range.lowerBound
    while index < range.upperBound {
      let byte = bytes[index]
      if byte == UInt8(ascii: "&") {
        if let (scalar, next) = CharacterReference.decode(bytes, at: index, end: range.upperBound)
          ?? named(bytes, at: index, end: range.upperBound)
        {
          pool.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
          index = next
          continue
        }
      }
      if byte != 0 { pool.append(byte) }
      index += 1
    }
  }

  /// A reference by one of HTML's other names.
  private static func named(_ bytes: [UInt8], at ampersand: Int, end: Int) -> (scalar: Unicode.Scalar, next: Int)? {
    var name: [UInt8] = []
    var index = ampersand + 1
    while index < end, bytes[index] != UInt8(ascii: ";") {
      guard bytes[index].isASCIILetter || (0x30...0x39).contains(bytes[index]), name.count < nameBytesMax else {
        return nil
      }
      name.append(bytes[index])
      index += 1
    }
    guard index < end, !name.isEmpty, let entity = htmlEntityLookup(name + [0]) else { return nil }
    return Unicode.Scalar(entity.pointee.value).map { ($0, index + 1) }
  }
}
