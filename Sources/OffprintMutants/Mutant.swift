#if MUTANTS
  /// A bug planted on purpose, of which a test run chooses at most one: the simulator must find each (the gate).
  ///
  /// Each case says the bug and, by number, the finding of the design's model that it stands for. Nothing of this is in any
  /// build without the package trait `MUTANTS`.
  package enum Mutant: String, CaseIterable, Sendable {
    // The log and its cursors.
    /// Finding 1: a fork of the log is handled like an expired cursor, so what the restored server lacks is dropped.
    case forkLikeExpired
    /// Finding 1: an unknown log is handled like an expired cursor.
    case unknownLogLikeExpired
    /// Finding 2: the fate of a first sync's cursor ignores the head at which that sync began.
    case firstSyncFloor
    /// A cursor one below the floor passes, though the change it lacks was purged.
    case floorOffByOne
    /// A purge removes records and does not raise the floor.
    case purgeWithoutFloor
    /// A batch of new numbers raises the head by one too few.
    case headNotAdvanced
    /// A sealed run of the log is served although one of its records has moved or is gone.
    case runKeptThoughStale
    /// A page's cursor stands one change behind its last record.
    case pageSkipsOne
    /// Finding 21: an answer that broke off counts as the last page.
    case pageMovesWithoutItsLastLine
    /// The cursor of a page is stored in a transaction before that of its rows.
    case cursorStoredBeforeRows
    /// A database put back by hand is not noticed: the side file with the heads is ignored.
    case restoreNotNoticed

    // Stamps and time.
    /// Finding 3: an edit's stamp is not held against the stamp of the value that it replaced.
    case stampByTimeAlone
    /// Finding 3: an edit's stamp is not held against the server times met before it.
    case noContactBound
    /// The successor of a replaced value's stamp is that stamp itself, under another replica.
    case stampNotAdvancedAfterJoin
    /// Finding 5: every stamp of a pushed record is held against the server's clock, whatever was accepted before.
    case skewJudgesOldRegisters
    /// Finding 8: edits that wait for their stamps are fixed after a join, against what the join brought.
    case editsFixedAfterJoin
    /// Finding 20: the age of an edit is taken from the wall clock, which people set.
    case ageByWallClock
    /// Finding 20: a reading of the server's clock is used in a later boot.
    case sampleAcrossBoots
    /// Of two registers with one stamp the one met first stays, whatever their values.
    case noTieBreak

    // Reading positions.
    /// Finding 4: what a position has seen is taken as everything up to its greatest stamp.
    case seenAsGreatestStamp
    /// Finding 19: a position that another one has seen is dropped inside the join.
    case supersededDroppedInJoin
    /// Finding 19: of too many positions the oldest stay.
    case capKeepsOldest

    // Re-reads, trash and tombstones.
    /// Finding 6: what an expired library did not meet again goes without a copy in the trash.
    case expiredDropsWithoutTrash
    /// Finding 9: a push is applied although its cursor has expired.
    case pushAppliedThoughExpired
    /// Finding 9: after an expiry a save goes out again although an earlier push may have stored it.
    case attemptedLifePushedAfterExpiry
    /// Finding 9: a sync that begins forgets that an earlier push was never answered.
    case lostAnswerTakenForRefusal
    /// Finding 10: clients drop confirmed tombstones at once.
    case tombstonesDroppedEarly
    /// Finding 11: making a bookmark does not write `live` on its article.
    case bookmarkWithoutLife
    /// Finding 11: a purge leaves the live children of what it removes.
    case purgeLeavesChildrenLive
    /// Finding 11: a purge removes live children without writing them dead.
    case purgeRemovesLiveChildren
    /// The mass-delete brake never holds.
    case brakeNeverHolds
    /// Nothing is written to the conflict journal.
    case journalNotWritten

    // Copies of libraries.
    /// Finding 7: the marker of the installation is not looked at.
    case markerIgnored
    /// Finding 7: the server does not look at push counters.
    case pushCounterIgnored
    /// Finding 7: a stamp of one's own that one never made is not noticed.
    case ownStampsNotNoticed
    /// Finding 7: unsent edits of a copy are stamped by their time instead of as low as is legal.
    case copiesStampedByTime
    /// Finding 18: signing in to another account takes the library along.
    case bindingIgnored

    // What is saved and sent.
    /// Finding 12: saving a page writes defaults for what the person did not give.
    case saveWritesDefaults
    /// Finding 15: a client drops registers that it does not know.
    case unknownRegistersDropped
    /// Finding 16: the id of an article is drawn, not made from its address.
    case randomArticleID
    /// Finding 17: a push carries only what is new of a record.
    case pushOnlyNewRegisters
    /// A record counts as confirmed in the state it has, not in the state that was sent.
    case cleanThoughEditedDuringPush
    /// Records count as confirmed once they were sent.
    case outboxClearedAtSend
    /// A page replaces what is held instead of being joined into it.
    case pageOverwritesEdits
    /// A record that was refused keeps all behind it from going out.
    case refusedRecordBlocksPush
    /// Texts are not offered to the server.
    case contentsMissingNotAsked
    /// After a restore of the server texts are not offered again.
    case contentsNotOfferedAfterFork

    // The digest.
    /// Finding 13: the digest is not compared.
    case digestSkipped
    /// Finding 14: buckets are compared whatever number they belong to.
    case bucketsComparedAtAnyNumber
    /// Finding 14: what the server's bucket does not list is dropped instead of being offered again.
    case repairDropsUnlisted
    /// The hash of a record's old state stays in the digest.
    case digestKeepsOldHash

    // Disks.
    /// The server acknowledges although the commit failed.
    case ackThoughCommitFailed
    /// The server's commits do not wait for the disk.
    case serverSynchronousNormal
    /// The client's commits do not wait for the disk.
    case clientSynchronousNormal
  }

  extension Mutant {
    // Written once, by the first lines of the program and before any other thread or world begins; only read from then on.
    nonisolated(unsafe) private static var chosen: Mutant?

    /// Plants this bug for the rest of the process. To be called once, before anything else runs.
    package static func choose(_ mutant: Mutant) { chosen = mutant }

    /// Whether this bug is planted.
    package static func isOn(_ mutant: Mutant) -> Bool { chosen == mutant }
  }

  extension Mutant {
    /// The number of the finding that the bug stands for; nil for bugs from elsewhere.
    package var finding: Int? {
      switch self {
      case .forkLikeExpired, .unknownLogLikeExpired: 1
      case .firstSyncFloor: 2
      case .stampByTimeAlone, .noContactBound: 3
      case .seenAsGreatestStamp: 4
      case .skewJudgesOldRegisters: 5
      case .expiredDropsWithoutTrash: 6
      case .markerIgnored, .pushCounterIgnored, .ownStampsNotNoticed, .copiesStampedByTime: 7
      case .editsFixedAfterJoin: 8
      case .pushAppliedThoughExpired, .attemptedLifePushedAfterExpiry, .lostAnswerTakenForRefusal: 9
      case .tombstonesDroppedEarly: 10
      case .bookmarkWithoutLife, .purgeLeavesChildrenLive, .purgeRemovesLiveChildren: 11
      case .saveWritesDefaults: 12
      case .digestSkipped: 13
      case .bucketsComparedAtAnyNumber, .repairDropsUnlisted: 14
      case .unknownRegistersDropped: 15
      case .randomArticleID: 16
      case .pushOnlyNewRegisters: 17
      case .bindingIgnored: 18
      case .supersededDroppedInJoin, .capKeepsOldest: 19
      case .ageByWallClock, .sampleAcrossBoots: 20
      case .pageMovesWithoutItsLastLine: 21
      default: nil
      }
    }
  }
#endif
