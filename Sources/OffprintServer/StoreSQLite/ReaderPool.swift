import OffprintSQLite
import Synchronization

/// Connections that read, handed out one at a time and kept for the next.
///
/// `@unchecked Sendable`: a connection is either in `free`, under the mutex, or with the one caller that took it out.
final class ReaderPool: @unchecked Sendable {
  // `@unchecked`: only ever inside the mutex below.
  private struct Free: @unchecked Sendable {
    var connections: [Connection] = []
  }

  private let free = Mutex(Free())
  private let keptMax: Int
  private let open: @Sendable () throws -> Connection

  /// - Parameter keptMax: connections kept open while unused.
  init(keptMax: Int, open: @escaping @Sendable () throws -> Connection) {
    self.keptMax = keptMax
    self.open = open
  }

  /// Runs `body` on one snapshot.
  func read<T>(_ body: (SQLiteReader) throws -> T) throws -> T {
    let connection = try take()
    defer { put(connection) }
    return try connection.transaction(.deferred) { try body(SQLiteReader(connection)) }
  }

  /// Closes those not in use.
  func close() {
    let connections = free.withLock { free in
      defer { free.connections = [] }
      return Free(connections: free.connections)
    }
    for connection in connections.connections { connection.close() }
  }

  private func take() throws -> Connection {
    let kept = free.withLock { free in Free(connections: free.connections.popLast().map { [$0] } ?? []) }
    return try kept.connections.first ?? open()
  }

  private func put(_ connection: Connection) {
    let returned = Free(connections: [connection])
    let isKept = free.withLock { free in
      guard free.connections.count < keptMax else { return false }
      free.connections.append(contentsOf: returned.connections)
      return true
    }
    if !isKept { connection.close() }
  }
}
