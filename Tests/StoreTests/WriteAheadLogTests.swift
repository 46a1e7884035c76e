import Foundation
import OffprintGzip
import OffprintLocks
import OffprintSQLite
import OffprintServer
import OffprintTesting
import OffprintWire
import Testing

/// Readers that never let go, and the size of the write-ahead log (G26).
@Suite(.serialized) struct WriteAheadLogTests {
  private static let limit = 64 << 20

  /// Uploads contents, and gives the log's greatest size.
  private func write(_ bench: StoreBench, mebibytes: Int, each: Int = 1) throws -> Int {
    var generator = SeededGenerator(seed: runSeed, case: mebibytes)
    var greatest = 0
    for _ in 0..<mebibytes / each {
      let bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: generator.next()), count: each << 20)
      let fragment = Fragment(bytes: bytes, crc32: 0, size: bytes.count)
      let hash = generator.bytes(32)
      try bench.store.write(.request(bytes: bytes.count)) {
        try $0.addContent(hash, fragment, of: bench.account, at: 1)
      }
      greatest = max(greatest, bench.logBytes)
      bench.advance(milliseconds: 100)
    }
    return greatest
  }

  @Test func `a reader that never lets go is cut off, and the log stays within 64 MiB`() throws {
    let bench = try StoreBench()
    let threads = StoreThreads()
    // One in each round: a snapshot that is read from again and again, until that throws.
    threads.start("reader") {
      try bench.store.read { reader in
        while true { _ = try reader.log(of: bench.account) }
      }
    }
    let greatest = try write(bench, mebibytes: 160)
    threads.join()
    #expect(threads.failures["reader"] == "\(StoreError.cutOff)")
    #expect(greatest <= Self.limit, "\(greatest) bytes")
    #expect(greatest > 1 << 20)
    #expect(bench.events.isEmpty)
    bench.store.close()
    #expect(bench.logBytes == 0)
  }

  @Test func `contents of the greatest size with readers all the time keep the log within 64 MiB`() throws {
    let bench = try StoreBench()
    let threads = StoreThreads()
    let isDone = Flag()
    for index in 0..<3 {
      threads.start("reader \(index)") {
        // Readers that follow one another and overlap: there is never a moment without one.
        while !isDone.isSet {
          do {
            try bench.store.read { reader in
              for _ in 0..<2_000 where !isDone.isSet { _ = try reader.log(of: bench.account) }
            }
          } catch StoreError.cutOff {}
        }
      }
    }
    let greatest = try write(bench, mebibytes: 256, each: 32)
    isDone.set()
    threads.join()
    #expect(threads.failures.isEmpty, "\(threads.failures)")
    #expect(greatest <= Self.limit, "\(greatest) bytes")
    bench.store.close()
  }

  private static let soakSeconds = ProcessInfo.processInfo.environment["OFFPRINT_SOAK"].flatMap { Double($0) }

  /// OFFPRINT_SOAK: for so many seconds, in small writes.
  @Test func `a reader that begins again whenever it is cut off keeps the log within 64 MiB`() throws {
    let each = Self.soakSeconds == nil ? 1 << 20 : 64 << 10
    let bench = try StoreBench()
    let threads = StoreThreads()
    let isDone = Flag()
    let cuts = Mutex(0)
    // Each holds one snapshot until it is cut off, and then takes the next.
    threads.start("reader") {
      while !isDone.isSet {
        do {
          try bench.store.read { reader in while !isDone.isSet { _ = try reader.log(of: bench.account) } }
        } catch StoreError.cutOff { cuts.withLock { $0 += 1 } }
      }
    }
    var generator = SeededGenerator(seed: runSeed, case: 26)
    let began = Date()
    var last = began
    var (greatest, writes) = (0, 0)
    while Self.soakSeconds.map({ Date().timeIntervalSince(began) < $0 }) ?? (writes < 200) {
      let bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: generator.next()), count: each)
      let fragment = Fragment(bytes: bytes, crc32: 0, size: each)
      let hash = generator.bytes(32)
      try bench.store.write(.request(bytes: fragment.size)) {
        try $0.addContent(hash, fragment, of: bench.account, at: 1)
      }
      writes += 1
      greatest = max(greatest, bench.logBytes)
      // The store's time is the machine's.
      bench.advance(milliseconds: Int64(Date().timeIntervalSince(last) * 1_000))
      last = Date()
    }
    isDone.set()
    threads.join()
    #expect(threads.failures.isEmpty, "\(threads.failures)")
    #expect(greatest <= Self.limit, "\(greatest) bytes")
    #expect(writes > 0 && cuts.withLock { $0 } > 0)
    print(
      "\(writes) writes of \(each >> 10) KiB in \(Int(Date().timeIntervalSince(began))) s beside a reader that was cut off"
        + " \(cuts.withLock { $0 }) times: the log had \(greatest >> 20) MiB at most")
    bench.store.close()
  }

  // `@unchecked Sendable`: every access holds the lock.
  private final class Flag: @unchecked Sendable {
    private let lock = NSLock()
    private var value = false
    var isSet: Bool { lock.withLock { value } }
    func set() { lock.withLock { value = true } }
  }

  @Test
  func `a reader of another program holds the log; nothing is refused, the operator is told, and it shrinks after`()
    throws
  {
    let bench = try StoreBench()
    let other = try Connection(path: bench.folder.file("data/offprintd.sqlite"), role: .reader)
    defer { other.close() }
    try other.transaction(.deferred) {
      _ = try other.first("SELECT count(*) FROM account", []) { try $0.int64(0) }
      #expect(try write(bench, mebibytes: 80) > Self.limit)
    }
    guard case .logHeld(let bytes)? = bench.events.first else {
      Issue.record("the operator is not told")
      return
    }
    #expect(bytes >= Self.limit && bench.events.count == 1)
    _ = try write(bench, mebibytes: 12)
    #expect(bench.logBytes <= 32 << 20, "\(bench.logBytes)")
    bench.store.close()
  }

  @Test func `an answer that reads for longer than half a minute is cut off, and the next one is not`() throws {
    let bench = try StoreBench()
    #expect(throws: StoreError.cutOff) {
      try bench.store.read { reader in
        _ = try reader.log(of: bench.account)
        bench.advance(milliseconds: 29_999)
        _ = try reader.log(of: bench.account)
        bench.advance(milliseconds: 1)
        _ = try reader.log(of: bench.account)
      }
    }
    #expect(try bench.store.read { try $0.log(of: bench.account) } != nil)
    bench.store.close()
  }

  @Test func `what interrupted work left is removed at the start`() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: folder.file("data"), withIntermediateDirectories: true)
    let leftovers = ["data/heads.json.new", "data/offprintd.sqlite.partial"].map(folder.file)
    for path in leftovers { #expect(FileManager.default.createFile(atPath: path, contents: Data([1]))) }
    let store = try StoreSQLite(folder: folder.file("data"), use: .serving, random: { Array(repeating: 7, count: $0) })
    store.close()
    #expect(!leftovers.contains { FileManager.default.fileExists(atPath: $0) })
  }
}
