import OffprintHTTP
import OffprintWire
import Synchronization

/// The server as a program runs it: ``ServerCore`` on threads of its own, and long polls that cost none.
package final class Service: Sendable {
  /// What a request came to, for the log.
  package struct LogEntry: Sendable {
    /// The method, as sent.
    package var method: String
    /// The route's name, never the path.
    package var route: String
    /// The status.
    package var status: Int
    /// How long it took, waiting included, in milliseconds.
    package var milliseconds: Int64
    /// The request's id.
    package var requestID: String
    /// The account, once known.
    package var account: RecordID?
    /// What went wrong inside.
    package var failure: String?
  }

  /// The core.
  package let core: ServerCore
  private let workers: WorkerPool
  /// Password hashing takes 64 MiB and tens of milliseconds each: few at a time, so that nobody else is starved.
  private let passwordWorkers: WorkerPool
  private let polls = Mutex(Polls())
  private let log: @Sendable (LogEntry) -> Void

  private struct Polls {
    var byDevice: [RecordID: Int] = [:]
    var total = 0
  }

  /// A service around a core.
  /// - Parameters:
  ///   - threads: requests worked on at one time. Pushes wait for the disk together, so more threads than processors help.
  ///   - log: called once for each request.
  package init(core: ServerCore, threads: Int = 16, log: @escaping @Sendable (LogEntry) -> Void = { _ in }) {
    self.core = core
    self.log = log
    workers = WorkerPool(name: "request", threads: threads, waitingMax: 2_000)
    passwordWorkers = WorkerPool(name: "password", threads: 1, waitingMax: 50)
  }

  /// Answers a request, after waiting where it asks for that and nothing is new.
  package func handle(_ request: HTTPRequest) async -> HTTPResponse {
    let started = core.environment.now()
    let reply = await answer(request)
    log(
      LogEntry(
        method: request.method, route: reply.route, status: reply.response.status,
        milliseconds: max(0, core.environment.now() - started), requestID: reply.requestID, account: reply.account,
        failure: reply.failure))
    return reply.response
  }

  /// Ends the threads once what they do is done. Waiting requests end by the cancellation of their tasks.
  package func stop() {
    workers.stop()
    passwordWorkers.stop()
  }

  /// Purges all accounts, one batch a transaction.
  /// - Throws: ``StoreError``.
  package func purge() async throws {
    let result = try await workers.run { [core] in Result { try core.purge() } }
    _ = try result.get()
  }

  private func answer(_ request: HTTPRequest) async -> ServerCore.Reply {
    let reply = await work(on: request)
    guard let wait = reply.wait else { return reply }
    if let refused = enterPoll(wait.device) { return refusal(refused, like: reply) }
    defer { leavePoll(wait.device) }
    return await poll(request, after: reply, wait)
  }

  /// Waits in a task of its own, which the timer, or the end of the request's task, cancels.
  private func poll(_ request: HTTPRequest, after first: ServerCore.Reply, _ wait: Answer.Wait) async
    -> ServerCore.Reply
  {
    let waiter = Task {
      var generation = wait.generation
      while await core.signals.wait(for: wait.account, beyond: generation) {
        let reply = await work(on: request)
        guard let again = reply.wait else { return reply }
        generation = again.generation
      }
      // Asked once more: the answer of a minute ago would carry the time of a minute ago.
      return await work(on: request)
    }
    let timer = Task { [core] in
      try? await core.environment.sleep(wait.milliseconds)
      waiter.cancel()
    }
    defer { timer.cancel() }
    return await withTaskCancellationHandler {
      await waiter.value
    } onCancel: {
      waiter.cancel()
    }
  }

  private func work(on request: HTTPRequest) async -> ServerCore.Reply {
    let isSignIn = request.method == "POST" && request.path == "/v1/devices"
    do {
      return try await (isSignIn ? passwordWorkers : workers).run { [core] in core.reply(to: request) }
    } catch {
      let problem = Problem(.busy, "the server has too much to do", retryAfterSeconds: 2)
      return ServerCore.Reply(response: core.answer(problem), route: "-", requestID: "-")
    }
  }

  private func refusal(_ problem: Problem, like reply: ServerCore.Reply) -> ServerCore.Reply {
    var refused = reply
    refused.response = core.answer(problem)
    refused.wait = nil
    return refused
  }

  private func enterPoll(_ device: RecordID) -> Problem? {
    let configuration = core.configuration
    return polls.withLock { polls in
      guard polls.total < configuration.pollsMax else {
        return Problem(.busy, "too many long polls", retryAfterSeconds: 30)
      }
      guard polls.byDevice[device, default: 0] < configuration.pollsPerDeviceMax else {
        return Problem(.rateLimited, "too many long polls of this device", retryAfterSeconds: 30)
      }
      polls.byDevice[device, default: 0] += 1
      polls.total += 1
      return nil
    }
  }

  private func leavePoll(_ device: RecordID) {
    polls.withLock { polls in
      polls.total -= 1
      polls.byDevice[device] = (polls.byDevice[device] ?? 0) > 1 ? (polls.byDevice[device] ?? 1) - 1 : nil
    }
  }
}
