import OffprintFiles
import OffprintHTTP

/// One sync from its lock to its note of how it went, without I/O of its own: whoever holds it sends what ``next()`` asks for
/// and hands the answer back. ``Library`` does that over a ``Transport``, a simulator over its own network.
package final class SyncSession {
  private let engine: SyncEngine
  private let environment: Environment
  private let lock: any FileLock
  private let began: Int64
  private var sentAt: Int64 = 0
  private var isOver = false

  /// Begins a sync.
  /// - Throws: `.notSignedIn`; `.inUse` while another one of this library runs in any process.
  package init(of store: LibraryStore, _ options: SyncOptions, holder: String) throws(OffprintError) {
    environment = store.environment
    let credential = try store.credential()
    lock = try store.folder.openLock(store.folder.syncLock)
    guard lock.tryLock() else {
      let other = lock.readHolder()
      throw OffprintError(
        .inUse, "another sync of this library is under way\(other.isEmpty ? "" : " (process \(other))")",
        retry: .after(seconds: 5))
    }
    lock.writeHolder(holder)
    began = environment.bootMilliseconds()
    engine = SyncEngine(store: store, credential: credential, options: options)
  }

  deinit { end() }

  /// The request to send now; nil once all is done.
  package func next() throws(OffprintError) -> TransportRequest? {
    do throws(OffprintError) {
      switch try engine.next() {
      case .send(let request):
        sentAt = environment.bootMilliseconds()
        return request
      case .finished:
        end()
        return nil
      }
    } catch {
      throw ended(by: error)
    }
  }

  /// Takes the answer to the request that ``next()`` gave.
  package func receive(_ response: HTTPResponse) throws(OffprintError) {
    do throws(OffprintError) {
      try engine.receive(response, roundTrip: environment.bootMilliseconds() - sentAt)
    } catch {
      throw ended(by: error)
    }
  }

  /// Passes over an answer whose coding is damaged, which one damaged text does to all that are sent with it.
  /// - Returns: whether the sync goes on; else it is to be ended by ``fail(_:)``.
  package func passDamagedAnswer() throws(OffprintError) -> Bool {
    do throws(OffprintError) { return try engine.passDamagedAnswer() } catch { throw ended(by: error) }
  }

  /// Notes what ended the sync, if that can be noted: it is what a person has to hear of in any case.
  private func ended(by error: OffprintError) -> OffprintError {
    try? fail(error)
    return error
  }

  /// Ends it for a reason from outside, such as a network that is not there. What was done until then is kept.
  package func fail(_ error: OffprintError) throws(OffprintError) {
    guard !isOver else { return }
    end()
    if error.code != .cancelled { try engine.store.noteFailure(error) }
  }

  /// How far this has got, for people.
  package var progress: SyncProgress { engine.progress }

  /// What was done.
  package var report: SyncReport {
    var report = engine.report
    report.seconds = Double(environment.bootMilliseconds() - began) / 1_000
    return report
  }

  private func end() {
    guard !isOver else { return }
    isOver = true
    lock.unlock()
  }
}

extension LibraryStore {
  /// Notes what stopped a sync and when the next try makes sense: 1, 2, 4 ... 60 minutes.
  func noteFailure(_ error: OffprintError) throws(OffprintError) {
    try write {
      let failures = try metaInteger(.failures) + 1
      try setMeta(.failures, failures)
      try setMeta(.lastProblem, error.explanation)
      let backoff = min(60, 1 << min(failures - 1, 6)) * 60_000
      let next: Int64? =
        switch error.retry {
        case .after(let seconds): moment.wall + max(Int64(seconds) * 1_000, Int64(backoff))
        case .never: moment.wall + Int64(backoff)
        case .afterSignIn, .afterUpgrade, .afterDecision: nil
        }
      try setMeta(.nextTry, next)
    }
  }
}
