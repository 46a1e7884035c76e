import OffprintWire

#if MUTANTS
  import OffprintMutants
#endif

/// An edit of one register that no server has confirmed yet.
///
/// It keeps what its stamp is made from, so that the stamp can be fixed later, or anew (Protocol, STAMP-3).
struct Edit: Sendable, Hashable {
  /// The new value.
  var value: CanonicalValue
  /// What the edit replaced; nil if the register was absent.
  var base: Register?
  /// The greatest server time met before the edit, in milliseconds.
  var contact: Int64
  /// The wall clock at the edit.
  var wall: Int64
  /// The boot clock at the edit.
  var boot: Int64
  /// The boot it was made in.
  var bootID: String
  /// Whether the stamp is to be the lowest legal one: the edit was carried along by a clone or a restored backup.
  var wantsLowestStamp = false
  /// The stamp once it is fixed; the register then stands in the record with it.
  var stamp: Stamp?
  /// Whether the stamp owes its milliseconds to the base.
  var tookBase = false
  /// Begun pushes that held this stamp and were never answered: any of them may have stored it.
  var unansweredPushes: Int64 = 0
}

/// What an edit notes about the moment it is made at, and what fixing needs.
struct EditMoment {
  /// This library's replica.
  var replica: ReplicaID
  /// The greatest server time met, in milliseconds; 0 if none ever was.
  var contact: Int64
  /// The wall clock.
  var wall: Int64
  /// The boot clock.
  var boot: Int64
  /// The current boot.
  var bootID: String
  /// The server's time now, if it is known in this boot.
  var serverNow: Int64?

  /// How long ago the edit was made: by the clock that runs during sleep within one boot, else by the wall clock.
  func age(of edit: Edit) -> Int64 {
    let made = ClockReading(wall: edit.wall, boot: edit.boot, bootID: edit.bootID)
    return made.age(at: ClockReading(wall: wall, boot: boot, bootID: bootID))
  }
}

/// This machine's clocks at one moment, in milliseconds (Protocol, TIME-4).
package struct ClockReading: Sendable {
  /// The wall clock.
  package var wall: Int64
  /// The boot clock.
  package var boot: Int64
  /// The boot.
  package var bootID: String

  /// A reading of these parts.
  package init(wall: Int64, boot: Int64, bootID: String) {
    self.wall = wall
    self.boot = boot
    self.bootID = bootID
  }

  /// How long ago this was: by the clock that runs during sleep within one boot, else by the wall clock; at least 0.
  package func age(at now: ClockReading) -> Int64 {
    #if MUTANTS
      if Mutant.isOn(.ageByWallClock) { return max(0, now.wall.subtractingReportingOverflow(wall).partialValue) }
    #endif
    let (later, earlier) = bootID == now.bootID ? (now.boot, boot) : (now.wall, wall)
    return max(0, later.subtractingReportingOverflow(earlier).partialValue)
  }
}
