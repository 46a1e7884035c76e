import CFaultVFS

/// How a crash goes.
package enum Crash: Sendable, CaseIterable {
  /// Every process ends at once; the disk keeps all that was written.
  case kill
  /// The machine loses power: what was not synced is kept, lost or torn.
  case power
  /// The selected process ends, or the one that makes the call; the others go on. Let its code unwind and close before another runs.
  case killProcess

  var code: fault_crash {
    switch self {
    case .kill: FAULT_KILL
    case .power: FAULT_POWER
    case .killProcess: FAULT_KILL_PROCESS
    }
  }
}

/// One call that fails once.
package enum Fault: Sendable, CaseIterable {
  /// A write that finds no room; a part of it may be written.
  case full
  /// A write that fails; a part of it may be written.
  case write
  /// A sync that fails. What it should have written is on the disk or lost, whatever a later one says.
  case sync
  /// A read that fails.
  case read
  /// A lock that another seems to hold.
  case busy
  /// A file that cannot be opened.
  case open
  /// A removal that fails.
  case remove
  /// A truncation that fails.
  case truncate
  /// A rename that fails; only small files are renamed.
  case rename

  var code: fault_kind {
    switch self {
    case .full: FAULT_FULL
    case .write: FAULT_WRITE
    case .sync: FAULT_SYNC
    case .read: FAULT_READ
    case .busy: FAULT_BUSY
    case .open: FAULT_OPEN
    case .remove: FAULT_REMOVE
    case .truncate: FAULT_TRUNCATE
    case .rename: FAULT_RENAME
    }
  }
}

/// What has really happened to a disk, by kind, for reports.
package enum FaultEvent: String, Sendable, CaseIterable {
  case full, write, sync, read, busy, open, remove, truncate, rename
  case killed, powerLost, writeKept, writeDropped, writeTorn, nameKept, nameDropped, lie, flip, capacity

  var code: fault_kind {
    switch self {
    case .full: FAULT_FULL
    case .write: FAULT_WRITE
    case .sync: FAULT_SYNC
    case .read: FAULT_READ
    case .busy: FAULT_BUSY
    case .open: FAULT_OPEN
    case .remove: FAULT_REMOVE
    case .truncate: FAULT_TRUNCATE
    case .rename: FAULT_RENAME
    case .killed: FAULT_KILLED
    case .powerLost: FAULT_POWER_LOST
    case .writeKept: FAULT_WRITE_KEPT
    case .writeDropped: FAULT_WRITE_DROPPED
    case .writeTorn: FAULT_WRITE_TORN
    case .nameKept: FAULT_NAME_KEPT
    case .nameDropped: FAULT_NAME_DROPPED
    case .lie: FAULT_LIE
    case .flip: FAULT_FLIP
    case .capacity: FAULT_CAPACITY
    }
  }
}
