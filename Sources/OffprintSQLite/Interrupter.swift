import CSQLite
import OffprintLocks

/// Stops the statement that a ``Connection`` is running, from any thread: it then throws `interrupted`.
///
/// A writing transaction that is interrupted is rolled back. Without a running statement nothing happens.
package final class Interrupter: Sendable {
  /// The connection's address, 0 once it is closed. Closing waits for the lock, so the address is good while it is held.
  private let address: Mutex<UInt>

  init(_ pointer: OpaquePointer) {
    address = Mutex(UInt(bitPattern: pointer))
  }

  /// Stops what is running now; what starts later runs.
  package func interrupt() {
    address.withLock { address in
      guard let pointer = OpaquePointer(bitPattern: address) else { return }
      // Safe from any thread as long as the connection is open (sqlite3_interrupt, documentation).
      sqlite3_interrupt(pointer)
    }
  }

  func forget() {
    address.withLock { $0 = 0 }
  }
}
