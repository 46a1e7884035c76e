import Foundation
import OffprintProcesses
import OffprintTesting
import Testing

/// What the client answers to wrong calls and bad surroundings, by the published table of exit codes.
@Suite(.serialized) struct ExitCodeTests {
  private func offprint(_ arguments: String..., variables: [String: String] = [:], input: String = "") throws -> Ended {
    try RealProcess.run(RealProgram.path("offprint"), arguments, input: input, variables: variables)
  }

  @Test(arguments: [
    (["lst"], "Did you mean"), (["list", "--unraed"], "Did you mean"), (["show"], "ID"),
    (["list", "--limit", "x"], "limit"), (["progress", "abc", "1.5"], "no share"),
    (["list", "--unread", "--all"], "exclude"),
  ])
  func `a wrong call ends with 64 and says what is wrong`(arguments: [String], says: String) throws {
    let folder = try TemporaryFolder()
    _ = try RealProcess.run(
      RealProgram.path("offprint"), ["--library", folder.file("l"), "add", "https://example.org/abc"])
    let ended = try RealProcess.run(RealProgram.path("offprint"), ["--library", folder.file("l")] + arguments)
    #expect(ended.status == 64, "\(ended)")
    #expect(ended.errors.contains(says), "\(ended.errors)")
    #expect(ended.output.isEmpty)
  }

  @Test func `no library ends with 10 and names the command that makes one`() throws {
    let folder = try TemporaryFolder()
    let ended = try offprint("--library", folder.file("none"), "list")
    #expect(ended.status == 10 && ended.errors.contains("offprint add"))
    #expect(!FileManager.default.fileExists(atPath: folder.file("none")))
  }

  @Test func `a library path that is a file, or looks like a database URI, is a plain path`() throws {
    let folder = try TemporaryFolder()
    try Data("x".utf8).write(to: URL(fileURLWithPath: folder.file("file")))
    #expect(try offprint("--library", folder.file("file"), "add", "https://example.org/").status == 1)
    #expect(try offprint("--library", folder.file("file:x?mode=memory"), "add", "https://example.org/").status == 0)
    #expect(try offprint("--library", folder.file("file:x?mode=memory"), "list").output.contains("example.org"))
  }

  @Test func `a server that is not reached ends with 11, a web page that answers with 11 too, and nothing is applied`()
    throws
  {
    let folder = try TemporaryFolder()
    let refused = try offprint(
      "--library", folder.file("l"), "login", "http://127.0.0.1:9", "--user", "ana", "--password-stdin",
      input: "password1\n")
    #expect(refused.status == 11 && refused.errors.contains("cannot reach 127.0.0.1:9"), "\(refused)")
    let page = try RealProcess(
      "/usr/bin/env", ["python3", "-u", "-m", "http.server", "--bind", "127.0.0.1", "--directory", folder.path, "0"])
    defer { page.send(SIGKILL) }
    let deadline = Date().addingTimeInterval(20)
    while !page.output.contains("port "), Date() < deadline { usleep(20_000) }
    let port = page.output.components(separatedBy: "port ").last?.prefix { $0.isNumber } ?? ""
    let portal = try offprint(
      "--library", folder.file("l"), "login", "http://127.0.0.1:\(port)", "--user", "ana", "--password-stdin",
      input: "password1\n")
    #expect(portal.status == 11 && portal.errors.contains("not an Offprint server"), "\(portal)")
  }

  @Test func `not signed in, a wrong password and a revoked token end with 12 and keep unsent edits`() throws {
    let world = try RealWorld()
    try world.client("phone", "add", "https://example.org/a")
    #expect(try world.client("phone", "sync").status == 12)
    let wrong = try world.client(
      "phone", "login", world.url, "--user", "ana", "--password-stdin", input: "wrong password\n")
    #expect(wrong.status == 12)
    #expect(try world.signIn("phone").status == 0)
    let credential = try String(contentsOfFile: world.folder.file("phone/credential.json"), encoding: .utf8)
    let attributes = try FileManager.default.attributesOfItem(atPath: world.folder.file("phone/credential.json"))
    #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
    func value(_ name: String) -> String {
      String(credential.components(separatedBy: "\"\(name)\":\"").last?.prefix { $0 != "\"" } ?? "")
    }
    let revoked = try RealProcess.run(
      "/usr/bin/env",
      [
        "curl", "-sS", "-X", "DELETE", "-H", "Authorization: Bearer \(value("token"))",
        "\(world.url)/v1/devices/\(value("device"))",
      ])
    #expect(revoked.status == 0)
    #expect(try world.client("phone", "sync").status == 12)
    #expect(try world.client("phone", "status", "--json").output.contains("\"unsent\":1"))
    #expect(world.server?.errors.contains(value("token")) == false, "the log holds no token")
  }

