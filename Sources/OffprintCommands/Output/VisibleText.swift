extension StringProtocol {
  /// This text on one line, with everything that could steer a terminal or reorder a line shown as an escape.
  ///
  /// Titles, notes, tags, quotes and addresses come from the web and from other devices; a terminal obeys what is in
  /// them. Escaped: control characters (C0, DEL, C1), line and paragraph separators, and the embeddings, overrides and
  /// isolates of bidirectional text. Line feed, carriage return and tab are `\n`, `\r`, `\t`, all others `\u{1b}`.
  package var visible: String {
    guard unicodeScalars.contains(where: \.steersTerminals) else { return String(self) }
    var shown = ""
    for scalar in unicodeScalars {
      switch scalar {
      case "\n": shown += "\\n"
      case "\r": shown += "\\r"
      case "\t": shown += "\\t"
      case _ where scalar.steersTerminals: shown += "\\u{\(String(scalar.value, radix: 16))}"
      default: shown.unicodeScalars.append(scalar)
      }
    }
    return shown
  }
}

extension Unicode.Scalar {
  fileprivate var steersTerminals: Bool {
    switch value {
    case 0..<0x20, 0x7F...0x9F: true
    case 0x2028, 0x2029: true
    case 0x202A...0x202E, 0x2066...0x2069: true
    default: false
    }
  }
}
