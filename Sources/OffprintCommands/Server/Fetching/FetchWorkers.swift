import Foundation
import OffprintFetch
import OffprintLocks
import OffprintServer
import OffprintWire

/// Threads that fetch what waits, each one page at a time; of one site one page at a time, with a pause between two.
///
/// They block, so they are threads of their own. What they do is in the store: a server that is killed goes on where it was.
final class FetchWorkers: Sendable {
  private struct State {
    var running: Set<FetchJob> = []
    /// Until when a site is left in peace, by ``ticks``.
    var busySites: [String: Int64] = [:]
    /// Whose turn it was.
    var last: RecordID?
    var recovered: Int64?
    var threads = 0
    var isStopped = false
  }

  private let core: ServerCore
  private let environment: ServerEnvironment
  private let bell: FetchBell
  private let policy: FetchPolicy
  private let names = Resolver()
  private let ticks: @Sendable () -> Int64
  private let report: @Sendable (Report) -> Void
  private let state = Mutex(State())
  /// One at a time looks for what is next.
  private let picking = Mutex(())

  /// What a fetch came to, for the log.
  struct Report: Sendable {
    /// The account.
    var account: RecordID
    /// What came of it, in one word.
    var result: String
    /// How often it was tried, this time included.
    var tries: Int
    /// How long it took.
    var milliseconds: Int64
    /// Bytes that were fetched.
    var bytes: Int
  }

  /// How long a site is left in peace between two pages.
  private static let siteMilliseconds: Int64 = 1_000
  /// How long a thread waits at most before it looks again.
  private static let idleMilliseconds: Int64 = 60_000
  /// How often fetches are looked for that nobody does any more.
  private static let recoveryMilliseconds: Int64 = 600_000

  init(
    core: ServerCore, environment: ServerEnvironment, bell: FetchBell, policy: FetchPolicy,
    ticks: @escaping @Sendable () -> Int64,
    report: @escaping @Sendable (Report) -> Void
  ) {
    self.core = core
    self.environment = environment
    self.bell = bell
    self.policy = policy
    self.ticks = ticks
    self.report = report
  }

  /// Starts so many threads.
  func start(threads count: Int) {
    state.withLock { $0.threads = count }
    for index in 0..<count {
      let thread = Thread { [self] in
        work()
        state.withLock { $0.threads -= 1 }
      }
      thread.name = "fetch-\(index)"
      thread.stackSize = 4 << 20
      thread.start()
    }
  }

  /// Ends what is under way, and the threads. What was begun waits in the store.
  func askToStop() {
    state.withLock { $0.isStopped = true }
    bell.ring()
  }

  /// Returns when the threads have ended, or after so many milliseconds.
  func ended(withinMilliseconds milliseconds: Int64) async {
    let deadline = ticks() + milliseconds
    while state.withLock({ $0.threads }) > 0, ticks() < deadline { try? await environment.sleep(20) }
  }

  private var isStopped: Bool { state.withLock { $0.isStopped } }

  private func work() {
    let fetcher = try? Fetcher(policy: policy, names: names, ticks: ticks, isStopped: { [self] in isStopped })
    guard let fetcher else { return }
    let gatherer = PageGatherer(fetcher: fetcher, ticks: ticks)
    while !isStopped {
      let rings = bell.count
      recover()
      guard let job = take() else {
        bell.wait(beyond: rings, milliseconds: idleMilliseconds())
        continue
      }
      let began = ticks()
      let gathered = gatherer.gather(job.wish.url)
      finish(job, gathered)
      state.withLock { state in
        state.running.remove(job)
        state.busySites[job.wish.site] = ticks() + Self.siteMilliseconds
      }
      if let gathered {
        report(
          Report(
            account: job.account, result: gathered.slug, tries: job.tries, milliseconds: ticks() - began,
            bytes: gathered.bytes))
      }
      // Others may wait for this site.
      bell.ring()
    }
  }

  /// Begins the next fetch; nil if none is due, none may be begun, or the store cannot be asked for now.
  private func take() -> FetchJob? {
    picking.withLock { _ in
      let now = ticks()
      let (last, busy) = state.withLock { state -> (RecordID?, [String: Int64]) in
        state.busySites = state.busySites.filter { $0.value > now }
        return (state.last, state.busySites)
      }
      guard let job = (try? core.takeFetch(after: last) { busy[$0] != nil }) ?? nil else { return nil }
      state.withLock { state in
        state.last = job.account
        state.running.insert(job)
        state.busySites[job.wish.site] = .max
      }
      return job
    }
  }

  /// How long to wait if nothing rings.
  private func idleMilliseconds() -> Int64 {
    let now = ticks()
    let free = state.withLock { $0.busySites.values.filter { $0 < .max }.min() }
    let due = (try? core.nextFetchDue()) ?? nil
    guard let due else { return Self.idleMilliseconds }
    let wait = due - environment.now()
    // What is due now waits for its site, or for a store that cannot be asked.
    let next = wait > 0 ? wait : free.map { max(10, $0 - now) } ?? 5_000
    return min(Self.idleMilliseconds, next)
  }

  private func finish(_ job: FetchJob, _ gathered: PageGatherer.Gathered?) {
    guard let gathered else {
      try? core.abandonFetch(job)
      return
    }
    // A store that cannot be written for the moment; later the fetch is found by `recover`, and done anew.
    for attempt in 0..<3 {
      do { return try core.finishFetch(job, gathered.outcome) } catch {
        if isStopped || attempt == 2 { return }
        bell.wait(beyond: bell.count, milliseconds: 2_000)
      }
    }
  }

  private func recover() {
    let now = ticks()
    let isDue = state.withLock { state in
      if let last = state.recovered, now - last < Self.recoveryMilliseconds { return false }
      state.recovered = now
      return true
    }
    guard isDue else { return }
    // Nobody begins one meanwhile, which would be taken for lost.
    picking.withLock { _ in
      do { try core.recoverFetches(besides: state.withLock { $0.running }) } catch {
        state.withLock { $0.recovered = nil }
      }
    }
  }
}
