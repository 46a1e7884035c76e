import Offprint
import OffprintWire

/// Verbs that speak with the server: `login`, `logout`, `reset`, `sync`, `verify`, `status`.
extension Session {
  func login() async throws {
    let link = arguments.word("URL").flatMap { PairingLink($0) }
    let url = link?.server ?? arguments.word("URL") ?? ""
    let device = arguments.value("device") ?? "offprint"
    let code = arguments.value("code") ?? link?.code
    let isClaimed = arguments.has("claim")
    let signIn: @Sendable (Library) async throws -> Account
    if let code {
      guard arguments.value("user") == nil, !arguments.has("password-stdin") else {
        throw UsageError("a pairing code stands in place of user and password. Give either.")
      }
      signIn = {
        try await $0.login(to: url, code: code, device: device, isClaimed: isClaimed, over: world.transport())
      }
    } else {
      guard let user = arguments.value("user") else {
        throw UsageError("say who signs in: --user NAME, or --code CODE with a pairing code.")
      }
      let password =
        arguments.has("password-stdin")
        ? try PasswordInput.read(descriptor: world.input) : try PasswordInput.ask("Password of \(user.visible): ")
      signIn = {
        try await $0.login(
          to: url, user: user, password: password, device: device, isClaimed: isClaimed, over: world.transport())
      }
    }
    try await withLibrary(create: true) { library in
      let account = try await signIn(library)
      try result(
        [
          ("account", .string(account.account.description)), ("device", .string(account.device.description)),
          ("deviceName", .string(account.deviceName)), ("url", .string(account.url)), ("user", .string(account.user)),
        ],
        "signed in to \(account.url.visible) as \(account.user.visible), this device is \(account.deviceName.visible)")
    }
  }

  func logout() async throws {
    try await withLibrary { library in
      let wasTold = try await library.logout(discardUnsent: arguments.has("discard-unsent"), over: world.transport())
      try result([("serverTold", .bool(wasTold))], "signed out; the library stays and works offline")
      if !wasTold { remark("the server was not reached: it knows this device until it is revoked there") }
    }
  }

  func reset() async throws {
    try await withLibrary { library in
      try await library.reset(discardUnsent: arguments.has("discard-unsent"))
      try result([("reset", true)], "the copy was thrown away; the next sync reads everything anew")
    }
  }

  func sync() async throws {
    let report = try await withLibrary { library in
      let options = SyncOptions(full: arguments.has("full"), allowDeletes: arguments.has("allow-deletes"))
      let run = library.sync(options, over: world.transport())
      Interrupts.shared.onInterrupt { run.cancel() }
      defer { Interrupts.shared.onInterrupt(nil) }
      var progress = SyncProgressLine(session: self)
      for await step in run { try progress.show(step) }
      progress.end()
      do throws(OffprintError) { return try await run.result() } catch {
        throw Self.explained(error, unsent: try await library.unsentChanges())
      }
    }
    if isJSON { try json([("type", "summary")] + Self.members(of: report)) } else { try line(Self.summary(report)) }
    for note in report.notes { remark(note.visible) }
    if let brake = report.brake {
      throw CommandFailure(
        .decisionNeeded, code: "decisionNeeded",
        "\(brake.wouldRemove) of \(brake.of) articles would be removed; nothing was. Look at the server or another device,"
          + " then allow it with `offprint sync --allow-deletes`")
    }
    if report.refused > 0 {
      throw CommandFailure(
        .recordsRefused, code: "recordsRefused",
        "\(Wording.count(report.refused, "record")) were refused and kept; `offprint refused` shows them")
    }
  }

  private static func explained(_ error: OffprintError, unsent: Int) -> CommandFailure {
    var failure = CommandFailure(error)
    if failure.exit == .unreachable, unsent > 0 {
      failure.message +=
        " \(Wording.count(unsent, "change")) \(unsent == 1 ? "is" : "are") kept and \(unsent == 1 ? "goes" : "go") out with the next sync."
    }
    return failure
  }

