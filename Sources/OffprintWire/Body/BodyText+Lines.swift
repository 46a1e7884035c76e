/// A line of a body's text as shown without markup.
public struct BodyLine: Sendable, Hashable {
  /// What is shown: indentation and list mark included, no line feed, no control characters but TAB.
  public let text: String
  /// The place in the body's text where the line starts; of the following line for a blank one between two blocks.
  public let position: BodyPosition
}

extension BodyText {
  /// The whole text without markup: blocks parted by a blank line, items of lists and cells of tables by a line end,
  /// items marked by `- ` or their number. Ends in a line end, but for a body without text.
  ///
  /// Control characters that could steer a terminal are shown as U+FFFD.
  ///
  /// - Parameter width: The columns to break lines at; nil keeps each block on one line. `pre` is never broken.
  public func plainText(width: Int? = nil) -> String {
    var text = ""
    for line in lines(width: width) {
      text += line.text
      text += "\n"
    }
    return text
  }

  /// The lines of ``plainText(width:)``, each with its place.
  public func lines(width: Int? = nil) -> [BodyLine] {
    var lines: [BodyLine] = []
    for index in blocks.indices {
      let block = blocks[index]
      if index > 0, !Self.areClose(blocks[index - 1], block) {
        lines.append(BodyLine(text: "", position: BodyPosition(block: index, offset: 0)))
      }
      let (first, rest) = Self.prefixes(of: block)
      let columns = width.map { max($0 - first.utf8.count, Self.columnsMin) }
      let text = self.text(ofBlock: index)
      let parts = block.element == .preformatted ? Self.split(text) : LineBreaker(columns: columns).lines(of: text)
      for (number, part) in parts.enumerated() {
        let shown = (number == 0 ? first : rest) + Self.harmless(part.text)
        lines.append(BodyLine(text: shown, position: BodyPosition(block: index, offset: part.offset)))
      }
    }
    return lines
  }

  private static let columnsMin = 10

  private static func areClose(_ one: Block, _ next: Block) -> Bool {
    if one.listDepth > 0, next.listDepth > 0 { return true }
    let cells: [BodyElement] = [.cell, .headCell]
    if cells.contains(one.element), cells.contains(next.element) { return true }
    return one.element == .term && next.element == .description
  }

  /// What stands before the first line of a block and before its further lines; ASCII only.
  private static func prefixes(of block: Block) -> (first: String, rest: String) {
    // Deep lists of hostile bodies must not make each line a screen wide.
    let depth = min(block.listDepth, 8)
    let outer = String(repeating: "  ", count: max(depth - 1, 0))
    let mark: String
    switch block.marker {
    case .bullet: mark = "- "
    case .number(let number): mark = "\(number). "
    case nil: mark = depth > 0 ? "  " : ""
    }
    return (outer + mark, outer + String(repeating: " ", count: mark.utf8.count))
  }

  private static func split(_ text: String) -> [LineBreaker.Line] {
    var lines: [LineBreaker.Line] = []
    var offset = 0
    for line in text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false) {
      lines.append(LineBreaker.Line(text: Substring(line), offset: offset))
      offset += line.count + 1
    }
    return lines
  }

  private static func harmless(_ text: Substring) -> String {
    let isControl = { (scalar: Unicode.Scalar) in
      scalar != "\t" && (scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value))
    }
    guard text.unicodeScalars.contains(where: isControl) else { return String(text) }
    var shown = String.UnicodeScalarView()
    for scalar in text.unicodeScalars { shown.append(isControl(scalar) ? "\u{FFFD}" : scalar) }
    return String(shown)
  }
}
