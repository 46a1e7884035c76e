#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The server's log: one line an event, logfmt for people and JSON for programs.
///
/// Everything that could steer a terminal or begin another line is escaped. What people read, addresses, tokens and bodies are
/// never handed in.
package struct DaemonLog: Sendable {
  /// How a line is written.
  package enum Form: Sendable, Hashable {
    /// `time=... event=request status=200`
    case logfmt
    /// `{"time":"...","event":"request","status":200}`
    case json
  }

  private let form: Form
  private let write: @Sendable (String) -> Void
  private let now: @Sendable () -> Int64

  /// A log.
  /// - Parameters:
  ///   - now: milliseconds since 1970.
  ///   - write: takes a line without its end.
  package init(form: Form, now: @escaping @Sendable () -> Int64, write: @escaping @Sendable (String) -> Void) {
    self.form = form
    self.now = now
    self.write = write
  }

  /// Writes a line.
  package func event(_ name: String, _ fields: [(String, JSONResult)] = []) {
    let all: [(String, JSONResult)] = [("time", .string(Self.time(now()))), ("event", .string(name))] + fields
    switch form {
    case .json:
      // JSON escapes what is below U+0020 alone.
      write(JSONResult.object(all.map { ($0, $1.visible) }).text)
    case .logfmt: write(all.map { "\($0)=\(Self.logfmt($1))" }.joined(separator: " "))
    }
  }

  private static func logfmt(_ value: JSONResult) -> String {
    guard case .string(let text) = value else { return value.text }
    let shown = text.visible
    let isPlain =
      !shown.isEmpty && shown.unicodeScalars.allSatisfy { $0 != " " && $0 != "\"" && $0 != "=" && $0 != "\\" }
    return isPlain ? shown : JSONResult.string(shown).text
  }

  /// `2026-01-31T09:05:06.789Z`
  static func time(_ milliseconds: Int64) -> String {
    var time = time_t(milliseconds / 1_000)
    var parts = tm()
    guard gmtime_r(&time, &parts) != nil else { return String(milliseconds) }
    func padded(_ number: some BinaryInteger, _ digits: Int) -> String {
      let text = String(number)
      return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }
    let date = "\(padded(Int(parts.tm_year) + 1900, 4))-\(padded(parts.tm_mon + 1, 2))-\(padded(parts.tm_mday, 2))"
    let clock = "\(padded(parts.tm_hour, 2)):\(padded(parts.tm_min, 2)):\(padded(parts.tm_sec, 2))"
    return "\(date)T\(clock).\(padded((milliseconds % 1_000).magnitude, 3))Z"
  }
}

extension JSONResult {
  fileprivate var visible: JSONResult {
    if case .string(let text) = self { .string(text.visible) } else { self }
  }
}

extension DaemonSession {
  /// The log that the settings ask for, to standard error.
  var log: DaemonLog {
    let form: DaemonLog.Form =
      switch settings.text(DaemonSettings.logFormat) {
      case "json": .json
      case "logfmt": .logfmt
      default: messages.isTerminal ? .logfmt : .json
      }
    let messages = messages
    return DaemonLog(form: form, now: world.environment.wallMilliseconds) { messages.line($0) }
  }
}
