import Foundation
import Offprint
import OffprintGzip
import OffprintHTTP
import OffprintHTTPServer
import OffprintURLSession
import OffprintLocks
import Testing

/// Requests to a server that means well.
struct TransportTests {
  @Test func `a request arrives as it was meant`() async throws {
    let seen = Mutex<[HTTPRequest]>([])
    let handler: @Sendable (HTTPRequest) async -> HTTPResponse = { request in
      seen.withLock { $0.append(request) }
      return HTTPResponse(status: 200)
    }
    try await withServer(handler) { url, _ in
      let transport = URLSessionTransport()
      _ = try await transport.get(
        url + "/v1/changes?since=a%2Bb_-&limit=5", headers: ["Authorization": "Bearer 0f", "X-A": "Zoë"])
      _ = try await transport.get(url + "/v1/sync", method: "POST", body: Array(0...255))
      _ = try await transport.get(url + "/v1/empty", method: "POST")
      _ = try await transport.get(url + "/v1/contents/a", method: "PUT", body: [1])
      _ = try await transport.get(url + "/v1/devices/a", method: "DELETE")
    }
    let requests = seen.withLock { $0 }
    #expect(requests.map(\.method) == ["GET", "POST", "POST", "PUT", "DELETE"])
    #expect(requests.map(\.path) == ["/v1/changes", "/v1/sync", "/v1/empty", "/v1/contents/a", "/v1/devices/a"])
    #expect(requests.first?.query == "since=a%2Bb_-&limit=5")
    #expect(requests.first?.headers["Authorization"] == "Bearer 0f")
    #expect(requests.first?.headers["X-A"] == "Zoë")
    #expect(requests.map(\.body) == [[], Array(0...255), [], [1], []])
  }

  @Test(arguments: [200, 201, 204, 304, 400, 401, 404, 409, 410, 413, 429, 500, 503, 507])
  func `every answer of a server is returned`(_ status: Int) async throws {
    let handler: @Sendable (HTTPRequest) async -> HTTPResponse = { _ in
      let hasBody = status != 204 && status != 304
      return HTTPResponse(
        status: status, headers: ["WWW-Authenticate": "Bearer", "Offprint-Time": "5", "ETag": "\"a\""],
        body: hasBody ? Array("body".utf8) : [])
    }
    try await withServer(handler) { url, _ in
      let answer = try await URLSessionTransport().get(url + "/")
      #expect(answer.status == status)
      #expect(answer.headers["offprint-time"] == "5")
      #expect(answer.headers["etag"] == "\"a\"")
      #expect(answer.body == (status == 204 || status == 304 ? [] : Array("body".utf8)))
    }
  }

  @Test func `an answer to HEAD has its length and no body`() async throws {
    try await withServer({ _ in HTTPResponse(status: 200, body: [UInt8](repeating: 1, count: 900_000)) }) { url, _ in
      let answer = try await URLSessionTransport().get(url + "/", method: "HEAD")
      #expect(answer.status == 200)
      #expect(answer.headers["Content-Length"] == "900000")
      #expect(answer.body == [])
    }
  }

  @Test func `a gzip answer comes decoded`() async throws {
    let text = Array(String(repeating: "read later, ", count: 5_000).utf8)
    let coded = try Gzip.deflate(text)
    let handler: @Sendable (HTTPRequest) async -> HTTPResponse = { request in
      #expect(request.headers["Accept-Encoding"]?.contains("gzip") == true)
      return HTTPResponse(status: 200, headers: ["Content-Encoding": "gzip"], body: coded)
    }
    try await withServer(handler) { url, _ in
      let answer = try await URLSessionTransport().get(url + "/")
      #expect(answer.body == text)
      #expect(answer.headers["Content-Encoding"] == nil)
      #expect(answer.headers["Content-Length"] == nil)
    }
  }

  @Test func `20 requests after one another need one connection`() async throws {
    try await withServer({ _ in HTTPResponse(status: 200, body: [1]) }) { url, server in
      let transport = URLSessionTransport()
      for _ in 0..<20 {
        _ = try await transport.get(url + "/")
        #expect(server.connectionsOpen == 1)
      }
    }
  }

