import OffprintWire

#if MUTANTS
  import OffprintMutants
#endif

/// The mass-delete brake: a page or a re-read that would remove much of the library stops until a person has looked
/// (Protocol, BRAKE-1).
extension LibraryStore {
  /// Fewer articles than this are never held back.
  private static let articlesMin: Int64 = 20
  /// Nor is less than this share of the library, in percent.
  private static let percentMin: Int64 = 25
  /// Removals are summed over this time.
  private static let windowMilliseconds: Int64 = 86_400_000

  /// Whether removing so many more articles passes the brake; if it does not, they are noted in the sum.
  /// - Returns: what would be removed of how many; nil if the removal may go on.
  func brake(removing count: Int) throws -> SyncReport.Brake? {
    #if MUTANTS
      if Mutant.isOn(.brakeNeverHolds) { return nil }
    #endif
    guard count > 0 else { return nil }
    try run(
      "DELETE FROM brake WHERE at <= ? OR at > ?", .integer(moment.wall - Self.windowMilliseconds),
      .integer(moment.wall))
    let live = try self.count("SELECT count(*) FROM record WHERE type = 'article' AND live = 1")
    // Bounded, so that a damaged row does not stop the program: no library has so many records.
    let removed = try self.count("SELECT coalesce(sum(min(max(removed, 0), 1 << 30)), 0) FROM brake")
    let noted = try row("SELECT live FROM brake ORDER BY at, rowid LIMIT 1")?.first?.integer
    let liveAtStart = noted.map { min(max($0, 0), 1 << 30) } ?? live
    let total = removed + Int64(count)
    if total >= Self.articlesMin, total * 100 >= liveAtStart * Self.percentMin {
      return SyncReport.Brake(wouldRemove: Int(total), of: Int(liveAtStart))
    }
    try run(
      "INSERT INTO brake(at, removed, live) VALUES(?, ?, ?)", .integer(moment.wall), .integer(Int64(count)),
      .integer(live))
    return nil
  }

  /// Forgets the sum: a person has allowed the deletions.
  func releaseBrake() throws { try run("DELETE FROM brake") }

  /// How many live articles joining these states would turn dead; own deletions do not count.
  func removals(in states: [Record]) throws -> Int {
    try states.count { state in
      guard state.key.type == .article, !state.isLive, let life = state.registers[.life],
        try !isOwn(life.stamp.replica), let held = try load(state.key),
        held.shown(replica: moment.replica).isLive
      else { return false }
      var joined = held
      try fixEdits(of: &joined)
      joined.join(state.registers)
      return !joined.fixed.isLive
    }
  }
}
