import Foundation
import OffprintTesting
import OffprintProcesses
import Testing

/// The server killed by `kill -9` under load. `OFFPRINT_KILLS` sets how often; the kills' moments follow the printed seed.
@Suite(.serialized) struct ServerCrashTests {
  /// What the devices know to be on the server: a sync that ended with 0 has acknowledged it.
  private final class Acknowledged: @unchecked Sendable {
    // Sendable because every access holds the lock.
    private let lock = NSLock()
    private var addresses: Set<String> = []
    private var syncs = 0

    func add(_ new: Set<String>) {
      lock.withLock {
        addresses.formUnion(new)
        syncs += 1
      }
    }
    var all: Set<String> { lock.withLock { addresses } }
    var count: Int { lock.withLock { syncs } }
  }

  /// Adds and syncs until told to stop; never stops at a server that is away.
  private static func push(_ client: CrashClient, _ name: String, _ acknowledged: Acknowledged, _ run: CrashThreads)
    throws
  {
    var waiting: Set<String> = []
    var index = 0
    while !run.isStopping {
      for _ in 0..<2 {
        let url = "https://example.org/\(name)/\(index)"
        index += 1
        let added = try client.call("add", url, "--title", "No. \(index)", "--tag", name)
        guard added.status == 0 else { return run.note("\(name): \(added)") }
        waiting.insert(url)
      }
      let sync = try client.call("sync")
      switch sync.status {
      case 0:
        acknowledged.add(waiting)
        waiting = []
      case 11: continue
      default: return run.note("\(name): \(sync)")
      }
    }
  }

  @Test func `kill -9 of the server under four pushing clients loses no acknowledged edit, and all end equal`() throws {
    let kills = CrashRun.kills(short: 12)
    var generator = SeededGenerator(seed: CrashRun.seed, case: 1)
    let world = try RealWorld()
    let names = ["one", "two", "three", "four"]
    for name in names + ["fresh"] { #expect(try world.signIn(name).status == 0) }
    let acknowledged = Acknowledged()
    let run = CrashThreads()
    for name in names {
      let client = world.crashClient(name)
      run.start { try Self.push(client, name, acknowledged, $0) }
    }
    for _ in 0..<kills {
      usleep(UInt32(20_000 + generator.next() % 500_000))
      #expect(world.stop(SIGKILL)?.status == -SIGKILL)
      try world.start()
    }
    // Programs slowed by a sanitizer may not end one sync between two kills: this server lives until one has.
    try world.wait(for: "a sync that ended") { acknowledged.count > 0 }
    let failures = run.stop()
    #expect(failures.isEmpty, "seed \(CrashRun.seed): \(failures)")

    // A device that never saw any of it asks the server alone, before those that wrote could mend anything.
    #expect(try world.client("fresh", "sync").status == 0)
    let there = try world.crashClient("fresh").addresses()
    #expect(acknowledged.all.subtracting(there) == [], "seed \(CrashRun.seed)")
    #expect(acknowledged.count > 0, "some syncs ended")
    for _ in 0..<2 { for name in names + ["fresh"] { #expect(try world.client(name, "sync").status == 0) } }
    try world.expectEqual(names + ["fresh"])
    CrashRun.report(
      "\(kills) kills of the server, \(acknowledged.count) syncs acknowledged \(acknowledged.all.count) articles, 0 lost"
    )
  }

  @Test func `a push whose answer was lost with the server changes nothing when it comes again`() throws {
    let kills = CrashRun.isFull ? CrashRun.kills(short: 10) * 5 / 2 : 10
    let world = try RealWorld(variables: ["OFFPRINTD_TEST_KILL_AT": "1"])
    for device in ["phone", "tablet"] { #expect(try world.signIn(device).status == 0) }
    for index in 0..<kills {
      #expect(try world.client("phone", "add", "https://example.org/\(index)").status == 0)
      #expect(try world.client("phone", "sync").status == 11, "the answer is lost with the server")
      #expect(world.stop(SIGKILL)?.status == -SIGKILL)
      let before = try world.serverState()
      #expect(before.first == Int64(index + 1), "the push was committed")
      // The second push of the next server, the one after the repeat, is again the one that is lost.
      try world.start(variables: ["OFFPRINTD_TEST_KILL_AT": "2"])
      let again = try world.client("phone", "sync")
      #expect(again.status == 0, "\(again)")
      #expect(try world.serverState() == before, "no number, no digest moved")
    }
    #expect(try world.client("tablet", "sync").status == 0)
    try world.expectEqual(["phone", "tablet"])
    CrashRun.report(
      "\(kills) answers lost between commit and answer, head and digest alike before and after each repeat")
  }

  @Test func `a server that was killed starts again within a second`() throws {
    let isFull = CrashRun.isFull
    let articles = isFull ? 100_000 : 2_000
    let world = try RealWorld(starts: false)
    try LargeAccount.fill(world.folder.file("server"), articles: articles)
    try world.start()
    var times: [Double] = []
    for round in 0..<(isFull ? 40 : 6) {
      // A write that is still in the log when the server dies.
      #expect(try world.signIn("device-\(round)").status == 0)
      world.stop(SIGKILL)
      let began = ContinuousClock.now
      try world.start()
      times.append(began.duration(to: .now) / .seconds(1))
    }
    times.sort()
    let p95 = times[times.count * 95 / 100]
    // A figure and no verdict: how busy the machine is does not make the server wrong.
    CrashRun.report(
      "start after a crash with \(articles) articles: median \(times[times.count / 2]) s, p95 \(p95) s")
  }
}
