import CSQLite

extension Connection {
  /// Steps of SQLite's machine between two askings within one statement: a fraction of a millisecond.
  private static let stepsPerAsking: Int32 = 4_096

  /// Has every statement ask, before each of its rows and while it looks for one, whether it must stop; it then throws
  /// `interrupted`. Unlike ``Interrupter`` this holds for statements that begin later too.
  ///
  /// - Parameter mustStop: called on the connection's own thread, often; nil asks no more.
  package func stop(when mustStop: (() -> Bool)?) {
    handle.mustStop = mustStop
    guard let pointer = handle.pointer else { return }
    guard mustStop != nil else { return sqlite3_progress_handler(pointer, 0, nil, nil) }
    sqlite3_progress_handler(
      pointer, Self.stepsPerAsking, answerWhetherToStop, Unmanaged.passUnretained(handle).toOpaque())
  }
}

/// Called by SQLite with the handle whose connection it works for, which therefore is alive.
private func answerWhetherToStop(_ context: UnsafeMutableRawPointer?) -> Int32 {
  guard let context else { return 0 }
  return Unmanaged<Connection.Handle>.fromOpaque(context).takeUnretainedValue().mustStop?() == true ? 1 : 0
}
