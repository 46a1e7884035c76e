import OffprintHTTP
import OffprintHTTPServer
import OffprintProcesses
import Testing

/// Clients that take their time, to hold connections or because they are broken. Times are far shorter than in use.
@Suite(.serialized)
struct SlowClientTests {
  @Test func `a head that drips is cut with a 408 and honest clients are served meanwhile`() async throws {
    try await withServer(configure: { $0.headSecondsMax = 0.6 }) { port, _ in
      var drips: [RawClient] = []
      for number in 0..<100 {
        let client = try RawClient(port: port)
        // Some have not even sent a request line.
        try await client.send(number % 3 == 0 ? "GE" : "GET / HTTP/1.1\r\nHost: a\r\n")
        drips.append(client)
      }
      let start = ContinuousClock.now
      while ContinuousClock.now - start < .seconds(1.5) {
        for client in drips { try? await client.send("X") }
        let honest = try await RawClient(port: port).exchange("GET /x HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(honest.status == 200)
        try await Task.sleep(for: .milliseconds(50))
      }
      for client in drips {
        // The client's own bytes that arrive too late may have reset the connection before it read.
        if let answer = try? await client.answer() {
          #expect(answer.status == 408)
          #expect(answer.text == "request-timeout")
          #expect(answer.headers["connection"] == "close")
        }
        #expect(try await client.isClosed())
      }
    }
  }

  @Test func `a connection that says nothing is closed`() async throws {
    try await withServer(configure: { $0.headSecondsMax = 0.3 }) { port, _ in
      let client = try RawClient(port: port)
      #expect(try await client.answer().status == 408)
      #expect(try await client.isClosed())
    }
  }

  @Test func `a kept connection that brings no further request is closed without a word`() async throws {
    try await withServer(configure: { $0.idleSecondsMax = 0.5 }) { port, _ in
      let client = try RawClient(port: port)
      #expect(try await client.exchange("GET /x HTTP/1.1\r\nHost: a\r\n\r\n").status == 200)
      #expect(try await client.isClosed())
      let dripping = try RawClient(port: port)
      #expect(try await dripping.exchange("GET /x HTTP/1.1\r\nHost: a\r\n\r\n").status == 200)
      for byte in "GET /yyyyyyyyyyyyyyyyyyyyyy" {
        try? await dripping.send(String(byte))
        try await Task.sleep(for: .milliseconds(50))
      }
      #expect(try await dripping.isClosed())
    }
  }

  @Test(arguments: [
    "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n",
    "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
    "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n",
  ])
  func `a body that drips gets a 408`(_ head: String) async throws {
    try await withServer(configure: { $0.bodyPaceAfterSeconds = 0.4 }) { port, _ in
      let client = try RawClient(port: port)
      try await client.send(head)
      #expect(try await client.answer().status == 408)
      #expect(try await client.isClosed())
    }
  }

  @Test func `a slow body above the least pace arrives`() async throws {
    let configure: (inout HTTPServerConfiguration) -> Void = {
      $0.bodyPaceAfterSeconds = 0.2
      $0.headSecondsMax = 0.2
      $0.bodyBytesPerSecondMin = 100
    }
    try await withServer(configure: configure) { port, _ in
      let client = try RawClient(port: port)
      try await client.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n")
      try await client.send(String(repeating: "x", count: 50), times: 20, everyMilliseconds: 50)
      #expect(try await client.answer().text == "POST /x - 1000")
    }
  }

  @Test func `a request that waits for its handler is not cut`() async throws {
    let configure: (inout HTTPServerConfiguration) -> Void = {
      $0.headSecondsMax = 0.2
      $0.bodyPaceAfterSeconds = 0.2
      $0.idleSecondsMax = 1
    }
    let handler: @Sendable (HTTPRequest) async -> HTTPResponse = { request in
      try? await Task.sleep(for: .seconds(2.2))
      return tellBack(request)
    }
    try await withServer(configure: configure, handler: handler) { port, _ in
      let answer = try await RawClient(port: port).exchange("GET /x HTTP/1.1\r\nHost: a\r\n\r\n")
      #expect(answer.text == "GET /x - 0")
    }
  }

  @Test func `a client that does not read its answer is cut`() async throws {
    let handler: @Sendable (HTTPRequest) async -> HTTPResponse = { _ in
      HTTPResponse(status: 200, body: [UInt8](repeating: 0x78, count: 33_554_432))
    }
    try await withServer(configure: { $0.idleSecondsMax = 1 }, handler: handler) { port, server in
      let client = try RawClient(port: port, receiveBuffer: 4_096)
      try await client.send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n")
      try await eventually("the request is there") { server.requestsOpen == 1 }
      try await eventually("the server gives up") { server.requestsOpen == 0 && server.connectionsOpen == 0 }
    }
  }
}
