import Foundation
import OffprintFetch
import OffprintGzip
import OffprintLocks
import OffprintProcesses
import Testing

/// What sites answer, and what is taken of it.
@Suite struct FetchTests {
  private static let page = Array("<title>Boats</title><p>Paper boats.".utf8)

  @Test func `a page comes with its type, and with the address that answered`() throws {
    let site = Site { path, client in
      switch path {
      case "/old?x=1": client.redirect(to: "../new page/é?y=2#part", "Set-Cookie: a=b")
      default: client.answer(type: "Text/HTML; Charset=UTF-8", body: Self.page)
      }
    }
    let answer = try site.fetch("/old?x=1#top")
    #expect(answer.body == Self.page)
    #expect(answer.contentType == "Text/HTML; Charset=UTF-8")
    #expect(answer.url == site.url + "/new%20page/%C3%A9?y=2")
    #expect(
      site.requests.map { $0.prefix { $0 != "\r\n" } } == [
        "GET /old?x=1 HTTP/1.1", "GET /new%20page/%C3%A9?y=2 HTTP/1.1",
      ])
  }

  @Test func `nothing of this machine goes along`() throws {
    let site = Site { path, client in
      if path == "/" {
        client.redirect(to: "/next", "Set-Cookie: id=7; Path=/")
      } else {
        client.answer(body: Self.page)
      }
    }
    _ = try site.fetch("/")
    _ = try site.fetch("/next")
    #expect(site.requests.count == 3)
    for head in site.requests {
      let names = Set(head.split(separator: "\r\n").dropFirst().map { $0.prefix { $0 != ":" }.lowercased() })
      #expect(names == ["host", "user-agent", "accept", "accept-encoding"])
    }
  }

  @Test func `a compressed page is inflated`() throws {
    let packed = try Gzip.deflate(Self.page)
    let site = Site { path, client in
      client.answer("200 OK", type: "text/html", "Content-Encoding: \(path.dropFirst())", body: packed)
    }
    #expect(try site.fetch("/gzip").body == Self.page)
    #expect(try site.fetch("/x-gzip").body == Self.page)
    #expect(try site.fetch("/identity").body == packed)
    for coding in ["br", "deflate", "gzip,gzip", "gzip,br", "nonsense"] {
      #expect(site.failure("/" + coding) == .unsupportedEncoding)
    }
  }

  @Test func `a page in chunks, or up to the end of the connection, is whole`() throws {
    let site = Site { path, client in
      if path == "/chunks" {
        client.send(
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n<p>A\r\n2\r\n b\r\n0\r\nTrailer: x\r\n\r\n")
      } else {
        client.send(
          "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\n<p>A b")
      }
    }
    #expect(try site.fetch("/chunks").body == Array("<p>A b".utf8))
    #expect(try site.fetch("/end").body == Array("<p>A b".utf8))
  }

  @Test func `redirects are followed five times`() throws {
    let site = Site { path, client in
      let count = Int(path.dropFirst()) ?? 0
      if count == 0 { client.answer(body: Self.page) } else { client.redirect(to: "/\(count - 1)") }
    }
    #expect(try site.fetch("/5").body == Self.page)
    #expect(site.requests.count == 6)
    #expect(site.failure("/6") == .tooManyRedirects)
    #expect(site.requests.count == 12)
  }

  @Test func `a slow site, or one that never ends its head, its body or its redirects, is given up in time`() {
    let site = Site { path, client in
      switch path {
      case "/silent": client.pause(milliseconds: 3_000)
      case "/slow-redirects":
        client.pause(milliseconds: 200)
        client.redirect(to: "/slow-redirects")
      default:
        client.send("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1000000\r\n\r\n")
        while client.send("<p>") { client.pause(milliseconds: 20) }
      }
    }
    var policy = site.policy
    policy.milliseconds = 500
    for path in ["/silent", "/drips", "/slow-redirects"] {
      let began = DispatchTime.now().uptimeNanoseconds
      #expect(site.failure(path, policy: policy) == .timedOut, "\(path)")
      #expect(DispatchTime.now().uptimeNanoseconds - began < 2_500_000_000, "\(path)")
    }
  }

  @Test func `a lookup that hangs is given up in time`() {
    let names = Names { _, milliseconds in
      usleep(UInt32(milliseconds) * 1_000)
      return .failure(.timedOut)
    }
    var policy = FetchPolicy()
    policy.milliseconds = 100
    #expect(Fetching.failure("http://example.org/", policy, names) == .timedOut)
  }

  @Test func `an endless body or head, and one that says it is too large, are ended at the limit`() {
    let site = Site { path, client in
      switch path {
      case "/head":
        client.send("HTTP/1.1 200 OK\r\n")
        while client.send("X: \(String(repeating: "x", count: 1_000))\r\n") {}
      case "/hints":
        while client.send("HTTP/1.1 103 Early Hints\r\nLink: \(String(repeating: "x", count: 900))\r\n\r\n") {}
      case "/announced": client.send("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n")
      default:
        client.send("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
        while client.send(Array(repeating: 0x41, count: 16_384)) {}
      }
    }
    var policy = site.policy
    policy.bytesMax = 100_000
    #expect(site.failure("/body", policy: policy) == .tooLarge(bytesMax: 100_000))
    #expect(site.failure("/announced", policy: policy) == .tooLarge(bytesMax: 100_000))
    #expect(site.failure("/head", policy: policy) == .badAnswer)
    #expect(site.failure("/hints", policy: policy) == .badAnswer)
  }

  @Test func `a bomb is ended before it is large`() throws {
    let bomb = try Gzip.deflate([UInt8](repeating: 0x20, count: 9 << 20))
    let large = try Gzip.deflate([UInt8](repeating: 0x20, count: 11 << 20) + Self.page)
    // Ten times is what pages are compressed to.
    let fair = (0..<80_000).flatMap { Array("<p>Line \($0 &* 2_654_435_761 % 1_000_003) of it.</p>\n".utf8) }
    let packed = try Gzip.deflate(fair)
    let site = Site { path, client in
      let body = path == "/bomb" ? bomb : path == "/large" ? large : packed
      client.answer("200 OK", type: "text/html", "Content-Encoding: gzip", body: body)
    }
    #expect(bomb.count * 500 < 9 << 20)
    #expect(site.failure("/bomb") == .inflateLimit)
    #expect([.inflateLimit, .tooLarge(bytesMax: 10 << 20)].contains(site.failure("/large")))
    #expect(try site.fetch("/fair").body == fair)
  }

  @Test(arguments: [
    "application/pdf", "image/png", "video/mp4", "application/octet-stream", "application/json", "text/css",
  ])
  func `what is no page is not even read`(type: String) {
    let site = Site { _, client in
      client.send("HTTP/1.1 200 OK\r\nContent-Type: \(type); x=y\r\n\r\n")
      while client.send(Array(repeating: 0x41, count: 16_384)) {}
    }
    #expect(site.failure("/") == .unsupportedType(type))
  }

  @Test(arguments: [
    ("404 Not Found", false, nil), ("410 Gone", false, nil), ("403 Forbidden", false, nil), ("401 No", false, nil),
    ("500 Oh", true, nil), ("503 Later\r\nRetry-After: 120", true, 120),
    ("429 Later\r\nRetry-After: Fri, 31 Dec 1999 23:59:59 GMT", true, nil),
    ("204 No Content", false, nil), ("304 Not Modified", false, nil), ("206 Partial Content", false, nil),
  ])
  func `a status tells whether to try again`(status: String, isTransient: Bool, seconds: Int?) throws {
    let site = Site { _, client in client.answer(status, body: []) }
    let failure = try #require(site.failure("/"))
    #expect(failure.isTransient == isTransient)
    #expect(failure == .status(Int(status.prefix(3)) ?? 0, retryAfterSeconds: seconds))
  }

  @Test func `answers that break off or are none are told apart`() throws {
    let packed = try Gzip.deflate(Self.page)
    let site = Site { path, client in
      switch path {
      case "/short": client.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<p>")
      case "/chunk": client.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n<p>")
      case "/gzip":
        client.answer("200 OK", type: "text/html", "Content-Encoding: gzip", body: Array(packed.dropLast(4)))
      case "/nothing": break
      case "/reset":
        client.resetAtEnd()
        client.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<p>")
      case "/nowhere": client.send("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n")
      default: client.send("220 mail.example ESMTP\r\n")
      }
    }
    for path in ["/short", "/chunk", "/nothing", "/reset"] { #expect(site.failure(path) == .cutOff, "\(path)") }
    for path in ["/gzip", "/mail", "/nowhere"] { #expect(site.failure(path) == .badAnswer, "\(path)") }
  }

  @Test func `a site that nobody vouches for is not read, and a closed port is no answer`() throws {
    let plain = RawServer { client in
      client.send("HTTP/1.1 200 OK\r\n\r\n")
      _ = client.read(1)
    }
    var policy = FetchPolicy()
    policy.admitted = [try #require(Endpoint("127.0.0.1:\(plain.port)"))]
    #expect(Fetching.failure("https://127.0.0.1:\(plain.port)/", policy) == .insecure)
    // Nobody listens on port 1.
    policy.admitted = [try #require(Endpoint("127.0.0.1:1"))]
    #expect(Fetching.failure("http://127.0.0.1:1/", policy) == .cannotConnect)
    #expect(Fetching.failure("http://no-such-name.invalid/", FetchPolicy(), Names([:])) == .unknownHost)
  }

  @Test func `no reason tells a person where the server looked`() {
    let all: [FetchError] = [
      .invalidAddress, .addressNotAllowed, .unknownHost, .lookupFailed, .cannotConnect, .insecure, .timedOut, .cutOff,
      .badAnswer, .tooManyRedirects, .status(404, retryAfterSeconds: nil), .unsupportedType("application/pdf"),
      .unsupportedType(""), .unsupportedEncoding, .tooLarge(bytesMax: 10 << 20), .inflateLimit, .failed(7),
    ]
    for error in all {
      #expect(!error.reason.isEmpty && !error.reason.hasSuffix(".") && !error.reason.contains("127."))
      #expect(error.slug.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D })
    }
    #expect(Set(all.map(\.slug)).count == all.count - 1)
  }
}
