import CFaultVFS

/// A disk in memory that loses power: SQLite databases, small files and locks, all subject to the same faults.
///
/// What it decides comes from its seed: equal calls on equal disks do equal things. What survives a power loss is said in
/// `CFaultVFS.h`.
///
/// ```swift
/// let disk = FaultDisk(seed: 7)
/// disk.arm(.power, afterCalls: 40)
/// … // runs until something throws
/// if disk.isDown { disk.beginProcess() }
/// ```
/// After a crash everything that the dead process has open fails, and everything it tries anew, until a new process begins.
// @unchecked Sendable: the pointer never changes, and one simulation thread at a time uses the disk behind it; nothing is
// shared between disks.
package final class FaultDisk: @unchecked Sendable {
  let disk: OpaquePointer
  /// Allocations that had failed before it was there: in other worlds.
  let memoryFailuresBefore = FaultMemory.failures

  /// A new, empty disk, registered as a VFS of its own.
  package init(seed: UInt64) {
    guard let disk = fault_disk_create(nil, seed) else { preconditionFailure("no memory for a disk") }
    self.disk = disk
  }

  /// What is still open on it fails from now on.
  deinit { fault_disk_destroy(disk) }

  /// The name of its SQLite VFS.
  package var vfs: String { String(cString: fault_disk_name(disk)) }

  /// The time that SQLite is told.
  package func setTime(unixMilliseconds: Int64) { fault_disk_set_time(disk, unixMilliseconds) }

  /// How long SQLite and the locks have waited; nothing really sleeps.
  package var sleptMicroseconds: Int64 { fault_disk_slept_microseconds(disk) }

  /// How many bytes all files may grow to; nil for no limit. Growth beyond is a full disk until this is raised.
  package func setCapacity(bytes: Int?) { fault_disk_set_capacity(disk, Int64(bytes ?? -1)) }

  /// The bytes of all files.
  package var usedBytes: Int { Int(fault_disk_used(disk)) }

  /// Whether syncs say yes and do nothing, as some hardware does.
  package func setLying(_ isLying: Bool) { fault_disk_set_lying(disk, isLying ? 1 : 0) }

  /// Whether a power loss may keep a later change of names and drop an earlier one, as file systems without a journal do.
  package func setNamesReorder(_ reorder: Bool) { fault_disk_set_names_reorder(disk, reorder ? 1 : 0) }

  // MARK: Processes

  /// The process that what is opened belongs to; 1 at first.
  package var process: Int {
    get { Int(fault_disk_process(disk)) }
    set { fault_disk_select_process(disk, Int32(newValue)) }
  }

  /// Begins a process and selects it: a restart after a crash, or a second one beside the first.
  @discardableResult package func beginProcess() -> Int { Int(fault_disk_begin_process(disk)) }

  /// Whether the selected process has ended.
  package var isDown: Bool { fault_disk_is_down(disk) != 0 }
}
