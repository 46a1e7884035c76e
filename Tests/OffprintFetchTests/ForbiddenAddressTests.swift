import Foundation
import OffprintFetch
import OffprintHTTP
import OffprintLocks
import Testing

/// Pages that would lead the server into its own network (row 52): nothing is ever connected to, however it is written.
@Suite struct ForbiddenAddressTests {
  /// Hosts that are this machine or another private one, in forms that programs read differently.
  static let hosts = [
    "127.0.0.1", "127.1", "127.255.255.254", "0.0.0.0", "0", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:10.0.0.1]",
    "[::ffff:7f00:1]", "[::127.0.0.1]", "[0:0:0:0:0:0:0:1]", "[64:ff9b::127.0.0.1]", "[64:ff9b::10.0.0.1]",
    "[64:ff9b:1::127.0.0.1]", "[2002:7f00:1::]", "[fe80::1]", "[fc00::1]", "[fec0::1]", "[ff02::1]", "169.254.169.254",
    "10.0.0.1", "172.16.0.1", "192.168.0.1", "100.64.0.1", "198.18.0.1", "224.0.0.1", "255.255.255.255", "0x7f.1",
    "0x7f000001", "2130706433", "017700000001", "0177.0.0.1", "①②⑦.0.0.1", "127。0。0。1", "localhost", "127.0.0.1.",
    "%31%32%37.0.0.1", "127.0.0%2E1",
  ]

  @Test(arguments: hosts)
  func `nothing goes to an address that is not public, however it is written`(host: String) throws {
    let listener = try CountingListener()
    var policy = FetchPolicy()
    policy.ports = [listener.port]
    policy.milliseconds = 3_000
    let failure = Fetching.failure("http://\(host):\(listener.port)/", policy)
    #expect(
      [.addressNotAllowed, .invalidAddress, .unknownHost, .lookupFailed].contains(failure), "\(host): \(failure as Any)"
    )
    #expect(try listener.count() == 0)
  }

  @Test func `the listener of these tests counts who is let through`() throws {
    let listener = try CountingListener()
    var policy = FetchPolicy()
    policy.admitted = [try #require(Endpoint("127.0.0.1:\(listener.port)"))]
    _ = Fetching.failure("http://127.0.0.1:\(listener.port)/", policy)
    #expect(try listener.count() > 0)
    // Admitted is that one address with that one port.
    let other = try CountingListener()
    policy.ports = [other.port]
    #expect(Fetching.failure("http://127.0.0.1:\(other.port)/", policy) == .addressNotAllowed)
    #expect(Fetching.failure("http://127.0.0.2:\(listener.port)/", policy) == .addressNotAllowed)
    #expect(Fetching.failure("http://[::1]:\(listener.port)/", policy) == .addressNotAllowed)
    #expect(try other.count() == 0)
  }

  @Test(arguments: [
    "http://example.org\\@127.0.0.1/", "http://ana@example.org/", "http://ana:pass@example.org/", "http:///127.0.0.1/",
    "http://@127.0.0.1/", "ftp://example.org/", "file:///etc/passwd", "gopher://127.0.0.1/", "javascript:alert(1)", "",
    "example.org", "http://", "http://exa mple.org/", "http://example.org/\r\nHost: x", "http://example.org:0/",
    "http://example.org:99999/", "http://[fe80::1%25eth0]/", "http://[::1", "https:example.org",
  ])
  func `what is no plain address of http or https is not even looked up`(url: String) {
    let names = Names { _, _ in
      Issue.record("looked up")
      return .failure(.unknownHost)
    }
    #expect(Fetching.failure(url, FetchPolicy(), names) == .invalidAddress)
  }

  @Test(arguments: [22, 25, 6_379, 8_080, 8_787])
  func `no port but those of the web is used`(port: UInt16) {
    let names = Names { _, _ in
      Issue.record("looked up")
      return .failure(.unknownHost)
    }
    #expect(Fetching.failure("http://example.org:\(port)/", FetchPolicy(), names) == .addressNotAllowed)
  }

  @Test(arguments: ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1", "fd00::1"])
  func `a name that leads to a private address leads nowhere`(address: String) throws {
    let listener = try CountingListener()
    var policy = FetchPolicy()
    policy.ports = [listener.port]
    let failure = Fetching.failure(
      "http://example.org:\(listener.port)/", policy, Names(["example.org": [address]]))
    #expect(failure == .addressNotAllowed)
    #expect(try listener.count() == 0)
  }

  @Test func `a redirect to a private address leads nowhere, in any form`() throws {
    let listener = try CountingListener()
    let targets = [
      "http://127.0.0.1:\(listener.port)/", "//127.0.0.1:\(listener.port)/", "http://[::1]:\(listener.port)/",
      "http://0x7f.1:\(listener.port)/", "http://inner.example:\(listener.port)/", "http:127.0.0.1:\(listener.port)",
      "http:/127.0.0.1:\(listener.port)/", "http:////127.0.0.1:\(listener.port)/",
      "http://ana@127.0.0.1:\(listener.port)/", "http://a\\@127.0.0.1:\(listener.port)/", "file:///etc/passwd",
      "gopher://127.0.0.1:\(listener.port)/", "dict://127.0.0.1:\(listener.port)/", "javascript:1",
    ]
    let site = Site { path, client in
      client.redirect(to: Int(path.dropFirst()).map { targets[$0] } ?? "")
    }
    var policy = site.policy
    policy.ports = [listener.port]
    for index in targets.indices {
      let failure = Fetching.failure(
        "\(site.url)/\(index)", policy, Names(["inner.example": ["127.0.0.1"], "0x7f.1": ["127.0.0.1"]]))
      #expect(
        [.addressNotAllowed, .invalidAddress, .status(404, retryAfterSeconds: nil), .tooManyRedirects].contains(
          failure),
        "\(targets[index]): \(failure as Any)")
    }
    #expect(try listener.count() == 0)
    #expect(site.requests.count >= targets.count)
  }

  @Test func `a name whose second lookup says otherwise leads nowhere`() throws {
    let listener = try CountingListener()
    let site = Site { _, client in client.redirect(to: "http://rebinding.example:\(listener.port)/") }
    var policy = site.policy
    policy.ports = [listener.port]
    let lookups = Mutex(0)
    let names = Names { host, _ in
      guard host == "rebinding.example" else { return .failure(.unknownHost) }
      let count = lookups.withLock { count in
        count += 1
        return count
      }
      // The site's own address first, which is admitted with its port; then the one of the inside.
      return .success([IPAddress("127.0.0.1"), IPAddress(count == 1 ? "127.0.0.1" : "::1")].compactMap { $0 })
    }
    #expect(Fetching.failure("http://rebinding.example:\(site.port)/", policy, names) == .addressNotAllowed)
    #expect(lookups.withLock { $0 } == 2)
    #expect(site.requests.count == 1)
    #expect(try listener.count() == 0)
  }

  @Test func `of several addresses those that are not admitted are passed over`() throws {
    let site = Site { _, client in client.answer(body: Array("<p>Here.".utf8)) }
    let names = Names(["mixed.example": ["10.0.0.1", "::1", "127.0.0.1", "169.254.169.254"]])
    let answer = try Fetching.fetcher(site.policy, names).fetch(.page("http://mixed.example:\(site.port)/a"))
    #expect(answer.body == Array("<p>Here.".utf8))
    #expect(site.requests.first?.contains("Host: mixed.example:\(site.port)\r\n") == true)
  }

  @Test(arguments: [
    ("93.184.215.14", true), ("1.1.1.1", true), ("2606:4700::1111", true), ("2a00:1450:4001::1", true),
    ("::ffff:8.8.8.8", true), ("64:ff9b::8.8.8.8", true), ("9.255.255.255", true), ("11.0.0.0", true),
    ("172.15.255.255", true), ("172.32.0.0", true), ("223.255.255.255", true), ("0.255.255.255", false),
    ("10.255.255.255", false), ("100.64.0.0", false), ("100.127.255.255", false), ("100.128.0.0", true),
    ("127.255.255.255", false), ("172.16.0.0", false), ("172.31.255.255", false), ("192.0.0.9", false),
    ("192.0.2.1", false), ("198.19.255.255", false), ("198.20.0.0", true), ("203.0.113.7", false), ("224.0.0.0", false),
    ("239.255.255.255", false), ("240.0.0.1", false), ("255.255.255.255", false), ("::", false), ("::1", false),
    ("::2", false), ("::8.8.8.8", false), ("fe80::1", false), ("febf::1", false), ("fec0::1", false),
    ("fdff::1", false),
    ("ff02::1", false), ("2001::1", false), ("2001:db8::1", false), ("2002:808:808::1", false),
    ("64:ff9b::127.0.0.1", false),
    ("64:ff9b::192.168.1.1", false), ("64:ff9b:1::8.8.8.8", false), ("100::1", false), ("3fff::1", false),
    ("5f00::1", false),
  ])
  func `public addresses are told from all others`(text: String, isPublic: Bool) throws {
    #expect(PublicAddresses.contains(try #require(IPAddress(text))) == isPublic)
  }

  @Test(arguments: ["127.0.0.1:8080", "[::1]:80", "10.0.0.7:65535"])
  func `an endpoint that is admitted is an address with a port`(text: String) throws {
    #expect(try #require(Endpoint(text)).description == text)
  }

  @Test(arguments: [
    "localhost:80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536", "::1:80", "[127.0.0.1]:80", "[::1]",
    "127.0.0.1:+80", "10.0.0.0/8:80", "", ":80", "127.1:80",
  ])
  func `no name and no range is taken for an endpoint`(text: String) { #expect(Endpoint(text) == nil) }
}
