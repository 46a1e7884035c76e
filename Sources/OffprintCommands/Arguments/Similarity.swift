/// How much alike two short words are, for "did you mean".
package enum Similarity {
  /// The word nearest to one that was mistyped, or nil if none is near enough to be meant.
  package static func nearest(to word: String, among known: [String]) -> String? {
    // Longer words are no typing errors, and the distance costs their product.
    guard !word.isEmpty, word.utf8.count <= 40 else { return nil }
    let allowed = max(1, min(3, word.utf8.count / 3 + 1))
    let ranked =
      known
      .map { (word: $0, distance: distance(Array(word.utf8), Array($0.utf8))) }
      .filter { $0.distance <= allowed && $0.distance < $0.word.utf8.count }
      .min { $0.distance < $1.distance }
    if let ranked { return ranked.word }
    let longer = known.filter { $0.hasPrefix(word) }
    return longer.count == 1 ? longer.first : nil
  }

  /// The least number of letters to insert, drop, change or swap with their neighbour that makes one word the other.
  static func distance(_ one: [UInt8], _ other: [UInt8]) -> Int {
    var before: [Int] = []
    var last: [Int] = []
    var row = Array(0...other.count)
    for (index, letter) in one.enumerated() {
      (before, last) = (last, row)
      row[0] = index + 1
      for column in other.indices {
        let change = last[column] + (letter == other[column] ? 0 : 1)
        row[column + 1] = min(change, last[column + 1] + 1, row[column] + 1)
        if index > 0, column > 0, letter == other[column - 1], one[index - 1] == other[column] {
          row[column + 1] = min(row[column + 1], before[column - 1] + 1)
        }
      }
    }
    return row[other.count]
  }
}
