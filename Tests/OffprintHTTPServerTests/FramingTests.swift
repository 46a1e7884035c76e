import OffprintHTTP
import OffprintHTTPServer
import OffprintProcesses
import Testing

/// Requests that two programs could read in two ways, sent as raw bytes.
struct FramingTests {
  /// The start of a request up to its own headers.
  static let post = "POST /v1/sync HTTP/1.1\r\nHost: a\r\n"
  static let get = "GET /v1/info HTTP/1.1\r\nHost: a\r\n"

  @Test(arguments: [
    ("both", post + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    ("both, other order", post + "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n"),
    ("two lengths", post + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}"),
    ("the same length twice", post + "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}"),
    ("two lengths on a GET", get + "Content-Length: 0\r\nContent-Length: 2\r\n\r\n"),
    ("2^63", post + "Content-Length: 9223372036854775808\r\n\r\n"),
    ("gzip, chunked", post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
    ("identity", post + "Transfer-Encoding: identity\r\n\r\n0\r\n\r\n"),
    ("chunked twice", post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    ("vertical tab", post + "Transfer-Encoding: \u{b}chunked\r\n\r\n0\r\n\r\n"),
    ("chunked in HTTP/1.0", "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    ("no Host", "GET / HTTP/1.1\r\n\r\n"),
    ("two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
    ("two Hosts in HTTP/1.0", "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n"),
    ("space before the colon", get + "X : 1\r\n\r\n"),
    ("length with a space before the colon", post + "Content-Length : 2\r\n\r\n{}"),
    ("folded line", get + "X: 1\r\n 2\r\nY: 3\r\n\r\n"),
    ("folded first line", "GET / HTTP/1.1\r\n X: 1\r\nHost: a\r\n\r\n"),
    ("folded by a tab", get + "X: 1\r\n\tContent-Length: 5\r\n\r\n"),
    ("NUL in a value", get + "X: a\0b\r\n\r\n"),
    ("NUL at a value's end", get + "X: a\0\r\nY: b\r\n\r\n"),
    ("NUL at the last value's end", get + "X: a\0\r\n\r\n"),
    ("NUL behind the colon", get + "X:\0a\r\n\r\n"),
    ("CR in a value", get + "X: a\rb\r\n\r\n"),
    ("control character in a value", get + "X: a\u{1}b\r\n\r\n"),
    ("bare LF behind the request line", "GET / HTTP/1.1\nHost: a\r\n\r\n"),
    ("bare LF behind a header", "GET / HTTP/1.1\r\nHost: a\nX: 1\r\n\r\n"),
    ("bare LF before the blank line", "GET / HTTP/1.1\r\nHost: a\n\r\n"),
    ("bare LF as the blank line", "GET / HTTP/1.1\r\nHost: a\r\n\n"),
    ("bare LFs alone", "GET / HTTP/1.1\nHost: a\n\n"),
    ("two blanks in the request line", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("blank in the target", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("tab in the target", "GET /a\tb HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("NUL in the target", "GET /a\0b HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("NUL in the method", "GE\0T / HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("colon in the method", "GET: / HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("quote in a name", get + "\"X\": 1\r\n\r\n"),
    ("no name", get + ": 1\r\n\r\n"),
  ])
  func `a request that can be read in two ways is refused and the connection closed`(
    _ name: String, _ text: String
  ) async throws {
    try await withServer { port, _ in
      let client = try RawClient(port: port)
      // What follows must not be taken for a request of its own.
      let answer = try await client.exchange(text + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n")
      #expect(answer.status == 400)
      #expect(answer.text == "bad-framing")
      #expect(answer.headers["connection"]?.lowercased() == "close")
      #expect(try await client.isClosed())
      #expect(try await RawClient(port: port).exchange("GET /next HTTP/1.1\r\nHost: a\r\n\r\n").text == "GET /next - 0")
    }
  }

  /// The library refuses these itself, with bodies of its own.
  @Test(arguments: [
    (post + "Content-Length: \r\n\r\n", [400]),
    (post + "Content-Length: +5\r\n\r\nabcde", [400]),
    (post + "Content-Length: -1\r\n\r\n", [400]),
    (post + "Content-Length: 0x10\r\n\r\n", [400]),
    (post + "Content-Length: 5, 5\r\n\r\nabcde", [400]),
    (post + "Content-Length: 18446744073709551616\r\n\r\n", [400, 413]),
    (post + "Transfer-Encoding: chunked\r\n\r\n-1\r\nabc\r\n0\r\n\r\n", [400]),
    (post + "Transfer-Encoding: chunked\r\n\r\n00000000000000000000G\r\n", [400]),
    (post + "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFFFFF\r\n", [400, 413]),
    (post + "Transfer-Encoding: chunked\r\n\r\n3\r\nabcXX\r\n0\r\n\r\n", [400]),
    ("GET /\r\n", [400, 505]),
    ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", [400, 505]),
    ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", [400, 505]),
    ("GET / HTTP/1.1\r\nHost a\r\n\r\n", [400]),
    ("no request at all\r\n\r\n", [400, 505]),
  ])
  func `what cannot be parsed is refused and the connection closed`(_ text: String, _ statuses: [Int]) async throws {
    try await withServer { port, _ in
      let client = try RawClient(port: port)
      let answer = try await client.exchange(text)
      #expect(statuses.contains(answer.status))
      #expect(try await client.isClosed(droppingRest: true))
      #expect(try await RawClient(port: port).exchange("GET /next HTTP/1.1\r\nHost: a\r\n\r\n").text == "GET /next - 0")
    }
  }

  @Test func `a TLS hello on the plain port is closed without harm`() async throws {
    try await withServer { port, _ in
      let client = try RawClient(port: port)
      try await client.send([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xFC, 0x03, 0x03, 0x0A, 0x0A])
      let answer = try? await client.answer()
      #expect(answer == nil || answer?.status == 400)
      #expect(try await RawClient(port: port).exchange("GET /next HTTP/1.1\r\nHost: a\r\n\r\n").status == 200)
    }
  }

  @Test(arguments: [
    [UInt8]("Authorization: Bearer \u{e9}".utf8.dropLast()) + [0xE9], Array("X: ".utf8) + [0xFF, 0xFE],
    Array("X: ".utf8) + [0xC0, 0xAF],
  ])
  func `a header value that is not UTF-8 is refused`(_ line: [UInt8]) async throws {
    try await withServer { port, _ in
      let client = try RawClient(port: port)
      try await client.send(Array(Self.get.utf8) + line + Array("\r\n\r\n".utf8))
      #expect(try await client.answer().status == 400)
      #expect(try await client.isClosed())
    }
  }

  @Test func `a header value in UTF-8 reaches the handler without the blanks around it`() async throws {
    let handler: @Sendable (HTTPRequest) async -> HTTPResponse = {
      HTTPResponse(status: 200, body: Array(($0.headers["x-name"] ?? "none").utf8))
    }
    try await withServer(handler: handler) { port, _ in
      let client = try RawClient(port: port)
      #expect(try await client.exchange(Self.get + "X-Name: \t Zoë 読む \t\r\n\r\n").text == "Zoë 読む")
      #expect(try await client.exchange(Self.get + "X-Name:\r\n\r\n").text == "")
      #expect(try await client.exchange(Self.get + "X-NAME:b\r\n\r\n").text == "b")
      #expect(try await client.exchange("GET / HTTP/1.0\r\nX-Name: c\r\n\r\n").text == "c")
    }
  }

  @Test(arguments: ["POST", "PUT"])
  func `a request that should have a body and says no length gets 411`(_ method: String) async throws {
    try await withServer { port, _ in
      let client = try RawClient(port: port)
      let answer = try await client.exchange("\(method) /v1/sync HTTP/1.1\r\nHost: a\r\n\r\n")
      #expect(answer.status == 411)
      #expect(answer.text == "length-required")
    }
  }
}
