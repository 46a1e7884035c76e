/// A manual page in mdoc(7), made from the tables that parsing and help come from.
package struct ManPage: Sendable {
  private var lines: [String] = []

  /// The pages there are.
  package static let names = ["offprintd", "offprintd.toml", "offprint"]

  /// The page of that name; nil if there is none.
  package static func text(_ name: String) -> String? {
    switch name {
    case "offprintd": program(DaemonProgram.program, section: 8, seeAlso: "offprintd.toml 5", "offprint 1")
    case "offprintd.toml": settings()
    case "offprint": program(ClientProgram.program, section: 1, seeAlso: "offprintd 8")
    default: nil
    }
  }

  // MARK: Programs

  private static func program(_ program: Program, section: Int, seeAlso: String...) -> String {
    var page = ManPage(title: program.name, section: section)
    page.add(".Sh NAME", ".Nm \(program.name)", ".Nd \(escaped(program.summary))")
    page.add(".Sh SYNOPSIS", ".Nm", ".Ar verb", ".Op Ar options")
    page.add(".Sh DESCRIPTION")
    page.add("Options stand anywhere, as", ".Fl \\-name Ar value", "or", ".Fl \\-name Ns = Ns Ar value .")
    for group in program.groups {
      page.add(".Ss \(escaped(group.title))")
      page.add(".Bl -tag -width Ds")
      for verb in group.verbs { page.add(verb) }
      page.add(".El")
    }
    page.add(".Ss Options of every verb", ".Bl -tag -width Ds")
    for option in program.options { page.add(option) }
    page.add(".El", ".Sh EXIT STATUS", ".Bl -tag -width Ds")
    for code in program.exitCodes { page.add(".It \(code.rawValue)", sentence(code.meaning)) }
    page.add(".El", "Codes that are not in this list are failures.")
    page.add(".Sh EXAMPLES")
    page.add(".Bd -literal")
    for example in program.verbs.flatMap(\.examples).prefix(12) {
      page.add(escaped("\(program.name) \(example.call)"))
    }
    page.add(".Ed", ".Sh SEE ALSO")
    for (index, other) in seeAlso.sorted().enumerated() {
      page.add(".Xr \(other)" + (index + 1 < seeAlso.count ? " ," : ""))
    }
    return page.text
  }

  private mutating func add(_ verb: Verb) {
    let words = verb.positionals.map { positional -> String in
      let name = "Ar \(Self.escaped(positional.name))"
      return switch positional.arity {
      case .one: name
      case .optional: "Op \(name)"
      case .some: name + " ..."
      case .many: "Op \(name) ..."
      }
    }
    add(".It Cm \((verb.path + words.map { $0 }).joined(separator: " "))")
    add(Self.sentence(verb.summary))
    for positional in verb.positionals {
      add(".Ar \(Self.escaped(positional.name))", "is \(Self.sentence(positional.help))")
    }
    for detail in verb.details { addText(detail) }
    let own = verb.options
    guard !own.isEmpty else { return }
    add(".Bl -tag -width Ds")
    for option in own { add(option) }
    add(".El")
  }

  private mutating func add(_ option: Option) {
    var line = ".It"
    if let short = option.short { line += " Fl \(short) ," }
    line += " Fl \\-\(Self.escaped(option.name))"
    if let placeholder = option.placeholder { line += " Ar \(Self.escaped(placeholder))" }
    add(line, Self.sentence(option.help))
  }

  // MARK: Settings

  private static func settings() -> String {
    var page = ManPage(title: "offprintd.toml", section: 5)
    page.add(".Sh NAME", ".Nm offprintd.toml", ".Nd configuration of the sync server offprintd")
    page.add(".Sh DESCRIPTION")
    page.addText(
      "A file in a part of TOML: tables, keys with texts in quotes, whole numbers, true or false, arrays of texts, and"
        + " comments. A key that is not known is passed over with a warning; a value that does not fit stops the start, with"
        + " the line it stands on.")
    page.add(".Pp")
    page.addText(
      "An option of the call goes before a variable of the environment, that before the file, that before the default."
        + " offprintd config show prints what is set, and by which of them.")
    for group in DaemonSettings.groups {
      page.add(".Ss \(escaped(group.title))", ".Bl -tag -width Ds")
      for setting in group.settings { page.add(setting) }
      page.add(".El")
    }
    page.add(".Sh ENVIRONMENT", ".Bl -tag -width Ds", ".It Ev OFFPRINTD_CONFIG", "The file to read.", ".El")
    page.add(".Sh FILES", ".Bl -tag -width Ds")
    page.add(".It Pa ~/.config/offprintd/offprintd.toml", "The user's, if it is there.")
    page.add(".It Pa /etc/offprintd/offprintd.toml", "The system's, if the user has none.", ".El")
    page.add(".Sh EXAMPLES", ".Bd -literal", "listen = \"unix:/run/offprintd/offprintd.sock\"")
    page.add("admin_listen = \"127.0.0.1:8788\"", "retention_days = 365", "", "[log]", "format = \"json\"", ".Ed")
    page.add(".Sh SEE ALSO", ".Xr offprintd 8")
    return page.text
  }

  private mutating func add(_ setting: Setting) {
    add(".It Ic \(Self.escaped(setting.key))")
    add(Self.sentence(setting.help))
    if !setting.details.isEmpty { addText(setting.details) }
    let standard = setting.standard.map { $0 == .text("") ? "unset" : $0.toml } ?? "depends on the machine"
    addText("It is \(setting.wanted); the default: \(standard).")
    add("Option", ".Fl \\-\(Self.escaped(setting.optionName)) ,", "variable", ".Ev \(setting.variable) .")
  }

  // MARK: Writing

  private init(title: String, section: Int) {
    lines = [".Dd $Mdocdate$", ".Dt \(title.uppercased()) \(section)", ".Os"]
  }

  private var text: String { lines.joined(separator: "\n") + "\n" }

  private mutating func add(_ new: String...) {
    for line in new { lines += line.hasPrefix(".") ? [line] : Self.broken(line) }
  }

  /// Sentences of our own, each beginning a line, as mdoc wants them.
  private mutating func addText(_ text: String) {
    var rest = Self.escaped(text)[...]
    while let end = rest.firstRange(of: ". ") {
      lines += Self.broken(String(rest[..<end.lowerBound]) + ".")
      rest = rest[end.upperBound...]
    }
    if !rest.isEmpty { lines += Self.broken(String(rest)) }
  }

  /// A line broken at spaces, so that no part is longer than 78 bytes or looks like a request.
  private static func broken(_ line: String) -> [String] {
    var lines: [String] = []
    var part = ""
    for word in line.split(separator: " ", omittingEmptySubsequences: false) {
      if !part.isEmpty, part.utf8.count + word.utf8.count >= 78 {
        lines.append(part)
        part = (word.hasPrefix(".") || word.hasPrefix("'") ? "\\&" : "") + word
      } else {
        part += (part.isEmpty ? "" : " ") + word
      }
    }
    return lines + [part]
  }

  private static func sentence(_ text: String) -> String {
    let escaped = escaped(text)
    let first = escaped.prefix(1).uppercased() + escaped.dropFirst()
    return first.hasSuffix(".") || first.isEmpty ? first : first + "."
  }

  /// Our own ASCII as mdoc takes it literally.
  private static func escaped(_ text: String) -> String {
    let escaped = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
    return escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&" + escaped : escaped
  }
}

/// `offprintd man`
extension DaemonSession {
  func printManPage() throws {
    let name = arguments.word("PAGE") ?? "offprintd"
    guard let text = ManPage.text(name) else {
      throw UsageError("there is no page \(name.visible). There are \(ManPage.names.joined(separator: ", ")).")
    }
    try output.write(text)
  }
}
