import OffprintGzip
import OffprintWire

/// Where the server keeps everything: accounts, devices, logs, records, contents.
///
/// Synchronous and blocking, so that a simulator drives it on one thread; a server calls it from threads of its own.
/// The operations are small and hold no rules: what is joined, refused or purged is decided above (`ChangeLog/`).
/// `StoreContract` in OffprintTesting says, as tests, what every store has to keep.
package protocol Store: Sendable {
  /// Runs `body` in one writing transaction; what it throws rolls everything back and comes out again.
  ///
  /// Once this has returned, the change survives power loss. If it throws a ``StoreError`` from the commit itself, the
  /// outcome is unknown to the caller; since merging is idempotent a repeat settles it. `body` runs again where others that were
  /// committed with it were at fault, so it changes nothing outside the transaction.
  /// - Throws: ``StoreError``, and whatever `body` throws.
  func write<T>(_ load: WriteLoad, _ body: (any StoreTransaction) throws -> T) throws -> T

  /// Runs `body` on one snapshot.
  /// - Throws: ``StoreError``, and whatever `body` throws.
  func read<T>(_ body: (any StoreReader) throws -> T) throws -> T
}

extension Store {
  /// Runs `body` in one writing transaction that writes little; see ``write(_:_:)``.
  package func write<T>(_ body: (any StoreTransaction) throws -> T) throws -> T { try write(.request(), body) }
}

/// Why a store could not do what it was asked.
package enum StoreError: Error, Sendable, Equatable {
  /// No room, or the disk failed while writing. Nothing of the transaction is applied, unless the process dies before its next
  /// commit: then all of it may be there at the next start.
  case full
  /// Another process held the write lock for too long, or too many wait to write.
  case busy
  /// Reading took longer than a reader may keep its snapshot; another try may be faster.
  case cutOff
  /// The files are damaged: what was read is not what was written.
  case damaged(String)
  /// The files belong to a newer program.
  case newerVersion
  /// Another server runs on the same files.
  case inUse
  /// There is nothing at the place named, or it cannot be used.
  case unusable(String)
  /// Anything else.
  case failed(String)
}

