import OffprintTesting
import OffprintWire
import Testing

/// Two devices that save one page offline must meet, and two pages must never.
@Suite struct PageAddressTests {
  private static let hosts = [
    "example.org", "EXAMPLE.org.", "www.example.org", "b\u{fc}cher.example", "[::1]", "[2001:DB8::1]", "127.0.0.1",
    "a_b.c",
  ]
  private static let ports = ["", "", ":", ":80", ":443", ":8080", ":080", ":1", ":65535"]
  private static let pieces = [
    "/", "/", "a", "B", ".", "..", "%2e", "%2E%2e", "%", "%4", "%41", "%4%31", "%e2%82%ac", "€", "~", "%7E", "%2F", ";",
    ":", "@",
    "'", "\"", "<", "{", "|", "^", "`", "%25", "%zz", "+", "*", "\u{301}", "e\u{301}", "é", "[", "=",
  ]
  private static let parameters = [
    "", "a=1", "b", "utm_source=x", "UTM_x=1", "%75tm_medium=y", "utm_\u{301}=1", "fbclid=7", "fbclid", "Gclid=1",
    "gclid=1", "=",
    "x=%3d&", "igshid=%20", "mc_cid=é", "mc_eidx=1", "q=?", "a=1", "q=\u{e9}", "q=%c3%a9", "n=%61", "v=\"<>", "%",
    "p=%4%31",
  ]

  private static func address(_ generator: inout SeededGenerator) -> String {
    var text = generator.pick(["http://", "https://", "HTTP://", "hTTps://"])
    text += generator.pick(hosts) + generator.pick(ports)
    if !generator.oneIn(5) { text += "/" + generator.many(generator.below(7)) { $0.pick(pieces) }.joined() }
    if generator.oneIn(2) {
      text += "?" + generator.many(generator.below(5)) { $0.pick(parameters) }.joined(separator: "&")
    }
    if generator.oneIn(3) {
      text += "#" + generator.pick(["", "!", "/", "top", "!a", "/b?c"]) + generator.pick(pieces)
    }
    return text
  }

  @Test func `the normal form of a normal form is itself`() {
    forAll { generator throws(Counterexample) in
      let text = Self.address(&generator)
      guard let address = PageAddress(text) else { throw Counterexample("\(text) is refused") }
      let scheme = text.lowercased().hasPrefix("https") ? "https://" : "http://"
      guard let again = PageAddress(scheme + address.normalForm) else {
        throw Counterexample("\(text): \(address.normalForm) is refused")
      }
      try hold(
        again.normalForm.utf8.elementsEqual(address.normalForm.utf8),
        "\(text): \(address.normalForm), \(again.normalForm)")
      try hold(again.articleID == address.articleID, "\(text): the id is not stable")
    }
  }

  @Test func `a normal form is printable ASCII behind its host`() {
    forAll(cases: 5_000) { generator throws(Counterexample) in
      let text = Self.address(&generator)
      guard let form = PageAddress(text)?.normalForm else { throw Counterexample("\(text) is refused") }
      guard let slash = form.utf8.firstIndex(of: UInt8(ascii: "/")) else { throw Counterexample("\(form) has no path") }
      try hold(form.utf8[slash...].allSatisfy { (0x21...0x7E).contains($0) }, "\(text): \(form)")
    }
  }

  @Test(arguments: [
    [
      "http://example.org", "https://EXAMPLE.org./", "http://example.org:80/", "https://example.org:443",
      "http://example.org/?",
    ],
    [
      "http://e.org/a", "http://e.org/./b/../a", "http://e.org/%61", "http://e.org/a?utm_source=x&fbclid=1",
      "http://e.org/a#top",
    ],
    ["http://e.org/é", "http://e.org/%C3%A9", "http://e.org/%c3%a9"],
    [
      "http://e.org/a?b=1&c=2", "http://e.org/a?b=1&utm_medium=q&c=2", "http://e.org/a?gclid=3&b=1&c=2",
      "https://e.org/%61?b=1&c=2",
    ],
    ["http://e.org/#!/x", "http://e.org#!/x"],
    ["http://e.org/?q=\u{e9}&r=a", "http://e.org/?q=%c3%a9&r=%61", "http://e.org?q=%C3%A9&%75tm_id=7&r=a"],
  ])
  func `ways of writing one address meet in one article`(addresses: [String]) {
    #expect(Set(addresses.map { PageAddress($0)?.articleID }).count == 1)
    #expect(PageAddress(addresses[0]) != nil)
  }

  @Test(arguments: [
    ["http://e.org/", "http://www.e.org/", "http://e.org:8080/"],
    ["http://e.org/a", "http://e.org/a/", "http://e.org/A"],
    ["http://e.org/?a=1&b=2", "http://e.org/?b=2&a=1", "http://e.org/?a=1"],
    ["http://e.org/a%2Fb", "http://e.org/a/b"],
    ["http://e.org/é", "http://e.org/e\u{301}"], ["http://e.org/#!/x", "http://e.org/#!/y", "http://e.org/"],
    ["http://e.org/?UTM_x=1", "http://e.org/"],
  ])
  func `addresses that may name two pages stay two articles`(addresses: [String]) {
    #expect(Set(addresses.map { PageAddress($0)?.articleID }).count == addresses.count)
  }

  @Test(arguments: [
    "", "example.org", "ftp://e.org/", "http:/e.org", "http://", "http:///a", "http://?q", "http://#f", "http://.",
    "http://e..",
    "http://u@e.org/", "http://u:p@e.org/", "http://e.org:0/", "http://e.org:65536/",
    "http://e.org:99999999999999999999/",
    "http://e.org:-1/", "http://e.org:8a/", "http://e.org:80:80/", "http://e%41.org/", "http://e.org\\a",
    "http://e.org/ a",
    " http://e.org/", "http://e.org/\n", "http://e.org/\u{7f}", "http://[::1", "http://[]/", "http://[g]/",
    "http://[::1]x/",
    "http://e!.org/", "javascript:alert(1)", "httpx://e.org/", "http://e.org:\u{661}/",
  ])
  func `what is no web address has no article`(text: String) { #expect(PageAddress(text) == nil) }
}
