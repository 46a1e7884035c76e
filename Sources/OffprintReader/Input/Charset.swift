import CLibXML2
import OffprintWire

/// Finds out how the bytes of a source are encoded, and gives its text in valid UTF-8.
enum Charset {
  /// The text of a page.
  ///
  /// In this order: a byte order mark; UTF-8, if the bytes are valid and not ASCII alone (other encodings do not look like
  /// it by chance, and what pages declare is often wrong); the encoding that a `meta` among the first 4,096 bytes
  /// names; windows-1252.
  static func decodePage(_ bytes: [UInt8]) -> [UInt8] {
    if let text = decodeMarked(bytes) { return text }
    let ascii = UTF8Check.asciiEnd(bytes, from: 0)
    let isASCII = ascii == bytes.count
    if !isASCII, UTF8Check.isValid(bytes, from: ascii) { return bytes }
    let label = declaredLabel(in: bytes)
    // A declaration that can be read as ASCII declares no encoding of 16-bit units.
    if let label, !isSingleByteDefault(label), !label.hasPrefix("utf"), let text = convert(bytes, from: label) {
      return text
    }
    if isASCII { return bytes }
    return label?.hasPrefix("utf") == true ? repaired(bytes) : Windows1252.decode(bytes)
  }

  /// The text of a file: a byte order mark, UTF-8 if the bytes are valid, else windows-1252.
  static func decodeText(_ bytes: [UInt8]) -> [UInt8] {
    if let text = decodeMarked(bytes) { return text }
    return UTF8Check.isValid(bytes, from: 0) ? bytes : Windows1252.decode(bytes)
  }

  /// Whether a byte order mark says that NUL bytes are to be expected.
  static func isMarkedUTF16(_ bytes: [UInt8]) -> Bool {
    bytes.starts(with: [0xFE, 0xFF]) || bytes.starts(with: [0xFF, 0xFE])
  }

  private static func decodeMarked(_ bytes: [UInt8]) -> [UInt8]? {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return repaired(Array(bytes.dropFirst(3))) }
    guard isMarkedUTF16(bytes) else { return nil }
    let isBigEndian = bytes[0] == 0xFE
    var units: [UInt16] = []
    units.reserveCapacity(bytes.count / 2)
    for index in stride(from: 2, to: bytes.count - 1, by: 2) {
      let (one, other) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
      units.append(isBigEndian ? one << 8 | other : other << 8 | one)
    }
    return Array(String(decoding: units, as: UTF16.self).utf8)
  }

  private static func repaired(_ bytes: [UInt8]) -> [UInt8] {
    Array(String(decoding: bytes, as: UTF8.self).utf8)
  }

  /// The encoding's name in a `meta` element, in lower case: in `charset` or after `charset=` in `content`.
  private static func declaredLabel(in bytes: [UInt8]) -> String? {
    var tokenizer = MarkupTokenizer(Array(bytes.prefix(4_096)))
    while let token = tokenizer.next() {
      guard case .startTag(let tag) = token, tokenizer.bytes[tag.name].map(\.lowercasedASCII) == Array("meta".utf8)
      else {
        continue
      }
      var scanner = AttributeScanner(tokenizer.bytes, from: tag.attributes.lowerBound)
      while let attribute = scanner.next() {
        let name = String(decoding: tokenizer.bytes[attribute.name].map(\.lowercasedASCII), as: UTF8.self)
        let value = String(decoding: tokenizer.bytes[attribute.value].map(\.lowercasedASCII), as: UTF8.self)
        if name == "charset" { return label(value[...]) }
        guard name == "content", let key = value.firstRange(of: "charset=") else { continue }
        return label(value[key.upperBound...])
      }
    }
    return nil
  }

  private static func label(_ text: Substring) -> String? {
    let label = text.drop { " \"'".contains($0) }.prefix {
      $0.isASCII && ($0.isLetter || $0.isNumber || "-_:.".contains($0))
    }
    return label.isEmpty || label.utf8.count > 40 ? nil : String(label)
  }

  /// Names that, by the Encoding Standard, mean windows-1252.
  private static func isSingleByteDefault(_ label: String) -> Bool {
    ["ascii", "us-ascii", "iso-8859-1", "iso8859-1", "latin1", "l1", "windows-1252", "cp1252", "x-cp1252"].contains(
      label)
  }

  /// Encodings whose names on pages mean a wider one than iconv takes them for (Encoding Standard, "Names and labels").
  private static let widened = [
    "gb2312": "GB18030", "gbk": "GB18030", "x-gbk": "GB18030", "shift_jis": "CP932", "shift-jis": "CP932",
    "sjis": "CP932", "x-sjis": "CP932", "windows-31j": "CP932", "euc-kr": "CP949", "ks_c_5601-1987": "CP949",
    "big5": "BIG5-HKSCS", "iso-8859-9": "CP1254", "tis-620": "CP874", "iso-8859-11": "CP874",
  ]

  /// Converts by libxml2, which asks iconv; bytes without a meaning become U+FFFD. Nil for an unknown encoding.
  private static func convert(_ bytes: [UInt8], from label: String) -> [UInt8]? {
    guard let handler = xmlFindCharEncodingHandler(widened[label] ?? label) else { return nil }
    defer { xmlCharEncCloseFunc(handler) }
    guard let input = xmlBufferCreate(), let output = xmlBufferCreate() else { return nil }
    defer {
      xmlBufferFree(input)
      xmlBufferFree(output)
    }
    guard let length = Int32(exactly: bytes.count), xmlBufferAdd(input, bytes, length) == 0 else { return nil }
    while xmlBufferLength(input) > 0 {
      let left = xmlBufferLength(input)
      let written = xmlBufferLength(output)
      let result = xmlCharEncInFunc(handler, output, input)
      if xmlBufferLength(input) == 0 { break }
      // Stopped before a byte that has no meaning, or moved on without reaching the end.
      if result >= 0, xmlBufferLength(input) < left || xmlBufferLength(output) > written { continue }
      guard xmlBufferShrink(input, 1) >= 0, xmlBufferAdd(output, UTF8.encodedReplacementCharacter.map { $0 }, 3) == 0
      else {
        return nil
      }
    }
    guard let content = xmlBufferContent(output) else { return [] }
    return repaired(Array(UnsafeBufferPointer(start: content, count: Int(xmlBufferLength(output)))))
  }
}
