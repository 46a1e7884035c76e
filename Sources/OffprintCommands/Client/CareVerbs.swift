import Offprint
import OffprintWire

/// Verbs that look after a library: `conflicts`, `refused`, `export`.
extension Session {
  func conflicts() async throws {
    try await withLibrary { library in
      if let action = arguments.word("ACTION") {
        guard action == "restore", let number = try number("NUMBER") else {
          throw UsageError("write `offprint conflicts` or `offprint conflicts restore NUMBER`.")
        }
        let conflict = try await library.restoreConflict(number)
        return try result(Self.members(of: conflict), "restored entry \(conflict.number)")
      }
      let now = world.environment.wallMilliseconds()
      for conflict in try await library.conflicts() {
        try result(Self.members(of: conflict), Self.line(conflict, now: now))
      }
    }
  }

  private static func line(_ conflict: Conflict, now: Int64) -> String {
    let what =
      switch conflict.kind {
      case .replaced: "\(conflict.field ?? "text") \u{201C}\((conflict.mine ?? "").visible)\u{201D} was replaced"
      case .diedUnderEdit: "deleted elsewhere with your \(conflict.field ?? "text")"
      case .trashed: "the server no longer has it"
      case .unsentLost: "an edit that could not be sent"
      }
    let title = conflict.articleTitle.map { "  \($0.visible)" } ?? ""
    return
      "\(conflict.number)  \(Wording.distance(from: conflict.at, to: now))  \(what)\(title)\(conflict.isRestored ? "  (restored)" : "")"
  }

  private static func members(of conflict: Conflict) -> [(String, JSONResult)] {
    [
      ("at", .integer(conflict.at)), ("field", .text(conflict.field)), ("kind", .string(conflict.kind.rawValue)),
      ("mine", .text(conflict.mine)), ("number", .integer(conflict.number)),
      ("record", .string(conflict.record.description)), ("restored", .bool(conflict.isRestored)),
      ("theirs", .text(conflict.theirs)), ("title", .text(conflict.articleTitle)),
    ]
  }

  func refused() async throws {
    try await withLibrary { library in
      if let action = arguments.word("ACTION") {
        guard let number = try number("NUMBER"), ["retry", "discard"].contains(action) else {
          throw UsageError("write `offprint refused`, `refused retry NUMBER` or `refused discard NUMBER`.")
        }
        if action == "retry" {
          try await library.retryRefused(number)
        } else {
          try await library.discardRefused(number)
        }
        return try result(
          [("action", .string(action)), ("number", .integer(number))],
          action == "retry"
            ? "record \(number) goes out again with the next sync" : "the server's state of \(number) is back")
      }
      for record in try await library.refused() {
        try result(
          [
            ("detail", .string(record.detail)), ("field", .text(record.field)), ("limit", .number(record.limit)),
            ("number", .integer(record.number)), ("record", .string(record.record.description)),
            ("slug", .string(record.slug)), ("title", .text(record.articleTitle)),
          ],
          "\(record.number)  \(record.slug)\(record.field.map { " (\($0.visible))" } ?? ""): \(record.detail.visible)"
            + (record.articleTitle.map { "  \($0.visible)" } ?? ""))
      }
    }
  }

  func repair() async throws {
    let report = try await Library.repair(
      at: libraryFolder(), discardUnsent: arguments.has("discard-unsent"), environment: world.environment)
    try result(Self.members(of: report), Self.summary(report))
    if report.asideFolder != nil { remark("`offprint sync` fetches what is lacking, and sends the rest") }
  }

  private static func summary(_ report: RepairReport) -> String {
    guard !report.wasWhole else { return "the database is whole; `offprint verify` checks each record and text in it" }
    var parts = ["kept \(Wording.count(report.records, "record")) and \(Wording.count(report.contents, "text"))"]
    if report.unsent > 0 { parts.append("\(Wording.count(report.unsent, "change")) unsent") }
    if report.unreadable > 0 { parts.append("\(Wording.count(report.unreadable, "record")) could not be read") }
    if let file = report.unsentFile { parts.append("unsent changes are in \(file) too") }
    if let folder = report.asideFolder { parts.append("the damaged files are in \(folder)") }
    return parts.joined(separator: " · ")
  }

  private static func members(of report: RepairReport) -> [(String, JSONResult)] {
    [
      ("aside", .text(report.asideFolder)), ("contents", .number(report.contents)),
      ("hasAllUnsent", .bool(report.hasAllUnsent)), ("records", .number(report.records)),
      ("unreadable", .number(report.unreadable)), ("unsent", .number(report.unsent)),
      ("unsentFile", .text(report.unsentFile)), ("wasWhole", .bool(report.wasWhole)),
    ]
  }

  func export() async throws {
    try await withLibrary { library in
      var after: RecordKey?
      repeat {
        let page = try await library.exportRecords(after: after, limit: 500)
        try output.write(bytes: page.lines)
        after = page.last
      } while after != nil
    }
  }
}
