import OffprintServer

/// `offprintd doctor`, `offprintd stats`
extension DaemonSession {
  func examine() throws {
    let findings = Examination(settings: settings, now: world.environment.wallMilliseconds()).findings
    for finding in findings {
      if arguments.has("json") {
        try output.line(
          JSONResult.object([
            ("level", .string(finding.level.rawValue)), ("subject", .string(finding.subject)),
            ("text", .string(finding.text)),
          ]).text)
      } else {
        let level = finding.level.rawValue
        let fill = String(repeating: " ", count: 6 - level.count)
        try output.line("\(level)\(fill) \(finding.subject): \(finding.text.visible)")
      }
    }
    let wrong = findings.count { $0.level == .wrong }
    guard wrong == 0 else {
      throw CommandFailure(.failed, code: "wrong", "\(Wording.count(wrong, "thing")) should not be so")
    }
  }

  func showStatistics() throws {
    let files = try existingStore()
    let store = try files.statistics()
    let accounts = try files.accountStatistics()
    let tables = try files.tableSizes()
    if arguments.has("json") {
      try output.line(Self.json(store, accounts, tables).text)
      return
    }
    try output.line(
      "\(Wording.count(store.accountCount, "account")), \(Wording.count(store.liveRecords, "record")),"
        + " \(Wording.count(store.contents, "text")), \(Wording.count(store.deviceCount, "device"))")
    try output.line(
      "database \(Wording.bytes(store.databaseBytes)), of it free \(Wording.bytes(store.freeBytes)); log"
        + " \(Wording.bytes(store.logBytes))")
    for of in accounts {
      try output.line(
        "\(of.account.name.visible)  \(of.live) live, \(of.dead) deleted, head \(of.head), floor \(of.floor),"
          + " \(Wording.count(of.forks, "fork")); \(Wording.count(of.contents, "text")) of \(Wording.bytes(of.contentBytes))"
      )
      for device in of.devices {
        let seen =
          device.lastSeen.map { Wording.distance(from: $0, to: world.environment.wallMilliseconds()) } ?? "never"
        try output.line("  \(device.name.visible)  last seen \(seen)")
      }
    }
    for table in tables { try output.line("\(Wording.bytes(table.bytes))  \(table.name.visible)") }
  }

  private static func json(
    _ store: StoreStatistics, _ accounts: [StoreStatistics.OfAccount], _ tables: [(name: String, bytes: Int64)]
  ) -> JSONResult {
    .object([
      ("databaseBytes", .integer(store.databaseBytes)), ("freeBytes", .integer(store.freeBytes)),
      ("logBytes", .integer(store.logBytes)), ("contents", .integer(store.contents)),
      (
        "accounts",
        .array(
          accounts.map { of in
            .object([
              ("name", .string(of.account.name)), ("head", .integer(of.head)), ("floor", .integer(of.floor)),
              ("forks", .number(of.forks)), ("live", .integer(of.live)), ("dead", .integer(of.dead)),
              ("contents", .integer(of.contents)), ("contentBytes", .integer(of.contentBytes)),
              (
                "devices",
                .array(
                  of.devices.map { device in
                    .object([
                      ("id", .string(device.id.description)), ("name", .string(device.name)),
                      ("created", .integer(device.created)), ("lastSeen", .number(device.lastSeen)),
                    ])
                  })
              ),
            ])
          })
      ),
      (
        "tables",
        .array(tables.map { .object([("name", .string($0.name)), ("bytes", .integer($0.bytes))]) })
      ),
    ])
  }
}
