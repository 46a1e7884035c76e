import Foundation

/// An advisory lock on a file, between processes (flock). It goes with the process, so a dead one leaves nothing behind.
///
/// Not Sendable: it is taken and released in the one place its library's connection lives in.
final class FileLock {
  private let descriptor: Int32

  /// Opens the lock file, making it if need be.
  init(path: String) throws(OffprintError) {
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw LibraryFolder.failure(opening: path, errno) }
  }

  deinit { close(descriptor) }

  /// Takes the lock if nobody holds it.
  func tryLock() -> Bool {
    while true {
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
      if errno != EINTR { return false }
    }
  }

  /// Takes the lock, waiting at most that long; false if it stays taken.
  ///
  /// The holder keeps it for milliseconds, so asking again every few of them is cheaper than a signal.
  func lock(timeoutMilliseconds: Int) -> Bool {
    var waited = 0
    while !tryLock() {
      guard waited < timeoutMilliseconds else { return false }
      let pause = waited < 50 ? 1 : 10
      usleep(UInt32(pause * 1_000))
      waited += pause
    }
    return true
  }

  /// Gives the lock back.
  func unlock() { _ = flock(descriptor, LOCK_UN) }

  /// Notes the holder, for whoever finds the lock taken.
  func writeHolder(_ text: String) {
    _ = ftruncate(descriptor, 0)
    let bytes = Array(text.utf8)
    _ = pwrite(descriptor, bytes, bytes.count, 0)
  }

  /// Who noted itself as the holder.
  func readHolder() -> String {
    var bytes = [UInt8](repeating: 0, count: 64)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : ""
  }
}
