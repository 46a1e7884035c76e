import Foundation
import OffprintHTTP
import OffprintHTTPServer
import OffprintProcesses
import OffprintLocks
import Testing

/// Requests as clients mean them.
struct ServingTests {
  @Test(arguments: [
    "/", "//", "/v1/../v1/info", "/%2e%2e/%2E", "/v1/changes%00", "/a%20b+c;d", "/é", "/v1/info#x", "/a//b/./c",
  ])
  func `a path reaches the handler as it was sent`(_ path: String) async throws {
    try await withServer { port, _ in
      let client = try RawClient(port: port)
      #expect(try await client.exchange("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n").text == "GET \(path) - 0")
      let query = "since=a%2Bb+c&&x=1=2&since=?%00"
      #expect(
        try await client.exchange("GET \(path)?\(query) HTTP/1.1\r\nHost: a\r\n\r\n").text == "GET \(path) \(query) 0")
      #expect(try await client.exchange("GET \(path)? HTTP/1.1\r\nHost: a\r\n\r\n").text == "GET \(path)  0")
    }
  }

  @Test(arguments: ["GET", "DELETE", "OPTIONS", "TRACE", "PATCH", "FOO", "get"])
  func `every method reaches the handler`(_ method: String) async throws {
    try await withServer { port, _ in
      let answer = try await RawClient(port: port).exchange("\(method) /v1/info HTTP/1.1\r\nHost: a\r\n\r\n")
      #expect(answer.text == "\(method) /v1/info - 0")
    }
  }

  @Test func `CONNECT reaches the handler that refuses it`() async throws {
    let handler: @Sendable (HTTPRequest) async -> HTTPResponse = {
      HTTPResponse(status: 405, body: Array("\($0.method) \($0.path)".utf8))
    }
    try await withServer(handler: handler) { port, _ in
      let answer = try await RawClient(port: port).exchange("CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n")
      #expect(answer.status == 405)
      #expect(answer.text == "CONNECT a:443")
    }
  }

  @Test func `HEAD gets the length of GET's body and no body`() async throws {
    try await withServer { port, _ in
      let client = try RawClient(port: port)
      let answer = try await client.exchange("HEAD /v1/info HTTP/1.1\r\nHost: a\r\n\r\n", toHead: true)
      #expect(answer.status == 200)
      #expect(answer.headers["content-length"] == "\("HEAD /v1/info - 0".utf8.count)")
      // A body would stand in front of this answer.
      #expect(try await client.exchange("GET /x HTTP/1.1\r\nHost: a\r\n\r\n").text == "GET /x - 0")
    }
  }

  @Test(arguments: [204, 304])
  func `an answer without a body leaves the connection usable`(_ status: Int) async throws {
    let handler: @Sendable (HTTPRequest) async -> HTTPResponse = { request in
      request.path == "/none" ? HTTPResponse(status: status, headers: ["ETag": "\"a\""]) : tellBack(request)
    }
    try await withServer(handler: handler) { port, _ in
      let client = try RawClient(port: port)
      let answer = try await client.exchange("GET /none HTTP/1.1\r\nHost: a\r\n\r\n")
      #expect(answer.status == status)
      #expect(answer.headers["etag"] == "\"a\"")
      #expect(try await client.exchange("GET /x HTTP/1.1\r\nHost: a\r\n\r\n").text == "GET /x - 0")
    }
  }

  @Test func `pipelined requests are answered in order`() async throws {
    let handler: @Sendable (HTTPRequest) async -> HTTPResponse = { request in
      // The first ones take longest.
      try? await Task.sleep(for: .milliseconds(max(0, 40 - 10 * (Int(request.path.dropFirst()) ?? 0))))
      return tellBack(request)
    }
    try await withServer(handler: handler) { port, _ in
      let client = try RawClient(port: port)
      try await client.send(
        (0..<8).map {
          "POST /\($0) HTTP/1.1\r\nHost: a\r\nContent-Length: \($0)\r\n\r\n" + String(repeating: "x", count: $0)
        }
        .joined())
      for number in 0..<8 { #expect(try await client.answer().text == "POST /\(number) - \(number)") }
    }
  }

  @Test func `64 clients at once each get their own answers`() async throws {
    try await withServer { port, _ in
      let count = try await withThrowingTaskGroup(of: Int.self) { group in
        for number in 0..<64 {
          group.addTask {
            let client = try RawClient(port: port)
            let head = "HTTP/1.1\r\nHost: a\r\nContent-Length: \(number)\r\n\r\n"
            let body = String(repeating: "x", count: number)
            var right = 0
            for turn in 0..<20 {
              let answer = try await client.exchange("POST /\(number)/\(turn) \(head)\(body)")
              right += answer.text == "POST /\(number)/\(turn) - \(number)" ? 1 : 0
            }
            return right
          }
        }
        return try await group.reduce(0, +)
      }
      #expect(count == 64 * 20)
    }
  }

  @Test func `200 requests that wait hold up nobody else`() async throws {
    let release = Signal()
    let waiting = Mutex(0)
    let handler: @Sendable (HTTPRequest) async -> HTTPResponse = { request in
      if request.path == "/wait" {
        waiting.withLock { $0 += 1 }
        await release.waitOrCancelled()
      }
      return tellBack(request)
    }
    try await withServer(handler: handler) { port, server in
      var waiters: [RawClient] = []
      for _ in 0..<200 {
        let client = try RawClient(port: port)
        try await client.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n")
        waiters.append(client)
      }
      try await eventually("all of them wait") { waiting.withLock { $0 } == 200 }
      #expect(server.requestsOpen == 200)
      let other = try RawClient(port: port)
      for _ in 0..<50 { #expect(try await other.exchange("GET /x HTTP/1.1\r\nHost: a\r\n\r\n").status == 200) }
      release.give()
      for waiter in waiters { #expect(try await waiter.answer().text == "GET /wait - 0") }
    }
  }

  @Test func `5 MB go up and come back unchanged`() async throws {
    let handler: @Sendable (HTTPRequest) async -> HTTPResponse = { HTTPResponse(status: 200, body: $0.body) }
    try await withServer(configure: { $0.bodyBytesMax = { _, _ in 8_000_000 } }, handler: handler) { port, _ in
      let client = try RawClient(port: port)
      let body = (0..<5_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
      try await client.send("PUT /x HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.count)\r\n\r\n")
      try await client.send(body)
      #expect(try await client.answer().body == body)
    }
  }

  @Test func `an immediate answer needs no handler`() async throws {
    let immediate: @Sendable (HTTPRequest) -> HTTPResponse? = { request in
      request.path == "/healthz" ? HTTPResponse(status: 200, body: Array("ok".utf8)) : nil
    }
    try await withServer(immediate: immediate) { port, _ in
      let client = try RawClient(port: port)
      #expect(try await client.exchange("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n").text == "ok")
      #expect(try await client.exchange("GET /x HTTP/1.1\r\nHost: a\r\n\r\n").text == "GET /x - 0")
      #expect(try await client.exchange("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n").text == "ok")
    }
  }

  @Test(arguments: [
    HTTPResponse(status: 200, headers: ["X": "a\r\nSet-Cookie: b"]), HTTPResponse(status: 99),
    HTTPResponse(status: 100), HTTPResponse(status: -1), HTTPResponse(status: 200, headers: ["": "a"]),
  ])
  func `an answer that cannot be sent becomes a 500`(_ response: HTTPResponse) async throws {
    try await withServer(handler: { _ in response }) { port, _ in
      let answer = try await RawClient(port: port).exchange("GET /x HTTP/1.1\r\nHost: a\r\n\r\n")
      #expect(answer.status == 500)
      #expect(answer.text == "internal")
    }
  }

  @Test func `the answer says what the handler said and no more than the connection needs`() async throws {
    let handler: @Sendable (HTTPRequest) async -> HTTPResponse = { _ in
      HTTPResponse(
        status: 507, headers: ["Content-Length": "99", "A": "1", "Transfer-Encoding": "chunked"], body: [1, 2, 3],
        closesConnection: true)
    }
    try await withServer(handler: handler) { port, _ in
      let client = try RawClient(port: port)
      let answer = try await client.exchange("GET /x HTTP/1.1\r\nHost: a\r\n\r\n")
      #expect(answer.status == 507)
      #expect(answer.body == [1, 2, 3])
      #expect(Set(answer.headers.keys) == ["content-length", "a", "connection", "date"])
      #expect(try await client.isClosed())
    }
  }

  @Test func `the handler learns the peer's address`() async throws {
    let handler: @Sendable (HTTPRequest) async -> HTTPResponse = {
      HTTPResponse(status: 200, body: Array(($0.peer ?? "-").utf8))
    }
    for address in ["127.0.0.1", "::"] {
      try await withServer(configure: { $0.address = address }, handler: handler) { port, _ in
        let answer = try await RawClient(port: port).exchange("GET /x HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(answer.text == "127.0.0.1")
      }
    }
  }

  @Test func `clients that vanish at any moment do no harm`() async throws {
    let handler: @Sendable (HTTPRequest) async -> HTTPResponse = { _ in
      try? await Task.sleep(for: .milliseconds(20))
      return HTTPResponse(status: 200, body: [UInt8](repeating: 0x78, count: 1_000_000))
    }
    try await withServer(handler: handler) { port, server in
      let whole = "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nabcd"
      for length in 0...whole.utf8.count {
        let client = try RawClient(port: port)
        try await client.send(String(whole.prefix(length)))
        client.disconnect()
      }
      let last = try RawClient(port: port)
      #expect(try await last.exchange(whole).body.count == 1_000_000)
      last.disconnect()
      try await eventually("all requests end") { server.requestsOpen == 0 && server.connectionsOpen == 0 }
    }
  }

  @Test func `a handler is cancelled when its client is gone`() async throws {
    let started = Signal()
    let cancelled = Signal()
    let handler: @Sendable (HTTPRequest) async -> HTTPResponse = { _ in
      started.give()
      await Signal().waitOrCancelled()
      if Task.isCancelled { cancelled.give() }
      return HTTPResponse(status: 200)
    }
    try await withServer(handler: handler) { port, _ in
      let client = try RawClient(port: port)
      try await client.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n")
      await started.wait()
      client.disconnect()
      await cancelled.wait()
    }
  }

  @Test(arguments: [0, 50, 300])
  func `a client that closes its sending half gets its answer`(_ milliseconds: Int) async throws {
    let handler: @Sendable (HTTPRequest) async -> HTTPResponse = { request in
      try? await Task.sleep(for: .milliseconds(100))
      return tellBack(request)
    }
    try await withServer(handler: handler) { port, _ in
      let client = try RawClient(port: port)
      try await client.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc")
      try await Task.sleep(for: .milliseconds(milliseconds / 10))
      await client.finishSending()
      #expect(try await client.answer().text == "POST /x - 3")
      #expect(try await client.isClosed())
    }
  }

  @Test func `where a server cannot listen is said by type`() async throws {
    try await withServer { port, _ in
      let start = { (address: String, port: UInt16) throws(HTTPServerError) in
        _ = try HTTPServer(configuration: HTTPServerConfiguration(address: address, port: port)) {
          .whole(tellBack($0))
        }
        .start()
      }
      #expect(throws: HTTPServerError.addressInUse(address: "127.0.0.1", port: port)) { try start("127.0.0.1", port) }
      #expect(throws: HTTPServerError.badAddress("localhost")) { try start("localhost", 0) }
      #expect(throws: HTTPServerError.badAddress("192.0.2.1")) { try start("192.0.2.1", 0) }
      #expect(throws: HTTPServerError.badAddress("")) { try start("", 0) }
    }
  }

  @Test func `a server starts once and stops once`() async throws {
    try await withServer { _, server in
      #expect(throws: HTTPServerError.startedBefore) { _ = try server.start() }
      #expect(await server.stop(graceSeconds: 1) == .drained)
      #expect(await server.stop(graceSeconds: 1) == .notRunning)
      #expect(throws: HTTPServerError.startedBefore) { _ = try server.start() }
    }
  }
}
