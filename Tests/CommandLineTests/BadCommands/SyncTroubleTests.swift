import Foundation
import OffprintTesting
import OffprintProcesses
import Testing

/// Syncs that cannot end as they should: stopped, in each other's way, led elsewhere, or needing a decision.
@Suite(.serialized) struct SyncTroubleTests {
  /// A device with one unsent edit, and a server that takes connections and answers nothing.
  private func stalled() throws -> RealWorld {
    let world = try RealWorld()
    #expect(try world.signIn("phone").status == 0)
    #expect(try world.client("phone", "sync").status == 0)
    #expect(try world.client("phone", "add", "https://example.org/kept").status == 0)
    world.server?.send(SIGSTOP)
    return world
  }

  /// Waits until a sync has begun: it has noted itself in the lock.
  private func waitForSync(_ world: RealWorld, _ sync: RealProcess) throws {
    let lock = world.folder.file("phone/sync.lock")
    let deadline = Date().addingTimeInterval(20)
    // Read, never tried: whoever tries a lock holds it for a moment, and a sync that begins then ends with 17.
    while (try? String(contentsOfFile: lock, encoding: .utf8)) != "\(sync.processID)" {
      guard sync.isRunning, Date() < deadline else { throw RealWorld.Failure(text: "no sync: \(sync.errors)") }
      usleep(20_000)
    }
  }

  @Test(arguments: [1, 2])
  func `Ctrl-C stops a sync with 130 and nothing is lost, a second one at once`(times: Int) throws {
    let world = try stalled()
    let sync = try world.begin("phone", "sync")
    try waitForSync(world, sync)
    let began = ContinuousClock.now
    for _ in 0..<times { sync.send(SIGINT) }
    let ended = sync.wait()
    #expect(ended.status == 130, "\(ended)")
    #expect(ended.output.isEmpty)
    #expect(began.duration(to: .now) < .seconds(10), "it does not wait for the server")
    world.server?.send(SIGCONT)
    #expect(try world.client("phone", "verify").status == 0)
    #expect(try world.client("phone", "status", "--json").output.contains("\"unsent\":1"))
    #expect(try world.client("phone", "sync").status == 0)
    try world.expectEqual(["phone"])
  }

  @Test func `Ctrl-C with --json prints the error object and ends with 130`() throws {
    let world = try stalled()
    let sync = try world.begin("phone", "sync", "--json")
    try waitForSync(world, sync)
    sync.send(SIGINT)
    let ended = sync.wait()
    world.server?.send(SIGCONT)
    #expect(ended.status == 130, "\(ended)")
    #expect(ended.output.split(separator: "\n").last?.contains("\"exit\":130") == true, "\(ended)")
  }

  @Test func `a second sync ends with 17 within a second and names the first; one that died leaves no lock`() throws {
    let world = try stalled()
    let sync = try world.begin("phone", "sync")
    try waitForSync(world, sync)
    let second = try world.client("phone", "sync")
    #expect(second.status == 17 && second.errors.contains("process "), "\(second)")
    // Reading and editing go on meanwhile.
    #expect(try world.client("phone", "list").status == 0)
    #expect(try world.client("phone", "add", "https://example.org/meanwhile").status == 0)
    sync.send(SIGKILL)
    _ = sync.wait()
    world.server?.send(SIGCONT)
    #expect(try world.client("phone", "sync").status == 0)
    try world.expectEqual(["phone"])
  }

  @Test func `a server that has gone keeps the changes and counts them`() throws {
    let world = try stalled()
    world.server?.send(SIGCONT)
    world.stop(SIGTERM)
    let sync = try world.client("phone", "sync")
    #expect(sync.status == 11 && sync.errors.contains("1 change is kept"), "\(sync)")
    let json = try world.client("phone", "sync", "--json")
    #expect(json.status == 11 && json.output.contains("\"code\":\"unreachable\""), "\(json)")
  }

