import OffprintCommands
import OffprintTesting
import OffprintWire
import Testing

/// Twenty paragraphs of twelve words: some 1,500 characters.
private let story = BodyText(
  html: Array(
    (1...20).map { number in
      "<p>" + (1...12).map { "word\(number)-\($0)" }.joined(separator: " ") + "</p>"
    }.joined().utf8))

/// A model that expectations can press keys on.
private final class Screen {
  private(set) var model: PagerModel

  init(
    _ body: BodyText = story, at position: BodyPosition? = nil, columns: Int = 40, rows: Int = 11,
    opening: String? = nil
  ) {
    model = PagerModel(
      head: ["Paper boats"], body: body, at: position, opening: opening, columns: columns, rows: rows)
  }

  func press(_ key: PagerKey) -> Bool { model.press(key) }
  func resize(columns: Int, rows: Int) { model.resize(columns: columns, rows: rows) }
  var place: PagerModel.Place? { model.place }
  var fraction: Int64 { model.fraction }
  var top: Int { model.top }
  var lines: [String] { model.screen.lines }
  var status: String { model.screen.status }
}

@Suite struct PagerModelTests {
  @Test func `opening an article is not reading it`() {
    let model = Screen(at: BodyPosition(block: 7, offset: 0), opening: "where you stopped")
    #expect(model.place == nil)
    let percent = Fraction.percent(Int64(story.fraction(at: BodyPosition(block: 7, offset: 0))))
    #expect(model.status.contains(percent) && model.status.contains("where you stopped"))
    model.resize(columns: 20, rows: 5)
    #expect(model.place == nil)
    for key in [PagerKey.other, .redraw, .quit] { #expect(!model.press(key)) }
    #expect(model.place == nil)
  }

  @Test func `it opens at the line that holds the place`() {
    let inside = BodyPosition(block: 7, offset: 50)
    let line = Screen(at: inside).lines[0]
    #expect(line.contains("word8-6"), "\(line)")
    #expect(Screen().lines[0] == "Paper boats")
    #expect(Screen(at: BodyPosition(block: 0, offset: 0)).lines[0] == "Paper boats")
  }

  @Test func `going on and back moves by what the key says and stops at both ends`() {
    let model = Screen(rows: 11)
    #expect(!model.press(.lineUp))
    #expect(model.press(.lineDown) && model.top == 1)
    #expect(model.press(.pageDown) && model.top == 10)
    #expect(model.press(.halfDown) && model.top == 15)
    #expect(model.press(.pageUp) && model.press(.halfUp) && model.top == 1)
    #expect(model.press(.end))
    let end = model.top
    #expect(!model.press(.end) && !model.press(.pageDown) && model.top == end)
    #expect(model.press(.start) && model.top == 0)
  }

  @Test func `the end is reached by going on, never by looking back`() {
    let model = Screen()
    #expect(model.press(.end) && model.place == .end && model.fraction == 1_000_000)
    #expect(model.press(.lineUp) && model.place != .end)
    #expect(model.press(.lineDown) && model.place == .end)
  }

  @Test func `a text that fits the screen is unread when opened and read once the reader goes on`() {
    let model = Screen(BodyText(html: Array("<p>Short.</p>".utf8)))
    #expect(model.place == nil && model.fraction == 0)
    #expect(!model.press(.lineUp) && model.place == nil)
    #expect(model.press(.pageDown) && model.place == .end)
    #expect(!model.press(.pageDown))
  }

  @Test func `an empty text is no trap`() {
    let model = Screen(BodyText(html: []), columns: 0, rows: 0)
    for key in [PagerKey.pageDown, .start, .end, .lineUp] { _ = model.press(key) }
    #expect(model.lines.count == 1)
  }

  @Test func `turning the screen back and forth keeps the place`() {
    let model = Screen(columns: 40)
    for _ in 0..<4 { _ = model.press(.pageDown) }
    let place = model.place
    let line = model.lines[0]
    for (columns, rows) in [(17, 30), (80, 5), (23, 9), (200, 50), (40, 11)] {
      model.resize(columns: columns, rows: rows)
    }
    #expect(model.place == place)
    #expect(model.lines[0] == line)
  }

  @Test func `who has read to the end stays there when the window shrinks`() {
    let model = Screen()
    _ = model.press(.end)
    model.resize(columns: 20, rows: 4)
    #expect(model.place == .end)
    #expect(model.lines.last?.contains("word20-12") == true)
  }

  @Test(arguments: [1, 2, 7, 13, 40, 80, 81, 300])
  func `no line is wider than the screen and every one knows its place`(columns: Int) {
    let html = """
      <h1>漢字かな交じり文と👩‍👩‍👧と e\u{301}\u{301}</h1><pre>a\tb\tc\t\(String(repeating: "x", count: 300))\n\ty</pre>
      <ul><li>one two three</li><li>שלום\u{202E}x</li></ul><p>\(String(repeating: "wort", count: 60))</p>
      """
    let body = BodyText(html: Array(html.utf8))
    let text = PagerText(head: ["Title \u{1B}[31m"], body: body, columns: columns)
    for line in text.lines {
      // A single wide character, or an escape, cannot be cut to fit a screen of one or two columns.
      #expect(TextColumns.width(of: line.text) <= max(columns, 8), "\(line.text)")
      #expect(!line.text.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x202E })
    }
    let positions = text.lines.map(\.position)
    #expect(positions == positions.sorted())
    #expect(positions.allSatisfy { body.contains($0) })
    for (index, line) in text.lines.enumerated() where index >= text.headCount {
      #expect(text.lines[text.line(at: line.position)].position == line.position)
    }
  }

  @Test func `a long line of code goes on in further lines and loses nothing`() {
    let code = (0..<40).map { "item\($0)" }.joined(separator: ",")
    let text = PagerText(head: [], body: BodyText(html: Array("<pre>\(code)</pre>".utf8)), columns: 30)
    #expect(text.lines.map(\.text).joined() == code)
    #expect(text.lines[3].position == BodyPosition(block: 0, offset: 90))
  }

  @Test func `random keys and sizes never leave the text, and every place has a locator`() {
    let seed = SeededGenerator.seed(else: UInt64.random(in: .min ... .max))
    print("OFFPRINT_SEED=\(seed)")
    var generator = SeededGenerator(seed: seed)
    let keys: [PagerKey] = [.lineDown, .lineUp, .pageDown, .pageUp, .halfDown, .halfUp, .start, .end, .other]
    let model = Screen()
    for _ in 0..<3_000 {
      if generator.oneIn(10) {
        model.resize(columns: generator.number(in: 0...120), rows: generator.number(in: 0...60))
      } else {
        _ = model.press(generator.pick(keys))
      }
      #expect((0...1_000_000).contains(model.fraction))
      if case .position(let position)? = model.place {
        #expect(Locator.make(in: story, block: position.block, offset: position.offset) != nil)
      }
      #expect(!model.lines.isEmpty)
    }
  }
}

@Suite struct PagerKeyTests {
  private func keys(_ text: String) -> [PagerKey] {
    var bytes = Array(text.utf8)[...]
    var keys: [PagerKey] = []
    while let key = PagerKey.take(from: &bytes, isAll: true) { keys.append(key) }
    return keys
  }

