import OffprintWire

/// What the server takes from outside: clock, randomness, waiting. Injected, so that a simulation can replay it.
package struct ServerEnvironment: Sendable {
  /// Milliseconds since 1970.
  package var now: @Sendable () -> Int64
  /// So many random bytes, fit for keys and tokens.
  package var randomBytes: @Sendable (Int) -> [UInt8]
  /// Returns after so many milliseconds; throws `CancellationError` when the task is cancelled before.
  package var sleep: @Sendable (Int64) async throws -> Void
  /// Called when a push was committed and its answer is not yet on its way; for tests that end the process there.
  package var pushCommitted: @Sendable () -> Void

  /// Called when a push was committed that wishes a page to be fetched.
  package var fetchWished: @Sendable () -> Void = {}

  /// Bytes free on the disk that the data are on; nil where that is not known.
  package var freeDiskBytes: @Sendable () -> Int64? = { nil }

  /// An environment of these parts.
  package init(
    now: @escaping @Sendable () -> Int64, randomBytes: @escaping @Sendable (Int) -> [UInt8],
    sleep: @escaping @Sendable (Int64) async throws -> Void, pushCommitted: @escaping @Sendable () -> Void = {}
  ) {
    self.now = now
    self.randomBytes = randomBytes
    self.sleep = sleep
    self.pushCommitted = pushCommitted
  }

  /// 128 random bits.
  package func randomID() -> RecordID {
    RecordID(bytes: randomBytes(16)) ?? RecordID(high: 0, low: 0)
  }

  /// 64 random bits.
  package func randomReplica() -> ReplicaID { ReplicaID(bits: randomNumber()) }

  /// 64 random bits.
  package func randomNumber() -> UInt64 {
    randomBytes(8).reduce(0) { $0 << 8 | UInt64($1) }
  }
}
