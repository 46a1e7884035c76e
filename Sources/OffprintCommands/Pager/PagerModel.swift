import OffprintWire

/// A reader in front of a screen: which lines are seen, what a key does, which place is to be remembered.
///
/// Pure: the terminal is elsewhere. Opening is not reading (DESIGN, progress), so there is no place to remember before the
/// reader moves.
package struct PagerModel: Sendable {
  /// A place to remember.
  package enum Place: Sendable, Hashable {
    /// Somewhere in the text.
    case position(BodyPosition)
    /// Its end.
    case end
  }

  private let head: [String]
  private let body: BodyText
  private let opening: String?
  private var text: PagerText
  private var columns: Int
  private var rows: Int
  /// The number of the first line seen.
  package private(set) var top = 0
  /// The place that stays on top when the screen changes its size, so that turning it back and forth moves nothing.
  private var anchor: BodyPosition
  private var isAtEnd = false
  /// Whether the reader has moved since the article was opened.
  package private(set) var hasMoved = false

  /// An article opened at a place.
  ///
  /// - Parameters:
  ///   - head: Lines above the text, fit for a terminal.
  ///   - position: Where the reader stopped; nil: the start.
  ///   - opening: What the status line says until the reader moves.
  package init(
    head: [String], body: BodyText, at position: BodyPosition?, opening: String? = nil, columns: Int, rows: Int
  ) {
    self.head = head
    self.body = body
    self.opening = opening
    self.columns = max(columns, 1)
    self.rows = max(rows, 2)
    text = PagerText(head: head, body: body, columns: self.columns)
    anchor = position ?? BodyPosition(block: 0, offset: 0)
    top = min(text.line(at: anchor), lastTop)
  }

  /// The rows that show text; the last one is for the status.
  private var height: Int { rows - 1 }
  private var lastTop: Int { max(text.lines.count - height, 0) }

  /// The screen has another size.
  package mutating func resize(columns: Int, rows: Int) {
    self.columns = max(columns, 1)
    self.rows = max(rows, 2)
    text = PagerText(head: head, body: body, columns: self.columns)
    top = isAtEnd ? lastTop : min(text.line(at: anchor), lastTop)
  }

  /// Does what a key asks.
  /// - Returns: whether the reader moved.
  package mutating func press(_ key: PagerKey) -> Bool {
    let page = max(height - 1, 1)
    let half = max(height / 2, 1)
    switch key {
    case .lineDown: return goForward(to: top + 1)
    case .pageDown: return goForward(to: top + page)
    case .halfDown: return goForward(to: top + half)
    case .end: return goForward(to: lastTop)
    case .lineUp: return goBack(to: top - 1)
    case .pageUp: return goBack(to: top - page)
    case .halfUp: return goBack(to: top - half)
    case .start: return goBack(to: 0)
    case .redraw, .quit, .other: return false
    }
  }

  /// Who goes on where the last line is seen has read to the end, even if no line moves.
  private mutating func goForward(to line: Int) -> Bool {
    let target = min(line, lastTop)
    guard target != top || !isAtEnd else { return false }
    settle(at: target)
    isAtEnd = target == lastTop
    return true
  }

  private mutating func goBack(to line: Int) -> Bool {
    let target = max(line, 0)
    guard target != top else { return false }
    settle(at: target)
    isAtEnd = false
    return true
  }

  private mutating func settle(at line: Int) {
    top = line
    anchor = text.lines.indices.contains(line) ? text.lines[line].position : BodyPosition(block: 0, offset: 0)
    hasMoved = true
  }

  /// The place to remember; nil if the reader has not moved.
  package var place: Place? { hasMoved ? (isAtEnd ? .end : .position(anchor)) : nil }

  /// How far the reader is, in millionths.
  package var fraction: Int64 { isAtEnd ? Fraction.whole : Int64(body.fraction(at: anchor)) }

  /// The screen: as many lines as fit above the last row, and the status for that.
  package var screen: (lines: [String], status: String) {
    let seen = text.lines[top..<min(top + height, text.lines.count)].map(\.text)
    return (seen + Array(repeating: "", count: height - seen.count), status)
  }

  private var status: String {
    let note = hasMoved ? nil : opening
    let keys = "space on, b back, g start, G end, q stop"
    let parts = [Fraction.percent(fraction), note, keys].compactMap { $0 }
    return TerminalLine.text(" " + parts.joined(separator: "  |  ") + " ", columns: columns)
  }
}
