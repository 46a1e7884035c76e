import OffprintLocks

/// One line on a terminal that says how far something has come, written over itself; nothing elsewhere.
final class ProgressLine: Sendable {
  private let messages: Messages
  private let isShown: Bool
  private let shown = Mutex("")

  /// - Parameter isQuiet: whether nothing is to be shown on terminals either.
  init(_ messages: Messages, isQuiet: Bool) {
    self.messages = messages
    isShown = messages.isTerminal && !isQuiet
  }

  /// Shows a text of ASCII, unless it is what stands there.
  func show(_ text: String) {
    guard isShown else { return }
    shown.withLock { shown in
      guard shown != text else { return }
      let rest = String(repeating: " ", count: max(0, shown.count - text.count))
      messages.write("\r" + text + rest)
      shown = text
    }
  }

  /// Shows a bar: `copying  [#####-----]  52 %`.
  func show(_ name: String, done: Int, of all: Int) {
    let share = all > 0 ? min(max(done, 0), all) * 100 / all : 100
    let filled = share / 5
    let bar = String(repeating: "#", count: filled) + String(repeating: "-", count: 20 - filled)
    show("\(name)  [\(bar)]  \(share) %")
  }

  /// Takes the line away.
  func end() {
    show("")
    if isShown { messages.write("\r") }
  }
}

/// Whether Ctrl-C was pressed while something runs that cleans up behind itself.
final class StopRequest: Sendable {
  private let isAsked = Atomic(false)

  /// Takes the first Ctrl-C from now on.
  init() {}

  /// Listens while `body` runs; it calls ``check()`` now and then.
  func during<T>(_ body: () throws -> T) rethrows -> T {
    Interrupts.shared.onInterrupt { self.isAsked.store(true, ordering: .relaxed) }
    defer { Interrupts.shared.onInterrupt(nil) }
    return try body()
  }

  /// - Throws: `CancellationError` once Ctrl-C was pressed.
  func check() throws { if isAsked.load(ordering: .relaxed) { throw CancellationError() } }
}
