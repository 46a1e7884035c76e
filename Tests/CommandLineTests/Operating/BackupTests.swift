import Foundation
import OffprintProcesses
import OffprintTesting
import Testing

/// Copies of the server's data, made while it runs, and put back.
@Suite(.serialized) struct BackupTests {
  /// Adds and syncs until told to stop; gives how many articles the server has acknowledged.
  private static func push(_ client: CrashClient, _ name: String, _ acknowledged: Acknowledged, _ run: CrashThreads)
    throws
  {
    var index = 0
    while !run.isStopping {
      index += 1
      let added = try client.call("add", "https://example.org/\(name)/\(index)", "--tag", name)
      let sync = try client.call("sync")
      guard added.status == 0, sync.status == 0 else { return run.note("\(name): \(added) \(sync)") }
      acknowledged.add()
    }
  }

  // Sendable because every access holds the lock.
  private final class Acknowledged: @unchecked Sendable {
    private let lock = NSLock()
    private var articles = 0

    func add() { lock.withLock { articles += 1 } }
    var count: Int { lock.withLock { articles } }
  }

  /// G28
  @Test func `every backup under load holds what was acknowledged before it began, and is whole when it is restored`()
    throws
  {
    let backups = CrashRun.isFull ? 100 : 10
    let world = try RealWorld()
    for device in ["one", "two"] { #expect(try world.signIn(device).status == 0) }
    let acknowledged = Acknowledged()
    let run = CrashThreads()
    for device in ["one", "two"] {
      let client = world.crashClient(device)
      run.start { try Self.push(client, device, acknowledged, $0) }
    }
    for index in 0..<backups {
      let before = acknowledged.count
      let copy = try world.backUp("copy-\(index).sqlite")
      let put = try RealProcess.run(
        RealProgram.path("offprintd"), ["restore", copy, "--data", world.folder.file("restored-\(index)"), "--json"])
      #expect(put.status == 0, "\(put)")
      let check = try RealProcess.run(
        RealProgram.path("offprintd"), ["check", "--data", world.folder.file("restored-\(index)"), "--json"])
      #expect(check.status == 0 && check.output.contains("\"damaged\":0"), "\(check)")
      let held = try DamagedFiles.rows(
        world.folder.file("restored-\(index)/offprintd.sqlite"), "SELECT count(*) FROM record WHERE type = 'article'")
      guard case .integer(let count)? = held.first?.first else { return #expect(Bool(false), "no count") }
      #expect(count >= before)
    }
    let failures = run.stop()
    #expect(failures.isEmpty, "\(failures)")
    #expect(acknowledged.count > 0)
    CrashRun.report("\(backups) backups under load, \(acknowledged.count) pushes meanwhile, each restored and whole")
  }

  /// G21
  @Test func `after an older backup was put back, devices that are ahead give the server everything again`() throws {
    let world = try RealWorld()
    for device in ["phone", "tablet"] { #expect(try world.signIn(device).status == 0) }
    let first = try world.page("first", seed: 1)
    #expect(try world.client("phone", "add", first).status == 0)
    #expect(try world.client("phone", "add", "https://example.org/doomed").status == 0)
    for device in ["phone", "tablet"] { #expect(try world.client(device, "sync").status == 0) }
    let backup = try world.backUp("old.sqlite")

    let second = try world.page("second", seed: 2)
    #expect(try world.client("phone", "add", second).status == 0)
    let ids = try world.client("phone", "list", "--all", "--json").output
    #expect(try world.client("phone", "sync").status == 0 && world.client("tablet", "sync").status == 0)
    let id = try #require(ids.split(separator: "\n").first { $0.contains("doomed") }?.identifier)
    #expect(try world.client("tablet", "delete", id).status == 0)
    for device in ["tablet", "phone"] { #expect(try world.client(device, "sync").status == 0) }
    let whole = try world.client("phone", "export").output

    // Twice the same backup: the second time the devices are in a log that the backup never heard of.
    for round in 1...2 {
      #expect(world.stop(SIGTERM)?.status == 0)
      let restored = try world.daemon("restore", backup)
      #expect(restored.status == 0, "\(restored)")
      try world.start()
      // An edit that no server has seen stays, too.
      #expect(try world.client("tablet", "add", "https://example.org/new/\(round)").status == 0)
      for device in ["tablet", "phone", "tablet", "phone"] {
        let sync = try world.client(device, "sync")
        #expect(sync.status == 0, "round \(round): \(sync)")
      }
      try world.expectEqual(["phone", "tablet"])
    }
    #expect(try world.client("phone", "list", "--all").output.contains("doomed") == false, "deleted stays deleted")
    // Whoever comes new gets all of it, texts too.
    #expect(try world.signIn("fresh").status == 0)
    let sync = try world.client("fresh", "sync")
    #expect(sync.status == 0 && sync.output.contains("fetched 2 texts"), "\(sync)")
    let exported = Set(try world.client("fresh", "export").output.split(separator: "\n"))
    #expect(exported.isSuperset(of: whole.split(separator: "\n").filter { !$0.contains("doomed") }))
    let aside = try FileManager.default.contentsOfDirectory(atPath: world.serverFolder)
      .filter { $0.hasPrefix("replaced-") }
    #expect(aside.count >= 1, "what was replaced is kept")
    #expect(try world.daemon("check").status == 0)
  }

  @Test func `a backup to standard output is the same database, and leaves nothing in the data folder`() throws {
    let world = try RealWorld()
    #expect(try world.signIn("phone").status == 0)
    #expect(try world.client("phone", "add", "https://example.org/1").status == 0)
    #expect(try world.client("phone", "sync").status == 0)
    let before = try FileManager.default.contentsOfDirectory(atPath: world.serverFolder).sorted()
    let ended = try RealProcess.run(
      "/bin/sh",
      [
        "-c",
        "umask 0; '\(RealProgram.path("offprintd"))' backup - --data '\(world.serverFolder)' | cat > streamed.sqlite",
      ], directory: world.folder.path)
    #expect(ended.status == 0 && ended.errors.contains("every one checked"), "\(ended)")
    let after = try FileManager.default.contentsOfDirectory(atPath: world.serverFolder).sorted()
    #expect(Set(after).subtracting(before) == ["copy.lock"] || after == before)
    #expect(
      try RealProcess.run(
        RealProgram.path("offprintd"),
        ["restore", world.folder.file("streamed.sqlite"), "--data", world.folder.file("other")]
      ).status == 0)
  }

  @Test func `a restore that is killed leaves the old data, or the new ones, or a server that does not start`() throws {
    let world = try RealWorld(starts: false)
    try LargeAccount.fill(world.serverFolder, articles: 3_000)
    let copy = try world.backUp("copy.sqlite")
    var generator = SeededGenerator(seed: CrashRun.seed, case: 8)
    var endings: [Int32] = []
    for _ in 0..<CrashRun.kills(short: 8) {
      let process = try RealProcess(RealProgram.path("offprintd"), ["restore", copy, "--data", world.serverFolder])
      usleep(UInt32(generator.next() % 300_000))
      process.send(SIGKILL)
      _ = process.wait()
      let check = try world.daemon("check")
      endings.append(check.status)
      #expect([0, 13].contains(check.status), "seed \(CrashRun.seed): \(check)")
      if check.status == 13 {
        #expect(check.errors.contains("gone"), "seed \(CrashRun.seed): \(check)")
        #expect(try world.daemon("restore", copy).status == 0)
      }
    }
    #expect(try world.daemon("check").status == 0)
    try world.start()
    CrashRun.report("\(endings.count) restores killed, the data whole after \(endings.count { $0 == 0 }) of them")
  }

  #if os(Linux)
    @Test func `a backup on a terminal shows how far it is, and nothing of that elsewhere`() throws {
      let world = try RealWorld(starts: false)
      try LargeAccount.fill(world.serverFolder, articles: 3_000)
      let terminal = try PseudoTerminal(
        RealProgram.path("offprintd"), ["backup", world.folder.file("a.sqlite"), "--data", world.serverFolder])
      #expect(try terminal.waitForEnd() == 0, "\(terminal.output)")
      #expect(
        terminal.output.contains("copying  [####") && terminal.output.contains("checking  1000"), "\(terminal.output)")
      #expect(try world.daemon("backup", world.folder.file("b.sqlite")).errors.isEmpty)
    }
  #endif

  @Test func `a backup that is killed leaves the earlier file as it was`() throws {
    let world = try RealWorld(starts: false)
    try LargeAccount.fill(world.serverFolder, articles: 5_000)
    let copy = try world.backUp("copy.sqlite")
    let hash = DamagedFiles.hash(copy)
    var generator = SeededGenerator(seed: CrashRun.seed, case: 7)
    for _ in 0..<CrashRun.kills(short: 6) {
      let process = try RealProcess(
        RealProgram.path("offprintd"), ["backup", copy, "--force", "--data", world.serverFolder])
      usleep(UInt32(generator.next() % 150_000))
      process.send(SIGKILL)
      _ = process.wait()
      let now = DamagedFiles.hash(copy)
      // Killed behind the last step, it is the new one, whole.
      if now != hash {
        #expect(
          try RealProcess.run(
            RealProgram.path("offprintd"), ["restore", copy, "--data", world.folder.file("r\(generator.next())")]
          ).status == 0)
      }
    }
    #expect(try world.daemon("backup", copy, "--force").status == 0)
    #expect(!FileManager.default.fileExists(atPath: copy + ".partial"))
  }
}

extension Substring {
  /// The id in a line of `list --json`.
  fileprivate var identifier: String? {
    String(self).components(separatedBy: "\"id\":\"").dropFirst().first.map { String($0.prefix { $0 != "\"" }) }
  }
}
