import OffprintServer

/// How much of everything is let in.
extension DaemonSettings {
  static let connections = Setting(
    "limits.connections", .integer(1...1_000_000), .integer(12_500), "connections open at one time",
    details: "Further ones wait in the system's queue.")
  static let connectionsPerAddress = Setting(
    "limits.connections_per_address", .integer(0...1_000_000), .integer(0),
    "connections open at one time from one address; 0 for no such limit",
    details: "Behind a proxy all come from one address.")
  static let longPolls = Setting(
    "limits.long_polls", .integer(0...1_000_000), .integer(12_000), "long polls waiting at one time")
  static let failedSignIns = Setting(
    "limits.failed_sign_ins_per_minute", .integer(1...1_000_000), .integer(10),
    "failed sign-ins a minute, for each address and each user name")
  static let failedPairings = Setting(
    "limits.failed_pairings_per_minute", .integer(1...1_000_000), .integer(5),
    "wrong pairing codes a minute, for each address")
  static let pushesPerMinute = Setting(
    "limits.pushes_per_minute", .integer(0...1_000_000), .integer(600),
    "pushes of one device a minute; 0 for no such limit")
  static let pushBurst = Setting(
    "limits.push_burst", .integer(1...1_000_000), .integer(120), "pushes that one device may make at once")
  static let accountMebibytes = Setting(
    "limits.account_mebibytes", .integer(0...1_000_000_000), .integer(20_480),
    "MiB of records and contents that an account may keep; 0 for no such limit",
    details: "`offprintd user quota` gives one account another limit.")
  static let accountRecords = Setting(
    "limits.account_records", .integer(0...1_000_000_000), .integer(1_000_000),
    "live records that an account may keep; 0 for no such limit")
  static let accountDevices = Setting(
    "limits.account_devices", .integer(0...1_000_000), .integer(100),
    "devices of an account signed in at one time; 0 for no such limit")

  static let limits = [
    connections, connectionsPerAddress, longPolls, failedSignIns, failedPairings, pushesPerMinute, pushBurst,
    accountMebibytes, accountRecords, accountDevices,
  ]

  /// The quota of accounts that have none of their own.
  static func quota(_ settings: Settings) -> AccountQuota {
    func limit(_ setting: Setting) -> Int64? {
      let number = Int64(settings.integer(setting))
      return number > 0 ? number : nil
    }
    return AccountQuota(
      bytes: limit(accountMebibytes).map { $0 << 20 }, records: limit(accountRecords), devices: limit(accountDevices))
  }
}
