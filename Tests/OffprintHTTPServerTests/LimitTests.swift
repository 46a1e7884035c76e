import OffprintHTTP
import OffprintHTTPServer
import OffprintProcesses
import Testing

/// Sizes: what is at the limit passes, what is beyond it gets its status.
struct LimitTests {
  @Test(arguments: [(8_192, 200), (8_193, 414), (9_000, 414), (30_000, 414)])
  func `a request line may be as long as the limit`(_ bytes: Int, _ status: Int) async throws {
    try await withServer { port, _ in
      let client = try RawClient(port: port)
      let path = "/" + String(repeating: "a", count: bytes - 16)
      let answer = try await client.exchange("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n")
      #expect(answer.status == status)
      if status != 200 { #expect(try await client.isClosed()) }
    }
  }

  @Test(arguments: [(100, 200), (101, 431), (800, 431)])
  func `there may be as many headers as the limit`(_ count: Int, _ status: Int) async throws {
    try await withServer { port, _ in
      let client = try RawClient(port: port)
      let lines = (1..<count).map { "X-\($0): 1\r\n" }.joined()
      #expect(try await client.exchange("GET / HTTP/1.1\r\nHost: a\r\n\(lines)\r\n").status == status)
      if status != 200 { #expect(try await client.isClosed()) }
    }
  }

  @Test(arguments: [(32_768, 200), (32_769, 431), (48_000, 431), (70_000, 431), (1_048_576, 431)])
  func `the headers together may be as long as the limit`(_ bytes: Int, _ status: Int) async throws {
    try await withServer { port, _ in
      let client = try RawClient(port: port)
      let head = "GET / HTTP/1.1\r\n"
      let start = "Host: a\r\nAuthorization: Bearer "
      let value = String(repeating: "f", count: bytes - start.utf8.count - 4)
      // A server that has answered may have closed before all of this was sent.
      try? await client.send(head + start + value + "\r\n\r\n")
      #expect(try await client.answer().status == status)
      if status != 200 { #expect(try await client.isClosed()) }
    }
  }

  @Test func `thousands of query parameters do no harm`() async throws {
    try await withServer { port, _ in
      let client = try RawClient(port: port)
      let query = String(repeating: "a&", count: 4_000)
      let answer = try await client.exchange("GET /x?\(query) HTTP/1.1\r\nHost: a\r\n\r\n")
      #expect([200, 413, 414, 431].contains(answer.status))
      #expect(try await RawClient(port: port).exchange("GET /next HTTP/1.1\r\nHost: a\r\n\r\n").status == 200)
    }
  }

  @Test func `a declared body beyond the limit gets 413 before any of it is read`() async throws {
    try await withServer { port, _ in
      let client = try RawClient(port: port)
      let answer = try await client.exchange("POST /v1/sync HTTP/1.1\r\nHost: a\r\nContent-Length: 2000000\r\n\r\n")
      #expect(answer.status == 413)
      #expect(answer.text == "too-large")
      #expect(try await client.isClosed())
      let asking = try RawClient(port: port)
      let refused = try await asking.exchange(
        "POST /v1/sync HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2000000\r\n\r\n")
      #expect(refused.status == 413)
    }
  }

  @Test func `a body of the limit's length passes and the limit follows method and path`() async throws {
    let configure: (inout HTTPServerConfiguration) -> Void = {
      $0.bodyBytesMax = { method, path in method == "PUT" && path == "/big" ? 200_000 : 10 }
    }
    try await withServer(configure: configure) { port, _ in
      let client = try RawClient(port: port)
      let body = String(repeating: "x", count: 200_000)
      let big = "PUT /big HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n\(body)"
      #expect(try await client.exchange(big).text == "PUT /big - 200000")
      let ten = "POST /big HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n0123456789"
      #expect(try await client.exchange(ten).text == "POST /big - 10")
      let eleven = "POST /big HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n01234567890"
      #expect(try await client.exchange(eleven).status == 413)
    }
  }

  @Test(arguments: [10, 11, 500_000, 3_000_000])
  func `a chunked body beyond the limit gets 413`(_ bytes: Int) async throws {
    try await withServer(configure: { $0.bodyBytesMax = { _, _ in 10 } }) { port, _ in
      let client = try RawClient(port: port)
      try await client.send("POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
      var left = bytes
      while left > 0 {
        let count = min(left, 40_000)
        left -= count
        // The server may close in the middle.
        try? await client.send("\(String(count, radix: 16))\r\n" + String(repeating: "x", count: count) + "\r\n")
      }
      try? await client.send("0\r\n\r\n")
      let answer = try await client.answer()
      #expect(answer.status == (bytes > 10 ? 413 : 200))
      #expect(answer.text == (bytes > 10 ? "too-large" : "POST /c - 10"))
      if bytes > 10 { #expect(try await client.isClosed()) }
    }
  }

  @Test func `a body in chunks of one byte arrives whole`() async throws {
    try await withServer { port, _ in
      let client = try RawClient(port: port)
      let chunks = String(repeating: "1\r\nx\r\n", count: 20_000)
      let head = "POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n"
      #expect(try await client.exchange(head + chunks + "0\r\nTrailer: 1\r\n\r\n").text == "POST /c - 20000")
      #expect(try await client.exchange("GET /d HTTP/1.1\r\nHost: a\r\n\r\n").text == "GET /d - 0")
    }
  }
}
