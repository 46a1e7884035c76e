import OffprintServer
import OffprintWire

/// `offprintd user`
extension DaemonSession {
  /// The quota of accounts without one of their own.
  private var serverQuota: AccountQuota { DaemonSettings.quota(settings) }

  func addUser() throws {
    let name = arguments.word("NAME") ?? ""
    let password = try newPassword(of: name)
    try withAccounts { accounts, _ in
      let account = try accounts.create(name: name, password: password)
      try result(
        [("account", .string(account.id.description)), ("name", .string(account.name))], "added \(account.name.visible)"
      )
    }
  }

  func setPassword() throws {
    let name = arguments.word("NAME") ?? ""
    try withAccounts { accounts, _ in
      // Before anybody types a password for a user who is not there.
      _ = try accounts.belongings(of: name)
      let password = try newPassword(of: name)
      let signedOut = try accounts.setPassword(password, of: name, signsOut: arguments.has("sign-out"))
      try result(
        [("name", .string(name)), ("signedOut", .number(signedOut))],
        "\(name.visible) has a new password"
          + (arguments.has("sign-out") ? ", \(Wording.count(signedOut, "device")) signed out" : ""))
    }
  }

  func setDisabled(_ isDisabled: Bool) throws {
    let name = arguments.word("NAME") ?? ""
    try withAccounts { accounts, _ in
      let changed = try accounts.setDisabled(isDisabled, user: name)
      let state = isDisabled ? "disabled" : "enabled"
      try result(
        [("changed", .bool(changed)), ("name", .string(name))],
        changed ? "\(state) \(name.visible)" : "\(name.visible) was \(state) already")
    }
  }

  func listUsers() throws {
    let store = try store(.command)
    defer { store.close() }
    let rows = try store.read { reader in
      try reader.accounts().map { ($0, try reader.deviceCount(of: $0.id)) }
    }
    if arguments.has("json") {
      for (account, devices) in rows { try output.line(JSONResult.object(members(account, devices)).text) }
    } else {
      for (account, devices) in rows { try output.line(line(account, devices)) }
    }
  }

  func setQuota() throws {
    let name = arguments.word("NAME") ?? ""
    let bytes = try limit("bytes") { ByteCount.bytes(of: $0) }
    let records = try limit("records") { Int64($0).flatMap { $0 >= 0 ? $0 : nil } }
    let devices = try limit("devices") { Int64($0).flatMap { $0 >= 0 ? $0 : nil } }
    try withAccounts { accounts, store in
      let account: Account
      if bytes == nil, records == nil, devices == nil {
        account = try accounts.belongings(of: name).account
      } else {
        account = try accounts.setQuota(of: name) { quota in
          if let bytes { quota.bytes = bytes }
          if let records { quota.records = records }
          if let devices { quota.devices = devices }
        }
      }
      let count = try store.read { try $0.deviceCount(of: account.id) }
      try result(members(account, count), line(account, count))
    }
  }

  func removeUser() throws {
    let name = arguments.word("NAME") ?? ""
    try withAccounts { accounts, _ in
      let goes = try accounts.belongings(of: name)
      let list =
        "\(Wording.count(goes.records, "record")), \(Wording.count(goes.contents, "text")) or images"
        + " (\(Wording.bytes(goes.account.usage.bytes))), \(Wording.count(goes.devices, "device"))"
      if !arguments.has("yes") {
        let question = "This removes \(name.visible) for good: \(list).\nType the user's name to go on: "
        guard try Confirmation.ask(question, for: name) else {
          throw CommandFailure(.decisionNeeded, code: "decisionNeeded", "nothing was removed")
        }
      }
      try accounts.remove(name)
      try result(
        [
          ("contents", .integer(goes.contents)), ("devices", .integer(goes.devices)), ("name", .string(name)),
          ("records", .integer(goes.records)),
        ], "removed \(name.visible): \(list)")
    }
  }

  /// A new password: the first line of standard input, or typed twice.
  private func newPassword(of name: String) throws -> String {
    if arguments.has("password-stdin") { return try PasswordInput.read(descriptor: world.input) }
    let password = try PasswordInput.ask("Password of \(name.visible): ")
    guard try PasswordInput.ask("Once more: ").utf8.elementsEqual(password.utf8) else {
      throw UsageError("the two passwords differ. Nothing was changed.")
    }
    return password
  }

  /// What `--bytes` and the like say; nil if they were not given.
  private func limit(_ option: String, _ number: (String) -> Int64?) throws -> OwnQuota.Limit? {
    switch arguments.value(option) {
    case nil: return nil
    case "none"?: return .unlimited
    case "default"?: return .ofServer
    case let text?:
      guard let number = number(text) else {
        throw UsageError("'--\(option)' is a number, 'none' or 'default', not '\(text.visible)'.")
      }
      return .at(number)
    }
  }

  private func members(_ account: Account, _ devices: Int64) -> [(String, JSONResult)] {
    let quota = account.quota.resolved(server: serverQuota)
    let own = [("bytes", account.quota.bytes), ("devices", account.quota.devices), ("records", account.quota.records)]
    return [
      ("account", .string(account.id.description)), ("bytes", .integer(account.usage.bytes)),
      ("bytesMax", .number(quota.bytes)), ("created", .integer(account.created)), ("devices", .integer(devices)),
      ("devicesMax", .number(quota.devices)), ("disabled", .number(account.disabled)), ("name", .string(account.name)),
      ("own", .array(own.filter { $0.1 != .ofServer }.map { .string($0.0) })),
      ("records", .integer(account.liveRecords)), ("recordsMax", .number(quota.records)),
      ("removing", .number(account.removing)),
    ]
  }

  private func line(_ account: Account, _ devices: Int64) -> String {
    let quota = account.quota.resolved(server: serverQuota)
    let parts = [
      "\(Wording.bytes(account.usage.bytes)) of \(quota.bytes.map { Wording.bytes($0) } ?? "any")",
      "\(account.liveRecords) of \(quota.records.map { Wording.count($0, "record") } ?? "any records")",
      "\(devices) of \(quota.devices.map { Wording.count($0, "device") } ?? "any devices")",
    ]
    let state = account.removing != nil ? "  being removed" : account.disabled != nil ? "  disabled" : ""
    return "\(account.name.visible)  \(parts.joined(separator: " · "))\(state)"
  }
}
