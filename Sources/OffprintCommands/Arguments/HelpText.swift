/// The help of a program, written from its table.
package struct HelpText: Sendable {
  /// The program.
  package let program: Program
  /// How headings are made to stand out.
  package let style: TerminalStyle

  /// The help of that program.
  package init(_ program: Program, style: TerminalStyle = .plain) {
    self.program = program
    self.style = style
  }

  /// The help for the verbs that begin with these words; none: for the whole program.
  package func text(for path: [String]) -> String {
    if path.isEmpty { return overview }
    let inner = program.verbs.filter { $0.path.count > path.count && Array($0.path.prefix(path.count)) == path }
    var text = program.verb(path).map(page) ?? "\(program.name) \(path.joined(separator: " ")): one of these.\n"
    if !inner.isEmpty {
      text += "\n" + heading("Verbs") + table(inner.map { (usage($0), $0.summary) })
    }
    return text
  }

  private var overview: String {
    var text = "\(program.name) \(program.version): \(program.summary)\n\n"
    text += heading("Usage") + "  \(program.name) VERB [OPTIONS]\n"
    for group in program.groups {
      text += "\n" + heading(group.title) + table(group.verbs.map { ($0.name, $0.summary) }, first: verbColumns)
    }
    text += "\n" + heading("Options of every verb") + options(program.options)
    text += "\n" + heading("Exit codes") + table(program.exitCodes.map { ("\($0.rawValue)", $0.meaning) })
    text += "\n'\(program.name) help VERB' or '\(program.name) VERB --help' says more about a verb, with examples.\n"
    return text
  }

  private var verbColumns: Int { program.verbs.map(\.name.count).max() ?? 0 }

  private func page(_ verb: Verb) -> String {
    var text = "\(program.name) \(verb.name): \(verb.summary)\n\n"
    text += heading("Usage") + wrapped("\(program.name) \(usage(verb))", indent: 2, hanging: 6)
    if !verb.positionals.isEmpty {
      text += "\n" + heading("Words") + table(verb.positionals.map { ($0.name, $0.help) })
    }
    if !verb.options.isEmpty { text += "\n" + heading("Options") + options(verb.options) }
    for paragraph in verb.details { text += "\n" + wrapped(paragraph, indent: 0, hanging: 0) }
    if !verb.json.isEmpty {
      text += "\n" + heading("With --json") + table(verb.json.map { ($0.name, $0.meaning) })
    }
    if !verb.examples.isEmpty {
      text += "\n" + heading("Examples")
      for example in verb.examples {
        text += "  \(program.name) \(example.call)\n      \(style.dim(example.meaning))\n"
      }
    }
    text += "\nOptions of every verb and the exit codes: '\(program.name) help'.\n"
    return text
  }

  private func usage(_ verb: Verb) -> String {
    var parts = verb.path + verb.positionals.map(\.usage)
    for option in verb.options {
      if case .list = option.kind { parts.append("[\(option.usage)]...") } else { parts.append("[\(option.usage)]") }
    }
    return parts.joined(separator: " ")
  }

  private func options(_ options: [Option]) -> String {
    table(options.map { option in ((option.short.map { "-\($0), " } ?? "") + option.usage, option.help) })
  }

  private func heading(_ title: String) -> String { style.bold(title) + "\n" }

  private func table(_ rows: [(String, String)], first: Int? = nil) -> String {
    let column = min(first ?? rows.map(\.0.count).max() ?? 0, 34)
    return rows.map { name, meaning in
      let start = "  " + name
      let fill = String(repeating: " ", count: max(column + 4 - start.count, 0))
      guard name.count <= column else {
        return start + "\n" + wrapped(meaning, indent: column + 4, hanging: column + 4)
      }
      return wrapped(start + fill + meaning, indent: 0, hanging: column + 4, keepingStart: column + 4)
    }.joined()
  }

  private static let columns = 96

  /// Breaks a paragraph of our own ASCII text at spaces.
  private func wrapped(_ text: String, indent: Int, hanging: Int, keepingStart kept: Int = 0) -> String {
    var lines: [String] = []
    var line = String(repeating: " ", count: indent) + text.prefix(kept)
    var isFresh = true
    for word in text.dropFirst(kept).split(separator: " ") {
      if !isFresh, line.count + 1 + word.count > Self.columns {
        lines.append(line)
        line = String(repeating: " ", count: hanging)
        isFresh = true
      }
      line += (isFresh ? "" : " ") + word
      isFresh = false
    }
    return (lines + [line]).joined(separator: "\n") + "\n"
  }
}
