import OffprintHTTP
import OffprintServer
import Testing

/// Who a request comes from, and who may say so (row 50).
@Suite struct ClientAddressTests {
  /// A request from a peer with these `X-Forwarded-For` lines, and whom limits take it for.
  struct Case: Sendable, CustomTestStringConvertible {
    var peer: String?
    var forwarded: [String]
    var trusted: [String]
    var expected: String?
    var testDescription: String { "\(peer ?? "socket") \(forwarded) trusting \(trusted)" }
  }

  @Test(arguments: [
    Case(peer: "203.0.113.9", forwarded: ["127.0.0.1"], trusted: [], expected: "203.0.113.9"),
    Case(peer: "203.0.113.9", forwarded: ["127.0.0.1"], trusted: ["127.0.0.0/8"], expected: "203.0.113.9"),
    Case(peer: "127.0.0.1", forwarded: ["198.51.100.7"], trusted: ["127.0.0.0/8"], expected: "198.51.100.7"),
    Case(peer: "127.0.0.1", forwarded: ["10.9.9.9, 198.51.100.7"], trusted: ["127.0.0.0/8"], expected: "198.51.100.7"),
    Case(
      peer: "127.0.0.1", forwarded: ["10.9.9.9", "198.51.100.7"], trusted: ["127.0.0.0/8"], expected: "198.51.100.7"),
    Case(
      peer: "127.0.0.1", forwarded: ["1.1.1.1, 198.51.100.7, 10.0.0.3"], trusted: ["127.0.0.1", "10.0.0.0/8"],
      expected: "198.51.100.7"),
    Case(peer: "127.0.0.1", forwarded: ["198.51.100.7:4711"], trusted: ["127.0.0.1"], expected: "198.51.100.7"),
    Case(peer: "::1", forwarded: ["[2001:db8::7]:4711"], trusted: ["::1"], expected: "2001:db8::7"),
    Case(peer: nil, forwarded: ["198.51.100.7"], trusted: ["127.0.0.1"], expected: "198.51.100.7"),
    Case(peer: nil, forwarded: ["198.51.100.7"], trusted: [], expected: nil),
    Case(peer: "127.0.0.1", forwarded: ["unknown"], trusted: ["127.0.0.1"], expected: "127.0.0.1"),
    Case(peer: "127.0.0.1", forwarded: ["198.51.100.7, "], trusted: ["127.0.0.1"], expected: "127.0.0.1"),
    Case(peer: "127.0.0.1", forwarded: [], trusted: ["127.0.0.1"], expected: "127.0.0.1"),
    Case(peer: "::ffff:127.0.0.1", forwarded: ["198.51.100.7"], trusted: ["127.0.0.1"], expected: "198.51.100.7"),
  ])
  func `50: only a trusted proxy says where a request comes from, and only for the hop before its own`(item: Case) {
    var headers = HTTPHeaders()
    for line in item.forwarded { headers.append("X-Forwarded-For", line) }
    let request = HTTPRequest(method: "GET", path: "/", headers: headers, peer: item.peer)
    let trusted = item.trusted.compactMap { AddressRange($0) }
    #expect(trusted.count == item.trusted.count)
    #expect(ClientAddress.address(of: request, trusted: trusted) == item.expected.flatMap { IPAddress($0) })
  }

  @Test func `a client that makes up a thousand hops is looked at no further than its proxy's word`() {
    let made = Array(repeating: "127.0.0.1", count: 1_000).joined(separator: ",")
    let request = HTTPRequest(
      method: "GET", path: "/", headers: ["X-Forwarded-For": made + ", 198.51.100.7"], peer: "127.0.0.1")
    #expect(ClientAddress.address(of: request, trusted: AddressRange.loopback) == IPAddress("198.51.100.7"))
  }

  @Test func `addresses of one network of version 6 count together, those of version 4 apart`() {
    func key(_ peer: String) -> [UInt8] {
      ClientAddress.limitKey(of: HTTPRequest(method: "GET", path: "/", peer: peer), trusted: [])
    }
    #expect(key("2001:db8:0:1::1") == key("2001:db8:0:1:ffff::2"))
    #expect(key("2001:db8:0:1::1") != key("2001:db8:0:2::1"))
    #expect(key("198.51.100.7") != key("198.51.100.8"))
    #expect(key("::ffff:198.51.100.7") == key("198.51.100.7"))
  }

  @Test(arguments: [
    "", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0/8", "::/129", "a", "10.0.0.0/+8", "/8", "1.2.3.4/8/8",
  ])
  func `what is no range of addresses is none`(text: String) { #expect(AddressRange(text) == nil) }

  @Test func `ranges hold their addresses and no others`() throws {
    let range = try #require(AddressRange("10.128.0.0/9"))
    for (text, isIn) in [
      ("10.128.0.0", true), ("10.255.255.255", true), ("10.127.255.255", false), ("11.128.0.0", false),
      ("::ffff:10.200.0.1", true), ("::a80:1", false),
    ] { #expect(try range.contains(#require(IPAddress(text))) == isIn, "\(text)") }
    #expect(try #require(AddressRange("::/0")).contains(#require(IPAddress("9.9.9.9"))))
    #expect(try !#require(AddressRange("0.0.0.0/0")).contains(#require(IPAddress("2001:db8::1"))))
  }
}
