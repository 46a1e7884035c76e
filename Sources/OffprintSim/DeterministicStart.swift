import OffprintFaultDisk

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What must be before anything else, so that the same seed does the same in every process.
enum DeterministicStart {
  private static let variable = "SWIFT_DETERMINISTIC_HASHING"

  /// Lets sets and dictionaries have one order in every process, which can only be said at a process's start: so this one
  /// begins again if it was not said. And puts the layer under SQLite's allocations that lets one fail.
  static func ensure() {
    if getenv(variable) == nil {
      setenv(variable, "1", 1)
      execv("/proc/self/exe", CommandLine.unsafeArgv)
      // It could not begin again: seeds are then good within this process alone.
    }
    _ = FaultMemory.install()
  }
}
