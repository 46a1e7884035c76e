import OffprintSQLite
import OffprintLocks

/// Connections that read, handed out one at a time and kept for the next, each reading for a limited time.
///
/// `@unchecked Sendable`: a connection is either in `state`, under the mutex, or with the one caller that took it out.
final class ReaderPool: @unchecked Sendable {
  // `@unchecked`: only ever inside the mutex below.
  private struct State: @unchecked Sendable {
    var free: [Connection] = []
    var reading: [ObjectIdentifier: Reading] = [:]
    var isClosed = false
  }

  /// A connection on its way in or out of the mutex. `@unchecked`: one caller has it at a time.
  private struct Passed: @unchecked Sendable {
    var connection: Connection?
  }

  /// One snapshot under way.
  private final class Reading: Sendable {
    let began: Int64
    let isCut = Atomic<Bool>(false)

    init(began: Int64) { self.began = began }
  }

  private let state = Mutex(State())
  private let keptMax: Int
  private let limitMilliseconds: Int64
  private let clock: @Sendable () -> Int64
  private let open: @Sendable () throws -> Connection

  /// - Parameters:
  ///   - keptMax: connections kept open while unused.
  ///   - limitMilliseconds: how long one snapshot may be read from; as long as it is, the write-ahead log cannot begin anew.
  ///   - clock: milliseconds that never go back.
  init(
    keptMax: Int, limitMilliseconds: Int64, clock: @escaping @Sendable () -> Int64,
    open: @escaping @Sendable () throws -> Connection
  ) {
    self.keptMax = keptMax
    self.limitMilliseconds = limitMilliseconds
    self.clock = clock
    self.open = open
  }

  /// Runs `body` on one snapshot.
  /// - Throws: ``StoreError/cutOff`` if it took too long, and whatever `body` throws.
  func read<T>(_ body: (SQLiteReader) throws -> T) throws -> T {
    let connection = try take()
    let reading = Reading(began: clock())
    state.withLock { $0.reading[ObjectIdentifier(reading)] = reading }
    connection.stop { [clock, limitMilliseconds] in
      reading.isCut.load(ordering: .relaxed) || clock() - reading.began >= limitMilliseconds
    }
    defer {
      connection.stop(when: nil)
      put(connection, after: reading)
    }
    return try connection.transaction(.deferred) { try body(SQLiteReader(connection)) }
  }

  /// Has those end that have been reading for so long. Each notices at its next row.
  func cutOff(olderThanMilliseconds age: Int64) {
    let now = clock()
    state.withLock { state in
      for reading in state.reading.values where now - reading.began >= age {
        reading.isCut.store(true, ordering: .relaxed)
      }
    }
  }

  /// Closes those not in use, and each other one once it is not.
  func close() {
    while let connection = state.withLock({ state in
      state.isClosed = true
      return Passed(connection: state.free.popLast())
    }).connection {
      connection.close()
    }
  }

  private func take() throws -> Connection {
    let kept = state.withLock { state in Passed(connection: state.free.popLast()) }
    return try kept.connection ?? open()
  }

  private func put(_ connection: Connection, after reading: Reading) {
    let returned = Passed(connection: connection)
    let isKept = state.withLock { state in
      state.reading[ObjectIdentifier(reading)] = nil
      guard !state.isClosed, state.free.count < keptMax, let connection = returned.connection else { return false }
      state.free.append(connection)
      return true
    }
    if !isKept { connection.close() }
  }
}
