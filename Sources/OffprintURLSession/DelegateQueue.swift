import Foundation

/// The queue on which a session calls its delegate.
///
/// On Linux the session inflates an answer as fast as it comes and queues the pieces: a small answer that inflates to gigabytes
/// would lie in memory before the first piece is counted. So there each piece is handed over at once, on the session's own
/// queue, and dropped if it is too much. The delegate neither waits nor calls the session back from there.
final class DelegateQueue: OperationQueue, @unchecked Sendable {
  // `@unchecked` as its superclass is; it adds no state.

  override init() {
    super.init()
    maxConcurrentOperationCount = 1
  }

  #if canImport(FoundationNetworking)
    override func addOperation(_ block: @escaping @Sendable () -> Void) {
      block()
    }
  #endif
}
