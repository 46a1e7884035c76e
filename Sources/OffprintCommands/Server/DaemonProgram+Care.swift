/// The verbs that look at a server.
extension DaemonProgram {
  static let care = Program.Group(
    "Care",
    [
      Verb(
        "doctor", summary: "look for what should not be so: settings, permissions, disk, clock, libraries",
        options: DaemonSettings.all.map(\.option) + [config],
        details: ["Changes nothing. Ends with 1 if something is wrong; notes alone are no failure."],
        json: [
          .init("level", "ok, note or wrong"), .init("subject", "what it is about"), .init("text", "what was found"),
        ],
        examples: [.init("doctor", "")]),
      Verb(
        "stats", summary: "say how much there is: accounts, records, devices, bytes",
        options: data,
        json: [
          .init("databaseBytes, freeBytes, logBytes", "bytes on the disk"), .init("contents", "texts and images"),
          .init("accounts", "each account: name, head, floor, forks, live, dead, contents, contentBytes, devices"),
          .init("tables", "bytes by table and index"),
        ],
        examples: [.init("stats", "")]),
    ])
}
