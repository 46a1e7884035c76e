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
  /// What was set by options, variables, the configuration file.
  let settings: Settings
  /// What tests alone set; see ``DaemonTestHooks``.
  let hooks: DaemonTestHooks

  func run() async throws {
    do {
      if Self.touchesData(arguments.verb), !arguments.has("dev") {
        try OwnerOnly.becomeOwner(of: settings.dataFolder())
      }
      switch arguments.verb.name {
      case "serve": try await serve()
      case "health": try await checkHealth()
      case "config show": try showConfiguration()
      case "man": try printManPage()
      case "backup": try backUp()
      case "restore": try restore()
      case "check": try check()
      case "doctor": try examine()
      case "stats": try showStatistics()
      case "user add": try addUser()
      case "user list": try listUsers()
      case "user disable": try setDisabled(true)
      case "user enable": try setDisabled(false)
      case "user password": try setPassword()
      case "user quota": try setQuota()
      case "user remove": try removeUser()
      case "device list": try listDevices()
      case "device revoke": try revokeDevice()
      case "device pair": try pairDevice()
      default: throw UsageError("there is no verb \(arguments.verb.name).")
      }
    } catch let error as StoreError {
      throw Self.failure(error)
    }
  }

  /// Whether a verb reads or writes the data folder; a trial has one of its own.
  private static func touchesData(_ verb: Verb) -> Bool { !["health", "config show", "man"].contains(verb.name) }

  /// The data folder.
  func dataFolder() throws -> String { try settings.dataFolder() }

  /// Clock and randomness of this machine, with what tests change.
  /// - Parameter folder: where the data are, to know how much room is left; nil where nobody asks.
  func environment(folder: String? = nil) -> ServerEnvironment {
    let wall = world.environment.wallMilliseconds
    let hooks = hooks
    var environment = ServerEnvironment(
      now: { wall() + hooks.clockOffsetMilliseconds }, randomBytes: { SecureRandom.bytes($0) },
      sleep: { try await Task.sleep(for: .milliseconds($0)) }, pushCommitted: { hooks.notePush() })
    if let folder { environment.freeDiskBytes = { DiskSpace.free(at: folder) } }
    return environment
  }

  func store(_ use: StoreSQLite.Use) throws -> StoreSQLite {
    let folder = try dataFolder()
    try prepareToOpen(folder)
    return try StoreSQLite(folder: folder, use: use, random: { SecureRandom.bytes($0) })
  }

  /// Copies data of an older version aside before they are brought up to date, and says so.
  func prepareToOpen(_ folder: String) throws {
    switch try StoreFiles(folder: folder).prepareToOpen(mayMigrate: settings.isOn(DaemonSettings.migrate)) {
    case .current: break
    case .copied(let from, let to, let copy):
      log.event("upgrade", [("from", .integer(Int64(from))), ("to", .integer(Int64(to))), ("copy", .string(copy))])
    }
  }

  /// Runs a verb on the accounts of the data folder, beside a server or without one.
  func withAccounts(_ body: (Accounts, StoreSQLite) throws -> Void) throws {
    let store = try store(.command)
    defer { store.close() }
    let accounts = try Accounts(store: store, environment: environment(), passwords: .interactive)
    do {
      try body(accounts, store)
    } catch Accounts.CreationError.exists {
      throw CommandFailure(.failed, code: "exists", "there is an account of that name already")
    } catch Accounts.CreationError.badName {
      throw UsageError("a user's name has 1 to \(Limits.userNameBytesMax) bytes and no control characters.")
    } catch Accounts.CreationError.badPasswordLength {
      throw UsageError(
        "a password has \(Limits.passwordBytesMin) to \(Limits.passwordBytesMax) bytes; 15 or more are advised.")
    } catch is Accounts.UnknownUser {
      throw Self.noUser
    } catch Accounts.PairingError.noAccount {
      throw Self.noUser
    } catch Accounts.PairingError.disabled {
      throw CommandFailure(
        .failed, code: "disabled", "the account is disabled; `offprintd user enable` lets it be used")
    } catch Accounts.PairingError.tooMany {
      throw CommandFailure(
        .failed, code: "tooMany",
        "the account has \(Accounts.pairingsMax) pairing codes that have not ended; wait for one")
    }
  }

  private static let noUser = CommandFailure(
    .notFound, code: "notFound", "there is no user of that name; `offprintd user list` shows them")

  /// The result in the form asked for.
  func result(_ members: [(String, JSONResult)], _ text: String) throws {
    try output.line(arguments.has("json") ? JSONResult.object(members).text : text)
  }

  static func failure(_ error: StoreError) -> CommandFailure {
    switch error {
    case .full: CommandFailure(.diskFull, code: "diskFull", "the disk is full; try again once there is room")
    case .busy: CommandFailure(.inUse, code: "inUse", "another program holds the data; try again")
    case .cutOff: CommandFailure(.failed, code: "cutOff", "reading took too long; try again")
    case .damaged(let detail): CommandFailure(.damaged, code: "damaged", "the data are damaged: \(detail)")
    case .newerVersion:
      CommandFailure(
        .newerLibrary, code: "newerLibrary", "the data were written by a newer offprintd; nothing was changed")
    case .inUse: CommandFailure(.inUse, code: "inUse", "an offprintd serves this folder; stop it first")
    case .unusable(let detail), .failed(let detail): CommandFailure(.failed, code: "failed", detail)
    }
  }
}
