import OffprintCrypto
import OffprintProcesses
import Testing

/// Texts, contents, addresses and paces of a hostile server (G16, D61, D70).
struct TextTests {
  private static let escape = #"\u001b]0;owned\u0007\u009b31m\u202e\r\n"#

  @Test func `escape sequences in problems, names and titles reach no terminal`() async throws {
    let problem = try Victim { $0.path == "/v1/changes" ? .problem(400, "bad-request", detail: Self.escape) : nil }
    try await problem.expect(try await problem.run("sync"), exit: [1])
    let named = try Victim {
      $0.path == "/v1/devices"
        ? .json(
          #"{"account":"\#(LyingServer.account)","device":"9f8e7d6c5b4a39281706f5e4d3c2b1a0","name":"\#(Self.escape)","server":"\#(LyingServer.serverID)","token":"\#(LyingServer.token)"}"#,
          status: 201) : nil
    }
    let login = try await named.run(
      "login", named.server.url, "--user", "ana", "--password-stdin", "--device", "d", input: RealWorld.password)
    try await named.expect(login, exit: [0])
    Victim.expectPlain(try await named.run("status").ended)
    let record =
      #"{"record":{"type":"article","id":"00000000000000000000000000000001","number":1,"stamp":"018000000000-00000000-00000000000000aa","values":{"byline":"\#(Self.escape)","fetch":{"reason":"\#(Self.escape)","state":"failed"},"life":"live","saved":1,"tag:\#("\u{202e}")":true,"title":"\#(Self.escape)","url":"https://planted.example/"}}}"#
    let titled = try Victim {
      $0.path == "/v1/changes" || $0.path == "/v1/sync"
        ? .page(record + "\n" + LyingServer.empty.replacing(#""number":0"#, with: #""number":1"#)) : nil
    }
    try await titled.expect(try await titled.run("sync"), exit: [0, 1], applies: true)
    for verb in [["list"], ["list", "--all"], ["show", "0000000000000000"], ["refused"], ["status"], ["conflicts"]] {
      let ended = try RealProcess.run(
        RealProgram.path("offprint"), ["--library", titled.folder.file("l")] + verb + ["--color", "never"])
      Victim.expectPlain(ended)
    }
  }

  @Test(arguments: [301, 302, 303, 307, 308])
  func `a redirect to another host is not followed and the token does not arrive there`(status: Int) async throws {
    let other = LyingServer { _ in nil }
    other.start()
    let url = other.url
    let victim = try Victim { request in
      guard request.path != "/v1/devices" else { return nil }
      return .answer(status: status, type: "text/html", headers: ["Location": url + request.target], body: [])
    }
    try await victim.expect(try await victim.run("sync"), exit: [11])
    #expect(other.seen.isEmpty)
    _ = try await victim.run("logout", "--discard-unsent")
    #expect(other.seen.isEmpty)
  }

  @Test func `bytes that are not the content asked for are not kept`() async throws {
    let asked = Hex.encode(SHA256.hash(Array("<p>right</p>".utf8)))
    let record =
      #"{"record":{"type":"article","id":"00000000000000000000000000000001","number":1,"stamp":"018000000000-00000000-00000000000000aa","values":{"content":{"hash":"\#(asked)","size":12},"life":"live","saved":1,"url":"https://planted.example/"}}}"#
    let bodies = [
      #"{"hash":"\#(asked)","size":12}"# + "\n<p>wrong</p>\n" + #"{"end":{"delivered":1,"more":false}}"# + "\n",
      #"{"hash":"\#(asked)","size":9223372036854775807}"# + "\n<p>right</p>\n",
      #"{"hash":"\#(asked)","size":-1}"# + "\n<p>right</p>\n",
      #"{"hash":"\#(String(repeating: "f", count: 64))","size":1}"# + "\nx\n" + #"{"end":{"delivered":1,"more":true}}"#
        + "\n",
      #"{"end":{"delivered":0,"more":true}}"# + "\n",
    ]
    for body in bodies {
      let victim = try Victim {
        switch $0.path {
        case "/v1/changes", "/v1/sync":
          .page(record + "\n" + LyingServer.empty.replacing(#""number":0"#, with: #""number":1"#))
        case "/v1/contents/batch":
          .answer(status: 200, type: "application/x-offprint-contents", headers: [:], body: Array(body.utf8))
        default: nil
        }
      }
      try await victim.expect(try await victim.run("sync", secondsMax: 20), exit: [0, 1, 11], applies: true)
      #expect(victim.server.seen.count < 30, "\(victim.server.seen.count) requests")
      let status = try await victim.run("status", "--json").ended.output
      #expect(status.contains(#""contentsPending":1"#), "\(status)")
    }
  }

  @Test func `a cursor is given back as it came, whatever is in it`() async throws {
    let cursor = "a+b/c=&d ü#?%41"
    let victim = try Victim {
      $0.path == "/v1/changes" || $0.path == "/v1/sync"
        ? .page(LyingServer.empty.replacing("c0", with: cursor)) : nil
    }
    for _ in 0..<2 { try await victim.expect(try await victim.run("sync"), exit: [0, 1]) }
    let asked = victim.server.seen.compactMap { $0.target.components(separatedBy: "since=").dropFirst().first }
    #expect(!asked.isEmpty && asked.allSatisfy { $0.removingPercentEncoding == cursor }, "\(asked)")
  }
}
