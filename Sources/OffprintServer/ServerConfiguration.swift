import OffprintHTTP
import OffprintWire

/// What an operator may set.
package struct ServerConfiguration: Sendable {
  /// Days a record stays dead before the purge removes it.
  package var retentionDays = 180
  /// Days after which a content that no record of its account names is forgotten. A push that is about to name it takes minutes.
  package var unnamedContentDays = 30
  /// Records of a log sealed into one run. 64 cost 4 % more bytes than compressing whole pages, and need no compressing.
  package var runRecords = 64
  /// The cost of password hashes made from now on.
  package var passwordHash = PasswordHash.interactive
  /// Failed sign-ins a minute, for each address and each name.
  package var failedSignInsPerMinuteMax = 10
  /// Wrong pairing codes a minute, for each address.
  package var failedPairingsPerMinuteMax = 5
  /// Pushes a minute for each device; nil for no limit.
  package var pushesPerMinuteMax: Int? = 600
  /// Pushes that a device may make at once before that limit is felt.
  package var pushBurstMax = 120
  /// How much an account may keep, unless it was given a quota of its own.
  package var quota = AccountQuota.standard
  /// Long polls of one device at one time.
  package var pollsPerDeviceMax = 2
  /// Long polls at one time.
  package var pollsMax = 12_000
  /// Records in a page whose request names no number.
  package var pageRecordsDefault = Limits.pageRecordsDefault
  /// The longest wait of a long poll in seconds; more is taken as that.
  package var waitSecondsMax = Limits.waitSecondsMax
  /// Seconds after which a stream of events without news gives a sign of life; proxies take silent connections for dead.
  package var eventSecondsMax = 20
  /// Bytes of free disk below which `GET /readyz` says no.
  package var freeDiskBytesMin: Int64 = 0
  /// Proxies that name the client's address in `X-Forwarded-For`; from anybody else that header is ignored.
  package var trustedProxies: [AddressRange] = []
  /// How often it is looked after whether waiting devices still have access, in milliseconds.
  package var accessCheckMilliseconds: Int64 = 1_000
  /// How long what was heard of devices waits to be written, in milliseconds.
  package var deviceNotesMilliseconds: Int64 = 5_000

  /// The defaults.
  package init() {}

  /// The retention, in milliseconds.
  package var retentionMilliseconds: Int64 { Int64(retentionDays) * 86_400_000 }

  /// The limits of this server's own that it announces, in the order of the specification's second table (Protocol, LIM-4).
  package var announcedLimits: [(name: String, value: Int64)] {
    let limits: [(name: String, value: Int64?)] = [
      ("pushesPerMinuteMax", pushesPerMinuteMax.map { Int64($0) }),
      ("pushBurstMax", pushesPerMinuteMax.map { _ in Int64(pushBurstMax) }),
      ("pollsPerDeviceMax", Int64(pollsPerDeviceMax)),
      ("accountBytesMax", quota.bytes),
      ("accountRecordsMax", quota.records),
      ("accountDevicesMax", quota.devices),
    ]
    return limits.compactMap { limit in limit.value.map { (limit.name, $0) } }
  }
}
