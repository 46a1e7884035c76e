import Dispatch

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Waits for SIGTERM or SIGINT, which ask the server to end cleanly; a second one ends it at once.
struct StopSignal: Sendable {
  private let stream: AsyncStream<Void>
  private let continuation: AsyncStream<Void>.Continuation

  init() { (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1)) }

  /// Takes the signals over from the system's own handling.
  func install() async { await Interrupts.shared.onTermination(continuation) }

  /// Returns once the server is asked to end.
  func wait() async { for await _ in stream { return } }
}
