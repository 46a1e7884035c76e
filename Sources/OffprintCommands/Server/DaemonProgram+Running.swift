/// The verbs that run a server.
extension DaemonProgram {
  static let running = Program.Group(
    "Run",
    [
      Verb(
        "serve", summary: "serve until told to stop (SIGTERM or SIGINT)",
        options: DaemonSettings.all.map(\.option) + [
          config,
          .flag("dev", "try it out: data that go with the end, a free port, a user whose password is printed"),
        ],
        details: [
          "Prints one line with its address on standard output once it is ready; log lines go to standard error.",
          "Every option but --config and --dev can also stand in the configuration file and in a variable:"
            + " 'offprintd config show' says what is set and where, 'offprintd man offprintd.toml' explains each.",
        ],
        json: [
          .init("data", "the data folder"), .init("port", "the port it listens on; 0 for a Unix socket"),
          .init("url", "its address"), .init("admin", "the address of /metrics; null if there is none"),
          .init("user", "with --dev: the user's name"), .init("password", "with --dev: the user's password"),
          .init("code", "with --dev: a pairing code for any number of devices"),
        ],
        examples: [
          .init("serve --data /srv/offprint --listen 127.0.0.1:8787", "serve a folder on one port of this machine"),
          .init("serve --dev", "two devices in a minute"),
          .init("serve --listen unix:/run/offprintd/offprintd.sock", "serve a proxy on the same machine"),
        ]),
      Verb(
        "health", summary: "ask the server that the settings name whether it is ready",
        options: [DaemonSettings.listen.option, config],
        details: ["For containers and scripts: ends with 0 if /readyz says yes, and with 1 otherwise."],
        examples: [.init("health", "")]),
      Verb(
        "config", "show", summary: "print every setting with where it comes from",
        options: DaemonSettings.all.map(\.option) + [config],
        details: ["The output is a configuration file that sets the same."],
        json: [
          .init("key", "the key"), .init("value", "the value; null where nothing sets it"),
          .init("origin", "default, or the file with its line, the variable, the option"),
        ],
        examples: [.init("config show", "")]),
      Verb(
        "man", summary: "print a manual page, made from the same tables as the help",
        positionals: [
          Positional("PAGE", .optional, "offprintd (the default), offprintd.toml, or offprint")
        ],
        examples: [.init("man offprintd.toml > offprintd.toml.5", "for man(1)")]),
    ])
}
