/// A whole program as a table: its verbs in groups, and the options that every verb takes.
package struct Program: Sendable {
  /// Verbs under one heading.
  package struct Group: Sendable {
    /// The heading.
    package let title: String
    /// The verbs, in the order of the help.
    package let verbs: [Verb]

    /// A group.
    package init(_ title: String, _ verbs: [Verb]) {
      self.title = title
      self.verbs = verbs
    }
  }

  /// The name that it is called by.
  package let name: String
  /// Its version, as `--version` prints it.
  package let version: String
  /// What it is, in a sentence.
  package let summary: String
  /// Options of every verb, given before or behind it.
  package let options: [Option]
  /// The verbs.
  package let groups: [Group]
  /// The exit codes it uses.
  package let exitCodes: [ExitCode]
  /// The verb that is meant where a call begins with an option of it; none in programs whose verbs are equals.
  package let defaultVerb: String?

  /// A program of these parts; `--help` and `--version` are added to the options.
  package init(
    name: String, version: String, summary: String, options: [Option], groups: [Group],
    exitCodes: [ExitCode] = ExitCode.allCases, defaultVerb: String? = nil
  ) {
    self.name = name
    self.version = version
    self.summary = summary
    self.options =
      options + [
        .flag("help", short: "h", "say how it is called, with examples"),
        .flag("version", "print the version"),
      ]
    self.groups = groups
    self.exitCodes = exitCodes
    self.defaultVerb = defaultVerb
  }

  /// All verbs, in the order of the help.
  package var verbs: [Verb] { groups.flatMap(\.verbs) }

  /// The options that output and messages are ruled by, alike in both programs.
  package static let outputOptions: [Option] = [
    .flag("json", "print JSON for programs; see the help of each verb for its members"),
    .flag("quiet", short: "q", "no progress and no remarks, only results and errors"),
    .value("color", "WHEN", choices: ["auto", "always", "never"], "colour, by default on terminals alone"),
    .flag("no-color", "the same as --color=never"),
  ]
}
