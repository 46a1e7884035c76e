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
  /// Whether `GET /metrics` is answered: only on a loopback listener.
  package var showsMetrics = false
  /// Whether a proxy in front names the client's address in `X-Forwarded-For`; else that header is ignored.
  package var trustsForwardedFor = false

  /// The defaults.
  package init() {}

  /// The retention, in milliseconds.
  package var retentionMilliseconds: Int64 { Int64(retentionDays) * 86_400_000 }
}
