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
