import OffprintWire
import OffprintLocks

/// What is to be done behind the answers, and whether to go on with it.
final class Upkeep: Sendable {
  private struct State {
    var touched: Set<RecordID> = []
    var isStopped = false
  }

  private let state = Mutex(State())

  /// Milliseconds after which a batch ends, whatever is left.
  static let batchMilliseconds: Int64 = 10

  /// Notes that an account's log moved, so that there may be something to seal.
  func note(_ account: RecordID) { state.withLock { _ = $0.touched.insert(account) } }

  /// The accounts noted since the last time, in a fixed order.
  func takeTouched() -> [RecordID] {
    state.withLock { state in
      defer { state.touched = [] }
      return state.touched.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
    }
  }

  /// Ends what runs after its batch.
  func stop() { state.withLock { $0.isStopped = true } }

  /// Whether to end.
  var isStopped: Bool { state.withLock { $0.isStopped } }
}
