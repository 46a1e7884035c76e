/// Finds phrases in short blocks.
struct PhraseTable: Sendable {
  /// How a phrase gives a block away.
  enum Place: Sendable {
    /// It is all of the block.
    case whole
    /// The block begins with it.
    case start
    /// It is somewhere in the block.
    case anywhere
  }

  private var phrases: [UInt64: [(words: [UInt64], place: Place)]] = [:]

  init(_ table: [(Place, [String])]) {
    for (place, list) in table {
      for phrase in list {
        let words = WordHashes.of(phrase.utf8)
        if let first = words.first { phrases[first, default: []].append((words, place)) }
      }
    }
  }

  /// Whether a block's words hold a phrase where it counts.
  func matches(_ words: [UInt64]) -> Bool {
    for (index, word) in words.enumerated() {
      guard let candidates = phrases[word] else { continue }
      for candidate in candidates {
        switch candidate.place {
        case .whole: if index > 0 || words.count != candidate.words.count { continue }
        case .start: if index > 0 { continue }
        case .anywhere: break
        }
        if words[index...].starts(with: candidate.words) { return true }
      }
    }
    return false
  }
}
