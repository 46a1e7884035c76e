#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What this process makes is for its owner alone, whatever it was started with.
enum OwnerOnly {
  /// Sets the umask so that new files have at most 0600 and new folders 0700.
  static func setUmask() { _ = umask(0o077) }

  /// Leaves no picture of this process's memory behind if it dies: tokens and what people read would stand in it. Whoever looks for a
  /// fault raises the limit of the process that runs (`prlimit --core`).
  static func leaveNoCore() {
    #if canImport(Glibc)
      let core = __rlimit_resource_t(truncatingIfNeeded: RLIMIT_CORE.rawValue)
    #else
      let core = RLIMIT_CORE
    #endif
    var limit = rlimit()
    guard getrlimit(core, &limit) == 0 else { return }
    limit.rlim_cur = 0
    _ = setrlimit(core, &limit)
  }

  /// Acts from now on as the owner of a folder, where this is root and the folder is not root's: a command of an operator
  /// would leave files behind that the server, which runs as that owner, cannot read.
  /// - Throws: ``CommandFailure`` if the system does not allow it.
  static func becomeOwner(of folder: String) throws {
    var info = stat()
    guard geteuid() == 0, stat(folder, &info) == 0, info.st_uid != 0 else { return }
    guard setgroups(0, nil) == 0, setgid(info.st_gid) == 0, setuid(info.st_uid) == 0 else {
      throw CommandFailure(
        .failed, code: "failed",
        "cannot act as the owner of \(folder.visible) (user \(info.st_uid)): \(systemReason(errno))")
    }
  }
}
