import Foundation
import OffprintGzip
import OffprintProcesses
import OffprintLocks
import Testing

/// Servers that never come to an end (G16): the client stops by itself, with bounded memory.
@Suite(.serialized) struct EndlessTests {
  private static func end(_ cursor: String, _ number: Int, more: Bool = true) -> LyingServer.Reply {
    .page(
      #"{"end":{"cursor":"\#(cursor)","number":\#(number),"more":\#(more),"count":0,"digest":"0000000000000000"}}"#
        + "\n")
  }

  @Test func `more with the same cursor for ever stops after two pages without progress`() async throws {
    let victim = try Victim { $0.path == "/v1/changes" || $0.path == "/v1/sync" ? Self.end("c", 5) : nil }
    try await victim.expect(try await victim.run("sync"), exit: [1], says: "repeats itself")
    #expect(victim.server.seen.filter { ["/v1/changes", "/v1/sync"].contains($0.path) }.count <= 4)
  }

  @Test func `a number that goes back and forth stops`() async throws {
    let victim = try Victim {
      $0.path == "/v1/changes" || $0.path == "/v1/sync" ? Self.end("c\($0.earlier)", 5 - $0.earlier % 2) : nil
    }
    try await victim.expect(try await victim.run("sync", secondsMax: 20), exit: [1])
    #expect(victim.server.seen.count < 20, "\(victim.server.seen.count) requests")
  }

  @Test func `pages that hold nothing, with numbers that rise for ever, stop`() async throws {
    let victim = try Victim {
      $0.path == "/v1/changes" || $0.path == "/v1/sync" ? Self.end("c\($0.earlier)", $0.earlier + 1) : nil
    }
    try await victim.expect(try await victim.run("sync", secondsMax: 20), exit: [1])
    #expect(victim.server.seen.count < 300, "\(victim.server.seen.count) requests")
  }

  @Test func `a digest that lies for ever is reported, not repaired for ever`() async throws {
    let buckets = (0..<256).map { _ in #"{"count":7,"sum":"00000000000000ff"}"# }.joined(separator: ",")
    let victim = try Victim {
      switch $0.path {
      case "/v1/changes", "/v1/sync":
        .page(#"{"end":{"cursor":"c","number":3,"more":false,"count":7,"digest":"00000000000000ff"}}"# + "\n")
      case "/v1/digest" where $0.target.contains("bucket="):
        .page(#"{"end":{"bucket":0,"number":3,"more":false,"after":null}}"# + "\n")
      case "/v1/digest": .json(#"{"buckets":[\#(buckets)],"count":7,"digest":"00000000000000ff","number":3}"#)
      default: nil
      }
    }
    try await victim.expect(try await victim.run("sync"), exit: [0, 1], says: "differ")
    #expect(victim.server.seen.count < 600, "\(victim.server.seen.count) requests")
  }

  /// By the same page, and by pages that name ever greater keys for the same record.
  @Test(arguments: [false, true])
  func `a bucket that is listed for ever stops`(goesOn: Bool) async throws {
    let buckets = (0..<256).map { _ in #"{"count":7,"sum":"00000000000000ff"}"# }.joined(separator: ",")
    let id = "00000000000000000000000000000001"
    let record =
      #"{"record":{"type":"feed","id":"\#(id)","number":1,"stamp":"018000000000-00000000-00000000000000aa","values":{"x":1}}}"#
    let victim = try Victim {
      switch $0.path {
      case "/v1/changes", "/v1/sync":
        .page(#"{"end":{"cursor":"c","number":3,"more":false,"count":7,"digest":"00000000000000ff"}}"# + "\n")
      case "/v1/digest" where $0.target.contains("bucket="):
        .page(
          record + "\n" + #"{"end":{"bucket":0,"number":3,"more":true,"after":"feed:"#
            + id.dropLast(5) + String(10_000 + (goesOn ? $0.earlier : 0)) + #""}}"# + "\n")
      case "/v1/digest": .json(#"{"buckets":[\#(buckets)],"count":7,"digest":"00000000000000ff","number":3}"#)
      default: nil
      }
    }
    try await victim.expect(try await victim.run("sync", secondsMax: 20), exit: [1], applies: true)
    #expect(victim.server.seen.count < 30, "\(victim.server.seen.count) requests")
  }

  @Test(arguments: ["chunked", "to the end", "declared"])
  func `an answer of 10 GB is given up at the limit`(form: String) async throws {
    let sent = Mutex(0)
    let victim = try Victim { request in
      guard request.path == "/v1/changes" else { return nil }
      return .raw { client in
        let line = Array((#"{"note":"\#(String(repeating: "x", count: 65_000))"}"# + "\n").utf8)
        let size = String(line.count, radix: 16)
        let headers =
          ["chunked": "Transfer-Encoding: chunked\r\n", "declared": "Content-Length: 10737418240\r\n"][form]
          ?? "Connection: close\r\n"
        client.send(LyingServer.head(headers))
        let piece = form == "chunked" ? Array("\(size)\r\n".utf8) + line + [13, 10] : line
        while sent.withLock({ $0 }) < 10 << 30, client.send(piece) { sent.withLock { $0 += piece.count } }
      }
    }
    try await victim.expect(try await victim.run("sync"), exit: [1, 11])
    #expect(sent.withLock { $0 } < 200 << 20, "\(sent.withLock { $0 } >> 20) MiB were taken")
  }

  @Test func `a gzip bomb is given up at the limit`() async throws {
    let sent = Mutex(0)
    let victim = try Victim { request in
      guard request.path == "/v1/changes" else { return nil }
      return .raw { client in
        client.send(LyingServer.head("Content-Encoding: gzip\r\nConnection: close\r\n"))
        // 10 GB of zeros, a megabyte at a time.
        guard let deflater = try? Deflater(.gzip, level: 9) else { return }
        let zeros = [UInt8](repeating: 0, count: 1 << 20)
        for _ in 0..<10_240 {
          var piece: [UInt8] = []
          guard (try? deflater.deflate(zeros[...], into: &piece)) != nil else { return }
          if !piece.isEmpty, !client.send(piece) { return }
          sent.withLock { $0 += zeros.count }
        }
      }
    }
    try await victim.expect(try await victim.run("sync"), exit: [1, 11])
    #expect(sent.withLock { $0 } < 4 << 30)
  }

  @Test(arguments: ["{}\n", "\n", #"{"record":{}}"# + "\n", #"{"x":[[[[[[[]]]]]]]}"# + "\n"])
  func `thirty megabytes of lines that say nothing cost no memory`(line: String) async throws {
    let victim = try Victim { request in
      guard request.path == "/v1/changes" else { return nil }
      return .page(String(repeating: line, count: (30 << 20) / line.utf8.count) + LyingServer.empty)
    }
    let result = try await victim.run("sync")
    try await victim.expect(result, exit: [0, 1], applies: true)
    #expect(result.ended.errors.utf8.count < 100_000, "what is passed over is not told a million times")
  }
}
