import Foundation
import OffprintProcesses
import OffprintTesting
import Testing

/// The proxies' pages as they are shipped, but for names, ports and certificates, in front of a real server.
@Suite(.serialized) struct ProxyTests {
  @Test(arguments: Proxy.allCases, [false, true])
  func `devices sync through the proxy, long polls wait and wake, the largest text passes`(
    proxy: Proxy, overUnixSocket: Bool
  ) throws {
    let world = try RealWorld(starts: false)
    var options = ["--listen", "127.0.0.1:0", "--behind-proxy"]
    let socket = world.folder.file("o.sock")
    if overUnixSocket { options = ["--listen", "unix:\(socket)"] }
    let server = try RealProcess(RealProgram.path("offprintd"), ["serve", "--data", world.serverFolder] + options)
    defer { server.send(SIGKILL) }
    while server.isRunning, !server.output.contains("listening on ") { usleep(10_000) }
    let listens = server.output.components(separatedBy: "listening on ").last?.prefix { $0 != "," } ?? ""
    let backend = overUnixSocket ? "unix:\(socket)" : String(listens.dropFirst("http://".count))
    let port = Proxy.freePort()
    guard let front = try proxy.start(before: backend, port: port, world.folder) else { return }
    defer { front.send(SIGKILL) }
    let url = "http://127.0.0.1:\(port)"

    for device in ["phone", "tablet"] {
      let login = try world.client(
        device, "login", url, "--user", "ana", "--password-stdin", "--device", device, input: RealWorld.password)
      #expect(login.status == 0, "\(login) \(front.errors)")
    }
    #expect(try world.client("phone", "add", try world.page("story", seed: 9)).status == 0)
    for device in ["phone", "tablet"] {
      let sync = try world.client(device, "sync")
      #expect(sync.status == 0, "\(sync)")
    }
    try world.expectEqual(["phone", "tablet"])
    try expectLongPoll(world, url)
    try expectEvents(world, url)
    try expectLimits(world, url)
  }

  /// A device waits for news through the proxy and gets it when another one pushes.
  private func expectLongPoll(_ world: RealWorld, _ url: String) throws {
    let token = try self.token(world, url)
    let head = try Tool.curl("-H", "Authorization: Bearer \(token)", url + "/v1/changes?limit=500").output
    let cursor = try #require(
      head.components(separatedBy: "\"cursor\":\"").last.map { String($0.prefix { $0 != "\"" }) })
    let poll = try RealProcess(
      "/usr/bin/curl",
      [
        "-s", "-G", "-H", "Authorization: Bearer \(token)", url + "/v1/changes", "-d", "wait=50", "--data-urlencode",
        "since=\(cursor)",
      ])
    // Time in which an answer that does not wait has come; on a slow machine it proves less, and never fails for that.
    usleep(500_000)
    #expect(poll.isRunning, "it waits: \(poll.output)")
    #expect(try world.client("phone", "add", "https://example.org/news").status == 0)
    #expect(try world.client("phone", "sync").status == 0)
    let woken = poll.wait()
    #expect(woken.output.contains("example.org/news"), "\(woken)")
  }

  /// Events come through the proxy one by one, and are not held back until the stream ends.
  private func expectEvents(_ world: RealWorld, _ url: String) throws {
    let events = try RealProcess(
      "/usr/bin/curl", ["-s", "-N", "-H", "Authorization: Bearer \(try token(world, url))", url + "/v1/events"])
    defer { events.send(SIGKILL) }
    func wait(forEvents count: Int) -> Bool {
      let deadline = Date().addingTimeInterval(30)
      while events.output.components(separatedBy: "data: {\"head\":").count <= count, Date() < deadline {
        usleep(20_000)
      }
      return Date() < deadline
    }
    #expect(wait(forEvents: 1), "\(events.output)")
    #expect(try world.client("phone", "add", "https://example.org/event").status == 0)
    #expect(try world.client("phone", "sync").status == 0)
    #expect(wait(forEvents: 2), "\(events.output)")
  }

  /// A text of the greatest size passes; the proxy adds no limit of its own below the server's.
  private func expectLimits(_ world: RealWorld, _ url: String) throws {
    let token = try self.token(world, url)
    let path = world.folder.file("large")
    let bytes = SeededBytes.bytes(33_554_432, seed: 11)
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    let hash = DamagedFiles.hash(path)
    let put = try Tool.curl(
      "-o", "/dev/null", "-w", "%{http_code}", "-T", path, "-H", "Authorization: Bearer \(token)", "-H",
      "Content-Type: application/octet-stream", url + "/v1/contents/\(hash)")
    #expect(put.output == "204", "\(put)")
    let get = try Tool.curl(
      "-o", world.folder.file("back"), "-w", "%{http_code}", "-H", "Authorization: Bearer \(token)",
      url + "/v1/contents/\(hash)")
    #expect(get.output == "200" && DamagedFiles.hash(world.folder.file("back")) == hash, "\(get)")
    // The path as it is: what the server does not know by these bytes stays unknown.
    #expect(try Tool.curl("-o", "/dev/null", "-w", "%{http_code}", "--path-as-is", url + "/v1/%69nfo").output == "404")
  }

  private func token(_ world: RealWorld, _ url: String) throws -> String {
    let body = #"{"user":"ana","password":"\#(RealWorld.password.dropLast())","device":"curl"}"#
    let answer = try Tool.curl("-H", "Content-Type: application/json", "-d", body, url + "/v1/devices").output
    return try #require(
      answer.components(separatedBy: "\"token\":\"").dropFirst().first.map { String($0.prefix { $0 != "\"" }) },
      "\(answer)")
  }
}
