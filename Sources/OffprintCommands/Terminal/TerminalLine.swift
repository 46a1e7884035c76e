import OffprintWire

/// A line of an article's text made fit for a terminal or a pipe.
package enum TerminalLine {
  /// The line with tabs as spaces up to the next stop of 8 columns, and everything else that steers terminals escaped.
  package static func text(_ line: String) -> String {
    guard line.utf8.contains(0x09) else { return line.visible }
    var shown = ""
    var columns = 0
    for character in line {
      if character == "\t" {
        let fill = 8 - columns % 8
        shown += String(repeating: " ", count: fill)
        columns += fill
      } else {
        shown.append(character)
        columns += TextColumns.width(of: character)
      }
    }
    return shown.visible
  }

  /// As much of a line as fits into so many columns, its escapes counted.
  package static func text(_ line: String, columns: Int) -> String {
    let shown = text(line)
    if TextColumns.width(of: shown) <= columns { return shown }
    var kept = ""
    var used = 0
    for character in shown {
      used += TextColumns.width(of: character)
      if used > columns { break }
      kept.append(character)
    }
    return kept
  }
}
