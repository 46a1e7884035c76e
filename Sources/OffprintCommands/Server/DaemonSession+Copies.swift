import OffprintCrypto
import OffprintServer

/// `offprintd backup`, `restore`, `check`
extension DaemonSession {
  func backUp() throws {
    OwnerOnly.setUmask()
    let files = try existingStore()
    let target = arguments.word("FILE") ?? ""
    guard target == "-" else {
      guard arguments.has("force") || !InputFile.exists(target) else {
        throw CommandFailure(
          .failed, code: "exists", "\(target.visible) is there already; --force replaces it once the new one is whole")
      }
      let backup = try copying { progress in
        try files.backup(
          to: target, replacing: arguments.has("force"), admitsDamage: arguments.has("allow-damaged"),
          progress: progress)
      }
      return try tell(backup, bytes: InputFile.size(of: target), at: target)
    }
    guard !world.isTerminal(world.output) else {
      throw UsageError("a backup is nothing to read. Send it to a file or a program.")
    }
    try copying { progress in
      try files.withPassingBackup(admitsDamage: arguments.has("allow-damaged"), progress: progress) { backup in
        try InputFile.forEachPiece(path: backup.path) { try output.write(bytes: $0) }
        try output.flush()
        let size = Wording.bytes(InputFile.size(of: backup.path))
        remark("backed up \(Self.amount(backup.report)) to standard output (\(size)), every one checked")
      }
    }
  }

  private func tell(_ backup: StoreFiles.Backup, bytes: Int64, at target: String) throws {
    try result(
      [
        ("path", .string(target)), ("bytes", .integer(bytes)), ("accounts", .number(backup.report.accounts)),
        ("records", .number(backup.report.records)), ("contents", .number(backup.report.contents)),
      ],
      "backed up \(Self.amount(backup.report)) to \(target.visible) (\(Wording.bytes(bytes))), every one checked")
  }

  func restore() throws {
    OwnerOnly.setUmask()
    let folder = try dataFolder()
    let files = try StoreFiles(folder: folder)
    let backup = arguments.word("FILE") ?? ""
    let time = DaemonLog.time(world.environment.wallMilliseconds()).prefix(19).replacing(":", with: "")
    let restored = try copying { progress in
      try files.restore(
        from: backup, admitsDamage: arguments.has("allow-damaged"), keptAs: "replaced-\(time)",
        random: { SecureRandom.bytes($0) }, progress: progress)
    }
    let report = restored.report
    try result(
      [
        ("accounts", .number(report.accounts)), ("records", .number(report.records)),
        ("contents", .number(report.contents)), ("replaced", .text(restored.replaced)),
        ("migratedFrom", .number(restored.migratedFrom)),
      ], "restored \(Self.amount(report)) from \(backup.visible)")
    if let replaced = restored.replaced { remark("the replaced data are kept in \(replaced.visible)") }
    remark("every device notices at its next sync, and offers what this backup lacks")
  }

  func check() throws {
    let files = try existingStore()
    var report = try checked(files)
    if arguments.has("mend"), report.findings.contains(where: { [.record, .log].contains($0.kind) && $0.isDamage }) {
      let store = try self.store(.command)
      try store.mend()
      store.close()
      report = try checked(files)
    }
    if arguments.has("json") {
      try output.line(Self.json(report).text)
    } else {
      for finding in report.findings {
        try output.line("\(finding.isDamage ? "damaged" : "note")  \(finding.kind.rawValue): \(finding.text.visible)")
      }
      let contents = Wording.count(report.contents, "text")
      try output.line(
        "\(Self.amount(report)): \(report.liveRecords) records live, \(contents) of"
          + " \(Wording.bytes(report.contentBytes)), \(report.pendingContents) pending, \(report.unownedContents) unowned;"
          + (report.isSound ? " nothing is damaged" : " damaged"))
    }
    guard report.isSound else { throw Self.failure(report, "the data are damaged") }
  }

  private func checked(_ files: StoreFiles) throws -> CheckReport {
    let line = ProgressLine(messages, isQuiet: arguments.has("quiet"))
    let stop = StopRequest()
    return try stop.during {
      defer { line.end() }
      return try files.check { done in
        try stop.check()
        line.show("checking  \(done)")
      }
    }
  }

  // MARK: Helping

  /// The store of the data folder, which must hold one.
  func existingStore() throws -> StoreFiles {
    let folder = try dataFolder()
    guard InputFile.exists(folder) else {
      throw CommandFailure(.failed, code: "noData", "there are no data in \(folder.visible)")
    }
    return try StoreFiles(folder: folder)
  }

  /// Runs something that copies, with a bar on terminals; Ctrl-C ends it and leaves nothing.
  private func copying<T>(_ body: (@escaping (StoreFiles.CopyProgress) throws -> Void) throws -> T) throws -> T {
    let line = ProgressLine(messages, isQuiet: arguments.has("quiet"))
    let stop = StopRequest()
    do {
      return try stop.during {
        defer { line.end() }
        return try body { progress in
          try stop.check()
          switch progress {
          case .copying(let done, let all): line.show("copying", done: done, of: all)
          case .checking(let done): line.show("checking  \(done)")
          }
        }
      }
    } catch let damaged as StoreFiles.Damaged {
      for finding in damaged.report.findings where finding.isDamage {
        remark("damaged  \(finding.kind.rawValue): \(finding.text.visible)")
      }
      throw Self.failure(damaged.report, "nothing was changed; the data are damaged")
    }
  }

  private static func failure(_ report: CheckReport, _ what: String) -> CommandFailure {
    CommandFailure(
      .damaged, code: "damaged",
      "\(what): \(Wording.count(report.damageCount, "finding")), the first: \(report.findings.first { $0.isDamage }?.text ?? "-")"
    )
  }

  /// A line for people, left out with `--quiet`.
  func remark(_ text: String) { if !arguments.has("quiet") { messages.line(text) } }

  static func amount(_ report: CheckReport) -> String {
    "\(Wording.count(report.accounts, "account")), \(Wording.count(report.records, "record")),"
      + " \(Wording.count(report.contents, "text"))"
  }

  private static func json(_ report: CheckReport) -> JSONResult {
    .object([
      (
        "findings",
        .array(
          report.findings.map { finding in
            .object([
              ("kind", .string(finding.kind.rawValue)), ("damage", .bool(finding.isDamage)),
              ("text", .string(finding.text)),
            ])
          })
      ),
      ("damaged", .number(report.damageCount)), ("accounts", .number(report.accounts)),
      ("records", .number(report.records)), ("live", .number(report.liveRecords)),
      ("contents", .number(report.contents)), ("contentBytes", .integer(report.contentBytes)),
      ("pending", .number(report.pendingContents)), ("unowned", .number(report.unownedContents)),
    ])
  }
}
