import Dispatch
import OffprintLocks

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What Ctrl-C does: the first asks the verb to stop, if it can; the second, or the first where nothing can, ends at once.
///
/// Everything a library does survives a sudden end, so there is nothing else to clean up but a terminal without echo.
package final class Interrupts: Sendable {
  /// The process's only one.
  package static let shared = Interrupts()

  private struct State {
    var stop: (@Sendable () -> Void)?
    var restore: (@Sendable () -> Void)?
  }

  /// Keeps the source alive. Written at the program's start alone, from the main task, and never read.
  nonisolated(unsafe) private static var kept: [any DispatchSourceSignal] = []

  private let state = Mutex(State())
  private let queue = DispatchQueue(label: "offprint.signals")

  private init() {}

  /// Takes over SIGINT, and ignores SIGPIPE, which would end the program without a word.
  package func install() {
    signal(SIGPIPE, SIG_IGN)
    signal(SIGINT, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: SIGINT, queue: queue)
    source.setEventHandler { Interrupts.shared.interrupt() }
    source.resume()
    Self.kept.append(source)
  }

  /// What the first Ctrl-C calls from now on; nil: it ends the process.
  package func onInterrupt(_ stop: (@Sendable () -> Void)?) { state.withLock { $0.stop = stop } }

  /// What is called before the process ends by a signal, such as giving the terminal its echo back.
  package func beforeEnd(_ restore: (@Sendable () -> Void)?) { state.withLock { $0.restore = restore } }

  private func interrupt() {
    let (stop, restore) = state.withLock { state in
      defer { state.stop = nil }
      return (state.stop, state.restore)
    }
    if let stop { return stop() }
    restore?()
    _exit(ExitCode.interrupted.rawValue)
  }

  /// Lets SIGTERM and SIGINT end a server cleanly; a second one ends the process at once. Once this has returned no SIGTERM is lost.
  package func onTermination(_ stopped: AsyncStream<Void>.Continuation) async {
    let stop: @Sendable () -> Void = { stopped.yield() }
    onInterrupt(stop)
    #if !os(Linux)
      // On Linux the source takes the signal over by itself; ignored, one that came before that would be lost, and the server
      // would go on for ever. Like this it ends the process, which does not serve yet.
      signal(SIGTERM, SIG_IGN)
    #endif
    let source = DispatchSource.makeSignalSource(signal: SIGTERM, queue: queue)
    source.setEventHandler { Interrupts.shared.interrupt() }
    Self.kept.append(source)
    await withCheckedContinuation { registered in
      source.setRegistrationHandler { registered.resume() }
      source.resume()
    }
  }
}
