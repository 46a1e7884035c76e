/// Reading in the terminal: keys move through the text, and where the reader rests is remembered.
struct Pager {
  let terminal: PagerTerminal
  /// Remembers a place for good.
  let remember: (PagerModel.Place) async throws -> Void

  /// How long a reader must rest on a place before it is remembered: each remembering is a durable write.
  private static let restMilliseconds: Int32 = 700
  /// How many moves go by at most without remembering, so that who never rests loses little to a kill -9.
  private static let movesMax = 20

  /// Shows the text until the reader leaves, the terminal is gone, or a signal asks to end.
  ///
  /// - Returns: the model at the end, and whether the reader left by a key.
  func run(_ start: PagerModel) async throws -> (model: PagerModel, isOrderly: Bool) {
    var model = start
    var moves = 0
    try terminal.enter()
    defer { terminal.leave() }
    var event = draw(model)
    while true {
      switch event ?? terminal.next(timeoutMilliseconds: moves > 0 ? Self.restMilliseconds : nil) {
      case .key(.quit):
        try await settle(model, &moves)
        return (model, true)
      case .ended:
        try await settle(model, &moves)
        return (model, false)
      case .key(let key):
        if model.press(key) { moves += 1 }
        event = draw(model)
        if moves >= Self.movesMax { try await settle(model, &moves) }
      case .resized:
        let size = terminal.size
        model.resize(columns: size.columns, rows: size.rows)
        event = draw(model)
      case .idle:
        try await settle(model, &moves)
        event = nil
      }
    }
  }

  /// Draws; a terminal that cannot be drawn on is gone, but the place is still to be remembered.
  private func draw(_ model: PagerModel) -> PagerTerminal.Event? {
    do throws(OutputError) {
      try terminal.draw(model.screen)
      return nil
    } catch {
      return .ended
    }
  }

  private func settle(_ model: PagerModel, _ moves: inout Int) async throws {
    guard moves > 0, let place = model.place else { return }
    try await remember(place)
    moves = 0
  }
}
