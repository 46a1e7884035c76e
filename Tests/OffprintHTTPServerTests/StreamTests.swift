import OffprintHTTP
import OffprintHTTPServer
import OffprintProcesses
import OffprintLocks
import Testing

/// Answers that come bit by bit.
@Suite(.serialized)
struct StreamTests {
  private static let get = "GET /events HTTP/1.1\r\nHost: a\r\n\r\n"

  private func head(_ first: String) -> HTTPResponse {
    HTTPResponse(status: 200, headers: ["Content-Type": "text/event-stream"], body: Array(first.utf8))
  }

  @Test func `what a handler writes arrives while the answer is open, and its end ends the answer`() async throws {
    let go = [Signal(), Signal(), Signal()]
    try await withServer(streaming: { _ in
      .stream(head: self.head("first\n")) { writer in
        for (index, signal) in go.enumerated() {
          await signal.wait()
          if index < 2 { writer.send(Array("more \(index)\n".utf8)) }
        }
      }
    }) { port, _ in
      let client = try RawClient(port: port)
      try await client.send(Self.get)
      let opening = try await client.text(through: "first\n")
      #expect(opening.hasPrefix("HTTP/1.1 200 ") && opening.contains("Content-Type: text/event-stream"))
      go[0].give()
      #expect(try await client.text(through: "more 0\n").contains("more 0"))
      go[1].give()
      #expect(try await client.text(through: "more 1\n").contains("more 1"))
      go[2].give()
      #expect(try await client.text(through: "0\r\n\r\n").hasSuffix("0\r\n\r\n"), "the last chunk")
      // The connection serves on.
      try await client.send(Self.get)
      _ = try await client.text(through: "first\n")
    }
  }

  @Test func `a slow reader gets the newest, and nothing piles up`() async throws {
    let written = Signal()
    try await withServer(streaming: { _ in
      .stream(head: self.head("first\n")) { writer in
        let block = [UInt8](repeating: UInt8(ascii: "x"), count: 100_000)
        for _ in 0..<1_000 { writer.send(block) }
        writer.send(Array("newest\n".utf8))
        written.give()
        await Signal().waitOrCancelled()
      }
    }) { port, _ in
      let client = try RawClient(port: port, receiveBuffer: 4_096)
      try await client.send(Self.get)
      await written.wait()
      let all = try await client.text(through: "newest\n")
      #expect(all.utf8.count < 40_000_000, "\(all.utf8.count) bytes of 100 MB")
    }
  }

  @Test func `a client that is gone ends the handler, and the stop of the server too`() async throws {
    let cancelled = Mutex(0)
    let started = Mutex(0)
    try await withServer(streaming: { _ in
      .stream(head: self.head("first\n")) { _ in
        started.withLock { $0 += 1 }
        await Signal().waitOrCancelled()
        cancelled.withLock { $0 += 1 }
      }
    }) { port, server in
      let gone = try RawClient(port: port)
      try await gone.send(Self.get)
      _ = try await gone.text(through: "first\n")
      gone.disconnect()
      try await eventually("the handler is told") { cancelled.withLock { $0 } == 1 }
      try await eventually("the request is over") { server.requestsOpen == 0 }
      let staying = try RawClient(port: port)
      try await staying.send(Self.get)
      _ = try await staying.text(through: "first\n")
      try await eventually("both were started") { started.withLock { $0 } == 2 }
      #expect(await server.stop(graceSeconds: 60) == .drained)
      #expect(try await staying.text(through: "0\r\n\r\n").hasSuffix("0\r\n\r\n"))
      #expect(cancelled.withLock { $0 } == 2)
    }
  }

  @Test func `a handler that does not end is ended for when the server stops`() async throws {
    let release = Signal()
    try await withServer(streaming: { _ in
      .stream(head: self.head("first\n")) { _ in await release.wait() }
    }) { port, server in
      let client = try RawClient(port: port)
      try await client.send(Self.get)
      _ = try await client.text(through: "first\n")
      #expect(await server.stop(graceSeconds: 0.2) == .cut(requests: 1))
      release.give()
    }
  }

  @Test func `HEAD gets the headers of a stream and no body`() async throws {
    let stream: @Sendable (HTTPRequest) async -> HTTPAnswer = { request in
      .stream(head: self.head("first\n")) { _ in await Signal().waitOrCancelled() }
    }
    try await withServer(streaming: stream) { port, server in
      let client = try RawClient(port: port)
      let answer = try await client.exchange("HEAD /events HTTP/1.1\r\nHost: a\r\n\r\n", toHead: true)
      #expect(answer.status == 200)
      try await eventually("the request is over") { server.requestsOpen == 0 }
    }
  }
}
