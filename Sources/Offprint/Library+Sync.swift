import OffprintHTTP
import OffprintWire

/// Syncing.
extension Library {
  /// Sends waiting edits, gets what changed, proves equality by the digest, and fetches texts.
  ///
  /// Only one sync runs at a time in one library: a second call in this process joins the first, in another process it
  /// ends with `.inUse`.
  public nonisolated func sync(_ options: SyncOptions = SyncOptions(), over transport: any Transport) -> SyncRun {
    runs.join {
      let listeners = SyncListeners()
      let task = Task {
        let result: Result<SyncReport, OffprintError>
        do throws(OffprintError) {
          result = .success(try await self.runSync(options, over: transport, telling: listeners))
        } catch {
          result = .failure(error)
        }
        self.runs.end()
        listeners.finish()
        return result
      }
      return SyncRun(task: task, listeners: listeners)
    }
  }

  private func runSync(
    _ options: SyncOptions, over transport: any Transport, telling listeners: SyncListeners
  ) async throws(OffprintError) -> SyncReport {
    let store = try store()
    let credential = try credential()
    let lock = try store.folder.openLock(store.folder.syncLock)
    guard lock.tryLock() else {
      let holder = lock.readHolder()
      throw OffprintError(
        .inUse, "another sync of this library is under way\(holder.isEmpty ? "" : " (process \(holder))")",
        retry: .after(seconds: 5))
    }
    defer { lock.unlock() }
    lock.writeHolder(ProcessIdentity.text)
    let engine = SyncEngine(store: store, credential: credential, options: options)
    let began = environment.bootMilliseconds()
    do throws(OffprintError) {
      try await drive(engine, over: transport, telling: listeners)
    } catch {
      if error.code != .cancelled { try noteFailure(error) }
      throw error
    }
    var report = engine.report
    report.seconds = Double(environment.bootMilliseconds() - began) / 1_000
    return report
  }

  private func drive(
    _ engine: SyncEngine, over transport: any Transport, telling listeners: SyncListeners
  ) async throws(OffprintError) {
    while case .send(let request) = try engine.next() {
      listeners.yield(engine.progress)
      guard !Task.isCancelled else { throw OffprintError(.cancelled, "the sync was stopped; nothing is lost") }
      let sent = environment.bootMilliseconds()
      let response: HTTPResponse
      do throws(TransportError) { response = try await transport.send(request) } catch {
        throw OffprintError(error, reaching: request.url)
      }
      try engine.receive(response, roundTrip: environment.bootMilliseconds() - sent)
    }
    listeners.yield(engine.progress)
  }

  /// Notes what stopped a sync and when the next try makes sense: 1, 2, 4 ... 60 minutes.
  private func noteFailure(_ error: OffprintError) throws(OffprintError) {
    try write { store in
      let failures = try store.metaInteger(.failures) + 1
      try store.setMeta(.failures, failures)
      try store.setMeta(.lastProblem, error.explanation)
      let backoff = min(60, 1 << min(failures - 1, 6)) * 60_000
      let next: Int64? =
        switch error.retry {
        case .after(let seconds): store.moment.wall + max(Int64(seconds) * 1_000, Int64(backoff))
        case .never: store.moment.wall + Int64(backoff)
        case .afterSignIn, .afterUpgrade, .afterDecision: nil
        }
      try store.setMeta(.nextTry, next)
    }
  }
}

extension OffprintError {
  /// The library's error for a transport's.
  init(_ error: TransportError, reaching url: String) {
    // The host and port alone: a path could hold a cursor.
    let parts = url.split(separator: "/", omittingEmptySubsequences: false)
    let host = parts.count > 2 ? String(parts[2]) : "the server"
    switch error {
    case .unreachable(let reason):
      self.init(.unreachable, "cannot reach \(host) (\(reason))", retry: .after(seconds: 60))
    case .timedOut: self.init(.unreachable, "cannot reach \(host) (no answer in time)", retry: .after(seconds: 60))
    case .tlsFailed(let reason): self.init(.unreachable, "cannot reach \(host) (no secure connection: \(reason))")
    case .redirected:
      self.init(
        .notAnOffprintServer,
        "the address leads elsewhere (a redirect); nothing was sent there. Sign in with the server's own address")
    case .responseTooLarge: self.init(.notAnOffprintServer, "the answer is larger than any Offprint server sends")
    case .cancelled: self.init(.cancelled, "the sync was stopped; nothing is lost")
    case .badURL: self.init(.invalidInput, "the server's address must begin with http:// or https://")
    }
  }
}
