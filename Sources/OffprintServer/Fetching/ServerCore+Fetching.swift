import OffprintGzip
import OffprintWire

/// The queue of pages to fetch. Nothing is fetched here: whoever runs the server takes a job, does it, and says what came of it.
extension ServerCore {
  /// Candidates looked at in one account before the next one's turn.
  private static let candidatesMax = 64

  /// Begins a fetch that is due, accounts taking turns, and sites that are to be left in peace left out.
  /// - Parameters:
  ///   - last: the account whose turn it was before.
  ///   - isBusy: whether a site is to be left in peace for now.
  /// - Throws: ``StoreError``.
  package func takeFetch(after last: RecordID?, leaving isBusy: (String) -> Bool) throws -> FetchJob? {
    let now = environment.now()
    let found = try store.read { reader -> [(RecordID, QueuedFetch)] in
      let accounts = try reader.accountsWithFetches()
      let start =
        last.flatMap { last in
          accounts.firstIndex { last.bytes.lexicographicallyPrecedes($0.bytes) }
        } ?? 0
      return try (accounts[start...] + accounts[..<start]).compactMap { account in
        let due = try reader.fetchesDue(of: account, by: now, limit: Self.candidatesMax)
        return due.first { !isBusy($0.site) }.map { (account, $0) }
      }
    }
    for (account, queued) in found {
      if let job = try begin(queued, of: account) { return job }
    }
    return nil
  }

  private func begin(_ queued: QueuedFetch, of account: RecordID) throws -> FetchJob? {
    try store.write { transaction in
      guard try transaction.account(account) != nil else { return nil }
      let stored = try transaction.record(RecordKey(.article, queued.article), of: account)
      guard let stored, stored.damage == nil, let wish = FetchWish(stored.record) else {
        try transaction.removeFetch(of: queued.article, in: account)
        return nil
      }
      guard let tries = try transaction.beginFetch(of: queued.article, in: account) else { return nil }
      return FetchJob(account: account, article: queued.article, wish: wish, tries: tries)
    }
  }

  /// When the next fetch may be begun, in milliseconds since 1970; nil if none waits.
  /// - Throws: ``StoreError``.
  package func nextFetchDue() throws -> Int64? {
    try store.read { reader in
      try reader.accountsWithFetches().compactMap { try reader.nextFetchDue(of: $0) }.min()
    }
  }

  /// Notes what came of a fetch.
  /// - Throws: ``StoreError``: the job is as if it were not done, and may be noted again.
  package func finishFetch(_ job: FetchJob, _ outcome: FetchOutcome) throws {
    let result = FetchResult(
      job: job, now: environment.now(), quota: configuration.quota, random: environment.randomNumber())
    let isChanged: Bool
    switch outcome {
    case .found(let article):
      let found: FetchResult.Found
      do throws(GzipError) { found = try FetchResult.Found(article) } catch { throw StoreError.failed("\(error)") }
      isChanged = try store.write(.request(bytes: found.bytes)) { transaction in
        try result.write(found, in: transaction)
      }
      figures.count(.fetched, "result=\"found\"")
    case .failed(let reason, let isTransient, let seconds):
      let wait =
        isTransient
        ? RetrySchedule.wait(afterTries: job.tries, retryAfterSeconds: seconds, random: result.random) : nil
      isChanged = try store.write { transaction in
        try result.write(failure: reason, retryAfter: wait, in: transaction)
      }
      figures.count(.fetched, "result=\"\(wait == nil ? "failed" : "later")\"")
    }
    guard isChanged else { return }
    signals.notify(job.account)
    upkeep.note(job.account)
  }

  /// Has a fetch that was begun wait again, as if it had not been.
  /// - Throws: ``StoreError``.
  package func abandonFetch(_ job: FetchJob) throws {
    let now = environment.now()
    try store.write { transaction in
      guard try transaction.account(job.account) != nil else { return }
      try transaction.endFetch(of: job.article, in: job.account, tries: max(0, job.tries - 1), due: now)
    }
  }

  /// Has fetches wait again that were begun and are not among those that somebody does: a server ended over them. At once the first
  /// time; one over which servers end again and again waits, and is given up like one that fails.
  /// - Throws: ``StoreError``.
  package func recoverFetches(besides running: Set<FetchJob> = []) throws {
    let now = environment.now()
    let known = Set(running.map { [$0.account, $0.article] })
    for account in try store.read({ try $0.accountsWithFetches() }) {
      let lost = try store.read { try $0.fetchesBegun(of: account) }.filter { !known.contains([account, $0.article]) }
      for fetch in lost {
        let wait = RetrySchedule.wait(
          afterTries: fetch.tries, retryAfterSeconds: nil, random: environment.randomNumber())
        guard let wait else {
          try giveUp(fetch, of: account)
          continue
        }
        try store.write { transaction in
          guard try transaction.account(account) != nil else { return }
          try transaction.endFetch(
            of: fetch.article, in: account, tries: fetch.tries, due: fetch.tries > 1 ? now + wait : now)
        }
      }
    }
  }

  private func giveUp(_ fetch: QueuedFetch, of account: RecordID) throws {
    let stored = try store.read { try $0.record(RecordKey(.article, fetch.article), of: account) }
    guard let stored, stored.damage == nil, let wish = FetchWish(stored.record) else {
      return try store.write { try $0.removeFetch(of: fetch.article, in: account) }
    }
    try finishFetch(
      FetchJob(account: account, article: fetch.article, wish: wish, tries: fetch.tries),
      .failed(reason: "the server could not read this page", isTransient: false, retryAfterSeconds: nil))
  }
}
