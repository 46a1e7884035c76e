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
    var text: [UInt8] = []
    text.reserveCapacity(24)
    func append(_ number: some BinaryInteger, _ digits: Int, _ mark: Unicode.Scalar) {
      let number = Int(number)
      var place = (1..<digits).reduce(1) { product, _ in product * 10 }
      while place > 0 {
        text.append(UInt8(ascii: "0") + UInt8(number / place % 10))
        place /= 10
      }
      text.append(UInt8(ascii: mark))
    }
    append(max(0, min(9_999, parts.tm_year + 1_900)), 4, "-")
    append(parts.tm_mon + 1, 2, "-")
    append(parts.tm_mday, 2, "T")
    append(parts.tm_hour, 2, ":")
    append(parts.tm_min, 2, ":")
    append(parts.tm_sec, 2, ".")
    append((milliseconds % 1_000).magnitude, 3, "Z")
    return String(decoding: text, as: UTF8.self)
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
