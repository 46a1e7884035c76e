#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A lock between processes: an advisory one (`flock`) on a file that is never removed, which the system lets go when its
/// holder ends, however it ends.
final class FolderLock: Sendable {
  private let descriptor: Int32

  /// Opens the file, made with mode 0600 if it is not there.
  init(path: String) throws(StoreError) {
    descriptor = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .unusable("cannot open \(path): \(String(cString: strerror(errno)))") }
  }

  deinit { close(descriptor) }

  /// Takes the lock if nobody has it.
  func tryLock() -> Bool { flock(descriptor, LOCK_EX | LOCK_NB) == 0 }

  /// Takes the lock, waiting for up to five seconds.
  /// - Throws: ``StoreError/busy``.
  func lock() throws(StoreError) {
    // A sleeping wait has no deadline and an alarm would be the whole process's; holders keep it for milliseconds.
    for _ in 0..<2_500 {
      if tryLock() { return }
      usleep(2_000)
    }
    throw .busy
  }

  /// Lets go of it.
  func unlock() { _ = flock(descriptor, LOCK_UN) }
}
