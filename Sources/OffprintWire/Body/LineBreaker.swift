/// Breaks a paragraph into lines of so many columns.
///
/// At spaces, which then are on neither line; between wide characters; else between two characters, never within one.
struct LineBreaker {
  /// A part of the paragraph.
  struct Line: Equatable {
    let text: Substring
    /// How many scalars of the paragraph stand before it.
    let offset: Int
  }

  /// The columns of a line; nil for one line however long.
  let columns: Int?

  func lines(of text: String) -> [Line] {
    guard let columns else { return [Line(text: text[...], offset: 0)] }
    var lines: [Line] = []
    var start = Place(index: text.startIndex)
    var here = start
    var lastBreak: (end: String.Index, next: Place)?
    var wasWide = false
    while here.index < text.endIndex {
      let character = text[here.index]
      let width = TextColumns.width(of: character)
      let next = here.after(character, in: text, width: width)
      if character == " " {
        if here.index > start.index { lastBreak = (here.index, next) }
      } else {
        let isWide = width == 2
        if here.index > start.index, isWide || wasWide, TextColumns.canBreak(before: character),
          !follows(here, lastBreak)
        {
          lastBreak = (here.index, here)
        }
        if next.columns - start.columns > columns, here.index > start.index {
          let broken = lastBreak ?? (here.index, here)
          lines.append(Line(text: text[start.index..<broken.end], offset: start.scalars))
          start = broken.next
          lastBreak = nil
        }
        wasWide = isWide
      }
      here = next
    }
    lines.append(Line(text: text[start.index...], offset: start.scalars))
    return lines
  }

  private struct Place {
    var index: String.Index
    var scalars = 0
    var columns = 0

    func after(_ character: Character, in text: String, width: Int) -> Place {
      Place(
        index: text.index(after: index), scalars: scalars + character.unicodeScalars.count, columns: columns + width)
    }
  }

  /// Whether the last break is the space just before: that one is better than one without a space.
  private func follows(_ here: Place, _ lastBreak: (end: String.Index, next: Place)?) -> Bool {
    lastBreak?.next.index == here.index
  }
}
