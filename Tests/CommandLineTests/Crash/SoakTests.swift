import Foundation
import OffprintProcesses
import OffprintTesting
import OffprintWire
import Testing

/// Many devices at once for a long time, and a server that is killed again and again. `OFFPRINT_SOAK` says for how many
/// seconds: then 64 devices take part.
@Suite(.serialized) struct SoakTests {
  private static let accounts = ["ana", "ben", "cem", "dora"]
  /// Addresses that the devices of one account share, so that they meet at the same articles.
  private static let addresses = 300

  /// What one device does: seeded, so that a run's mixture can be had again.
  private struct Device {
    let client: CrashClient
    let account: String
    var generator: SeededGenerator
    var counts = Counts()

    private mutating func pick(_ count: Int) -> Int { Int(generator.next() % UInt64(count)) }

    /// Edits and syncs until it is told to stop; a server that is away keeps nobody from editing.
    mutating func run(_ run: CrashThreads, _ said: SoakFigures) throws {
      while !run.isStopping {
        for _ in 0..<(1 + pick(4)) {
          let words = edit()
          let ended = try client.run(words)
          // 18: the article is not here, or deleted meanwhile.
          guard [0, 18].contains(ended.status) else { return run.note("\(client.library): \(words): \(ended)") }
          if ended.status == 0 { counts.edits += 1 }
        }
        var sync = try client.call("sync")
        if sync.status == 15 {
          counts.brakes += 1
          sync = try client.call("sync", "--allow-deletes")
        }
        switch sync.status {
        case 0: counts.syncs += 1
        case 11: counts.away += 1
        default: return run.note("\(client.library): sync: \(sync)")
        }
      }
      said.add(counts)
    }

    private mutating func edit() -> [String] {
      let url = "https://\(account).example/\(pick(SoakTests.addresses))"
      let id = PageAddress(url).map { "\($0.articleID)" } ?? ""
      return switch pick(20) {
      case 0..<6: ["add", url, "--title", "Title \(pick(1_000))", "--tag", "tag-\(pick(9))"]
      case 6..<9: ["progress", id, "\(pick(101))%"]
      case 9..<12: ["tag", id, "+tag-\(pick(9))", "-tag-\(pick(9))"]
      case 12..<15: ["bookmark", "add", id, "--at", "0.\(pick(10))", "--note", "note \(pick(1_000))"]
      case 15: ["archive", id]
      case 16: ["unarchive", id]
      case 17: ["edit", id, "--title", "Title \(pick(1_000))"]
      case 18: ["delete", id]
      default: ["undelete", id]
      }
    }
  }

  struct Counts {
    var edits = 0
    var syncs = 0
    var away = 0
    var brakes = 0
  }

  @Test func `devices at once under kills of the server end equal, and its memory stays flat`() throws {
    let asked = ProcessInfo.processInfo.environment["OFFPRINT_SOAK"].flatMap { Double($0) }
    let seconds = asked ?? 8
    let devices = asked == nil ? 8 : 64
    var generator = SeededGenerator(seed: CrashRun.seed, case: 3)
    let world = try RealWorld(users: Self.accounts)
    let run = CrashThreads()
    let figures = SoakFigures()
    let names = (0..<devices).map { (name: "device-\($0)", account: Self.accounts[$0 % Self.accounts.count]) }
    for (name, account) in names {
      let login = try world.client(
        name, "login", world.url, "--user", account, "--password-stdin", "--device", name, input: RealWorld.password)
      #expect(login.status == 0, "\(login)")
    }
    for (index, (name, account)) in names.enumerated() {
      let client = world.crashClient(name)
      let seed = SeededGenerator(seed: CrashRun.seed, case: 100 + index)
      run.start {
        var device = Device(client: client, account: account, generator: seed)
        try device.run($0, figures)
      }
    }
    let began = Date()
    var kills = 0
    while Date().timeIntervalSince(began) < seconds * 0.6 {
      Thread.sleep(forTimeInterval: min(seconds / 10, 0.5 + Double(generator.next() % 20_000) / 1_000))
      #expect(world.stop(SIGKILL)?.status == -SIGKILL)
      try world.start()
      kills += 1
    }
    // One long life, to see what it does to memory.
    let memory = figures.watch(try #require(world.server?.processID), until: began.addingTimeInterval(seconds))
    let failures = run.stop()
    #expect(failures.isEmpty, "seed \(CrashRun.seed): \(failures)")
    for _ in 0..<2 { for (name, _) in names { #expect(try settle(world.crashClient(name)) == 0, "\(name)") } }
    for account in Self.accounts { try world.expectEqual(names.filter { $0.account == account }.map(\.name)) }
    #expect(
      try RealProcess.run(RealProgram.path("offprintd"), ["check", "--data", world.folder.file("server")]).status == 0)
    #expect(memory.late <= memory.early + 32 << 20, "\(memory)")
    let counts = figures.counts
    #expect(counts.syncs > 0 && counts.edits > 0)
    CrashRun.report(
      "soak: \(devices) devices of \(Self.accounts.count) accounts, \(Int(seconds)) s, \(kills) kills, \(counts.edits) edits,"
        + " \(counts.syncs) syncs, \(counts.away) syncs without a server, \(counts.brakes) brakes; all equal; memory"
        + " \(memory.early >> 20) MiB early, \(memory.late >> 20) MiB late in a life of \(Int(memory.seconds)) s")
  }

  /// Syncs what is left, and says how it ended.
  private func settle(_ client: CrashClient) throws -> Int32 {
    let sync = try client.call("sync")
    return sync.status == 15 ? try client.call("sync", "--allow-deletes").status : sync.status
  }
}

/// What the devices counted, and the server's memory.
private final class SoakFigures: @unchecked Sendable {
  // Sendable because every access of what changes holds the lock.
  private let lock = NSLock()
  private var sum = SoakTests.Counts()

  var counts: SoakTests.Counts { lock.withLock { sum } }

  func add(_ counts: SoakTests.Counts) {
    lock.withLock {
      sum.edits += counts.edits
      sum.syncs += counts.syncs
      sum.away += counts.away
      sum.brakes += counts.brakes
    }
  }

  /// The most memory in the second and in the last quarter of the time until then; the first is for warming up.
  func watch(_ process: Int32, until end: Date) -> (early: Int, late: Int, seconds: Double) {
    let began = Date()
    let whole = end.timeIntervalSince(began)
    var early = 0
    var late = 0
    while Date() < end {
      let part = Date().timeIntervalSince(began) / whole
      let now = ProcessMemory.residentBytes(of: process)
      if (0.25..<0.5).contains(part) { early = max(early, now) }
      if part >= 0.75 { late = max(late, now) }
      usleep(100_000)
    }
    return (early, late, whole)
  }
}
