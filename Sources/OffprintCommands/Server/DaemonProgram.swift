/// The program `offprintd`: its table of verbs.
package enum DaemonProgram {
  static let data = Option.value(
    "data", "DIR", "the data folder; else the data folder of the system, offprintd/")

  /// The exit codes of the daemon.
  private static let exitCodes: [ExitCode] = [
    .done, .failed, .damaged, .diskFull, .newerLibrary, .decisionNeeded, .notFound, .inUse, .usage,
  ]

  /// The table that parsing and help come from.
  package static let program = Program(
    name: "offprintd", version: "0.1.0", summary: "the sync server of Offprint", options: Program.outputOptions,
    groups: [
      Program.Group(
        "Run",
        [
          Verb(
            "serve", summary: "serve until told to stop (SIGTERM or SIGINT)",
            options: [
              data, .value("listen", "ADDRESS:PORT", "by default 127.0.0.1:8787; port 0 takes a free one"),
              .flag("behind-proxy", "admit an address that is not loopback: a proxy in front of it speaks TLS"),
              .value("retention-days", "N", "days a deletion is kept, by default 180"),
            ],
            details: [
              "Prints one line with its address on standard output once it is ready; log lines go to standard error."
            ],
            examples: [.init("serve --data /srv/offprint --listen 127.0.0.1:8787", "")])
        ]),
      users, devices,
    ], exitCodes: exitCodes)
}