  private static func summary(_ report: SyncReport) -> String {
    var parts = [
      "pushed \(Wording.count(report.pushed, "change"))", "pulled \(Wording.count(report.pulled, "change"))",
    ]
    if report.contentsUploaded > 0 { parts.append("sent \(Wording.count(report.contentsUploaded, "text"))") }
    let fetched = [(report.contentsDownloaded - report.imagesDownloaded, "text"), (report.imagesDownloaded, "picture")]
      .filter { $0.0 > 0 }.map { Wording.count($0.0, $0.1) }
    if !fetched.isEmpty { parts.append("fetched \(fetched.joined(separator: " and "))") }
    if report.repaired { parts.append("repaired a difference") }
    parts.append(Wording.seconds(report.seconds))
    return parts.joined(separator: " · ")
  }

  private static func members(of report: SyncReport) -> [(String, JSONResult)] {
    [
      (
        "brake",
        report.brake.map { .object([("of", .number($0.of)), ("wouldRemove", .number($0.wouldRemove))]) } ?? .null
      ),
      ("bytesReceived", .integer(report.bytesReceived)), ("bytesSent", .integer(report.bytesSent)),
      ("contentsDownloaded", .number(report.contentsDownloaded)), ("contentsPending", .number(report.contentsPending)),
      ("contentsUploaded", .number(report.contentsUploaded)), ("count", .integer(report.count)),
      ("digest", .string(report.digest)), ("digestMatches", report.digestMatches.map { .bool($0) } ?? .null),
      ("imagesDownloaded", .number(report.imagesDownloaded)),
      ("milliseconds", .integer(Int64(report.seconds * 1_000))), ("notes", .array(report.notes.map { .string($0) })),
      ("number", .integer(report.number)), ("pulled", .number(report.pulled)), ("pushed", .number(report.pushed)),
      ("refused", .number(report.refused)), ("repaired", .bool(report.repaired)),
      ("requests", .number(report.requests)), ("unsent", .number(report.unsent)),
    ]
  }

  func verify() async throws {
    try await withLibrary { library in
      let report = try await library.verify(over: world.transport())
      let server: (String, String) =
        switch report.server {
        case .equal: ("equal", "equal to the server")
        case .behind: ("behind", "the server has changes this device has not read; sync, then verify again")
        case .different(let buckets): ("different", "\(buckets) of 256 parts differ from the server; a sync mends them")
        case .notAsked(let reason): ("notAsked", "the server was not compared: \(reason.visible)")
        }
      let isWhole =
        report.damagedRecords.isEmpty && report.damagedContents.isEmpty && report.damagedContentsKept.isEmpty
        && report.indexMatches
      try result(
        [
          ("contents", .number(report.contents)), ("count", .integer(report.count)),
          ("damagedContents", .array(report.damagedContents.map { .string($0) })),
          ("damagedContentsKept", .array(report.damagedContentsKept.map { .string($0) })),
          ("damagedRecords", .array(report.damagedRecords.map { .string($0) })), ("digest", .string(report.digest)),
          ("indexMatches", .bool(report.indexMatches)), ("records", .number(report.records)),
          ("server", .string(server.0)), ("unsent", .number(report.unsent)),
        ],
        "\(Wording.count(report.records, "record")), \(Wording.count(report.contents, "text")) checked: "
          + "\(isWhole ? "whole" : "DAMAGED"); digest \(report.digest), \(server.1)"
          + (report.unsent > 0 ? "; \(Wording.count(report.unsent, "change")) unsent" : ""))
      guard report.indexMatches else {
        throw CommandFailure(
          .damaged, code: "damaged",
          "parts of the database do not belong together or cannot be read; `offprint repair` makes them one again")
      }
      guard isWhole else { throw CommandFailure(.damaged, code: "damaged", Self.damage(report)) }
      if case .different = report.server {
        throw CommandFailure(.failed, code: "different", "this device and the server differ; `offprint sync` mends it")
      }
    }
  }

