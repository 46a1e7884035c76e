/// How text is made to stand out: by escape sequences on a terminal, not at all elsewhere.
package struct TerminalStyle: Sendable, Hashable {
  /// Whether escape sequences are written.
  package let isColored: Bool

  /// Nothing stands out.
  package static let plain = TerminalStyle(isColored: false)
  /// Everything stands out.
  package static let colored = TerminalStyle(isColored: true)

  /// Judges one stream: `--color` before `NO_COLOR` (no-color.org: set and not empty) and `TERM=dumb` before the stream.
  package init(choice: String?, isTerminal: Bool, variables: [String: String]) {
    switch choice {
    case "always": isColored = true
    case "never": isColored = false
    default:
      let isUnwanted = variables["NO_COLOR"].map { !$0.isEmpty } ?? false
      isColored = isTerminal && !isUnwanted && variables["TERM"] != "dumb"
    }
  }

  private init(isColored: Bool) { self.isColored = isColored }

  /// Strong.
  package func bold(_ text: String) -> String { wrap(text, "1") }
  /// Weak.
  package func dim(_ text: String) -> String { wrap(text, "2") }
  /// A failure.
  package func red(_ text: String) -> String { wrap(text, "31") }

  private func wrap(_ text: String, _ code: String) -> String {
    isColored && !text.isEmpty ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }
}
