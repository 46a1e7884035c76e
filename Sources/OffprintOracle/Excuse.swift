extension Oracle {
  /// Why an edit may be lost after all: the limits that the design states, and what a person asked for.
  ///
  /// An excuse is given to single edits: to those that the event left on no replica and in no journal, and by way of
  /// them to edits that had rightly lost to those before.
  package enum Excuse: String, Sendable, CaseIterable {
    /// The server was restored to an older state, and no device still held the edit.
    case serverRestored = "server restored"
    /// The device was restored to an older state before the edit was sent.
    case deviceRestored = "device restored"
    /// The device was lost before the edit was sent.
    case deviceLost = "device lost"
    /// A person let unsent edits be thrown away at a reset.
    case discarded = "discarded by a person"
    /// The record was dead for longer than the retention and went with its registers.
    case purged = "purged with its record"
    /// More replicas or tags than are kept.
    case capped = "over the cap"
    /// Restorable by a person from a device's trash or journal.
    case journalled = "in the journal"
    /// A backup older than the retention, or a second restore within one, brought a deletion's past back.
    case restoredBeyondRetention = "restored beyond the retention"
    /// An unsent edit in two copies of a library lost to its older self after it was copied again.
    case unsentCopiedAgain = "unsent edit copied again"
    /// The same after one copy, of an edit that had no stamp yet because its device had restarted and met no server since, or of
    /// two edits closer in time than the clocks of their devices.
    case unsentCopiedWithWrongClock = "unsent edit copied, clock wrong"
    /// An unsent save in two copies of a library: the one was sent, deleted and purged, and then the other came.
    case unsentCopiedAndPurged = "unsent edit copied, purged since"
    /// An unsent position in two copies of a library stands under two replica ids: who moved on from the one has not
    /// seen the other, and so may lose to it.
    case unsentPositionCopied = "unsent position copied"
    /// Two copies of one library wrote positions under one replica id before they noticed.
    case sharedReplicaID = "replica id shared by copies"
    /// The server refuses the record, and its device keeps it.
    case refused = "refused by the server"
    /// The mass-delete brake holds the record back.
    case heldBack = "held by the brake"
  }

  /// Gives an edit its excuse, unless it has one.
  mutating func excuse(_ edit: EditID, _ kind: Excuse) {
    guard edits[edit].excuse == nil else { return }
    edits[edit].excuse = kind
    granted[kind, default: 0] += 1
  }

  /// Notes that without this excuse there would have been a violation.
  mutating func need(_ kind: Excuse) { needed[kind, default: 0] += 1 }

  /// The excuse of an edit: its own, or that of the edit it had rightly lost to, which then was lost itself.
  func excuse(of edit: EditID) -> Excuse? { fate(of: edit) { $0.excuse ?? ($0.isJournalled ? .journalled : nil) } }

  /// Whether an edit, or the one it had rightly lost to, was purged and no device knows of it any more; and what took it.
  func forgotten(_ edit: EditID) -> Excuse? {
    fate(of: edit) { $0.wentWithRecord ? $0.forgottenBy ?? .purged : nil }
  }

  /// What became of an edit that no replica holds, or else of the one it had lost to.
  private func fate(of edit: EditID, _ own: (Edit) -> Excuse?) -> Excuse? {
    var current = edit
    // Each step goes to a greater stamp, except after edits were stamped anew: the bound ends a circle.
    for _ in 0..<64 {
      let known = edits[current]
      if known.holders > 0 { return nil }
      if let fate = own(known) { return fate }
      guard let next = known.supersededBy else { return nil }
      current = next
    }
    return nil
  }

  /// Whether an older edit may stand over a newer one that knew it: the design's limit for unsent edits in copies.
  func copyingExcuse(older: EditID, newer: EditID) -> Excuse? {
    let copied = edits[older].copiedUnsent
    if copied >= 2 { return .unsentCopiedAgain }
    if copied == 1, edits[newer].wentWithRecord { return .unsentCopiedAndPurged }
    // A copy stamps anew what it brought along, so that what is written over it goes by the clocks alone.
    let error = [older, newer].reduce(Int64(0)) { sum, edit in
      sum + (replicaIndexes[ExactText(edits[edit].author)].map { replicas[$0].worstTimeError } ?? 0)
    }
    let isWithinError = error > 0 && edits[newer].time - edits[older].time <= error
    let isStampedAnew = edits[older].wasCopiedUnstamped && edits[newer].mayBeRestamped
    let isUncertain = edits[older].hadUncertainAge || serverClockHasStepped || isWithinError || isStampedAnew
    return copied == 1 && isUncertain ? .unsentCopiedWithWrongClock : nil
  }
}
