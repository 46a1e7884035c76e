import OffprintWire

/// The words of a text as numbers, so that comparing texts and looking for phrases needs no strings.
///
/// A word is a run of ASCII letters, digits and anything that is not ASCII but quotes, dashes and the no-break space; capitals count
/// as small letters (also those of Latin), an apostrophe within a word belongs to it.
enum WordHashes {
  /// The words of a text, at most so many.
  static func of(_ text: some Collection<UInt8>, max: Int = .max) -> [UInt64] {
    var words: [UInt64] = []
    var hash = seed
    var isInWord = false
    var before: UInt8 = 0
    var pending: UInt8 = 0
    for byte in text {
      // Punctuation of three bytes begins with E2 80 or E3 80, of two with C2.
      if pending == 0xE2, byte == 0x80 { pending = 0x80; continue }
      if pending == 0x80 {
        pending = 0
        if byte == 0x99 || byte == 0x98 { continue }
        if isInWord { words.append(hash) }
        isInWord = false
        hash = seed
        if words.count >= max { return words }
        continue
      }
      if pending == 0xC2 {
        pending = 0
        if isInWord { words.append(hash) }
        isInWord = false
        hash = seed
        continue
      }
      if pending == 0xE2 { hash = step(hash, 0xE2) }
      pending = 0
      if byte == 0xE2 || byte == 0xC2 { pending = byte; continue }
      let isLetter = byte.isASCIILetter || (0x30...0x39).contains(byte) || byte >= 0x80
      if isLetter {
        var lower = byte.lowercasedASCII
        if before == 0xC3, (0x80...0x9E).contains(byte) { lower = byte + 0x20 }
        // Latin Extended-A: capitals are even up to here, then odd.
        if before == 0xC4 && (0x80...0xB6).contains(byte) || before == 0xC5 && (0x8A...0xB6).contains(byte) {
          lower = byte | 1
        }
        if before == 0xC5, [0x81, 0x83, 0x85, 0x87, 0xB9, 0xBB, 0xBD].contains(byte) { lower = byte + 1 }
        hash = step(hash, lower)
        isInWord = true
      } else if byte != UInt8(ascii: "'"), isInWord {
        words.append(hash)
        isInWord = false
        hash = seed
        if words.count >= max { return words }
      }
      before = byte
    }
    if isInWord { words.append(hash) }
    return words
  }

  private static let seed: UInt64 = 0xCBF2_9CE4_8422_2325
  private static func step(_ hash: UInt64, _ byte: UInt8) -> UInt64 { (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
}
