#if MUTANTS
  import OffprintMutants
#endif

/// One replica's position with the stamp it was written with.
public struct PositionEntry: Sendable {
  /// Who wrote it.
  public var replica: ReplicaID
  /// When.
  public var stamp: Stamp
  /// What.
  public var position: Position

  /// An entry of these parts.
  public init(replica: ReplicaID, stamp: Stamp, position: Position) {
    self.replica = replica
    self.stamp = stamp
    self.position = position
  }
}

/// The position a reader is shown, chosen from those of all replicas (Protocol, PROG-3).
///
/// Whoever moved knowing the others' positions wins, backwards too; of moves that did not know of each other the
/// furthest is shown. Superseded entries are left out here and never dropped inside the join: that would not be
/// associative.
public enum ShownProgress {
  /// The entries of a `progress` record; a register of bad form is passed over.
  public static func entries(of registers: RegisterMap) -> [PositionEntry] {
    registers.entries.compactMap { entry in
      guard let replica = entry.name.replica, let position = Position(entry.register.value.json) else { return nil }
      return PositionEntry(replica: replica, stamp: entry.register.stamp, position: position)
    }
  }

  /// The entry shown; nil if there is none. The order of `entries` does not matter.
  public static func shown(of entries: [PositionEntry]) -> PositionEntry? {
    candidates(of: entries).max { order($0) < order($1) }
  }

  /// The entries of the greatest round that no other entry of that round has seen; all of the round if each was seen.
  public static func candidates(of entries: [PositionEntry]) -> [PositionEntry] {
    guard let round = entries.map(\.position.round).max() else { return [] }
    let current = entries.filter { $0.position.round == round }
    let left = current.filter { entry in
      !current.contains { other in
        #if MUTANTS
          if Mutant.isOn(.seenAsGreatestStamp), other.replica != entry.replica {
            return other.position.seen.values.max().map { $0 >= entry.stamp } ?? false
          }
        #endif
        guard other.replica != entry.replica, let seen = other.position.seen[entry.replica] else { return false }
        return seen >= entry.stamp
      }
    }
    return left.isEmpty ? current : left
  }

  /// The furthest wins, then the latest; the replica decides between entries whose stamps a hostile peer made equal.
  private static func order(_ entry: PositionEntry) -> (Int64, Stamp, ReplicaID) {
    (entry.position.fraction, entry.stamp, entry.replica)
  }
}
