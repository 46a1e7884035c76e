import OffprintSQLite
import OffprintWire

/// One reading of the server's clock (Protocol, TIME-2).
struct ServerTimeSample {
  /// The server's time at the arrival of its answer: what it said plus half the round trip.
  var server: Int64
  /// The boot clock at that moment.
  var boot: Int64
  /// The boot it was taken in.
  var bootID: String
  /// Half the round trip: how wrong it may have been when it was taken.
  var error: Int64

  /// The server's time now; nil in another boot, where the boot clock means nothing.
  func now(boot: Int64, bootID: String) -> Int64? {
    guard bootID == self.bootID, boot >= self.boot else { return nil }
    return server + (boot - self.boot)
  }

  /// How wrong it may be by now: its error and 100 ppm of its age.
  func error(boot: Int64) -> Int64 { error + max(0, boot - self.boot) / 10_000 }
}

extension LibraryStore {
  func serverTimeSample() throws -> ServerTimeSample? {
    guard let server = try meta(.sampleServer).integer, let boot = try meta(.sampleBoot).integer,
      let bootID = try metaText(.sampleBootID), let error = try meta(.sampleError).integer
    else { return nil }
    return ServerTimeSample(server: server, boot: boot, bootID: bootID, error: error)
  }

  /// Takes a reading in; the one with the least error is kept. `replacing` drops what was known before.
  func note(serverTime: Int64, roundTrip: Int64, replacing: Bool = false) throws {
    // A server far in the future must not push this library's stamps past what can be stamped.
    guard (0..<Int64(Stamp.millisecondsEnd)).contains(serverTime) else { return }
    let boot = environment.bootMilliseconds()
    let bootID = environment.bootID()
    let half = max(0, roundTrip) / 2
    let old = try serverTimeSample()
    let isBetter = old.map { $0.bootID != bootID || $0.error(boot: boot) >= half } ?? true
    if replacing || isBetter {
      try setMeta(.sampleServer, serverTime + half)
      try setMeta(.sampleBoot, boot)
      try setMeta(.sampleBootID, bootID)
      try setMeta(.sampleError, half)
    }
    if try serverTime > metaInteger(.contact) { try setMeta(.contact, serverTime) }
    try refreshMoment()
  }
}
