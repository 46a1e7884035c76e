#if MUTANTS
  import OffprintMutants
#endif

/// How a client fixes the stamp of an edit (Protocol, STAMP-4 and STAMP-5).
///
/// The rule makes whoever has seen a value always beat it, whatever the clocks say; only edits that did not know of each
/// other are decided by time.
public struct StampRule: Sendable, Hashable {
  /// The greatest server time met before the edit, in milliseconds; 0 if no server was ever met.
  public var contact: Int64
  /// The stamp of the value that the edit replaced; nil if there was none.
  public var base: Stamp?
  /// Who edits.
  public var replica: ReplicaID

  /// The rule for one edit.
  public init(contact: Int64, base: Stamp?, replica: ReplicaID) {
    self.contact = contact
    self.base = base
    self.replica = replica
  }

  /// A stamp and whether it owes its milliseconds to the replaced value rather than to time.
  public struct Fixed: Sendable, Hashable {
    /// The stamp.
    public var stamp: Stamp
    /// True if the milliseconds are those of the base: such a record is pushed with `again`.
    public var tookBase: Bool
  }

  /// Whether there is a stamp for an edit. False above the last few stamps that there are, which only a broken clock or
  /// a hostile writer gives: the edit cannot be made, and ``stamp(serverNow:age:)`` gives what nobody would take
  /// (Protocol, STAMP-6).
  public var hasStamp: Bool {
    guard let base else { return true }
    return base.milliseconds < Stamp.millisecondsEnd - 1 || base.counter <= .max - 2
  }

  /// The stamp of an edit made `age` milliseconds ago, at `serverNow` by the server's clock.
  public func stamp(serverNow: Int64, age: Int64) -> Fixed {
    let now = clamp(serverNow)
    let edited = Int64(now).subtractingReportingOverflow(max(0, age)).partialValue
    let met = min(clamp(contact), now)
    #if MUTANTS
      let bound = Mutant.isOn(.noContactBound) ? 0 : met + 1
    #else
      let bound = met + 1
    #endif
    let byTime = max(
      Stamp(milliseconds: clamp(edited), counter: 0, replica: replica),
      Stamp(milliseconds: bound, counter: 0, replica: replica))
    #if MUTANTS
      if Mutant.isOn(.stampByTimeAlone) { return Fixed(stamp: byTime, tookBase: false) }
    #endif
    // Held against the milliseconds alone: a stamp that beat its base by the replica's number would fall below both the
    // successor that a moment earlier gives and the lowest legal stamp of a copy of this very edit.
    guard let base, byTime.milliseconds <= base.milliseconds else { return Fixed(stamp: byTime, tookBase: false) }
    return Fixed(stamp: successor(of: base, by: 2), tookBase: true)
  }

  /// The lowest legal stamp: for edits that a clone or a restored backup carried along unsent. A server time met that
  /// lies ahead of `serverNow` counts as no later than it.
  public func lowestStamp(serverNow: Int64 = .max) -> Fixed {
    let met = Stamp(milliseconds: min(clamp(contact), clamp(serverNow)), counter: 0, replica: replica)
    guard let base else { return Fixed(stamp: met, tookBase: false) }
    let next = successor(of: base, by: 1)
    return met > next ? Fixed(stamp: met, tookBase: false) : Fixed(stamp: next, tookBase: true)
  }

  private func clamp(_ milliseconds: Int64) -> UInt64 {
    UInt64(min(max(0, milliseconds), Int64(Stamp.millisecondsEnd) - 2))
  }

  private func successor(of base: Stamp, by step: UInt32) -> Stamp {
    #if MUTANTS
      if Mutant.isOn(.stampNotAdvancedAfterJoin) {
        return Stamp(milliseconds: base.milliseconds, counter: base.counter, replica: replica)
      }
    #endif
    let (counter, overflow) = base.counter.addingReportingOverflow(step)
    return overflow
      ? Stamp(milliseconds: base.milliseconds + 1, counter: 0, replica: replica)
      : Stamp(milliseconds: base.milliseconds, counter: counter, replica: replica)
  }
}
