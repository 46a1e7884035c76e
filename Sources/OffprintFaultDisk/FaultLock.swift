import CFaultVFS
import OffprintFiles

/// A lock between the processes of one disk; a crash of its holder lets go of it.
// @unchecked Sendable: as its disk, it is used by one simulation thread at a time; the pointer never changes.
final class FaultLock: FileLock, @unchecked Sendable {
  private let lock: OpaquePointer
  /// Kept, so that the disk stays.
  private let disk: FaultDisk

  init(_ lock: OpaquePointer, on disk: FaultDisk) {
    self.lock = lock
    self.disk = disk
  }

  deinit { fault_lock_close(lock) }

  func tryLock() -> Bool { fault_lock_try(lock) == 0 }

  /// Nobody else runs meanwhile: a lock that is taken stays so, and the time counts as slept.
  func lock(timeoutMilliseconds: Int) -> Bool { fault_lock_wait(lock, Int64(timeoutMilliseconds)) == 0 }

  func unlock() { fault_lock_unlock(lock) }

  func writeHolder(_ text: String) {
    let bytes = Array(text.utf8)
    fault_lock_write_holder(lock, bytes, Int64(bytes.count))
  }

  func readHolder() -> String {
    var bytes = [UInt8](repeating: 0, count: 64)
    let count = fault_lock_read_holder(lock, &bytes, Int64(bytes.count))
    return String(decoding: bytes[..<Int(count)], as: UTF8.self)
  }
}
