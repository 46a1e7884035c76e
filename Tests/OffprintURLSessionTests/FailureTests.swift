import Offprint
import OffprintGzip
import OffprintHTTP
import OffprintProcesses
import OffprintURLSession
import OffprintLocks
import Testing

/// Servers that are not there, broken or hostile.
@Suite(.serialized)
struct FailureTests {
  @Test func `a port where nobody listens is told in plain words`() async {
    await #expect(throws: TransportError.unreachable(reason: "connection refused")) {
      try await URLSessionTransport().get("http://127.0.0.1:1/")
    }
  }

  @Test func `a name that does not exist is told in plain words`() async {
    await #expect(throws: TransportError.unreachable(reason: "no such host")) {
      try await URLSessionTransport().get("http://no-such-host.invalid/")
    }
  }

  @Test func `a server without TLS is told apart from one that is not there`() async throws {
    try await withServer({ _ in HTTPResponse(status: 200) }) { url, _ in
      await #expect(throws: TransportError.tlsFailed(reason: "the handshake failed")) {
        try await URLSessionTransport().get(url.replacing("http:", with: "https:"))
      }
    }
  }

  @Test(arguments: [
    ("", "the server hung up without an answer"),
    ("HTTP/1.1 100 Continue\r\n\r\n", "the server hung up without an answer"),
    ("<html>Welcome to this hotel</html>", "the answer is not HTTP"),
    ("HTTP/1.1 OK\r\n\r\n", "the answer is not HTTP"),
    ("HTTP/1.1 -20 OK\r\n\r\n", "the answer is not HTTP"),
    ("HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "the answer is not HTTP"),
    ("HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n", "the answer is not HTTP"),
    ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", "the connection was lost"),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", "the connection was lost"),
  ])
  func `an answer that is none is told in plain words`(_ text: String, _ reason: String) async {
    let outcome = await URLSessionTransport().meet {
      $0.readHead()
      $0.send(text)
    }
    #expect(outcome == .failure(.unreachable(reason: reason)))
  }

  @Test(arguments: [
    "Transfer-Encoding: chunked\r\n\r\nxyz\r\n", "Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\nabcde",
    "Content-Encoding: odd\r\nContent-Length: 5\r\n\r\nabcde",
  ])
  func `an answer whose coding is damaged is told apart from none`(_ rest: String) async {
    let outcome = await URLSessionTransport().meet {
      $0.readHead()
      $0.send("HTTP/1.1 200 OK\r\n" + rest)
    }
    #expect(outcome == .failure(.damaged))
  }

  @Test func `headers without end are given up`() async {
    let outcome = await URLSessionTransport().meet { client in
      client.readHead()
      client.send("HTTP/1.1 200 OK\r\n")
      while client.send(String(repeating: "X-A: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\r\n", count: 100)) {}
    }
    #expect(outcome == .failure(.unreachable(reason: "the answer is not HTTP")))
  }

  @Test(arguments: ["\r\nX: \u{c3}", " \r\nX: 1"])
  func `odd answers do no harm`(_ part: String) async {
    let outcome = await URLSessionTransport().meet {
      $0.readHead()
      $0.send("HTTP/1.1 200 \(part)\r\nContent-Length: 1\r\n\r\na")
    }
    if case .success(let answer) = outcome { #expect(answer.body == [0x61]) }
  }

  @Test(
    arguments: [300, 301, 302, 303, 307, 308, 399],
    [
      "http://127.0.0.1:1/stolen", "/other", "//127.0.0.1:1/", "other", "", "http://a b/", "http:", "?q", "//[",
      "\u{e9}",
    ])
  func `a redirect is not followed, wherever it points`(_ status: Int, _ location: String) async {
    let connections = Mutex(0)
    let outcome = await URLSessionTransport().meet { client in
      connections.withLock { $0 += 1 }
      client.readHead()
      client.send("HTTP/1.1 \(status) X\r\nLocation: \(location)\r\nContent-Length: 3\r\n\r\nabc")
    }
    #expect(outcome == .failure(.redirected(to: location)))
    #expect(connections.withLock { $0 } == 1)
  }

  @Test(arguments: ["GET", "POST"])
  func `a redirect to another server brings it no request`(_ method: String) async throws {
    let thief = Mutex(0)
    let other = RawServer { client in
      thief.withLock { $0 += 1 }
      client.readHead()
    }
    let outcome = await URLSessionTransport().meet(method: method) { client in
      client.readHead()
      client.send("HTTP/1.1 307 X\r\nLocation: http://127.0.0.1:\(other.port)/\r\nContent-Length: 0\r\n\r\n")
    }
    #expect(outcome == .failure(.redirected(to: "http://127.0.0.1:\(other.port)/")))
    try await Task.sleep(for: .milliseconds(100))
    #expect(thief.withLock { $0 } == 0)
  }

  @Test func `an answer may be as long as the limit and no longer`() async throws {
    try await withServer({ HTTPResponse(status: 200, body: [UInt8](repeating: 1, count: Int($0.query ?? "") ?? 0)) }) {
      url, _ in
      let transport = URLSessionTransport()
      let answer = try await transport.get(url + "/?100000")
      #expect(answer.body.count == 100_000)
      await #expect(throws: TransportError.responseTooLarge(limit: 100_000)) {
        try await transport.get(url + "/?100001")
      }
    }
  }

  @Test func `an answer without end is given up at the limit`() async {
    let outcome = await URLSessionTransport().meet { client in
      client.readHead()
      client.send("HTTP/1.1 200 OK\r\n\r\n")
      while client.send([UInt8](repeating: 0x61, count: 60_000)) {}
    }
    #expect(outcome == .failure(.responseTooLarge(limit: 100_000)))
  }

  @Test func `an answer that inflates to 256 MiB is given up without filling memory`() async throws {
    let deflater = try Deflater(.gzip, level: 9)
    var bomb: [UInt8] = []
    let zeros = [UInt8](repeating: 0, count: 1_048_576)
    for _ in 0..<256 { try deflater.deflate(zeros[...], into: &bomb) }
    try deflater.finish(into: &bomb)
    let before = memoryPeakBytes()
    let transport = URLSessionTransport()
    let outcome = await transport.meet { [bomb] client in
      client.readHead()
      client.send("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(bomb.count)\r\n\r\n")
      client.send(bomb)
    }
    #expect(outcome == .failure(.responseTooLarge(limit: 100_000)))
    // The session goes on inflating for a while, and drops what comes.
    let next = await transport.meet {
      $0.readHead()
      $0.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na")
    }
    #expect(throws: Never.self) { try next.get() }
    #expect(memoryPeakBytes() - before < 64 * 1_048_576)
  }

  @Test func `a server that drips is given up at the deadline`() async {
    let start = ContinuousClock.now
    let outcome = await URLSessionTransport().meet(deadlineSeconds: 0.7) { client in
      client.readHead()
      client.send("HTTP/1.1 200 OK\r\n\r\n")
      for _ in 0..<2_000 where client.send("a") { client.pause(milliseconds: 50) }
    }
    #expect(outcome == .failure(.timedOut))
    #expect(ContinuousClock.now - start < .seconds(80))
  }

  @Test(arguments: ["", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"])
  func `a server that falls silent is given up`(_ text: String) async {
    let start = ContinuousClock.now
    let outcome = await URLSessionTransport().meet(timeoutSeconds: 1) { client in
      client.readHead()
      client.send(text)
      client.pause(milliseconds: 100_000)
    }
    #expect(outcome == .failure(.timedOut))
    #expect(ContinuousClock.now - start < .seconds(80))
  }

  @Test func `a server that sends steadily is not given up for being slow`() async {
    let outcome = await URLSessionTransport().meet(timeoutSeconds: 1) { client in
      client.readHead()
      client.send("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n")
      for _ in 0..<8 {
        client.pause(milliseconds: 250)
        client.send("a")
      }
    }
    #expect(throws: Never.self) { try outcome.get() }
  }

  @Test func `a redirect whose body does not end is given up at the deadline`() async {
    let transport = URLSessionTransport()
    let outcome = await transport.meet(deadlineSeconds: 0.5) { client in
      client.readHead()
      client.send("HTTP/1.1 302 X\r\nLocation: /\r\n\r\n")
      for _ in 0..<40 where client.send([UInt8](repeating: 0x61, count: 60_000)) { client.pause(milliseconds: 50) }
    }
    #expect(outcome == .failure(.timedOut))
    let next = await transport.meet {
      $0.readHead()
      $0.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na")
    }
    #expect(throws: Never.self) { try next.get() }
  }
}
