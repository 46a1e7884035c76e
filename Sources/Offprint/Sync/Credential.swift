import OffprintWire

/// The token of this device, kept in `credential.json` (mode 0600), never in the database that backups carry.
struct Credential: Sendable {
  var url: String
  var user: String
  var account: RecordID
  var server: RecordID
  var device: RecordID
  var deviceName: String
  var token: String

  /// The file's bytes.
  var bytes: [UInt8] {
    JSONValue.members(
      ("account", .string(account.description)), ("device", .string(device.description)),
      ("deviceName", .string(deviceName)), ("server", .string(server.description)), ("token", .string(token)),
      ("url", .string(url)), ("user", .string(user))
    ).canonicalBytes
  }

  init(
    url: String, user: String, account: RecordID, server: RecordID, device: RecordID, deviceName: String, token: String
  ) {
    self.url = url
    self.user = user
    self.account = account
    self.server = server
    self.device = device
    self.deviceName = deviceName
    self.token = token
  }

  /// Reads the file's bytes; nil if they are damaged, which counts as signed out.
  init?(parsing bytes: [UInt8]) {
    guard let json = try? JSONValue(parsing: bytes), let url = json["url"]?.string, let user = json["user"]?.string,
      let account = json["account"]?.string.flatMap({ RecordID($0) }),
      let server = json["server"]?.string.flatMap({ RecordID($0) }),
      let device = json["device"]?.string.flatMap({ RecordID($0) }), let name = json["deviceName"]?.string,
      let token = json["token"]?.string
    else { return nil }
    self.init(url: url, user: user, account: account, server: server, device: device, deviceName: name, token: token)
  }
}
