import OffprintProcesses
import Foundation
import OffprintSQLite
import OffprintTesting

/// What the crash tests share: their seed, how many kills they try, and a client that any thread may call.
enum CrashRun {
  /// What every random choice follows from: `OFFPRINT_SEED`, or else a new seed, printed at the start.
  static let seed: UInt64 = {
    let seed = SeededGenerator.seed(else: .random(in: .min ... .max))
    FileHandle.standardError.write(Data("CrashTests: OFFPRINT_SEED=\(seed)\n".utf8))
    return seed
  }()

  /// How many kills: `OFFPRINT_KILLS`, or else the short form's.
  static func kills(short: Int) -> Int {
    ProcessInfo.processInfo.environment["OFFPRINT_KILLS"].flatMap { Int($0) } ?? short
  }

  /// Whether this is a long run.
  static var isFull: Bool { ProcessInfo.processInfo.environment["OFFPRINT_KILLS"] != nil }

  /// Says on standard error what a run came to, as the tests' report wants figures.
  static func report(_ text: String) { FileHandle.standardError.write(Data("CrashTests: \(text)\n".utf8)) }
}

/// One device's library; a value, so that threads of a test may each have one.
struct CrashClient: Sendable {
  let library: String

  func call(_ arguments: String..., input: String = "") throws -> Ended {
    try RealProcess.run(RealProgram.path("offprint"), ["--library", library] + arguments, input: input)
  }

  func run(_ arguments: [String]) throws -> Ended {
    try RealProcess.run(RealProgram.path("offprint"), ["--library", library] + arguments)
  }

  func begin(_ arguments: [String]) throws -> RealProcess {
    try RealProcess(RealProgram.path("offprint"), ["--library", library] + arguments)
  }

  /// The addresses of all live articles.
  func addresses() throws -> Set<String> {
    let list = try call("list", "--all", "--json")
    guard list.status == 0 else { throw RealWorld.Failure(text: "\(list)") }
    return Set(
      list.output.split(separator: "\n").compactMap {
        $0.components(separatedBy: "\"url\":\"").dropFirst().first?.components(separatedBy: "\"").first
      })
  }
}

extension RealWorld {
  func crashClient(_ device: String) -> CrashClient { CrashClient(library: folder.file(device)) }

  /// Head and digest of the only account, read from the server's database itself.
  func serverState() throws -> [Int64] {
    let reader = try Connection(path: folder.file("server/offprintd.sqlite"), role: .reader)
    defer { reader.close() }
    return try reader.query("SELECT head, live_count, live_sum FROM account") { row in
      [try row.int64(0), try row.int64(1), try row.int64(2)]
    }.first ?? []
  }
}

/// Runs bodies on threads of their own, since they block, and waits for all of them.
final class CrashThreads: @unchecked Sendable {
  // Sendable because every access holds the lock.
  private let lock = NSLock()
  private var failures: [String] = []
  private var mustStop = false
  private let group = DispatchGroup()

  var isStopping: Bool { lock.withLock { mustStop } }

  func start(_ body: @escaping @Sendable (CrashThreads) throws -> Void) {
    group.enter()
    Thread.detachNewThread {
      do { try body(self) } catch { self.note("\(error)") }
      self.group.leave()
    }
  }

  func note(_ failure: String) { lock.withLock { failures.append(failure) } }

  /// Lets the bodies end and gives what went wrong in them.
  func stop() -> [String] {
    lock.withLock { mustStop = true }
    group.wait()
    return lock.withLock { failures }
  }
}
