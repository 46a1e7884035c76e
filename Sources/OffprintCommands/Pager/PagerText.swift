import OffprintWire

/// An article laid out in lines for a screen of some width: a head, then the text, each line with its place in the text.
package struct PagerText: Sendable {
  /// A line on the screen.
  package struct Line: Sendable, Hashable {
    /// What is shown, fit for a terminal, no wider than the screen.
    package let text: String
    /// The place where it starts; the start of the text for the head.
    package let position: BodyPosition
  }

  /// The lines.
  package private(set) var lines: [Line]
  /// How many of them are the head.
  package let headCount: Int

  /// On wider screens text is broken all the same: long lines read badly.
  private static let columnsMax = 80

  /// Lays an article out.
  ///
  /// - Parameters:
  ///   - head: The head's lines, fit for a terminal but for their width.
  ///   - body: The text.
  ///   - columns: The width of the screen.
  package init(head: [String], body: BodyText, columns: Int) {
    let start = BodyPosition(block: 0, offset: 0)
    lines = head.map { Line(text: TerminalLine.text($0, columns: columns), position: start) }
    if !head.isEmpty { lines.append(Line(text: "", position: start)) }
    headCount = lines.count
    let broken = body.lines(width: min(columns, Self.columnsMax))
    for (index, line) in broken.enumerated() {
      let next = index + 1 < broken.count ? broken[index + 1].position : nil
      append(line, before: next, blockEnd: body.blocks[line.position.block].scalarCount, columns: columns)
    }
  }

  /// Lines of `pre` are as long as they are: what does not fit goes on in further lines, whose places are counted on.
  private mutating func append(_ line: BodyLine, before next: BodyPosition?, blockEnd: Int, columns: Int) {
    for piece in TerminalLine.pieces(of: line.text, columns: columns) {
      var position = line.position
      // Indentation counts in a line but not in the text: no line may start behind its block or the line that follows.
      position.offset = min(position.offset + piece.scalarsBefore, blockEnd)
      if let next, next < position { position = next }
      lines.append(Line(text: piece.text, position: position))
    }
  }

  /// The line that a place in the text is on; the first of all for the start.
  package func line(at position: BodyPosition) -> Int {
    if position <= BodyPosition(block: 0, offset: 0) { return 0 }
    var low = headCount
    var high = lines.count
    // The first line that starts behind the place; the one before it holds the place.
    while low < high {
      let middle = (low + high) / 2
      if lines[middle].position <= position { low = middle + 1 } else { high = middle }
    }
    return max(low - 1, 0)
  }
}
