import Foundation

/// Jobs in the order they came, and the thread that runs them one at a time.
///
/// `@unchecked Sendable`: every stored variable is read and written with `condition` held; the two constants are immutable.
final class JobQueue: @unchecked Sendable {
  private let name: String
  private let condition = NSCondition()
  private var jobs: [@Sendable () -> Void] = []
  private var thread: Thread?
  private var isStopped = false
  private var onEnd: [@Sendable () -> Void] = []

  init(name: String) {
    self.name = name
  }

  func add(_ job: @escaping @Sendable () -> Void) {
    condition.withLock { append(job) }
  }

  func addUnlessStopped(_ job: @escaping @Sendable () -> Void) -> Bool {
    condition.withLock {
      guard !isStopped else { return false }
      append(job)
      return true
    }
  }

  /// Lets the thread end when it has run all jobs, and calls `body` then.
  func stop(_ body: (@Sendable () -> Void)? = nil) {
    let ended = condition.withLock {
      isStopped = true
      condition.broadcast()
      guard thread != nil else { return true }
      if let body { onEnd.append(body) }
      return false
    }
    if ended { body?() }
  }

  var isCurrent: Bool {
    condition.withLock { thread === Thread.current }
  }

  /// With the lock held.
  private func append(_ job: @escaping @Sendable () -> Void) {
    jobs.append(job)
    if thread == nil {
      let thread = Thread { [self] in runJobs() }
      thread.name = name
      self.thread = thread
      thread.start()
    }
    condition.signal()
  }

  private enum Next {
    case run([@Sendable () -> Void])
    case end(telling: [@Sendable () -> Void])
  }

  private func runJobs() {
    while true {
      switch next() {
      case .run(let batch):
        for job in batch { job() }
      case .end(let waiting):
        for body in waiting { body() }
        return
      }
    }
  }

  /// All jobs that wait, once there is one; or the end, when the queue was stopped and is empty. The thread is let go in the same
  /// breath, so that a job that comes next starts another and never runs beside the last of this one.
  private func next() -> Next {
    condition.withLock {
      while jobs.isEmpty {
        if isStopped {
          defer { onEnd = [] }
          thread = nil
          return .end(telling: onEnd)
        }
        condition.wait()
      }
      defer { jobs = [] }
      return .run(jobs)
    }
  }
}