/// What a snapshot answers. Everything but the way in (user names, tokens) is asked for within one account.
package protocol StoreReader {
  /// This server's id, made with the store.
  func serverID() throws -> RecordID

  /// All accounts by name.
  func accounts() throws -> [Account]
  /// The account of that name, compared by bytes.
  func account(named name: String) throws -> Account?
  /// The account of that id.
  func account(_ id: RecordID) throws -> Account?
  /// The device, revoked or not, whose token has this SHA-256.
  func device(tokenHash: [UInt8]) throws -> Device?
  /// The account's devices that were not revoked, oldest first.
  func devices(of account: RecordID) throws -> [Device]
  /// How many those are.
  func deviceCount(of account: RecordID) throws -> Int64
  /// Whether the device is still one of the account's, and that is not disabled.
  func isAdmitted(_ device: RecordID, of account: RecordID) throws -> Bool
  /// A number that grows whenever a device is revoked or an account disabled, by whatever process.
  func accessCount() throws -> Int64
  /// The account's records, dead ones too. O(records).
  func recordCount(of account: RecordID) throws -> Int64
  /// The contents the account has stored. O(contents).
  func contentCount(of account: RecordID) throws -> Int64
  /// What ``AccountLog/usage`` must be, counted through. O(records).
  func countedUsage(of account: RecordID) throws -> AccountUsage

  /// Where the account's log stands; nil for an unknown account.
  func log(of account: RecordID) throws -> AccountLog?
  /// One record.
  func record(_ key: RecordKey, of account: RecordID) throws -> StoredRecord?
  /// Gives records numbered above `number`, up to `last`, in order of their numbers until `body` answers false; dead ones
  /// numbered up to `deadAfter` are left out. Cost follows what is given, and what is left out.
  func forEachRecord(
    of account: RecordID, after number: Int64, through last: Int64, deadAfter: Int64,
    _ body: (StoredRecord) throws -> Bool) throws
  /// Gives the sealed runs that begin above `number`, in order, until `body` answers false: each is exactly what the log holds
  /// of its numbers, in this snapshot.
  func forEachRun(of account: RecordID, after number: Int64, _ body: (SealedRun) throws -> Bool) throws
  /// The first run beginning above `number` that has to be sealed anew, since one of its records moved or went.
  func looseRun(of account: RecordID, after number: Int64) throws -> LooseRun?
  /// The greatest number that any run covers, sealed or loose; 0 if there is none.
  func lastRunNumber(of account: RecordID) throws -> Int64
  /// The 256 buckets of the digest.
  func buckets(of account: RecordID) throws -> [Digest]
  /// Gives live records of a bucket behind `key` in order of (type, id) until `body` answers false.
  func forEachLiveRecord(
    of account: RecordID, bucket: UInt8, after key: RecordKey?, _ body: (StoredRecord) throws -> Bool) throws
  /// Progress and bookmarks of an article, dead ones too.
  func children(of article: RecordID, in account: RecordID) throws -> [StoredRecord]
  /// Records numbered above `number` that took their number as dead ones at or before `since`, at most `limit`, in order
  /// of their numbers.
  func records(of account: RecordID, deadSince since: Int64, after number: Int64, limit: Int) throws -> [StoredRecord]
  /// The last push of a replica.
  func lastPush(by replica: ReplicaID, of account: RecordID) throws -> PushMark?

  /// The size of a content that the account has stored; nil for any other hash.
  func contentSize(_ hash: [UInt8], of account: RecordID) throws -> Int64?
  /// Whether the account has stored a content, also where its bytes were damaged and dropped since.
  func ownsContent(_ hash: [UInt8], of account: RecordID) throws -> Bool
  /// Whether a content that the account has stored is named by none of its records, and will be forgotten in time.
  func isContentUnnamed(_ hash: [UInt8], of account: RecordID) throws -> Bool
  /// A content that the account has stored.
  func content(_ hash: [UInt8], of account: RecordID) throws -> Fragment?
  /// Says that a content is not what was kept though it seemed so when it was read: it is looked at again, and dropped.
  func noteDamagedContent(_ hash: [UInt8])

  /// The accounts that may be used and have articles whose records wish a fetch (``FetchWish``), in the order of their ids.
  func accountsWithFetches() throws -> [RecordID]
  /// Fetches of an account that may be begun by that time, at most one of each site, those due last first.
  func fetchesDue(of account: RecordID, by now: Int64, limit: Int) throws -> [QueuedFetch]
  /// Fetches of an account that were begun and have not ended.
  func fetchesBegun(of account: RecordID) throws -> [QueuedFetch]
  /// When the next fetch of an account may be begun, in milliseconds since 1970; nil if none waits.
  func nextFetchDue(of account: RecordID) throws -> Int64?
}

extension StoreReader {
  /// Gives all records numbered above `number`; see ``forEachRecord(of:after:through:deadAfter:_:)``.
  package func forEachRecord(
    of account: RecordID, after number: Int64, deadAfter: Int64, _ body: (StoredRecord) throws -> Bool
  ) throws {
    try forEachRecord(of: account, after: number, through: .max, deadAfter: deadAfter, body)
  }
}

