import Dispatch

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A terminal in raw mode with a screen of its own: keys and signals come in, frames go out.
///
/// Belongs to one task. ``leave()`` puts the terminal back as it was; signals that would end the process are turned into
/// ``Event/ended``, so that nothing but SIGKILL gets past it.
final class PagerTerminal {
  /// What happens in front of the screen.
  enum Event: Hashable {
    case key(PagerKey)
    /// The window has another size.
    case resized
    /// Nothing for the time given.
    case idle
    /// The terminal is gone, or a signal asks to end.
    case ended
  }

  private let input: Int32
  private let screen: Int32
  private let output: Output
  private let wakeRead: Int32
  private let wakeWrite: Int32
  private var before: termios?
  private var sources: [any DispatchSourceSignal] = []
  private var waiting: ArraySlice<UInt8> = []

  private static let endings: [Int32] = [SIGTERM, SIGHUP, SIGQUIT]
  private static let escapeMilliseconds: Int32 = 50

  /// The terminal behind these file descriptors, not yet taken over.
  init(input: Int32, output: Int32) throws {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw Self.failure() }
    (wakeRead, wakeWrite) = (ends[0], ends[1])
    // A signal must never wait for the pager to read the last ones.
    _ = fcntl(wakeWrite, F_SETFL, O_NONBLOCK)
    self.input = input
    screen = output
    self.output = Output(descriptor: output)
  }

  deinit {
    close(wakeRead)
    close(wakeWrite)
  }

  private static func failure() -> CommandFailure {
    CommandFailure(
      .failed, code: "noTerminal",
      "this terminal cannot be read key by key (\(systemReason(errno))); pipe the text instead")
  }

  /// Takes the terminal over.
  func enter() throws {
    var settings = termios()
    guard tcgetattr(input, &settings) == 0 else { throw Self.failure() }
    let kept = settings
    cfmakeraw(&settings)
    watchSignals()
    before = kept
    guard tcsetattr(input, TCSANOW, &settings) == 0 else {
      leave()
      throw Self.failure()
    }
    try output.write("\u{1B}[?1049h\u{1B}[?25l")
    try output.flush()
  }

  /// Gives the terminal back as it was; does nothing the second time.
  func leave() {
    guard var settings = before else { return }
    before = nil
    try? output.write("\u{1B}[0m\u{1B}[?25h\u{1B}[?1049l")
    try? output.flush()
    tcsetattr(input, TCSANOW, &settings)
    for source in sources { source.cancel() }
    sources = []
    for number in Self.endings { signal(number, SIG_DFL) }
    Interrupts.shared.onInterrupt(nil)
  }

  private func watchSignals() {
    let queue = DispatchQueue(label: "offprint.pager.signals")
    let wake = wakeWrite
    for number in Self.endings + [SIGWINCH] {
      let isEnd = number != SIGWINCH
      if isEnd { signal(number, SIG_IGN) }
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler { Self.tell(wake, isEnd: isEnd) }
      source.resume()
      sources.append(source)
    }
    Interrupts.shared.onInterrupt { Self.tell(wake, isEnd: true) }
  }

  private static func tell(_ wake: Int32, isEnd: Bool) {
    var byte: UInt8 = isEnd ? 1 : 0
    _ = systemWrite(wake, &byte, 1)
  }

  /// Columns and rows of the window.
  var size: (columns: Int, rows: Int) {
    var window = winsize()
    guard ioctl(screen, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0, window.ws_row > 0 else { return (80, 24) }
    return (Int(window.ws_col), Int(window.ws_row))
  }

  /// Shows a whole screen.
  func draw(_ screen: (lines: [String], status: String)) throws(OutputError) {
    var frame = "\u{1B}[H"
    for line in screen.lines { frame += line + "\u{1B}[K\r\n" }
    frame += "\u{1B}[7m\(screen.status)\u{1B}[0m\u{1B}[K"
    try output.write(frame)
    try output.flush()
  }

  /// Waits for what comes next.
  ///
  /// - Parameter timeoutMilliseconds: How long; nil for as long as it takes.
  func next(timeoutMilliseconds: Int32?) -> Event {
    while true {
      if let key = PagerKey.take(from: &waiting, isAll: false) { return .key(key) }
      let isPartial = !waiting.isEmpty
      var watched = [
        pollfd(fd: input, events: Int16(POLLIN), revents: 0), pollfd(fd: wakeRead, events: Int16(POLLIN), revents: 0),
      ]
      let count = poll(&watched, 2, isPartial ? Self.escapeMilliseconds : timeoutMilliseconds ?? -1)
      if count < 0, errno == EINTR { continue }
      if count < 0 { return .ended }
      if watched[1].revents != 0 { return wakeEvent() }
      if count == 0 {
        guard isPartial else { return .idle }
        if let key = PagerKey.take(from: &waiting, isAll: true) { return .key(key) }
      } else if !readKeys() {
        return .ended
      }
    }
  }

  private func wakeEvent() -> Event {
    var bytes = [UInt8](repeating: 0, count: 64)
    let count = systemRead(wakeRead, &bytes, bytes.count)
    return count > 0 && bytes[..<count].contains(1) ? .ended : .resized
  }

  /// False when the terminal is gone.
  private func readKeys() -> Bool {
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = systemRead(input, &bytes, bytes.count)
    if count < 0, errno == EINTR || errno == EAGAIN { return true }
    guard count > 0 else { return false }
    waiting += bytes[..<count]
    return true
  }
}
