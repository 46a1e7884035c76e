import OffprintServer
import OffprintWire

/// `offprintd device`
extension DaemonSession {
  func listDevices() throws {
    try withAccounts { accounts, _ in
      let now = environment().now()
      for listed in try accounts.devices(of: user) {
        let device = listed.device
        let seen = device.lastSeen.map { "seen " + Wording.distance(from: $0, to: now) } ?? "never seen"
        let behind =
          switch listed.behind {
          case nil: "has read nothing"
          case 0?: "level"
          case let count?: "\(Wording.count(count, "change")) behind"
          }
        try result(
          [
            ("behind", .number(listed.behind)), ("created", .integer(device.created)),
            ("device", .string(device.id.description)), ("lastSeen", .number(device.lastSeen)),
            ("name", .string(device.name)), ("number", .number(device.number)),
          ], "\(device.id.description.prefix(12))  \(device.name.visible)  \(seen)  \(behind)")
      }
    }
  }

  func revokeDevice() throws {
    let wanted = arguments.word("DEVICE") ?? ""
    try withAccounts { accounts, _ in
      let devices = try accounts.devices(of: user).map(\.device)
      let named = devices.filter { $0.name.utf8.elementsEqual(wanted.utf8) }
      let found = named.isEmpty && !wanted.isEmpty ? devices.filter { $0.id.description.hasPrefix(wanted) } : named
      guard let device = found.first else {
        throw CommandFailure(
          .notFound, code: "notFound",
          "\(user.visible) has no device \(wanted.visible); `offprintd device list \(user.visible)` shows them")
      }
      guard found.count == 1 else {
        let ids = found.map { String($0.id.description.prefix(12)) }.joined(separator: ", ")
        throw UsageError("\(wanted.visible) is several devices: \(ids). Name one by its id.")
      }
      guard try accounts.revoke(device.id, of: device.account) else {
        throw CommandFailure(.notFound, code: "notFound", "the device was signed out meanwhile")
      }
      try result(
        [("device", .string(device.id.description)), ("name", .string(device.name))],
        "signed out \(device.name.visible)")
    }
  }

  func pairDevice() throws {
    let minutes = try arguments.integer("minutes", in: 1...1_440) ?? Int(Accounts.pairingMilliseconds / 60_000)
    try withAccounts { accounts, store in
      let address = try arguments.value("url").map(Self.serverAddress) ?? store.servingAddress()
      let made = try accounts.makePairingCode(user: user, validMilliseconds: Int64(minutes) * 60_000)
      let link = address.map { PairingLink(server: $0, code: made.code.text).text }
      if arguments.has("json") {
        return try output.line(
          JSONResult.object([
            ("code", .string(made.code.text)), ("expires", .integer(made.expires)), ("link", .text(link)),
            ("user", .string(user)),
          ]).text)
      }
      try output.line(
        "\(made.code.text)   signs one device of \(user.visible) in, for \(Wording.count(minutes, "minute"))")
      guard let address, let link else {
        return messages.line("no server runs here: say its address with --url to get a QR code")
      }
      try output.line("offprint login \(address.visible) --code \(made.code.text) --device NAME")
      let isTerminal = world.isTerminal(world.output)
      guard isTerminal || arguments.has("qr"), let picture = QRCode(link) else { return }
      let style = TerminalStyle(
        choice: arguments.has("no-color") ? "never" : arguments.value("color"), isTerminal: isTerminal,
        variables: world.variables)
      for line in picture.lines(isColored: style.isColored) { try output.line(line) }
      try output.line(link.visible)
    }
  }

  private var user: String { arguments.word("USER") ?? "" }

  /// An address of a server as one gives it to devices.
  private static func serverAddress(_ text: String) throws -> String {
    guard PageAddress(text) != nil, !text.contains("?"), !text.contains("#") else {
      throw UsageError("'\(text.visible)' is no address of a server, such as https://read.example.org.")
    }
    return text
  }
}
