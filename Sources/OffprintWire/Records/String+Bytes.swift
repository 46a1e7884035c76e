extension String {
  /// The longest beginning of at most `bytes` bytes of UTF-8 that ends between two scalars.
  ///
  /// Counted in bytes and not in characters, of which one can be a megabyte of combining marks.
  package func prefix(bytes: Int) -> String {
    guard utf8.count > bytes else { return self }
    var end = utf8.index(utf8.startIndex, offsetBy: max(0, bytes))
    while end > utf8.startIndex, UTF8.isContinuation(utf8[end]) { end = utf8.index(before: end) }
    return String(decoding: utf8[..<end], as: UTF8.self)
  }
}
