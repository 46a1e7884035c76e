/// Texts of a server's choosing on their way into a request: a cursor may be any text (Protocol, CUR-1, CUR-2).
enum QueryValue {
  /// The text as the value of a parameter: all but unreserved characters as escapes (RFC 3986, section 2.1).
  static func encoded(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        bytes.append(byte)
      default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Whether a text can be sent as an entity tag: in quotes, of visible ASCII characters and no further quote
  /// (RFC 9110, section 8.8.3).
  static func isEntityTag(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.count >= 2, bytes.first == UInt8(ascii: "\""), bytes.last == UInt8(ascii: "\"") else { return false }
    return bytes.dropFirst().dropLast().allSatisfy { (0x21..<0x7F).contains($0) && $0 != UInt8(ascii: "\"") }
  }
}
