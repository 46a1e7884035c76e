import Foundation
import OffprintSQLite
import OffprintLocks
import Testing

/// An actor as the stores are: its connection never leaves its thread.
private actor Store {
  let thread: DatabaseThread
  private let connection: Connection

  nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  init(path: String, thread: DatabaseThread) throws {
    self.thread = thread
    connection = try Connection(path: path, role: .writer(create: true))
    try connection.script("CREATE TABLE IF NOT EXISTS t (x INTEGER)")
  }

  func insert(_ number: Int) throws -> Bool {
    try connection.run("INSERT INTO t VALUES (?1)", [Value(number)])
    return thread.isCurrent
  }

  func count() throws -> Int { try connection.first("SELECT count(*) FROM t") { try $0.int(0) } ?? -1 }

  func suspendThenInsert(_ number: Int) async throws -> Bool {
    await Task.yield()
    return try insert(number)
  }

  func block(until semaphore: DispatchSemaphore) { semaphore.wait() }

  func close() { connection.close() }

  nonisolated func assume() -> Bool { assumeIsolated { $0.thread.isCurrent } }
  func assumed() -> Bool { assume() }
}

@Suite(.timeLimit(.minutes(2))) struct `A database thread`: Sendable {
  let folder: Folder
  let thread = DatabaseThread(name: "test")

  init() throws { folder = try Folder() }

  @Test func `an actor on it runs there and nowhere else`() async throws {
    let store = try Store(path: folder.file("a"), thread: thread)
    #expect(!thread.isCurrent)
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for number in 0..<200 {
        group.addTask {
          number.isMultiple(of: 2) ? try await store.insert(number) : try await store.suspendThenInsert(number)
        }
      }
      for try await onThread in group { #expect(onThread) }
    }
    #expect(try await store.count() == 200)
    #expect(await store.assumed())
    await store.close()
    await thread.shutDown()
  }

  @Test func `work given to it runs in the order it came`() async throws {
    let order = Order()
    for number in 0..<100 {
      let onThread = try await thread.run { [thread] in
        order.append(number)
        return thread.isCurrent
      }
      #expect(onThread)
    }
    #expect(order.numbers == Array(0..<100))
    await thread.shutDown()
  }

  @Test func `what the work throws is thrown`() async {
    struct Stop: Error {}
    await #expect(throws: Stop.self) { try await thread.run { throw Stop() } }
    await thread.shutDown()
  }

  /// More blocked actors than cores would stop every other task if they sat on the shared pool: the one that frees them too.
  @Test func `blocked actors do not hold up other tasks`() async throws {
    let semaphore = DispatchSemaphore(value: 0)
    let count = ProcessInfo.processInfo.activeProcessorCount * 2 + 2
    let stores = try (0..<count).map { try Store(path: folder.file("\($0)"), thread: DatabaseThread(name: "\($0)")) }
    await withTaskGroup(of: Void.self) { group in
      for store in stores { group.addTask { await store.block(until: semaphore) } }
      group.addTask { for _ in 0..<count { semaphore.signal() } }
    }
    for store in stores {
      await store.close()
      await store.thread.shutDown()
    }
  }

  @Test func `after it is shut down it takes no work, and nothing is left behind`() async throws {
    let done = Order()
    async let last: Void = thread.run { done.append(1) }
    try await last
    await thread.shutDown()
    await thread.shutDown()
    await #expect(throws: DatabaseThreadError.shutDown) { try await thread.run { done.append(2) } }
    #expect(done.numbers == [1])
  }

  @Test func `shutting down waits for what was given before`() async throws {
    let semaphore = DispatchSemaphore(value: 0)
    let done = Order()
    let started = DispatchSemaphore(value: 0)
    let first = Task {
      try await thread.run {
        started.signal()
        semaphore.wait()
        done.append(1)
      }
    }
    // The pool is not blocked by this: it is another plain thread that waits.
    await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        started.wait()
        continuation.resume()
      }
    }
    let ending = Task {
      await thread.shutDown()
      return done.numbers
    }
    semaphore.signal()
    #expect(await ending.value == [1])
    try await first.value
  }

  @Test func `an actor that outlives its thread's end still runs, one job at a time`() async throws {
    let store = try Store(path: folder.file("a"), thread: thread)
    #expect(try await store.insert(1))
    await thread.shutDown()
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for number in 0..<100 { group.addTask { try await store.suspendThenInsert(number) } }
      for try await onThread in group { #expect(onThread) }
    }
    #expect(try await store.count() == 101)
  }

  @Test func `a thread that nobody holds any more ends`() async throws {
    weak var held: DatabaseThread?
    do {
      let short = DatabaseThread(name: "short")
      held = short
      try await short.run {}
    }
    // The last job lets go of the thread object when it returns, which may be a moment after its result was given.
    let deadline = ContinuousClock.now + .seconds(30)
    while held != nil && ContinuousClock.now < deadline { await Task.yield() }
    #expect(held == nil)
  }
}

/// What happened, in order, from any thread.
private final class Order: Sendable {
  private let stored = Mutex<[Int]>([])

  func append(_ number: Int) { stored.withLock { $0.append(number) } }
  var numbers: [Int] { stored.withLock { $0 } }
}
