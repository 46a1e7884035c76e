extension Collection<UInt8> {
  /// Whether some bytes stand in these, one after the other; for short ones.
  func contains(bytes wanted: some Collection<UInt8>) -> Bool {
    guard let first = wanted.first else { return true }
    var index = startIndex
    while index < endIndex {
      if self[index] == first, self[index...].starts(with: wanted) { return true }
      formIndex(after: &index)
    }
    return false
  }
}

extension StringProtocol {
  /// Whether a text stands in this one, byte for byte: `contains` of the standard library also finds what is the same to Unicode,
  /// at many times the cost.
  func holds(_ text: String) -> Bool {
    utf8.withContiguousStorageIfAvailable { $0.contains(bytes: text.utf8) } ?? utf8.contains(bytes: text.utf8)
  }
}
