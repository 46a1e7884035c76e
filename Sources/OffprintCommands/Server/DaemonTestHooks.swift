import OffprintServer
import OffprintLocks

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What tests over real processes change in the daemon, by environment variables. Nobody else sets them.
///
/// - `OFFPRINTD_TEST_CLOCK_OFFSET_MS`: added to the clock.
/// - `OFFPRINTD_TEST_KILL_AT`: the process kills itself after the commit of that push, counted from 1, before its answer.
/// - `OFFPRINTD_TEST_WAIT_SECONDS_MAX`: the longest wait of a long poll.
/// - `OFFPRINTD_TEST_EVENT_SECONDS_MAX`: seconds until a stream of events gives a sign of life.
/// - `OFFPRINTD_TEST_POLLS_MAX`: long polls at one time.
/// - `OFFPRINTD_TEST_FAILED_SIGN_INS_MAX`: failed sign-ins, and wrong pairing codes, a minute.
/// - `OFFPRINTD_TEST_PUSHES_MAX`: pushes of a device a minute, and at once; 0 for no limit.
package final class DaemonTestHooks: Sendable {
  let clockOffsetMilliseconds: Int64
  private let killAt: Int?
  private let pushes = Mutex(0)

  /// The hooks that this process's environment asks for.
  package init() {
    clockOffsetMilliseconds = Self.number("OFFPRINTD_TEST_CLOCK_OFFSET_MS").map { Int64($0) } ?? 0
    killAt = Self.number("OFFPRINTD_TEST_KILL_AT")
  }

  /// Lays the limits that tests set on a configuration.
  func adjust(_ configuration: inout ServerConfiguration) {
    if let seconds = Self.number("OFFPRINTD_TEST_WAIT_SECONDS_MAX") { configuration.waitSecondsMax = seconds }
    if let seconds = Self.number("OFFPRINTD_TEST_EVENT_SECONDS_MAX") { configuration.eventSecondsMax = seconds }
    if let polls = Self.number("OFFPRINTD_TEST_POLLS_MAX") { configuration.pollsMax = polls }
    if let failures = Self.number("OFFPRINTD_TEST_FAILED_SIGN_INS_MAX") {
      configuration.failedSignInsPerMinuteMax = failures
      configuration.failedPairingsPerMinuteMax = failures
    }
    if let pushes = Self.number("OFFPRINTD_TEST_PUSHES_MAX") {
      configuration.pushesPerMinuteMax = pushes > 0 ? pushes : nil
      configuration.pushBurstMax = max(1, pushes)
    }
  }

  private static func number(_ name: String) -> Int? { getenv(name).flatMap { Int(String(cString: $0)) } }

  func notePush() {
    guard let killAt else { return }
    let count = pushes.withLock { count in
      count += 1
      return count
    }
    if count == killAt { kill(getpid(), SIGKILL) }
  }
}

extension ProgramRunner {
  /// The daemon, as this process was called.
  package static func daemon() -> ProgramRunner {
    let world = World.live
    let hooks = DaemonTestHooks()
    return ProgramRunner(DaemonProgram.program, world: world) { arguments, output, messages, _ in
      let settings = try Settings(arguments, variables: arguments.verb.name == "man" ? [:] : world.variables)
      try await DaemonSession(
        arguments: arguments, world: world, output: output, messages: messages, settings: settings, hooks: hooks
      ).run()
    }
  }
}
