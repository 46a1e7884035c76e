import OffprintHTTP
import OffprintServer

/// The table of everything an operator of `offprintd` may set.
package enum DaemonSettings {
  /// Settings under one heading.
  package struct Group: Sendable {
    /// The heading.
    package let title: String
    /// The settings, in the order of the man page.
    package let settings: [Setting]
  }

  /// All of them.
  package static let groups = [
    Group(title: "Serving", settings: [data, listen, behindProxy, trustedProxies, adminListen, migrate, graceSeconds]),
    Group(title: "Keeping", settings: [retentionDays, freeDiskMebibytesMin]),
    Group(title: "Logging", settings: [logFormat, logRequests]),
    Group(title: "Fetching", settings: fetching),
    Group(title: "Limits", settings: limits),
  ]

  /// All of them, without the headings.
  package static let all = groups.flatMap(\.settings)

  static let data = Setting(
    "data", .text("DIR"), nil, "the data folder; else the data folder of the user, offprintd/",
    details: "Made with mode 0700 if it is not there. One server at a time serves it.")
  static let listen = Setting(
    "listen", .text("ADDRESS:PORT"), .text("127.0.0.1:8787"), "where to listen; port 0 takes a free one",
    details:
      "An IPv6 address stands in brackets. unix:/path/to/socket makes a Unix socket of mode 0660, for a proxy that"
      + " runs with the same group. An address that is not loopback needs behind_proxy.")
  static let behindProxy = Setting(
    "behind_proxy", .flag, .flag(false), "admit an address that is not loopback: a proxy in front of it speaks TLS",
    details: "A Unix socket is taken to be behind a proxy.")
  static let trustedProxies = Setting(
    "trusted_proxies", .texts("RANGE"), .texts([]),
    "addresses of proxies whose X-Forwarded-For counts, such as 10.0.0.0/8",
    details:
      "The header is read from its right end, as far as these vouch for it, and the address found there counts for"
      + " limits alone. If none is named, the addresses of this machine are trusted behind a proxy, and nobody without one.",
    fault: { AddressRange($0) != nil ? nil : "no address and no range of addresses" })

  /// The proxies to trust.
  static func trustedProxies(_ settings: Settings, isBehindProxy: Bool) -> [AddressRange] {
    let named = settings.texts(trustedProxies).compactMap { AddressRange($0) }
    return named.isEmpty && isBehindProxy ? AddressRange.loopback : named
  }
  static let adminListen = Setting(
    "admin_listen", .text("ADDRESS:PORT"), .text(""), "where /metrics is given, on loopback or a Unix socket alone",
    details: "Nothing is given if it is empty, which is the default. /healthz and /readyz are answered there too.")
  static let migrate = Setting(
    "migrate", .flag, .flag(true), "bring data of an older version up to date at the start",
    details: "They are copied aside first, to before-version-N.sqlite in the data folder, and each step is one"
      + " transaction. Without it a server whose data are of an older version does not start.")
  static let graceSeconds = Setting(
    "grace_seconds", .integer(0...600), .integer(10), "seconds that requests under way may take once told to stop")

  static let retentionDays = Setting(
    "retention_days", .integer(1...36_500), .integer(180), "days a deletion is kept",
    details: "A device that stays away for longer reads everything anew. A backup older than this can bring deleted"
      + " articles back.")
  static let freeDiskMebibytesMin = Setting(
    "free_disk_mebibytes_min", .integer(0...1_000_000_000), .integer(64),
    "MiB of free disk below which /readyz says no",
    details:
      "The server goes on as long as it can: reading works on a full disk, writing is refused and nothing is lost.")

  static let logFormat = Setting(
    "log.format", .choice(["auto", "logfmt", "json"]), .text("auto"), "the form of log lines",
    details: "auto is logfmt on a terminal and JSON elsewhere.")
  static let logRequests = Setting(
    "log.requests", .flag, .flag(true), "log a line for each request",
    details: "A line holds the method, the route's name, the status, the time, a request id and the beginning of the"
      + " account's id; never an address, a token, or anything that people read.")
}
