import Offprint
import OffprintWire

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Reading in the terminal: resumes where the reader was and records where they stop.
extension Session {
  func page(_ library: Library, _ article: Article, _ text: BodyText, from position: ReadingPosition?) async throws {
    guard let terminal = RawTerminal(input: world.input, output: world.output) else {
      throw CommandFailure(
        .failed, code: "noTerminal", "this terminal cannot be read key by key; pipe the text instead")
    }
    Interrupts.shared.beforeEnd { terminal.restore() }
    defer {
      terminal.restore()
      Interrupts.shared.beforeEnd(nil)
    }
    var screen = PagerScreen(
      text: text, title: article.title.visible, size: terminal.size,
      start: BodyPosition(block: position?.block ?? 0, offset: position?.offset ?? 0))
    var recorded = screen.position
    reading: while true {
      terminal.draw(screen.rendered)
      guard let key = terminal.readKey() else { break }
      screen.resize(terminal.size)
      guard screen.press(key) else { break reading }
      // Opening is not reading: a place is recorded when the reader moves.
      if screen.position != recorded {
        recorded = screen.position
        let target: ProgressTarget =
          screen.isAtEnd
          ? .finished
          : Locator.make(in: text, block: recorded.block, offset: recorded.offset).map { .locator($0) } ?? .fraction(0)
        try await library.setProgress(of: article.id, to: target)
      }
    }
    terminal.restore()
    remark(ArticleText.sentence(try await library.readingPosition(of: article.id)))
  }
}

/// What the pager shows: lines wrapped to the window, and the first one of them. Knows no terminal.
package struct PagerScreen {
  private let text: BodyText
  private let title: String
  private var lines: [BodyLine] = []
  private var size: (columns: Int, rows: Int)
  private var top = 0

  package init(text: BodyText, title: String, size: (columns: Int, rows: Int), start: BodyPosition) {
    self.text = text
    self.title = title
    self.size = size
    wrap(at: start)
  }

  private var height: Int { max(1, size.rows - 1) }
  private var lastTop: Int { max(0, lines.count - height) }

  /// The place of the first line shown.
  package var position: BodyPosition {
    lines.indices.contains(top) ? lines[top].position : BodyPosition(block: 0, offset: 0)
  }

  /// Whether the last line is shown.
  package var isAtEnd: Bool { top >= lastTop }

  private mutating func wrap(at place: BodyPosition) {
    lines = text.lines(width: max(20, min(size.columns - 2, 80)))
    top = min(lines.lastIndex { $0.position <= place && !$0.text.isEmpty } ?? 0, lastTop)
  }

  /// Wraps anew for another window, keeping the place.
  package mutating func resize(_ size: (columns: Int, rows: Int)) {
    guard size != self.size else { return }
    let place = position
    self.size = size
    wrap(at: place)
  }

  /// Moves as a key says.
  /// - Returns: false if the reader stops.
  package mutating func press(_ key: PagerKey) -> Bool {
    switch key {
    case .stop: return false
    case .nextPage: top = min(top + height - 1, lastTop)
    case .previousPage: top = max(top - height + 1, 0)
    case .nextLine: top = min(top + 1, lastTop)
    case .previousLine: top = max(top - 1, 0)
    case .start: top = 0
    case .end: top = lastTop
    case .other: break
    }
    return true
  }

  /// The window's text, drawn from its top left corner.
  package var rendered: String {
    var drawn = "\u{1B}[H"
    for row in 0..<height {
      let line = top + row < lines.count ? lines[top + row].text.visible : ""
      drawn += " \(line)\u{1B}[K\r\n"
    }
    let fraction = isAtEnd ? Fraction.whole : Int64(text.fraction(at: position))
    let status = " \(Fraction.percent(fraction))  \(title)  (space on, b back, q stop)"
    return drawn + "\u{1B}[7m" + String(status.prefix(size.columns)) + "\u{1B}[0m\u{1B}[K"
  }
}

/// What a key asks of the pager.
package enum PagerKey: Sendable {
  case nextPage, previousPage, nextLine, previousLine, start, end, stop, other
}

/// A terminal read key by key, put back as it was however reading ends.
private final class RawTerminal: Sendable {
  private let input: Int32
  private let output: Int32
  private let before: termios

  init?(input: Int32, output: Int32) {
    var settings = termios()
    guard tcgetattr(input, &settings) == 0 else { return nil }
    self.input = input
    self.output = output
    before = settings
    settings.c_lflag &= ~tcflag_t(ECHO | ICANON)
    guard tcsetattr(input, TCSAFLUSH, &settings) == 0 else { return nil }
    Messages(descriptor: output, style: .plain, isTerminal: true).write("\u{1B}[?1049h\u{1B}[2J")
  }

  func restore() {
    var settings = before
    tcsetattr(input, TCSAFLUSH, &settings)
    Messages(descriptor: output, style: .plain, isTerminal: true).write("\u{1B}[?1049l")
  }

  var size: (columns: Int, rows: Int) {
    var window = winsize()
    guard ioctl(output, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0, window.ws_row > 1 else { return (80, 24) }
    return (Int(window.ws_col), Int(window.ws_row))
  }

  func draw(_ text: String) { Messages(descriptor: output, style: .plain, isTerminal: true).write(text) }

  /// The next key; nil when the terminal has gone.
  func readKey() -> PagerKey? {
    var bytes = [UInt8](repeating: 0, count: 8)
    while true {
      let count = systemRead(input, &bytes, bytes.count)
      if count < 0, errno == EINTR { return .other }
      guard count > 0 else { return nil }
      switch Array(bytes[..<count]) {
      case [0x20], [0x66], Array("\u{1B}[6~".utf8): return .nextPage
      case [0x62], Array("\u{1B}[5~".utf8): return .previousPage
      case [0x6A], [0x0A], [0x0D], Array("\u{1B}[B".utf8): return .nextLine
      case [0x6B], Array("\u{1B}[A".utf8): return .previousLine
      case [0x67], Array("\u{1B}[H".utf8): return .start
      case [0x47], Array("\u{1B}[F".utf8): return .end
      case [0x71], [0x51], [0x03], [0x04]: return .stop
      default: return .other
      }
    }
  }
}
