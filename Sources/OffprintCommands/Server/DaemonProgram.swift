import OffprintServer

/// The program `offprintd`: its table of verbs.
package enum DaemonProgram {
  /// Options of every verb that touches the data.
  static let data = [DaemonSettings.data.option, config]
  /// The configuration file.
  static let config = Option.value(
    "config", "FILE", "the configuration file; else offprintd/offprintd.toml in the user's or the system's")

  /// The exit codes of the daemon.
  private static let exitCodes: [ExitCode] = [.done, .failed, .damaged, .diskFull, .newerLibrary, .inUse, .usage]

  /// The table that parsing and help come from.
  package static let program = Program(
    name: "offprintd", version: ServerCore.version, summary: "the sync server of Offprint",
    options: Program.outputOptions,
    groups: [
      running,
      Program.Group(
        "Accounts",
        [
          Verb(
            "user", "add", summary: "make an account",
            positionals: [Positional("NAME", "the user's name")],
            options: data + [.flag("password-stdin", "read the password from standard input")],
            details: ["Works while the server runs."],
            examples: [.init("user add ana --password-stdin < password", "")]),
          Verb(
            "user", "list", summary: "list the accounts", options: data, examples: [.init("user list", "")]),
        ]),
      copies, care,
    ], exitCodes: exitCodes)
}
