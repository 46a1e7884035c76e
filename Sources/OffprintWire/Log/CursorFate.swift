#if MUTANTS
  import OffprintMutants
#endif

/// Where an account's log stands: what decides a cursor's fate.
public struct LogPosition: Sendable, Hashable {
  /// The account.
  public var account: RecordID
  /// The current log.
  public var log: RecordID
  /// The number of the latest change.
  public var head: Int64
  /// The greatest number removed by a purge; 0 if there was none.
  public var floor: Int64
  /// The logs this one grew out of, oldest first.
  public var ancestry: [Fork]

  /// A restore from a backup: the log that ended, and the head at which its successor went on.
  public struct Fork: Sendable, Hashable {
    /// The log that ended.
    public var log: RecordID
    /// Its head in the backup: what both have in common.
    public var head: Int64

    /// A fork of these parts.
    public init(log: RecordID, head: Int64) {
      self.log = log
      self.head = head
    }
  }

  /// A position of these parts.
  public init(account: RecordID, log: RecordID, head: Int64, floor: Int64, ancestry: [Fork] = []) {
    self.account = account
    self.log = log
    self.head = head
    self.floor = floor
    self.ancestry = ancestry
  }
}

/// What becomes of a cursor, decided before anything of its request is applied (Protocol, CUR-3).
public enum CursorFate: Sendable, Hashable {
  /// Good: read on from it. A number above the head is answered from the head and healed by the digest.
  case valid
  /// 403 `wrong-account`: never merge.
  case wrongAccount
  /// 410 `log-forked`: go on with this cursor; what was got above `forkHead` is offered again.
  case forked(forkHead: Int64, next: Cursor)
  /// 410 `log-unknown`: read all again; what is not met is offered again.
  case unknownLog
  /// 410 `cursor-expired`: read all again; absence means deletion.
  case expired
}

extension LogPosition {
  /// The fate of `cursor` at this position.
  public func fate(of cursor: Cursor) -> CursorFate {
    guard cursor.account == account else { return .wrongAccount }
    guard cursor.log == log else {
      guard let index = ancestry.lastIndex(where: { $0.log == cursor.log }),
        let forkHead = ancestry[index...].map(\.head).min()
      else { return .unknownLog }
      let next = Cursor(account: account, log: log, number: min(cursor.number, forkHead))
      return .forked(forkHead: forkHead, next: next)
    }
    #if MUTANTS
      if Mutant.isOn(.firstSyncFloor) { return cursor.number < floor ? .expired : .valid }
      if Mutant.isOn(.floorOffByOne) { return max(cursor.number, cursor.start ?? 0) + 1 < floor ? .expired : .valid }
    #endif
    return max(cursor.number, cursor.start ?? 0) < floor ? .expired : .valid
  }
}
