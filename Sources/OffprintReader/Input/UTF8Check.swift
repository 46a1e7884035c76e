/// Whether bytes are UTF-8 (The Unicode Standard, table 3-7), ASCII looked at eight bytes at a time: pages are mostly that.
enum UTF8Check {
  /// The first byte from there on that is not ASCII; the end if all are.
  static func asciiEnd(_ bytes: [UInt8], from start: Int) -> Int {
    bytes.withUnsafeBytes { asciiEnd($0, from: start) }
  }

  /// Whether the bytes from there on are well-formed.
  static func isValid(_ bytes: [UInt8], from start: Int) -> Bool {
    bytes.withUnsafeBytes { bytes in
      var index = asciiEnd(bytes, from: start)
      while index < bytes.count {
        let lead = bytes[index]
        let second = index + 1 < bytes.count ? bytes[index + 1] : 0
        let length: Int
        switch (lead, second) {
        case (0xC2...0xDF, 0x80...0xBF): length = 2
        case (0xE0, 0xA0...0xBF), (0xE1...0xEC, 0x80...0xBF), (0xED, 0x80...0x9F), (0xEE...0xEF, 0x80...0xBF):
          length = 3
        case (0xF0, 0x90...0xBF), (0xF1...0xF3, 0x80...0xBF), (0xF4, 0x80...0x8F): length = 4
        default: return false
        }
        guard index + length <= bytes.count else { return false }
        for rest in index + 2..<max(index + 2, index + length) where bytes[rest] & 0xC0 != 0x80 { return false }
        index += length
        if index < bytes.count, bytes[index] < 0x80 { index = asciiEnd(bytes, from: index) }
      }
      return true
    }
  }

  private static func asciiEnd(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
    var index = start
    while index + 8 <= bytes.count,
      bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
    {
      index += 8
    }
    while index < bytes.count, bytes[index] < 0x80 { index += 1 }
    return index
  }
}
