/// The verbs about accounts and devices.
extension DaemonProgram {
  private static let name = Positional("NAME", "the user's name")
  private static let passwordInput = Option.flag("password-stdin", "read the password from standard input")
  private static let whileRunning = "Works while the server runs, which sees the change at once."

  static let users = Program.Group(
    "Accounts",
    [
      Verb(
        "user", "add", summary: "make an account", positionals: [name], options: data + [passwordInput],
        details: [whileRunning],
        json: [.init("account", "the account's id"), .init("name", "the user's name")],
        examples: [
          .init("user add ana", "asks for the password"),
          .init("user add ana --password-stdin < password", "the password is the file's first line"),
        ]),
      Verb(
        "user", "list", summary: "list the accounts, what each takes and may take", options: data,
        details: [
          "Bytes are those of records and texts before compression. What goes beyond the quota is refused; deletions and reading "
            + "positions have a reserve."
        ],
        json: userFields, examples: [.init("user list", ""), .init("user list --json", "one object a line")]),
      Verb(
        "user", "disable", summary: "let nobody use an account; it stays as it is", positionals: [name],
        options: data, details: [whileRunning + " Long polls that wait end within a second."],
        json: [.init("changed", "whether it was enabled before"), .init("name", "the user's name")],
        examples: [.init("user disable ana", "")]),
      Verb(
        "user", "enable", summary: "let an account be used again", positionals: [name], options: data,
        json: [.init("changed", "whether it was disabled before"), .init("name", "the user's name")],
        examples: [.init("user enable ana", "its devices go on where they were")]),
      Verb(
        "user", "password", summary: "set a new password", positionals: [name],
        options: data + [
          passwordInput, .flag("sign-out", "sign all devices out as well; else they stay signed in"),
        ],
        details: [whileRunning + " Pairing codes of the account end."],
        json: [.init("name", "the user's name"), .init("signedOut", "how many devices were signed out")],
        examples: [.init("user password ana --sign-out", "somebody else may know the old one")]),
      Verb(
        "user", "quota", summary: "show or set how much an account may keep", positionals: [name],
        options: data + [
          .value("bytes", "SIZE", "such as 500MB or 20GB, 'none' for no limit, 'default' for the server's"),
          .value("records", "N", "articles, positions and bookmarks; or 'none', 'default'"),
          .value("devices", "N", "devices signed in at one time; or 'none', 'default'"),
        ],
        details: [whileRunning], json: userFields,
        examples: [
          .init("user quota ana --bytes 2GB --devices 10", ""), .init("user quota ana --bytes default", ""),
        ]),
      Verb(
        "user", "remove", summary: "remove an account with all it holds", positionals: [name],
        options: data + [.flag("yes", "do not ask")],
        details: [
          "Says what goes and asks. Devices lose their access at once; records and texts go in small steps that hold no other "
            + "account up. Texts that other accounts have stored as well stay with those. What was removed is overwritten in the "
            + "database; backups and the copies on the devices are not touched. A removal that was cut short is finished by the "
            + "same call."
        ],
        json: [
          .init("contents", "texts and images that went, or stayed with others"),
          .init("devices", "devices signed out"), .init("name", "the user's name"),
          .init("records", "records that went"),
        ],
        examples: [.init("user remove ana", "asks first"), .init("user remove ana --yes", "for scripts")]),
    ])

  private static let userFields: [Verb.Field] = [
    .init("account", "the account's id"), .init("bytes", "what it takes"), .init("bytesMax", "its quota, or null"),
    .init("created", "milliseconds since 1970"), .init("devices", "devices signed in"),
    .init("devicesMax", "its quota, or null"), .init("disabled", "since when, or null"),
    .init("name", "the user's name"),
    .init("own", "which of the quotas are the account's own"), .init("records", "live records"),
    .init("recordsMax", "its quota, or null"), .init("removing", "since when it is being removed, or null"),
  ]

  private static let user = Positional("USER", "the user's name")

  static let devices = Program.Group(
    "Devices",
    [
      Verb(
        "device", "list", summary: "list a user's devices: last seen, how far behind", positionals: [user],
        options: data,
        details: ["How far behind: changes in the account's log that the device was not given yet."],
        json: [
          .init("behind", "changes it was not given, or null if it never asked"),
          .init("created", "milliseconds since 1970"), .init("device", "the device's id"),
          .init("lastSeen", "milliseconds since 1970, to the minute, or null"), .init("name", "the device's name"),
          .init("number", "the number up to which it was given the log, or null"),
        ],
        examples: [.init("device list ana", "")]),
      Verb(
        "device", "revoke", summary: "sign a device out",
        positionals: [user, Positional("DEVICE", "the device's id, its beginning, or its name")], options: data,
        details: [
          whileRunning
            + " A long poll that waits ends within a second. The device keeps its copy and what it has not sent."
        ],
        json: [.init("device", "the device's id"), .init("name", "the device's name")],
        examples: [.init("device revoke ana phone", ""), .init("device revoke ana 3f2a", "by its id")]),
      Verb(
        "device", "pair", summary: "make a code that signs one device in, in place of the password",
        positionals: [user],
        options: data + [
          .value("url", "URL", "the address devices reach the server at; else the one it listens on"),
          .value("minutes", "N", "how long it is valid, by default 10, at most 1440"),
          .flag("qr", "show the picture also where the output is no terminal"),
        ],
        details: [
          "The code is good for one device, and burnt by five wrong tries. On a terminal it is shown as a QR code too, which holds the "
            + "address and the code; 'offprint login' takes that address as it is."
        ],
        json: [
          .init("code", "the code"), .init("expires", "milliseconds since 1970"),
          .init("link", "the address with the code, or null if no address is known"), .init("user", "the user's name"),
        ],
        examples: [.init("device pair ana --url https://read.example.org", "")]),
    ])
}