  @Test func `40 requests at once all get their own answers`() async throws {
    let handler: @Sendable (HTTPRequest) async -> HTTPResponse = { request in
      try? await Task.sleep(for: .milliseconds(10))
      return HTTPResponse(status: 200, body: Array(request.path.utf8))
    }
    try await withServer(handler) { url, _ in
      let transport = URLSessionTransport(connectionsPerHostMax: 4)
      let right = try await withThrowingTaskGroup(of: Bool.self) { group in
        for number in 0..<40 {
          group.addTask { try await transport.get(url + "/\(number)").body == Array("/\(number)".utf8) }
        }
        return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
      }
      #expect(right == 40)
    }
  }

  @Test func `nothing is remembered from one request to the next`() async throws {
    let seen = Mutex<[HTTPRequest]>([])
    let handler: @Sendable (HTTPRequest) async -> HTTPResponse = { request in
      seen.withLock { $0.append(request) }
      return HTTPResponse(
        status: 200, headers: ["Set-Cookie": "a=b; Path=/", "Cache-Control": "max-age=600", "ETag": "\"a\""], body: [1])
    }
    try await withServer(handler) { url, _ in
      let transport = URLSessionTransport()
      for _ in 0..<3 {
        let answer = try await transport.get(url + "/")
        #expect(answer.body == [1])
      }
    }
    let requests = seen.withLock { $0 }
    #expect(requests.count == 3)
    #expect(requests.allSatisfy { $0.headers["Cookie"] == nil && $0.headers["If-None-Match"] == nil })
  }

  @Test func `5 MB go up and come back`() async throws {
    try await withServer({ HTTPResponse(status: 200, body: $0.body) }) { url, _ in
      let body = (0..<5_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
      let answer = try await URLSessionTransport().get(
        url + "/", method: "PUT", body: body, responseBytesMax: 5_000_000)
      #expect(answer.body == body)
    }
  }

  @Test func `the answer to an upload that is refused at its head arrives`() async throws {
    try await withServer({ _ in HTTPResponse(status: 200) }) { url, _ in
      let transport = URLSessionTransport()
      let body = [UInt8](repeating: 1, count: 8_000_001)
      let answer = try await transport.get(url + "/", method: "PUT", body: body)
      #expect(answer.status == 413)
    }
  }

  @Test func `cancelling ends the wait at once`() async throws {
    let started = Mutex(0)
    let handler: @Sendable (HTTPRequest) async -> HTTPResponse = { _ in
      started.withLock { $0 += 1 }
      try? await Task.sleep(for: .seconds(200))
      return HTTPResponse(status: 200)
    }
    try await withServer(handler) { url, server in
      let transport = URLSessionTransport()
      let waiting = Task { try await transport.get(url + "/") }
      while started.withLock({ $0 }) == 0 { try await Task.sleep(for: .milliseconds(2)) }
      let start = ContinuousClock.now
      waiting.cancel()
      await #expect(throws: TransportError.cancelled) { try await waiting.value }
      #expect(ContinuousClock.now - start < .seconds(60))
      // The server's handler hears of it too, once the connection is closed.
      while server.requestsOpen > 0, ContinuousClock.now - start < .seconds(120) {
        try await Task.sleep(for: .milliseconds(10))
      }
      #expect(server.requestsOpen == 0)
      let never = Task {
        withUnsafeCurrentTask { $0?.cancel() }
        return try await transport.get(url + "/")
      }
      await #expect(throws: TransportError.cancelled) { try await never.value }
      #expect(started.withLock { $0 } == 1)
    }
  }

  @Test(arguments: [
    "", "v1", "/v1/sync", "ftp://127.0.0.1/", "file:///etc/passwd", "http:", "http://", "http:///a", "https://:80/",
    "http://127.0.0.1:0/", "http://127.0.0.1:65536/", "http://127.0.0.1:99999/", "http://u:p@127.0.0.1/",
    "http://u@127.0.0.1/", "javascript:1", "http://[::1/", "http://a b/",
  ])
  func `what is no address of a server is refused by its text`(_ url: String) async {
    await #expect(throws: TransportError.badURL(url)) { try await URLSessionTransport().get(url) }
  }
}
