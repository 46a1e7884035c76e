import Foundation
import OffprintProcesses
import OffprintTesting
import OffprintWire
import OffprintLocks
import Testing

/// Writers and readers at one log, and a server that is killed under them (G7). `OFFPRINT_KILLS` asks for the long form.
@Suite(.serialized) struct ConcurrentLogTests {
  private static let writers = 8
  private static let readers = 2
  private static let recordsPerPush = 20

  /// What all of them share.
  private final class Run: Sendable {
    struct State {
      /// The number each acknowledged record was given.
      var acknowledged: [RecordID: Int64] = [:]
      var writersLeft = ConcurrentLogTests.writers
      var failures: [String] = []
    }
    let state = Mutex(State())

    func note(_ failure: String) { state.withLock { $0.failures.append(failure) } }
    var isWriting: Bool { state.withLock { $0.writersLeft > 0 } }
    var count: Int { state.withLock { $0.acknowledged.count } }
  }

  @Test func `readers beside eight writers and kills skip no commit, and numbers only rise`() async throws {
    let edits = CrashRun.isFull ? 100_000 : 6_400
    var generator = SeededGenerator(seed: CrashRun.seed, case: 7)
    let world = try RealWorld()
    let port = try #require(UInt16(world.url.split(separator: ":").last ?? ""))
    let run = Run()
    let each = edits / Self.writers
    var kills = 0
    let seen = try await withThrowingTaskGroup(of: [RecordID: Int64]?.self) { group in
      for index in 0..<Self.writers {
        let device = try await StoreDevice(port: port)
        let writer = Writer(device: device, index: index, records: each)
        group.addTask { [writer] in
          do { try await writer.write(run) } catch { run.note("writer \(index): \(error)") }
          run.state.withLock { $0.writersLeft -= 1 }
          return nil
        }
      }
      for index in 0..<Self.readers {
        let reader = Reader(device: try await StoreDevice(port: port))
        group.addTask { [reader] in
          do { return try await reader.read(run) } catch {
            run.note("reader \(index): \(error)")
            return [:]
          }
        }
      }
      // Kills come by what was done, not by the clock, so that a busy machine gets as many.
      var next = edits / 20
      while run.isWriting {
        try await Task.sleep(for: .milliseconds(Int(5 + generator.next() % 40)))
        guard run.count >= next, kills < 200 else { continue }
        next = run.count + max(200, edits / (CrashRun.isFull ? 60 : 10))
        world.stop(SIGKILL)
        try world.start()
        kills += 1
      }
      var seen: [[RecordID: Int64]] = []
      for try await result in group { if let result { seen.append(result) } }
      return seen
    }
    #expect(run.state.withLock { $0.failures } == [], "seed \(CrashRun.seed)")
    let acknowledged = run.state.withLock { $0.acknowledged }
    #expect(acknowledged.count == each * Self.writers)
    #expect(Set(acknowledged.values).count == acknowledged.count, "no number was given twice")
    #expect(seen.count == Self.readers)
    for read in seen {
      let missed = acknowledged.filter { read[$0.key] != $0.value }
      #expect(missed.isEmpty && read.count == acknowledged.count, "seed \(CrashRun.seed): \(missed.count) missed")
    }
    #expect(kills > 3)
    CrashRun.report("\(acknowledged.count) edits of 8 writers, \(kills) kills, 2 readers: 0 missed, numbers rise")
  }

  /// One writer. `@unchecked Sendable`: moved into the one task that uses it.
  private final class Writer: @unchecked Sendable {
    private let device: StoreDevice
    private let index: Int
    private let records: Int
    private var n: Int64 = 0

    init(device: StoreDevice, index: Int, records: Int) {
      self.device = device
      self.index = index
      self.records = records
    }

    func write(_ run: Run) async throws {
      var cursor: String?
      var done = 0
      var tries = 0
      while done < records {
        do {
          if cursor == nil { cursor = try await Self.end(device.page(since: nil, limit: 1)).cursor }
          let batch = Array(done..<min(done + ConcurrentLogTests.recordsPerPush, records))
          let answer = try await device.send("POST", "/v1/sync", body: body(batch, cursor: cursor))
          if answer.status == 503 { continue }
          guard answer.status == 200 else { throw RealWorld.Failure(text: "\(answer.status) \(answer.text)") }
          let lines = try StoreDevice.lines(answer)
          try take(lines, count: batch.count, run)
          cursor = try Self.end(lines).cursor
          done += batch.count
          tries = 0
        } catch is RawClient.Failure {
          // The server is away; what was sent is sent anew, as a later push.
          tries += 1
          guard tries < 2_000 else { throw RealWorld.Failure(text: "the server stays away") }
          try await Task.sleep(for: .milliseconds(10))
        }
      }
    }

    private func take(_ lines: [SyncAnswerLine], count: Int, _ run: Run) throws {
      var results = 0
      for case .result(let result) in lines {
        guard case .stored(_, let number, _) = result.outcome, let key = result.key else {
          throw RealWorld.Failure(text: "refused: \(result.outcome)")
        }
        results += 1
        run.state.withLock { $0.acknowledged[key.id] = number }
      }
      guard results == count else { throw RealWorld.Failure(text: "\(results) results of \(count)") }
    }

    private func body(_ batch: [Int], cursor: String?) -> [UInt8] {
      n += 1
      let replica = ReplicaID(bits: UInt64(index + 1))
      let records = batch.map { low in
        let stamp = Stamp(milliseconds: 1_700_000_000_000 + UInt64(low), counter: 0, replica: replica)
        let title = RegisterMap.Entry(.title, Register(stamp: stamp, value: CanonicalValue(.string("No. \(low)"))))
        let key = RecordKey(.article, RecordID(high: UInt64(index + 1), low: UInt64(low)))
        return PushedRecord(record: Record(key: key, registers: RegisterMap([title])), new: [.title], again: false)
      }
      return SyncRequest.encode(
        cursor: cursor, limit: 1, replica: replica, n: n, nonce: FixedHex.text(UInt64(n), digits: 16),
        records: records)
    }

    static func end(_ lines: [SyncAnswerLine]) throws -> PageEnd {
      guard case .end(let end)? = lines.last else { throw RealWorld.Failure(text: "a page without its end") }
      return end
    }
  }

  /// One reader. `@unchecked Sendable`: moved into the one task that uses it.
  private final class Reader: @unchecked Sendable {
    private let device: StoreDevice

    init(device: StoreDevice) { self.device = device }

    /// Reads along until nobody writes and the head is reached; gives every record with its number.
    func read(_ run: Run) async throws -> [RecordID: Int64] {
      var seen: [RecordID: Int64] = [:]
      var cursor: String?
      var last: Int64 = 0
      while true {
        let wasWriting = run.isWriting
        let lines: [SyncAnswerLine]
        do { lines = try await device.page(since: cursor, limit: 97) } catch is RawClient.Failure {
          try await Task.sleep(for: .milliseconds(10))
          continue
        }
        for case .record(let record, let number) in lines {
          guard number > last else { throw RealWorld.Failure(text: "number \(number) comes behind \(last)") }
          guard seen.updateValue(number, forKey: record.key.id) == nil else {
            throw RealWorld.Failure(text: "\(record.key) comes twice")
          }
          last = number
        }
        let end = try Writer.end(lines)
        guard end.number >= last else { throw RealWorld.Failure(text: "the cursor lies before its records") }
        last = end.number
        cursor = end.cursor
        if !end.more, !wasWriting { return seen }
      }
    }
  }
}