/// What a writing transaction can do beside reading its own state.
package protocol StoreTransaction: StoreReader {
  /// Whether requests wait for this transaction to end. Always false but in one of the background.
  var othersWait: Bool { get }

  /// Adds an account with its first log.
  func insert(_ account: Account, log: RecordID, replica: ReplicaID) throws
  /// Replaces an account's password hash.
  func setPasswordHash(_ hash: String, of account: RecordID) throws
  /// Disables an account from that time on, or enables it with nil.
  func setDisabled(_ milliseconds: Int64?, of account: RecordID) throws
  /// Gives an account a quota of its own.
  func setQuota(_ quota: OwnQuota, of account: RecordID) throws
  /// Adds to what an account takes; whoever puts, removes or adds anything does that in the same transaction, but for
  /// ``addContent(_:_:of:at:)`` and ``collectContents(unnamedSince:now:)``, which do it themselves.
  func addUsage(_ difference: AccountUsage, of account: RecordID) throws
  /// Begins an account's removal: from now on it is disabled, has no device, and is on its way out.
  func beginRemoval(of account: RecordID, at milliseconds: Int64) throws
  /// Removes about `limit` records or a few contents of an account whose removal has begun, at last the account itself. A content
  /// goes if no other account has stored it.
  /// - Returns: whether there is more to remove.
  func removeSome(of account: RecordID, limit: Int) throws -> Bool

  /// Adds a pairing code; codes that have ended go.
  func insert(_ pairing: Pairing) throws
  /// The pairing codes of an account.
  func pairingCount(of account: RecordID) throws -> Int64
  /// The pairing code of that handle.
  func pairing(_ handle: String) throws -> Pairing?
  /// Takes one of the tries of the code of that handle; nil if there is none that is valid now.
  func takePairingTry(_ handle: String, now: Int64) throws -> Pairing?
  /// Sets the tries that are left.
  func setPairingTries(_ tries: Int64, handle: String, of account: RecordID) throws
  /// Removes a code.
  func removePairing(_ handle: String, of account: RecordID) throws
  /// Removes all codes of an account.
  func removePairings(of account: RecordID) throws

  /// Adds a device whose token has this SHA-256.
  func insert(_ device: Device, tokenHash: [UInt8]) throws
  /// Notes when a device was last heard of, in milliseconds since 1970, and up to which number it was given the log if that is
  /// known. An unknown account or device is no error: it may have gone meanwhile.
  func noteSeen(_ device: RecordID, of account: RecordID, at milliseconds: Int64, number: Int64?) throws
  /// Revokes a device: its token is remembered but opens nothing.
  /// - Returns: whether there was such a device, not revoked yet.
  func revoke(_ device: RecordID, of account: RecordID, at milliseconds: Int64) throws -> Bool

  /// Moves the account's head on by `count`, as late in the transaction as can be, so that numbers appear in commit order.
  /// - Returns: the first of the numbers taken.
  func takeNumbers(_ count: Int64, of account: RecordID) throws -> Int64
  /// Puts a record's state in place of any earlier one. While an article's record wishes a fetch (``FetchWish``) one waits, due
  /// from when the record took its number; another wish in place of one that waits makes it due anew, as if it had never been tried.
  func put(_ record: StoredRecord, of account: RecordID) throws
  /// Removes a record for good; contents that only it named begin to age at that time, in milliseconds since 1970.
  func remove(_ key: RecordKey, of account: RecordID, at milliseconds: Int64) throws
  /// Notes that a damaged record was set aside by that time, in milliseconds since 1970, unless that was noted before.
  func noteSetAside(_ stored: StoredRecord, of account: RecordID, at milliseconds: Int64) throws
  /// Removes a record that was set aside and whose type and id are lost, so that no device can ever replace it.
  func removeLost(_ stored: StoredRecord, of account: RecordID, at milliseconds: Int64) throws
  /// Adds a difference to a bucket and to the digest of the whole.
  func addToDigest(_ difference: Digest, bucket: UInt8, of account: RecordID) throws
  /// Notes the last push of a replica.
  func setLastPush(_ mark: PushMark, by replica: ReplicaID, of account: RecordID) throws
  /// Raises the greatest stamp's milliseconds ever accepted.
  func raiseGreatestAccepted(to milliseconds: Int64, of account: RecordID) throws
  /// Raises the floor: the greatest number removed by a purge.
  func raiseFloor(to number: Int64, of account: RecordID) throws
  /// Ends the current log at its head, as its last fork, and goes on as `log`, the server writing as `replica`.
  func fork(to log: RecordID, replica: ReplicaID, of account: RecordID) throws

  /// Keeps a content and notes that the account has stored it. If no record names it, it ages from that time on, anew.
  func addContent(_ hash: [UInt8], _ fragment: Fragment, of account: RecordID, at milliseconds: Int64) throws
  /// Has an unnamed content age from that time on, anew.
  func renewContent(_ hash: [UInt8], of account: RecordID, at milliseconds: Int64) throws
  /// Forgets contents of any account that no record of that account has named since `time`, a few in one call; bytes that no
  /// account has stored go with them. `now` is when contents begin to age of which nobody knows since when they are not named.
  /// - Returns: whether there may be more of them.
  func collectContents(unnamedSince time: Int64, now: Int64) throws -> Bool

  /// Marks a waiting fetch as begun.
  /// - Returns: how often it has been begun now; nil if none waits.
  func beginFetch(of article: RecordID, in account: RecordID) throws -> Int?
  /// Has a fetch wait again, until that time.
  func endFetch(of article: RecordID, in account: RecordID, tries: Int, due: Int64) throws
  /// Has a fetch wait as if it were not begun now, for a wish that came meanwhile.
  func releaseFetch(of article: RecordID, in account: RecordID) throws
  /// Gives up a fetch, whatever the record wishes.
  func removeFetch(of article: RecordID, in account: RecordID) throws

  /// Puts runs in place of those that cover any of these numbers. A run that is not what the log holds now is kept loose.
  func replaceRuns(of account: RecordID, from first: Int64, through last: Int64, with runs: [SealedRun]) throws
}
