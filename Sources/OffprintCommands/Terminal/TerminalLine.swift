import OffprintWire

/// A line of an article's text made fit for a terminal or a pipe.
package enum TerminalLine {
  /// A part of a line.
  package struct Piece: Sendable, Hashable {
    /// What is shown.
    package let text: String
    /// How many Unicode scalars of the line stand before it.
    package let scalarsBefore: Int
  }

  private static let tabColumns = 8

  /// The line with tabs as spaces up to the next stop of 8 columns, and everything else that steers terminals escaped.
  package static func text(_ line: String) -> String {
    pieces(of: line, columns: .max).map(\.text).joined()
  }

  /// As much of a line as fits into so many columns, its escapes counted.
  package static func text(_ line: String, columns: Int) -> String {
    pieces(of: line, columns: max(columns, 1)).first?.text ?? ""
  }

  /// The line cut between characters into parts of at most so many columns; at least one character each.
  package static func pieces(of line: String, columns: Int) -> [Piece] {
    var pieces: [Piece] = []
    var text = ""
    var width = 0
    var start = 0
    var scalars = 0
    for character in line {
      var shown = character == "\t" ? spaces(at: width) : String(character).visible
      if width + TextColumns.width(of: shown) > columns, !text.isEmpty {
        pieces.append(Piece(text: text, scalarsBefore: start))
        (text, width, start) = ("", 0, scalars)
        if character == "\t" { shown = spaces(at: 0) }
      }
      text += shown
      width += TextColumns.width(of: shown)
      scalars += character.unicodeScalars.count
    }
    return pieces + [Piece(text: text, scalarsBefore: start)]
  }

  private static func spaces(at column: Int) -> String {
    String(repeating: " ", count: tabColumns - column % tabColumns)
  }
}
