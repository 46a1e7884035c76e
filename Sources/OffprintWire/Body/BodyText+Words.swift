extension BodyText {
  /// How many words the text has, as a measure of the time that reading takes.
  ///
  /// A word is a run without white space that holds a letter or a digit. In scripts that put no spaces between words (Han,
  /// Hiragana, Katakana, Thai, Lao, Khmer, Myanmar) each letter counts as one.
  package var wordCount: Int {
    var count = 0
    for index in blocks.indices {
      var isInWord = false
      for scalar in text(ofBlock: index).unicodeScalars {
        if scalar.isASCII {
          let byte = UInt8(ascii: scalar)
          if byte.isASCIIWhiteSpace || byte == 0x0B {
            isInWord = false
          } else if !isInWord, byte.isASCIILetter || (0x30...0x39).contains(byte) {
            isInWord = true
            count += 1
          }
        } else if (0xC0...0x24F).contains(scalar.value), scalar.value != 0xD7, scalar.value != 0xF7 {
          // Letters of the Latin script, without asking Unicode's tables.
          if !isInWord { count += 1 }
          isInWord = true
        } else if (0x2010...0x2027).contains(scalar.value) {
          // Dashes, quotation marks and the like: neither part words nor begin them.
          continue
        } else if Self.standsAlone(scalar.value) {
          count += 1
          isInWord = false
        } else if scalar.properties.isWhitespace {
          isInWord = false
        } else if !isInWord, scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
          isInWord = true
          count += 1
        }
      }
    }
    return count
  }

  private static func standsAlone(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0..<0x0E01: false
    case 0x0E01...0x0E30, 0x0E81...0x0EB0, 0x1000...0x102A, 0x1780...0x17A2: true
    case 0x3041...0x3096, 0x30A1...0x30FA, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x3FFFD: true
    default: false
    }
  }
}
