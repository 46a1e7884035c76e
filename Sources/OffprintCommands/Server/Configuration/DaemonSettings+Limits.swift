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

  static let limits = [connections, connectionsPerAddress, longPolls, failedSignIns]
}
