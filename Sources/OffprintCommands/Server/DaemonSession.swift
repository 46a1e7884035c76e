import OffprintCrypto
import OffprintHTTPServer
import OffprintServer
import OffprintWire

/// One call of the daemon: its words and where it reads and writes.
struct DaemonSession: Sendable {
  let arguments: Arguments
  let world: World
  let output: Output
  let messages: Messages
  /// What tests alone set; see ``DaemonTestHooks``.
  let hooks: DaemonTestHooks

  func run() async throws {
    do {
      switch arguments.verb.name {
      case "serve": try await serve()
      case "user add": try addUser()
      case "user list": try listUsers()
      default: throw UsageError("there is no verb \(arguments.verb.name).")
      }
    } catch let error as StoreError {
      throw Self.failure(error)
    }
  }

  /// `--data`, else the data folder of the XDG base directories.
  func dataFolder() throws -> String {
    if let folder = arguments.value("data"), !folder.isEmpty { return folder }
    if let data = world.variables["XDG_DATA_HOME"], data.hasPrefix("/") { return data + "/offprintd" }
    guard let home = world.variables["HOME"], home.hasPrefix("/") else {
      throw UsageError("there is no HOME to keep data under. Name a folder with --data.")
    }
    return home + "/.local/share/offprintd"
  }

  /// Clock and randomness of this machine, with what tests change.
  func environment() -> ServerEnvironment {
    let wall = world.environment.wallMilliseconds
    let hooks = hooks
    return ServerEnvironment(
      now: { wall() + hooks.clockOffsetMilliseconds }, randomBytes: { SecureRandom.bytes($0) },
      sleep: { try await Task.sleep(for: .milliseconds($0)) }, pushCommitted: { hooks.notePush() })
  }

  private func store(_ use: StoreSQLite.Use) throws -> StoreSQLite {
    try StoreSQLite(folder: dataFolder(), use: use, random: { SecureRandom.bytes($0) })
  }

  // MARK: Accounts

  private func addUser() throws {
    let name = arguments.word("NAME") ?? ""
    let password =
      arguments.has("password-stdin")
      ? try PasswordInput.read(descriptor: world.input)
      : try PasswordInput.ask("Password of \(name.visible): ")
    let store = try store(.command)
    defer { store.close() }
    let accounts = try Accounts(store: store, environment: environment(), passwords: .interactive)
    do {
      let account = try accounts.create(name: name, password: password)
      try result(
        [("account", .string(account.id.description)), ("name", .string(account.name))], "added \(account.name.visible)"
      )
    } catch Accounts.CreationError.exists {
      throw CommandFailure(.failed, code: "exists", "there is an account \(name.visible) already")
    } catch Accounts.CreationError.badName {
      throw UsageError("a user's name has 1 to \(Limits.userNameBytesMax) bytes and no control characters.")
    } catch Accounts.CreationError.badPasswordLength {
      throw UsageError(
        "a password has \(Limits.passwordBytesMin) to \(Limits.passwordBytesMax) bytes; 15 or more are advised.")
    }
  }

  private func listUsers() throws {
    let store = try store(.command)
    defer { store.close() }
    for account in try store.read({ try $0.accounts() }) {
      try result(
        [
          ("account", .string(account.id.description)), ("created", .integer(account.created)),
          ("name", .string(account.name)),
        ], account.name.visible)
    }
  }

  private func result(_ members: [(String, JSONResult)], _ text: String) throws {
    try output.line(arguments.has("json") ? JSONResult.object(members).text : text)
  }

  static func failure(_ error: StoreError) -> CommandFailure {
    switch error {
    case .full: CommandFailure(.diskFull, code: "diskFull", "the disk is full; nothing was changed")
    case .busy: CommandFailure(.inUse, code: "inUse", "another program holds the data; try again")
    case .cutOff: CommandFailure(.failed, code: "cutOff", "reading took too long; try again")
    case .damaged(let detail): CommandFailure(.damaged, code: "damaged", "the data are damaged: \(detail)")
    case .newerVersion:
      CommandFailure(
        .newerLibrary, code: "newerLibrary", "the data were written by a newer offprintd; nothing was changed")
    case .inUse: CommandFailure(.inUse, code: "inUse", "another offprintd serves this folder")
    case .unusable(let detail), .failed(let detail): CommandFailure(.failed, code: "failed", detail)
    }
  }
}
