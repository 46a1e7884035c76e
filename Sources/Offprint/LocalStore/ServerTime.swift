import OffprintSQLite
import OffprintWire

#if MUTANTS
  import OffprintMutants
#endif

/// One reading of the server's clock (Protocol, TIME-2).
package struct ServerTimeSample: Sendable {
  /// The server's time at the arrival of its answer: what it said plus half the round trip.
  package var server: Int64
  /// The boot clock at that moment.
  package var boot: Int64
  /// The boot it was taken in.
  package var bootID: String
  /// Half the round trip: how wrong it may have been when it was taken.
  package var error: Int64

  /// A reading of these parts.
  package init(server: Int64, boot: Int64, bootID: String, error: Int64) {
    self.server = server
    self.boot = boot
    self.bootID = bootID
    self.error = error
  }

  /// A reading taken from an answer that arrived just now, after a round trip of so many milliseconds.
  package init(serverTime: Int64, roundTrip: Int64, boot: Int64, bootID: String) {
    let half = max(0, roundTrip) / 2
    self.init(server: serverTime + half, boot: boot, bootID: bootID, error: half)
  }

  /// The server's time now; nil in another boot, where the boot clock means nothing.
  package func now(boot: Int64, bootID: String) -> Int64? {
    #if MUTANTS
      if Mutant.isOn(.sampleAcrossBoots) { return server + (boot - self.boot) }
    #endif
    guard bootID == self.bootID, boot >= self.boot else { return nil }
    return server + (boot - self.boot)
  }

  /// How wrong it may be by now: its error and 100 ppm of its age.
  func error(boot: Int64) -> Int64 { error + max(0, boot - self.boot) / 10_000 }

  /// Whether a later reading is at least as good by the time it is taken.
  package func yields(to later: Self) -> Bool {
    bootID != later.bootID || error(boot: later.boot) >= later.error
  }
}

extension LibraryStore {
  func serverTimeSample() throws -> ServerTimeSample? {
    guard let server = try meta(.sampleServer).integer, let boot = try meta(.sampleBoot).integer,
      let bootID = try metaText(.sampleBootID), let error = try meta(.sampleError).integer
    else { return nil }
    // Damage may have put any number there.
    guard (0..<Int64(Stamp.millisecondsEnd)).contains(server), (0...1 << 60).contains(boot),
      (0...1 << 60).contains(error)
    else { return nil }
    return ServerTimeSample(server: server, boot: boot, bootID: bootID, error: error)
  }

  /// Takes a reading in; the one with the least error is kept. `replacing` drops what was known before.
  func note(serverTime: Int64, roundTrip: Int64, replacing: Bool = false) throws {
    // A server far in the future must not push this library's stamps past what can be stamped.
    guard (0..<Int64(Stamp.millisecondsEnd)).contains(serverTime) else { return }
    let boot = environment.bootMilliseconds()
    let bootID = environment.bootID()
    let sample = ServerTimeSample(serverTime: serverTime, roundTrip: roundTrip, boot: boot, bootID: bootID)
    if try replacing || serverTimeSample()?.yields(to: sample) ?? true {
      try setMeta(.sampleServer, sample.server)
      try setMeta(.sampleBoot, sample.boot)
      try setMeta(.sampleBootID, sample.bootID)
      try setMeta(.sampleError, sample.error)
    }
    if try serverTime > metaInteger(.contact) { try setMeta(.contact, serverTime) }
    try refreshMoment()
  }
}
