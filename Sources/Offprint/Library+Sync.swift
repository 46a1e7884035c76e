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
    let session = try SyncSession(of: store(), options, holder: ProcessIdentity.text)
    do throws(OffprintError) {
      while let request = try session.next() {
        listeners.yield(session.progress)
        guard !Task.isCancelled else { throw OffprintError(.cancelled, "the sync was stopped; nothing is lost") }
        let response: HTTPResponse
        do throws(TransportError) { response = try await transport.send(request) } catch {
          if error == .damaged, try session.passDamagedAnswer() { continue }
          throw OffprintError(error, reaching: request.url)
        }
        try session.receive(response)
      }
    } catch {
      // That it could not be noted is less than what it was.
      try? session.fail(error)
      throw error
    }
    listeners.yield(session.progress)
    return session.report
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
    case .damaged: self.init(.unreachable, "cannot reach \(host) (the answer is damaged)", retry: .after(seconds: 60))
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
