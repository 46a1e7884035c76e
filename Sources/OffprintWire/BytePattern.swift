/// A sequence of bytes to look for, in time linear in text and pattern whatever they hold (Knuth, Morris, Pratt).
struct BytePattern {
  private let bytes: [UInt8]
  /// For each length of a match so far, the length of the longest shorter one that ends with it.
  private let fallback: [Int]

  /// The pattern; an empty one matches nowhere.
  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    var fallback = [Int](repeating: 0, count: bytes.count + 1)
    var matched = 0
    for index in bytes.indices.dropFirst() {
      while matched > 0, bytes[index] != bytes[matched] { matched = fallback[matched] }
      if bytes[index] == bytes[matched] { matched += 1 }
      fallback[index + 1] = matched
    }
    self.fallback = fallback
  }

  /// Calls for each match, overlapping ones too, in order; stops where `body` answers false.
  func forEachMatch<Text: RandomAccessCollection>(
    in text: Text, _ body: (_ start: Text.Index) -> Bool
  ) where Text.Element == UInt8, Text.Index == Int {
    guard !bytes.isEmpty else { return }
    var matched = 0
    for index in text.indices {
      let byte = text[index]
      while matched > 0, byte != bytes[matched] { matched = fallback[matched] }
      if byte == bytes[matched] { matched += 1 }
      guard matched == bytes.count else { continue }
      if !body(index + 1 - matched) { return }
      matched = fallback[matched]
    }
  }

  /// The start of the first match.
  func firstMatch(in text: [UInt8]) -> Int? {
    var found: Int?
    forEachMatch(in: text) { start in
      found = start
      return false
    }
    return found
  }
}
