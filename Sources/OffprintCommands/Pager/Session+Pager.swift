import Offprint
import OffprintWire

/// Reading an article in the terminal: resumes where the reader was and records where they stop.
extension Session {
  func page(_ library: Library, _ article: Article, _ text: BodyText, from position: ReadingPosition?) async throws {
    // What was printed so far belongs on the screen that comes back afterwards.
    try output.flush()
    let terminal = try PagerTerminal(input: world.input, output: world.output)
    let size = terminal.size
    let model = PagerModel(
      head: [article.title, article.byline.map { "by \($0)" }, article.url].compactMap { $0?.visible }, body: text,
      at: position.flatMap(Self.place), opening: position.flatMap(Self.opening), columns: size.columns, rows: size.rows)
    let pager = Pager(terminal: terminal) { place in
      _ = try await library.setProgress(of: article.id, to: Self.target(place, in: text))
    }
    let (last, isOrderly) = try await pager.run(model)
    if last.hasMoved { remark(ArticleText.sentence(try await library.readingPosition(of: article.id))) }
    if !isOrderly { throw CommandFailure(.interrupted, code: "cancelled", "reading was ended from outside") }
  }

  private static func place(_ position: ReadingPosition) -> BodyPosition? {
    guard let block = position.block, let offset = position.offset else { return nil }
    return BodyPosition(block: block, offset: offset)
  }

  private static func target(_ place: PagerModel.Place, in text: BodyText) -> ProgressTarget {
    guard case .position(let position) = place else { return .finished }
    let locator = Locator.make(in: text, block: position.block, offset: position.offset)
    return locator.map { .locator($0) } ?? .fraction(Int64(text.fraction(at: position)))
  }

  /// What the status line says of the place an article opens at.
  private static func opening(_ position: ReadingPosition) -> String? {
    if position.isFinished { return "read to the end" }
    if position.fraction == 0 { return nil }
    if position.resolution == .approximate { return "about where you stopped (approximate)" }
    return position.isThisReplica ? "where you stopped" : "where you stopped on another device"
  }
}
