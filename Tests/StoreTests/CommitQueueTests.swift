import OffprintServer
import OffprintTesting
import OffprintWire
import OffprintLocks
import Testing

/// Writers that meet at the disk.
@Suite struct CommitQueueTests {
  private struct OnPurpose: Error {}

  /// Keeps the disk busy until so many writers wait, starts them, and lets all of them be committed.
  private func meet(_ bench: StoreBench, writers: [(String, @Sendable () throws -> Void)]) -> StoreThreads {
    let threads = StoreThreads()
    let count = writers.count
    let gate = Gate()
    threads.start("first") {
      try bench.store.write { _ in
        gate.open()
        guard StoreBench.wait(until: { bench.store.writesWaiting == count }) else { throw OnPurpose() }
      }
    }
    _ = StoreBench.wait { gate.isOpen }
    for (name, body) in writers { threads.start(name, body) }
    threads.join()
    return threads
  }

  private final class Gate: Sendable {
    private let state = Atomic<Bool>(false)
    func open() { state.store(true, ordering: .releasing) }
    var isOpen: Bool { state.load(ordering: .acquiring) }
  }

  @Test func `of writers committed together the one that fails undoes itself alone`() throws {
    let bench = try StoreBench()
    let threads = meet(
      bench,
      writers: (0..<40).map { index in
        (
          "\(index)",
          {
            try bench.store.write { transaction in
              try bench.put(UInt64(index), in: transaction)
              if index % 7 == 3 { throw OnPurpose() }
            }
          }
        )
      })
    #expect(Set(threads.failures.keys) == Set((0..<40).filter { $0 % 7 == 3 }.map { "\($0)" }))
    for index in 0..<40 { #expect(try bench.has(UInt64(index)) == (index % 7 != 3)) }
    let head = try bench.store.read { try $0.log(of: bench.account)?.position.head }
    #expect(head == 34, "those that failed took no number")
    bench.store.close()
  }

  @Test func `more writers than may wait are refused as busy, and nothing is stored of them`() throws {
    var limits = StoreSQLite.Limits()
    limits.writesWaiting = 5
    let bench = try StoreBench(limits: limits)
    let threads = StoreThreads()
    let gate = Gate()
    let end = Gate()
    threads.start("first") {
      try bench.store.write { _ in
        gate.open()
        _ = StoreBench.wait { end.isOpen }
      }
    }
    #expect(StoreBench.wait { gate.isOpen })
    for index in 0..<5 {
      threads.start("\(index)") { try bench.store.write { _ = try bench.put(UInt64(index), in: $0) } }
    }
    #expect(StoreBench.wait { bench.store.writesWaiting == 5 })
    #expect(throws: StoreError.busy) { try bench.store.write { _ = try bench.put(99, in: $0) } }
    end.open()
    threads.join()
    #expect(threads.failures.isEmpty)
    #expect(try !bench.has(99))
    try bench.store.write { _ = try bench.put(99, in: $0) }
    #expect(try bench.has(99), "there is room again")
    bench.store.close()
  }

  @Test func `upkeep lets every request go first, and is told that some wait`() throws {
    let bench = try StoreBench()
    final class Order: Sendable {
      let names = Mutex<[String]>([])
      func add(_ name: String) { names.withLock { $0.append(name) } }
    }
    let order = Order()
    let wasTold = Gate()
    var writers: [(String, @Sendable () throws -> Void)] = [
      ("upkeep", { try bench.store.write(.background) { _ in order.add("upkeep") } })
    ]
    for index in 0..<10 {
      writers.append(
        ("\(index)", { try bench.store.write { _ in order.add("request") } }))
    }
    _ = meet(bench, writers: writers)
    #expect(order.names.withLock { $0 } == Array(repeating: "request", count: 10) + ["upkeep"])

    let threads = StoreThreads()
    threads.start("upkeep") {
      try bench.store.write(.background) { transaction in
        #expect(!transaction.othersWait)
        threads.start("request") { try bench.store.write { _ in } }
        if StoreBench.wait(until: { transaction.othersWait }) { wasTold.open() }
      }
    }
    threads.join()
    #expect(wasTold.isOpen)
    bench.store.close()
  }

  @Test func `what waits when the store is closed is written, and what comes later is refused`() throws {
    let bench = try StoreBench()
    let threads = StoreThreads()
    let gate = Gate()
    threads.start("first") {
      try bench.store.write { _ in
        gate.open()
        guard StoreBench.wait(until: { bench.store.writesWaiting == 20 }) else { throw OnPurpose() }
        threads.start("close") { bench.store.close() }
        guard StoreBench.wait(until: { bench.store.writesWaiting == 21 }) else { throw OnPurpose() }
      }
    }
    #expect(StoreBench.wait { gate.isOpen })
    for index in 0..<20 {
      threads.start("\(index)") { try bench.store.write { _ = try bench.put(UInt64(index), in: $0) } }
    }
    threads.join()
    #expect(threads.failures.isEmpty, "\(threads.failures)")
    #expect(throws: StoreError.self) { try bench.store.write { _ = try bench.put(50, in: $0) } }
    let store = try StoreSQLite(
      folder: bench.folder.file("data"), use: .serving, random: { Array(repeating: 7, count: $0) })
    defer { store.close() }
    #expect(try store.read { try $0.log(of: bench.account)?.position.head } == 20)
  }
}