  private static func damage(_ report: VerifyReport) -> String {
    let records = Wording.count(report.damagedRecords.count, "record")
    let texts = Wording.count(report.damagedContents.count, "text")
    var sentences: [String] = []
    if !report.damagedRecords.isEmpty || !report.damagedContents.isEmpty {
      sentences.append(
        "\(records) and \(texts) are damaged; `offprint sync` fetches what the server has of them, `offprint refused` lists"
          + " unsent ones")
    }
    if !report.damagedContentsKept.isEmpty {
      sentences.append(
        "\(Wording.count(report.damagedContentsKept.count, "text")) that only this device has cannot be read any more: save"
          + " the page again to have it whole")
    }
    return sentences.joined(separator: ". ")
  }

  func status() async throws {
    try await withLibrary { library in
      let status = try await library.status()
      if isJSON { return try json(Self.members(of: status)) }
      let now = world.environment.wallMilliseconds()
      let who = status.account.map { "\($0.user.visible) at \($0.url.visible) as \($0.deviceName.visible)" }
      try line("library      \(status.library.visible)")
      try line(
        "signed in    \(status.isSignedIn ? who ?? "yes" : who.map { "no (was \($0))" } ?? "no; everything works offline")"
      )
      try line("articles     \(status.articles), \(status.unread) unread")
      try line(
        "texts        \(status.contentsHere) here (\(Wording.bytes(status.contentBytes))), \(status.contentsPending) to fetch"
      )
      try line("unsent       \(status.unsent)")
      try line("refused      \(status.refused)")
      if status.held > 0 {
        try line("held         \(status.held) (the server has them no more; `offprint sync --allow-deletes`)")
      }
      try line("conflicts    \(status.conflicts)")
      try line("last success \(status.lastSuccessAt.map { Wording.distance(from: $0, to: now) } ?? "never")")
      if let problem = status.lastProblem { try line("last problem \(problem.visible)") }
      if let next = status.nextTryAt { try line("next try     \(Wording.distance(from: next, to: now))") }
    }
  }

  private static func members(of status: LibraryStatus) -> [(String, JSONResult)] {
    [
      ("account", .text(status.account?.account.description)), ("articles", .number(status.articles)),
      ("conflicts", .number(status.conflicts)), ("contentBytes", .integer(status.contentBytes)),
      ("contentsHere", .number(status.contentsHere)), ("contentsPending", .number(status.contentsPending)),
      ("device", .text(status.account?.deviceName)), ("digest", .string(status.digest)), ("held", .number(status.held)),
      ("lastAttempt", .number(status.lastAttemptAt)), ("lastProblem", .text(status.lastProblem)),
      ("lastSuccess", .number(status.lastSuccessAt)), ("library", .string(status.library)),
      ("nextTry", .number(status.nextTryAt)), ("number", .number(status.number)), ("refused", .number(status.refused)),
      ("replica", .string(status.replica.description)), ("rereading", .text(status.rereading)),
      ("signedIn", .bool(status.isSignedIn)), ("unread", .number(status.unread)), ("unsent", .number(status.unsent)),
      ("url", .text(status.account?.url)), ("user", .text(status.account?.user)),
    ]
  }
}

/// How far a sync has got: a line that is overwritten on a terminal, JSON lines for programs, else nothing.
private struct SyncProgressLine {
  let session: Session
  private var isShown = false

  init(session: Session) { self.session = session }

  mutating func show(_ step: SyncProgress) throws {
    if session.isJSON {
      return try session.json([
        ("type", "progress"), ("phase", .string(step.phase.rawValue)), ("done", .number(step.done)),
        ("total", .number(step.total)), ("bytes", .integer(step.bytes)),
      ])
    }
    guard session.messages.isTerminal, !session.isQuiet else { return }
    isShown = true
    let total = step.total.map { " of \($0)" } ?? ""
    session.messages.write("\r\u{1B}[K\(step.phase.rawValue) \(step.done)\(total) · \(Wording.bytes(step.bytes))")
  }

  func end() { if isShown { session.messages.write("\r\u{1B}[K") } }
}