  @Test(
    arguments: [
      (" ", [PagerKey.pageDown]), ("jjk", [.lineDown, .lineDown, .lineUp]), ("\u{1B}[A\u{1B}[B", [.lineUp, .lineDown]),
      ("\u{1B}OA", [.lineUp]), ("\u{1B}[5~\u{1B}[6~", [.pageUp, .pageDown]), ("\u{1B}[1;5B", [.lineDown]),
      ("gG", [.start, .end]),
      ("\u{1B}[H\u{1B}[F", [.start, .end]), ("q", [.quit]), ("\u{3}", [.quit]), ("\u{1B}", [.other]),
      ("\u{1B}\u{1B}", [.other, .other]),
      ("é", [.other, .other]), ("\u{1B}[", [.other]), ("\u{1B}[200~ ", [.other, .pageDown]),
    ] as [(String, [PagerKey])])
  func `what a terminal sends is taken key by key`(sent: String, meant: [PagerKey]) {
    #expect(keys(sent) == meant)
  }

  @Test func `a sequence that arrives in two parts is one key`() {
    var bytes = Array("\u{1B}".utf8)[...]
    #expect(PagerKey.take(from: &bytes, isAll: false) == nil)
    bytes += Array("[".utf8)
    #expect(PagerKey.take(from: &bytes, isAll: false) == nil)
    bytes += Array("B".utf8)
    #expect(PagerKey.take(from: &bytes, isAll: false) == .lineDown)
    #expect(bytes.isEmpty)
  }

  @Test func `nonsense never blocks the keys behind it`() {
    var bytes = Array(("\u{1B}[" + String(repeating: "1", count: 100)).utf8)[...]
    #expect(PagerKey.take(from: &bytes, isAll: false) == .other)
  }
}
