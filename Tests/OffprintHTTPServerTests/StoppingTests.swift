import OffprintHTTP
import OffprintHTTPServer
import OffprintProcesses
import OffprintLocks
import Testing

/// The end of a server: nobody is cut in the middle, and the process lives.
@Suite(.serialized)
struct StoppingTests {
  @Test(arguments: 0..<8)
  func `stopping under load gives every request that was let in its whole answer`(_ round: Int) async throws {
    let handler: @Sendable (HTTPRequest) async -> HTTPResponse = { request in
      if request.path == "/wait" { await Signal().waitOrCancelled() }
      return HTTPResponse(status: 200, body: [UInt8](repeating: 0x78, count: 20_000))
    }
    // Runs into the stop at another moment each time.
    let handled = Mutex(0)
    let counting: @Sendable (HTTPRequest) async -> HTTPResponse = { request in
      handled.withLock { $0 += 1 }
      return await handler(request)
    }
    try await withServer(handler: counting) { port, server in
      try await withThrowingTaskGroup(of: (whole: Int, broken: Int).self) { group in
        for number in 0..<40 {
          group.addTask {
            let client = try RawClient(port: port)
            let path = number < 10 ? "/wait" : "/x"
            var whole = 0
            while true {
              do {
                let text = "POST \(path) HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
                let answer = try await client.exchange(text)
                whole += answer.status == 200 ? 1 : 0
                if answer.status == 503 {
                  #expect(answer.headers["connection"]?.lowercased() == "close")
                  return (whole, 0)
                }
              } catch RawClient.Failure.closed, RawClient.Failure.reset, RawClient.Failure.notSent {
                return (whole, 0)
              } catch {
                return (whole, 1)
              }
            }
          }
        }
        try await eventually("requests run") { handled.withLock { $0 } > 50 + 40 * round }
        #expect(await server.stop(graceSeconds: 60) == .drained)
        var whole = 0
        for try await result in group {
          whole += result.whole
          #expect(result.broken == 0)
        }
        // Each handler that ran was heard by its client.
        #expect(whole == handled.withLock { $0 })
      }
      #expect(throws: RawClient.Failure.noConnection(111)) { _ = try RawClient(port: port) }
    }
  }

  @Test func `a request that arrives while the server stops gets 503 and a closed connection`() async throws {
    let release = Signal()
    let started = Signal()
    let handler: @Sendable (HTTPRequest) async -> HTTPResponse = { request in
      if request.path == "/slow" {
        started.give()
        await release.wait()
      }
      return tellBack(request)
    }
    try await withServer(handler: handler) { port, server in
      let slow = try RawClient(port: port)
      let kept = try RawClient(port: port)
      #expect(try await kept.exchange("GET /x HTTP/1.1\r\nHost: a\r\n\r\n").status == 200)
      try await slow.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
      await started.wait()
      async let ending = server.stop(graceSeconds: 60)
      try await eventually("no connection is taken any more") { (try? RawClient(port: port)) == nil }
      let refused = try await kept.exchange("GET /x HTTP/1.1\r\nHost: a\r\n\r\n")
      #expect(refused.status == 503)
      #expect(refused.text == "busy")
      #expect(try await kept.isClosed())
      release.give()
      #expect(try await slow.answer().text == "GET /slow - 0")
      #expect(await ending == .drained)
    }
  }

  @Test func `an upload that began before the stop is let finish`() async throws {
    try await withServer { port, server in
      let client = try RawClient(port: port)
      try await client.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nabc")
      try await eventually("the head is there") { server.requestsOpen == 1 }
      async let ending = server.stop(graceSeconds: 60)
      try await eventually("no connection is taken any more") { (try? RawClient(port: port)) == nil }
      try await client.send("def")
      #expect(try await client.answer().text == "POST /x - 6")
      #expect(await ending == .drained)
    }
  }

  @Test func `a handler that does not end is answered for when the grace is over`() async throws {
    let release = Signal()
    let started = Signal()
    let handler: @Sendable (HTTPRequest) async -> HTTPResponse = { request in
      started.give()
      await release.wait()
      return tellBack(request)
    }
    try await withServer(handler: handler) { port, server in
      let waiting = try RawClient(port: port)
      try await waiting.send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n")
      await started.wait()
      let uploading = try RawClient(port: port)
      try await uploading.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nabc")
      try await eventually("both are there") { server.requestsOpen == 2 }
      #expect(await server.stop(graceSeconds: 0.1) == .cut(requests: 2))
      #expect(try await waiting.answer().status == 503)
      #expect(try await uploading.isClosed())
      // The late answer finds nobody, which is fine.
      release.give()
    }
  }

  @Test func `idle connections do not hold up a stop`() async throws {
    try await withServer { port, server in
      var idle: [RawClient] = []
      for _ in 0..<20 {
        let client = try RawClient(port: port)
        #expect(try await client.exchange("GET /x HTTP/1.1\r\nHost: a\r\n\r\n").status == 200)
        idle.append(client)
      }
      let half = try RawClient(port: port)
      try await half.send("GET /x HTTP/1.1\r\nHo")
      #expect(await server.stop(graceSeconds: 60) == .drained)
      for client in idle { #expect(try await client.isClosed()) }
    }
  }

  @Test func `the port is free again after the stop`() async throws {
    try await withServer { port, server in
      await server.stop(graceSeconds: 1)
      let next = HTTPServer(configuration: HTTPServerConfiguration(port: port)) { .whole(tellBack($0)) }
      let bound = try next.start()
      #expect(bound.port == port)
      await next.stop(graceSeconds: 1)
    }
  }
}