  @Test func `a redirect to another host ends with 11 and never carries the token there`() throws {
    let world = try stalled()
    world.server?.send(SIGCONT)
    world.stop(SIGTERM)
    let script = """
      import http.server, sys
      class Here(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
          sys.stdout.write('%s %s\\n' % (self.server.server_port, self.headers.get('Authorization'))); sys.stdout.flush()
          self.send_response(307); self.send_header('Location', 'http://127.0.0.2:%d/' % other.server_port); self.end_headers()
        do_POST = do_GET
        def log_message(self, *words): pass
      import threading
      other = http.server.HTTPServer(('127.0.0.2', 0), Here)
      threading.Thread(target=other.serve_forever, daemon=True).start()
      here = http.server.HTTPServer(('127.0.0.1', \(world.url.split(separator: ":").last ?? "0")), Here)
      sys.stdout.write('ready %d\\n' % other.server_port); sys.stdout.flush()
      here.serve_forever()
      """
    let portal = try RealProcess("/usr/bin/env", ["python3", "-c", script])
    defer { portal.send(SIGKILL) }
    let deadline = Date().addingTimeInterval(20)
    while !portal.output.contains("ready"), Date() < deadline { usleep(20_000) }
    let sync = try world.client("phone", "sync")
    #expect(sync.status == 11 && sync.errors.contains("redirect"), "\(sync)")
    let other = portal.output.components(separatedBy: "ready ").last?.prefix { $0.isNumber } ?? "-"
    #expect(!portal.output.contains("\(other) Bearer"), "\(portal.output)")
    #expect(try world.client("phone", "status", "--json").output.contains("\"unsent\":1"))
  }

  @Test func `the brake stops a sync that would remove most of the library, until it is allowed`() throws {
    let world = try RealWorld()
    for device in ["phone", "tablet"] { #expect(try world.signIn(device).status == 0) }
    for index in 0..<24 { #expect(try world.client("phone", "add", "https://example.org/\(index)").status == 0) }
    for device in ["phone", "tablet"] { #expect(try world.client(device, "sync").status == 0) }
    let list = try world.client("phone", "list", "--json").output
    for id in list.components(separatedBy: "\"id\":\"").dropFirst().map({ String($0.prefix(32)) }).prefix(22) {
      #expect(try world.client("phone", "delete", id).status == 0)
    }
    #expect(try world.client("phone", "sync").status == 0)
    let held = try world.client("tablet", "sync")
    #expect(held.status == 15 && held.errors.contains("22 of 24") && held.errors.contains("--allow-deletes"), "\(held)")
    #expect(try world.crashClient("tablet").addresses().count == 24)
    #expect(try world.client("tablet", "sync", "--allow-deletes").status == 0)
    try world.expectEqual(["phone", "tablet"])
  }

  @Test(arguments: ["logout", "reset"])
  func `a verb that would drop unsent edits asks first, and then keeps them in a file`(verb: String) throws {
    let world = try stalled()
    world.server?.send(SIGCONT)
    let asked = try world.client("phone", verb)
    #expect(asked.status == 15 && asked.errors.contains("1 change"), "\(asked)")
    #expect(try world.client("phone", "status", "--json").output.contains("\"unsent\":1"))
    #expect(try world.client("phone", verb, "--discard-unsent").status == 0)
    let file = try FileManager.default.contentsOfDirectory(atPath: world.folder.file("phone"))
      .first { $0.hasPrefix("unsent-") }
    let kept = try DamagedFiles.bytes(world.folder.file("phone/\(try #require(file))"))
    #expect(String(decoding: kept, as: UTF8.self).contains("https://example.org/kept"))
    #expect(try world.client("phone", "conflicts").status == 0)
  }

  @Test func `giving up edits that never had a server leaves a history that can be read`() throws {
    let folder = try TemporaryFolder()
    let client = CrashClient(library: folder.file("l"))
    #expect(try client.call("add", "https://example.org/", "--title", "Given up").status == 0)
    #expect(try client.call("reset").status == 15)
    #expect(try client.call("reset", "--discard-unsent").status == 0)
    let conflicts = try client.call("conflicts")
    #expect(conflicts.status == 0 && conflicts.output.contains("Given up"), "\(conflicts)")
    let number = String(conflicts.output.prefix { $0.isNumber })
    #expect(try client.call("conflicts", "restore", number).status == 0)
    #expect(try client.call("list").output.contains("Given up"))
  }
}
