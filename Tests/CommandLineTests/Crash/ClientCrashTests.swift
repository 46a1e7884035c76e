import Foundation
import OffprintTesting
import Testing

/// The client killed by `kill -9`. `OFFPRINT_KILLS` sets how often; the kills' moments follow the printed seed.
@Suite(.serialized) struct ClientCrashTests {
  /// What calls said was done, before they were killed.
  private struct Said {
    var saved: Set<String> = []
    var deleted: Set<String> = []
    var titles: [String: String] = [:]
  }

  @Test func `kill -9 of the client at any moment of edits and syncs keeps every edit that it called saved`() throws {
    let kills = CrashRun.kills(short: 25)
    var generator = SeededGenerator(seed: CrashRun.seed, case: 2)
    let world = try RealWorld()
    for device in ["phone", "tablet"] { #expect(try world.signIn(device).status == 0) }
    let phone = world.crashClient("phone")
    // Kills are spread over the whole life of a call, a little beyond its end.
    let began = ContinuousClock.now
    #expect(try phone.call("add", "https://example.org/first").status == 0)
    let span = UInt64(1_300_000 * (began.duration(to: .now) / .seconds(1)))
    var said = Said()
    said.saved.insert("https://example.org/first")
    var killed = 0
    for index in 0..<kills {
      let url = "https://example.org/\(index)"
      let isSync = index % 4 == 3
      let call = try phone.begin(isSync ? ["sync"] : ["add", url, "--title", "No. \(index)", "--tag", "t"])
      usleep(UInt32(generator.next() % max(span, 1)))
      call.send(SIGKILL)
      let ended = call.wait()
      if ended.status == -SIGKILL { killed += 1 }
      if !isSync, ended.output.contains("saved") { said.saved.insert(url) }
      guard index % 5 == 4 else { continue }
      // Nobody repairs anything: the next call simply opens what is there.
      let there = try phone.addresses()
      #expect(said.saved.subtracting(there) == [], "seed \(CrashRun.seed), kill \(index)")
    }
    let sync = try phone.call("sync")
    #expect(sync.status == 0, "\(sync)")
    #expect(try world.client("tablet", "sync").status == 0)
    #expect(try phone.call("sync").status == 0)
    #expect(said.saved.subtracting(try world.crashClient("tablet").addresses()) == [], "seed \(CrashRun.seed)")
    try world.expectEqual(["phone", "tablet"])
    CrashRun.report(
      "\(killed) of \(kills) calls of the client killed, \(said.saved.count) said to be saved, 0 lost")
  }

  @Test func `a library and a server that were killed while their database was made are made by the next call`() throws
  {
    let folder = try TemporaryFolder()
    // What a kill in the first transaction of a new file leaves: pages of it in the file, and the journal to undo them.
    let script = """
      import os, sqlite3, sys
      base = sqlite3.connect(sys.argv[1], isolation_level=None)
      base.execute('PRAGMA cache_size=1'); base.execute('BEGIN'); base.execute('CREATE TABLE t(x)')
      for _ in range(200): base.execute('INSERT INTO t VALUES(zeroblob(4000))')
      os.kill(os.getpid(), 9)
      """
    for name in ["library/library.sqlite", "server/offprintd.sqlite"] {
      let path = folder.file(name)
      try FileManager.default.createDirectory(
        atPath: String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)]), withIntermediateDirectories: true)
      #expect(try RealProcess.run("/usr/bin/env", ["python3", "-c", script, path]).status == -SIGKILL)
      #expect(FileManager.default.fileExists(atPath: path + "-journal"))
    }
    let marker =
      "{\"application\":\"offprint\",\"clean\":false,\"complete\":false,\"id\":\"\(String(repeating: "0a", count: 16))\"}"
    try Data(marker.utf8).write(to: URL(fileURLWithPath: folder.file("library/library.json")))
    let client = CrashClient(library: folder.file("library"))
    let added = try client.call("add", "https://example.org/first")
    #expect(added.status == 0, "\(added)")
    #expect(try client.addresses() == ["https://example.org/first"])
    let user = try RealProcess.run(
      RealProgram.path("offprintd"), ["user", "add", "ana", "--password-stdin", "--data", folder.file("server")],
      input: RealWorld.password)
    #expect(user.status == 0, "\(user)")
  }

  @Test func `a library whose first call was killed is opened by the next one`() throws {
    let tries = CrashRun.kills(short: 12)
    var generator = SeededGenerator(seed: CrashRun.seed, case: 3)
    for index in 0..<tries {
      let folder = try TemporaryFolder()
      let client = CrashClient(library: folder.file("l"))
      let first = try client.begin(["add", "https://example.org/first"])
      usleep(UInt32(generator.next() % 60_000))
      first.send(SIGKILL)
      let said = first.wait().output.contains("saved")
      let second = try client.call("add", "https://example.org/second")
      #expect(second.status == 0, "seed \(CrashRun.seed), try \(index): \(second)")
      let there = try client.addresses()
      #expect(there.contains("https://example.org/second"))
      #expect(!said || there.contains("https://example.org/first"))
    }
  }
}
