#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Android)
  import Android
#else
  import Darwin
#endif

/// A lock of the machine (`flock`).
final class SystemLock: FileLock {
  private let descriptor: Int32

  init(path: String) throws(FileError) {
    descriptor = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw FileError(path, errno) }
  }

  deinit { close(descriptor) }

  func tryLock() -> Bool {
    while true {
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
      if errno != EINTR { return false }
    }
  }

  /// A sleeping wait of the system has no deadline, and an alarm would be the whole process's; holders keep the lock for
  /// milliseconds, so asking again every few of them is cheap.
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

  func unlock() { _ = flock(descriptor, LOCK_UN) }

  func writeHolder(_ text: String) {
    _ = ftruncate(descriptor, 0)
    let bytes = Array(text.utf8)
    _ = pwrite(descriptor, bytes, bytes.count, 0)
  }

  func readHolder() -> String {
    var bytes = [UInt8](repeating: 0, count: 64)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : ""
  }
}
