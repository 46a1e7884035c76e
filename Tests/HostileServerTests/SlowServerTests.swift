import Foundation
import OffprintProcesses
import Testing

/// Servers that take their time.
struct SlowServerTests {
  @Test func `a server that says nothing is given up after half a minute`() async throws {
    let victim = try Victim { $0.path == "/v1/changes" ? .raw { $0.pause(milliseconds: 60_000) } : nil }
    let result = try await victim.run("sync", secondsMax: 80)
    try await victim.expect(result, exit: [11], says: "kept")
    #expect(result.seconds > 25 && result.seconds < 50, "\(result.seconds) s")
  }

  @Test func `an answer that drips is given up when its time is over`() async throws {
    let victim = try Victim {
      $0.method == "DELETE"
        ? .raw { client in
          client.send(LyingServer.head("Content-Length: 1000\r\n"))
          for _ in 0..<90 where client.send(" ") { client.pause(milliseconds: 1_000) }
        } : nil
    }
    // Signing out waits twenty seconds in all; the other deadlines are the same machinery with longer times.
    let result = try await victim.run("logout", "--discard-unsent", secondsMax: 60)
    try await victim.expect(result, exit: [0], applies: true, says: "the server was not reached")
    #expect(result.seconds > 15 && result.seconds < 40, "\(result.seconds) s")
  }

  @Test(
    .enabled(if: ProcessInfo.processInfo.environment["OFFPRINT_LONG"] != nil, "takes five minutes: set OFFPRINT_LONG"))
  func `a sync that drips is given up after five minutes`() async throws {
    let victim = try Victim {
      $0.path == "/v1/changes"
        ? .raw { client in
          client.send(LyingServer.head("Connection: close\r\n"))
          for _ in 0..<900 where client.send(" ") { client.pause(milliseconds: 1_000) }
        } : nil
    }
    let result = try await victim.run("sync", secondsMax: 400)
    try await victim.expect(result, exit: [11])
    #expect(result.seconds > 280 && result.seconds < 340, "\(result.seconds) s")
  }
}