  @Test func `an error with --json is an object on standard output with the same exit code`() throws {
    let folder = try TemporaryFolder()
    let ended = try offprint("--library", folder.file("none"), "list", "--json")
    #expect(ended.status == 10)
    #expect(ended.output.hasPrefix("{\"error\":{\"code\":\"noLibrary\",\"exit\":10,"))
  }

  @Test func `a full disk behind standard output is an error, and a reader that has gone is quiet`() throws {
    let folder = try TemporaryFolder()
    for index in 0..<3 { _ = try offprint("--library", folder.file("l"), "add", "https://example.org/\(index)") }
    let program = RealProgram.path("offprint")
    let full = try RealProcess.run(
      "/bin/sh", ["-c", "'\(program)' --library '\(folder.file("l"))' export > /dev/full"])
    #expect(full.status == 14 && full.errors.contains("no space"))
    let gone = try RealProcess.run(
      "/bin/bash",
      ["-c", "'\(program)' --library '\(folder.file("l"))' export | true; echo ${PIPESTATUS[0]}"])
    #expect(["0\n", "141\n"].contains(gone.output) && gone.errors.isEmpty, "\(gone)")
  }

  @Test func `a second sync of one library ends with 17`() throws {
    let world = try RealWorld()
    #expect(try world.signIn("phone").status == 0)
    let lock = world.folder.file("phone/sync.lock")
    let holder = try RealProcess("/usr/bin/flock", [lock, "sh", "-c", "echo held; exec sleep 60"])
    defer { holder.send(SIGKILL) }
    let deadline = Date().addingTimeInterval(20)
    while !holder.output.contains("held"), Date() < deadline { usleep(10_000) }
    #expect(try world.client("phone", "sync").status == 17)
  }

  @Test func `an id that fits two articles ends with 64 and lists both, one that fits none with 18`() throws {
    let folder = try TemporaryFolder()
    for index in 0..<20 { _ = try offprint("--library", folder.file("l"), "add", "https://example.org/\(index)") }
    let list = try offprint("--library", folder.file("l"), "list", "--json").output
    let ids = list.components(separatedBy: "\"id\":\"").dropFirst().map { String($0.prefix(32)) }
    let first = Dictionary(grouping: ids) { $0.prefix(1) }.first { $0.value.count > 1 }
    let prefix = try #require(first?.key)
    let ended = try offprint("--library", folder.file("l"), "show", String(prefix))
    #expect(ended.status == 64 && ended.errors.contains("fits several"))
    #expect(try offprint("--library", folder.file("l"), "show", "ffffffffffffffff").status == 18)
  }

  @Test func `a title that steers terminals is shown in escapes, and raw only as JSON`() throws {
    let folder = try TemporaryFolder()
    let title = "a\u{1B}]0;b\u{07}\u{202E}c\nd"
    _ = try offprint("--library", folder.file("l"), "add", "https://example.org/", "--title", title)
    let shown = try offprint("--library", folder.file("l"), "list", "--color", "always").output
    #expect(!shown.contains("\u{1B}]") && !shown.contains("\u{07}") && !shown.contains("\u{202E}"))
    #expect(shown.contains("\\u{1b}]0;b"))
    #expect(try offprint("--library", folder.file("l"), "list", "--json").output.contains("\\u001b]0;b\\u0007"))
  }

  @Test func `odd surroundings are no trap`() throws {
    let folder = try TemporaryFolder()
    let variables = ["HOME": "", "LC_ALL": "C", "TZ": "No/Where", "XDG_DATA_HOME": "", "OFFPRINT_LIBRARY": ""]
    #expect(try offprint("list", variables: variables).status == 64)
    #expect(
      try offprint("--library", folder.file("l"), "add", "https://example.org/é", variables: variables).status == 0)
    let program = RealProgram.path("offprint")
    let notText = try RealProcess.run("/bin/bash", ["-c", "'\(program)' show $'\\xff'"])
    #expect(notText.status == 64 && notText.errors.contains("UTF-8"))
  }
}
