import OffprintWire

/// Finds many words at once in class names: one step a byte, however many words there are (Aho and Corasick).
///
/// A word `*x` may begin anywhere, `x*` may go on; without a star it ends where the name's word does: before anything but a letter or
/// digit, or before a capital after a small letter.
struct WordAutomaton: Sendable {
  /// By state and letter.
  private var next: [Int16]
  /// By state: the length of its words, each of which ends there.
  private var outputs: [[(length: Int, value: UInt32, atStart: Bool, atEnd: Bool)]]

  /// By state: whether it has words.
  private var ends: [Bool] = []

  private static let letters = 40

  /// - Parameter words: Words of small letters, digits, `-` and `_`, with stars, each with what it means.
  init(_ words: [(String, UInt32)]) {
    next = [Int16](repeating: -1, count: Self.letters)
    outputs = [[]]
    for (word, value) in words {
      var state = 0
      let bytes = Array(word.utf8.filter { $0 != 0x2A })
      for byte in bytes {
        let slot = state * Self.letters + Self.letter(byte)
        if next[slot] < 0 {
          next[slot] = Int16(outputs.count)
          next += [Int16](repeating: -1, count: Self.letters)
          outputs.append([])
        }
        state = Int(next[slot])
      }
      outputs[state].append((bytes.count, value, !word.hasPrefix("*"), !word.hasSuffix("*")))
    }
    link()
    ends = outputs.map { !$0.isEmpty }
  }

  private mutating func link() {
    var failure = [Int](repeating: 0, count: outputs.count)
    var queue: [Int] = []
    for letter in 0..<Self.letters {
      let state = Int(next[letter])
      if state < 0 { next[letter] = 0 } else { queue.append(state) }
    }
    var done = 0
    while done < queue.count {
      let state = queue[done]
      done += 1
      outputs[state] += outputs[failure[state]]
      for letter in 0..<Self.letters {
        let slot = state * Self.letters + letter
        let fallback = next[failure[state] * Self.letters + letter]
        if next[slot] < 0 {
          next[slot] = fallback
        } else {
          failure[Int(next[slot])] = Int(fallback)
          queue.append(Int(next[slot]))
        }
      }
    }
  }

  /// What all words found in a name mean.
  func find(in name: ArraySlice<UInt8>) -> UInt32 {
    var state = 0
    var result: UInt32 = 0
    for index in name.indices {
      state = Int(next[state * Self.letters + Self.letter(name[index])])
      guard ends[state] else { continue }
      for output in outputs[state] where result & output.value != output.value {
        if output.atEnd, !Self.endsWord(name, at: index) { continue }
        if output.atStart, !Self.startsWord(name, at: index - output.length + 1) { continue }
        result |= output.value
      }
    }
    return result
  }

  private static func letter(_ byte: UInt8) -> Int {
    switch byte {
    case 0x61...0x7A: Int(byte) - 0x61
    case 0x41...0x5A: Int(byte) - 0x41
    case 0x30...0x39: 26
    case 0x2D: 27
    case 0x5F: 28
    case 0x20: 29
    default: 30
    }
  }

  private static func startsWord(_ name: ArraySlice<UInt8>, at index: Int) -> Bool {
    guard index > name.startIndex else { return true }
    return isBetween(name[index - 1], name[index])
  }

  private static func endsWord(_ name: ArraySlice<UInt8>, at index: Int) -> Bool {
    guard index + 1 < name.endIndex else { return true }
    return isBetween(name[index], name[index + 1])
  }

  /// Whether a word ends between two bytes.
  private static func isBetween(_ one: UInt8, _ other: UInt8) -> Bool {
    if !one.isASCIILetter || !other.isASCIILetter { return true }
    return (0x61...0x7A).contains(one) && (0x41...0x5A).contains(other)
  }
}
