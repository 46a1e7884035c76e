import OffprintHTTP
import OffprintWire
import OffprintLocks

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
  /// Requests that only read, so that they wait for no disk.
  private let workers: WorkerPool
  /// Requests that write. They wait for the disk together, so there are many: a commit serves all that wait.
  private let writers: WorkerPool
  private let upkeepWorkers = WorkerPool(name: "upkeep", threads: 1, waitingMax: 4)
  /// Password hashing takes 64 MiB and tens of milliseconds each: few at a time, so that nobody else is starved.
  private let passwordWorkers: WorkerPool
  /// A change wakes thousands of waiting requests at one time. They were let in already, so none is refused; and they are few
  /// at a time, so that they hold up nobody else.
  private let pollWorkers: WorkerPool
  private let polls = Mutex(Polls())
  private let log: @Sendable (LogEntry) -> Void

  private struct Polls {
    struct Device {
      var account: RecordID
      var count = 0
    }

    var byDevice: [RecordID: Device] = [:]
    var total = 0
    /// Devices that came since access was last looked after.
    var new: Set<RecordID> = []
    /// Whether somebody looks after access.
    var isWatched = false
  }

  /// Whether notes of devices are going to be written.
  private let isWriting = Mutex(false)

  /// A service around a core.
  /// - Parameters:
  ///   - threads: requests worked on at one time that only read.
  ///   - writerThreads: requests worked on at one time that may write.
  ///   - log: called once for each request.
  package init(
    core: ServerCore, threads: Int = 16, writerThreads: Int = 64,
    log: @escaping @Sendable (LogEntry) -> Void = { _ in }
  ) {
    self.core = core
    self.log = log
    workers = WorkerPool(name: "request", threads: threads, waitingMax: 2_000)
    pollWorkers = WorkerPool(name: "poll", threads: 2, waitingMax: core.configuration.pollsMax)
    writers = WorkerPool(name: "write", threads: writerThreads, waitingMax: 1_000)
    passwordWorkers = WorkerPool(name: "password", threads: 1, waitingMax: 50)
  }

  /// Answers on the thread that asks, without a change of threads, what is a short read; nil for all else.
  ///
  /// A read is bounded in rows and bytes, so it may hold up the other connections of a thread that moves bytes; a write, which waits
  /// for the disk, may not, nor a password, nor a content of megabytes.
  package func handleAtOnce(_ request: HTTPRequest) -> HTTPResponse? {
    guard Self.isShortRead(request) else { return nil }
    let started = core.environment.now()
    let reply = core.reply(to: request)
    // It would rather wait.
    guard reply.wait == nil else { return nil }
    return noted(reply, of: request, since: started)
  }

  /// Bodies of pulls are shorter.
  private static let pullBytesMax = 1_024

  private static func isShortRead(_ request: HTTPRequest) -> Bool {
    switch (request.method, request.path) {
    case ("GET", "/v1/changes"): request.query?.contains("wait") != true
    case ("GET", "/v1/digest"), ("GET", "/v1/info"), ("GET", "/healthz"): true
    // What pushes names its push. One that hides the name behind escapes is answered all the same.
    case ("POST", "/v1/sync"):
      request.body.count <= pullBytesMax && request.headers["Content-Encoding"] == nil
        && !String(decoding: request.body, as: UTF8.self).contains("\"nonce\"")
    default: false
    }
  }

  /// Answers a request, after waiting where it asks for that and nothing is new.
  package func handle(_ request: HTTPRequest) async -> HTTPAnswer {
    let started = core.environment.now()
    let reply = await work(on: request)
    guard let wait = reply.wait, !(wait.isStream && request.method == "HEAD") else {
      return .whole(noted(reply, of: request, since: started))
    }
    if let refused = enterPoll(wait) {
      return .whole(noted(refusal(refused, like: reply), of: request, since: started))
    }
    guard wait.isStream else {
      defer { leavePoll(wait.device) }
      return .whole(noted(await poll(request, after: reply, wait), of: request, since: started))
    }
    return .stream(head: reply.response) { writer in
      await self.stream(request, after: reply, wait, to: writer)
      self.leavePoll(wait.device)
      _ = self.noted(reply, of: request, since: started)
    }
  }

  /// Writes a request that is over to the log.
  private func noted(_ reply: ServerCore.Reply, of request: HTTPRequest, since started: Int64) -> HTTPResponse {
    let milliseconds = max(0, core.environment.now() - started)
    core.figures.note(route: reply.route, status: reply.response.status, milliseconds: milliseconds)
    if !core.notes.isEmpty { writeNotesSoon() }
    log(
      LogEntry(
        method: request.method, route: reply.route, status: reply.response.status, milliseconds: milliseconds,
        requestID: reply.requestID, account: reply.account, failure: reply.failure))
    return reply.response
  }

  /// Writes what is left to write, and ends the threads once what they do is done. Waiting requests end by the cancellation of
  /// their tasks.
  package func stop() async {
    core.stopUpkeep()
    try? await writers.run { [core] in core.writeNotes() }
    for pool in [workers, writers, pollWorkers, upkeepWorkers, passwordWorkers] { pool.stop() }
  }

  /// Runs `body` where requests are worked on; the answer is `busy` if too many wait.
  func onWorker(_ body: @escaping @Sendable (ServerCore) -> HTTPResponse) async -> HTTPResponse {
    do { return try await workers.run { [core] in body(core) } } catch {
      return core.answer(Problem(.busy, "the server has too much to do", retryAfterSeconds: 2))
    }
  }

  /// How often the logs that moved are looked through for what can be sealed.
  private static let upkeepMilliseconds: Int64 = 5_000
  /// Every how many of those times all accounts are purged, and contents collected: each hour.
  private static let wholeRoundEvery = 720

  /// Does what is to be done behind the answers, until its task is cancelled.
  /// - Parameter failed: told of each round that failed; the next one tries again.
  package func keepUp(failed: @Sendable (any Error) -> Void) async {
    var round = 0
    while !Task.isCancelled {
      let isWhole = round % Self.wholeRoundEvery == 0
      do {
        let result = try await upkeepWorkers.run { [core] in
          Result { try isWhole ? core.keepUp() : core.sealTouchedLogs() }
        }
        try result.get()
      } catch {
        if !Task.isCancelled { failed(error) }
      }
      round += 1
      try? await core.environment.sleep(Self.upkeepMilliseconds)
    }
  }

  /// Waits in a task of its own, which the timer, or the end of the request's task, cancels.
  private func poll(_ request: HTTPRequest, after first: ServerCore.Reply, _ wait: Answer.Wait) async
    -> ServerCore.Reply
  {
    let waiter = Task {
      var generation = wait.generation
      while await core.signals.wait(for: wait.account, beyond: generation) {
        let reply = await workAgain(on: request)
        guard let again = reply.wait else { return reply }
        generation = again.generation
      }
      // Asked once more: the answer of a minute ago would carry the time of a minute ago.
      return await workAgain(on: request)
    }
    return await ended(waiter, within: wait.milliseconds)
  }

  /// Tells each move of the log, and that it is still there when nothing moves, until the task is cancelled or the request
  /// would be refused by now.
  private func stream(
    _ request: HTTPRequest, after first: ServerCore.Reply, _ wait: Answer.Wait, to writer: StreamWriter
  ) async {
    var wait = wait
    var told = first.response.body
    while true {
      let hasMoved = await move(of: wait)
      guard !Task.isCancelled else { return }
      let reply = await workAgain(on: request)
      guard let again = reply.wait else { return }
      wait.generation = again.generation
      if reply.response.body != told {
        told = reply.response.body
        writer.send(told)
      } else if !hasMoved {
        writer.send(Self.signOfLife)
      }
    }
  }

  /// A comment of server-sent events.
  private static let signOfLife = Array(": still here\n\n".utf8)

  /// Waits for the account's log to move; false if it did not within the time, or the task was cancelled.
  private func move(of wait: Answer.Wait) async -> Bool {
    let waiter = Task { [core] in await core.signals.wait(for: wait.account, beyond: wait.generation) }
    return await ended(waiter, within: wait.milliseconds)
  }

  /// The value of a task that a timer, or the end of the caller's task, cancels.
  private func ended<Value: Sendable>(_ waiter: Task<Value, Never>, within milliseconds: Int64) async -> Value {
    let timer = Task { [core] in
      try? await core.environment.sleep(milliseconds)
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
    await reply(to: request, on: pool(for: request))
  }

  /// Answers a request that has waited.
  private func workAgain(on request: HTTPRequest) async -> ServerCore.Reply {
    await reply(to: request, on: pollWorkers)
  }

  private func reply(to request: HTTPRequest, on workers: WorkerPool) async -> ServerCore.Reply {
    do {
      return try await workers.run { [core] in core.reply(to: request) }
    } catch {
      let problem = Problem(.busy, "the server has too much to do", retryAfterSeconds: 2)
      return ServerCore.Reply(response: core.answer(problem), route: "-", requestID: "-")
    }
  }

  private func pool(for request: HTTPRequest) -> WorkerPool {
    switch (request.method, request.path) {
    case ("POST", "/v1/devices"): passwordWorkers
    case ("GET", _), ("HEAD", _), ("POST", "/v1/contents/missing"), ("POST", "/v1/contents/batch"): workers
    default: writers
    }
  }

  private func refusal(_ problem: Problem, like reply: ServerCore.Reply) -> ServerCore.Reply {
    var refused = reply
    refused.response = core.answer(problem)
    refused.wait = nil
    return refused
  }

  private func enterPoll(_ wait: Answer.Wait) -> Problem? {
    let configuration = core.configuration
    let (problem, isFirst) = polls.withLock { polls -> (Problem?, Bool) in
      guard polls.total < configuration.pollsMax else {
        return (Problem(.busy, "too many long polls", retryAfterSeconds: 30), false)
      }
      guard polls.byDevice[wait.device]?.count ?? 0 < configuration.pollsPerDeviceMax else {
        return (Problem(.rateLimited, "too many long polls of this device", retryAfterSeconds: 30), false)
      }
      polls.byDevice[wait.device, default: Polls.Device(account: wait.account)].count += 1
      polls.total += 1
      polls.new.insert(wait.device)
      defer { polls.isWatched = true }
      return (nil, !polls.isWatched)
    }
    if isFirst { Task { await watchAccess() } }
    return problem
  }

  private func leavePoll(_ device: RecordID) {
    polls.withLock { polls in
      polls.total -= 1
      polls.byDevice[device]?.count -= 1
      if polls.byDevice[device]?.count == 0 { polls.byDevice[device] = nil }
    }
  }

  /// As long as anybody waits: looks after whether they still may, once a second. Another process may have taken it from them
  /// (`offprintd device revoke`), and one number in the store tells that something has been taken at all.
  private func watchAccess() async {
    var state = ServerCore.AccessState()
    var unseen: Set<RecordID> = []
    while (try? await core.environment.sleep(core.configuration.accessCheckMilliseconds)) != nil {
      let waiting = polls.withLock { polls -> [RecordID: RecordID] in
        unseen.formUnion(polls.new)
        polls.new = []
        polls.isWatched = polls.total > 0
        return polls.byDevice.mapValues(\.account)
      }
      if waiting.isEmpty { return }
      let (before, new) = (state, unseen)
      let after = try? await workers.run { [core] in
        var state = before
        return Result { try core.wakeRefused(among: waiting, new: new, &state) }.map { state }
      }
      guard let after = try? after?.get() else { continue }
      state = after
      unseen = []
    }
    polls.withLock { $0.isWatched = false }
  }

  /// Writes notes of devices after a while, those of that while together.
  private func writeNotesSoon() {
    let isFirst = isWriting.withLock { isWriting in
      defer { isWriting = true }
      return !isWriting
    }
    guard isFirst else { return }
    Task {
      try? await core.environment.sleep(core.configuration.deviceNotesMilliseconds)
      isWriting.withLock { $0 = false }
      try? await writers.run { [core] in core.writeNotes() }
    }
  }
}
