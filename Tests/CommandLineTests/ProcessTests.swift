import Foundation
import OffprintProcesses
import OffprintTesting
import Testing

/// The promises over real processes, real files and real sockets.
@Suite(.serialized) struct ProcessTests {
  @Test func `curl alone signs in, pushes one record and reads changes, as the specification shows`() throws {
    let world = try RealWorld()
    let readme = try String(contentsOfFile: RealProgram.repository + "/Protocol/README.md", encoding: .utf8)
    let tour = try #require(
      readme.components(separatedBy: "<!-- curl:begin -->").last?.components(separatedBy: "<!-- curl:end -->").first)
    let lines = tour.components(separatedBy: "\n").filter { !$0.hasPrefix("```") }
    let script = "cd '\(world.folder.path)'\n" + lines.joined(separator: "\n")
    let ended = try RealProcess.run(
      "/bin/bash", ["-c", script],
      variables: ["SERVER": world.url, "USER_NAME": "ana", "PASSWORD": "correct horse battery"])
    #expect(ended.status == 0, "\(ended)")
    #expect(ended.output.contains("level with the server"))
  }

  @Test func `the same page saved on two offline devices ends as one article`() throws {
    let world = try RealWorld()
    try world.client("phone", "add", "https://example.org/a?utm_source=mail", "--tag", "one")
    try world.client("tablet", "add", "http://EXAMPLE.org/a", "--tag", "two", "--title", "Mine")
    for device in ["phone", "tablet"] { #expect(try world.signIn(device).status == 0) }
    for device in ["phone", "tablet", "phone"] { #expect(try world.client(device, "sync").status == 0) }
    let list = try world.client("phone", "list", "--json").output
    #expect(list.split(separator: "\n").count == 1)
    #expect(list.contains("\"tags\":[\"one\",\"two\"]") && list.contains("\"title\":\"Mine\""))
    try world.expectEqual(["phone", "tablet"])
  }

  @Test func `an answer lost after the commit, by the server's death, ends equal with nothing lost`() throws {
    let world = try RealWorld(variables: ["OFFPRINTD_TEST_KILL_AT": "1"])
    for device in ["phone", "tablet"] { #expect(try world.signIn(device).status == 0) }
    try world.client("phone", "add", "https://example.org/a", "--title", "Kept")
    let lost = try world.client("phone", "sync")
    #expect(lost.status == 11 && lost.errors.contains("kept"), "\(lost)")
    #expect(world.stop(SIGKILL)?.status == -SIGKILL)
    try world.start()
    for device in ["phone", "tablet"] { #expect(try world.client(device, "sync").status == 0) }
    #expect(try world.client("tablet", "list").output.contains("Kept"))
    try world.expectEqual(["phone", "tablet"])
  }

  @Test(arguments: ["-315576000000", "315576000000"])
  func `a server's clock ten years from the devices' ends equal, and an informed edit wins`(offset: String) throws {
    let world = try RealWorld(variables: ["OFFPRINTD_TEST_CLOCK_OFFSET_MS": offset])
    try world.client("phone", "add", "https://example.org/a", "--title", "First")
    for device in ["phone", "tablet"] { #expect(try world.signIn(device).status == 0) }
    for device in ["phone", "tablet"] { #expect(try world.client(device, "sync").status == 0) }
    let list = try world.client("tablet", "list", "--json").output
    let id = try #require(list.components(separatedBy: "\"id\":\"").last?.prefix(32))
    #expect(try world.client("tablet", "edit", String(id), "--title", "Second").status == 0)
    for device in ["tablet", "phone"] { #expect(try world.client(device, "sync").status == 0) }
    #expect(try world.client("phone", "list").output.contains("Second"))
    try world.expectEqual(["phone", "tablet"])
  }

  @Test func `kill -9 of client and server in the middle of syncs loses nothing that was said to be saved`() throws {
    let world = try RealWorld()
    for device in ["phone", "tablet"] { #expect(try world.signIn(device).status == 0) }
    var generator = SeededGenerator(seed: 42)
    var saved = 0
    for round in 0..<8 {
      for index in 0..<4 {
        let added = try world.client("phone", "add", "https://example.org/\(round)-\(index)")
        #expect(added.status == 0)
        saved += 1
      }
      let sync = try world.begin("phone", "sync")
      usleep(UInt32(generator.next() % 60_000))
      if round % 2 == 0 {
        sync.send(SIGKILL)
        _ = sync.wait()
      } else {
        world.stop(SIGKILL)
        _ = sync.wait()
        try world.start()
      }
    }
    for device in ["phone", "tablet"] {
      let ended = try world.client(device, "sync")
      #expect(ended.status == 0, "\(ended)")
    }
    #expect(try world.client("tablet", "list", "--json").output.split(separator: "\n").count == saved)
    try world.expectEqual(["phone", "tablet"])
  }

  @Test func `SIGTERM ends the server cleanly, and a second one on the same data is refused while it runs`() throws {
    let world = try RealWorld()
    let second = try RealProcess.run(
      RealProgram.path("offprintd"), ["serve", "--data", world.folder.file("server"), "--listen", "127.0.0.1:0"])
    #expect(second.status == 17, "\(second)")
    #expect(world.stop(SIGTERM)?.status == 0)
  }

  @Test func `a SIGTERM in the moment in which a server says that it serves ends it like any other`() throws {
    let folder = try TemporaryFolder()
    for _ in 0..<20 {
      let server = try RealProcess(
        RealProgram.path("offprintd"), ["serve", "--data", folder.file("data"), "--listen", "127.0.0.1:0"])
      defer { server.send(SIGKILL) }
      while server.isRunning, !server.output.contains("listening on ") {}
      server.send(SIGTERM)
      let deadline = Date().addingTimeInterval(30)
      while server.isRunning, Date() < deadline { usleep(5_000) }
      #expect(!server.isRunning, "it goes on serving")
      guard !server.isRunning else { return }
      #expect(server.wait().status == 0)
    }
  }
}
