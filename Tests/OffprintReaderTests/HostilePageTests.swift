import OffprintReader
import OffprintSeed
import OffprintTesting
import OffprintWire
import Testing

@Suite struct HostilePageTests {
  @Test(arguments: ["div", "b", "ul", "blockquote", "table", "li", "span", "a", "em", "x-y", "dl", "figure", "p", "td"])
  func `ten thousand nested elements lose no text`(name: String) throws {
    let html = String(repeating: "<\(name)>", count: 10_000) + "deep" + String(repeating: "</\(name)>", count: 10_000)
    let article = try Reader.read(html: Array(("<p>first</p>" + html + "<p>last</p>").utf8), url: nil)
    let text = BodyText(html: article.body).plainText()
    #expect(text.contains("first") && text.contains("deep") && text.contains("last"))
    #expect(AllowedBody.fault(in: article.body) == nil)
    #expect(try Reader.read(html: article.body, url: nil).body == article.body)
  }

  @Test func `a deep page says that it was cut`() throws {
    let deep = String(repeating: "<div>", count: 1_000) + "x"
    #expect(try Reader.read(html: Array(deep.utf8), url: nil).isTruncated)
  }

  @Test func `a million attributes, or one of a megabyte, cost what their bytes cost`() throws {
    var many = "<p "
    for index in 0..<200_000 { many += "a\(index) " }
    #expect(body(many + ">x</p>") == "<p>x</p>\n")
    let long = "<p title=\"" + String(repeating: "x", count: 1_000_000) + "\">x</p>"
    #expect(body(long) == "<p>x</p>\n")
    let address = "<a href=\"https://example.com/" + String(repeating: "x", count: 1_000_000) + "\">x</a>"
    #expect(body(address) == "<p>x</p>\n")
  }

  /// Pages that make a choice among their parts as dear as can be.
  private static let dearPages: [String: String] = [
    "nested boxes alike": String(
      repeating: "<div class=story><p>Of this lamp he says, when asked, that it burns lower now.</p>", count: 240),
    "headings that announce": String(
      repeating: "<div class='related share'><h2>Related</h2><p>Some words, and more of them, that end here.</p></div>",
      count: 4_000),
    "one box of lines": "<div>"
      + String(repeating: "Some words, and some more of them, that end here.<br><br>", count: 20_000),
    "titles and bylines": String(
      repeating: "<h1>A title of some words</h1><p class=byline>By</p><time></time>", count: 10_000),
    "nested lists": String(repeating: "<ul><li><a href=/x>Some words of a link</a>", count: 200),
    "figures": "<div>" + String(repeating: "<figure><img src=/x><figcaption>c</figcaption></figure>", count: 10_000)
      + "<p>Some words, and more.</p>",
    "deep data": "<script type='application/ld+json'>" + String(repeating: "[{\"a\":", count: 100_000)
      + "</script><p>x</p>",
  ]

  @Test(arguments: dearPages.keys.sorted())
  func `no page costs more than its size`(name: String) throws {
    let html = try #require(Self.dearPages[name])
    let start = ContinuousClock.now
    let article = try Reader.read(
      html: Array(("<h1>A title of some words</h1>" + html).utf8), url: "https://example.com/")
    #expect(AllowedBody.fault(in: article.body) == nil)
    // Linear work takes well under a second here, without optimisation some; anything quadratic takes minutes.
    #expect(ContinuousClock.now - start < .seconds(60))
  }

  @Test func `declared entities are not expanded`() {
    var bomb = "<!DOCTYPE html [<!ENTITY a \"aaaaaaaaaa\">"
    for (one, other) in zip("bcdefgh", "abcdefg") {
      bomb += "<!ENTITY \(one) \"" + String(repeating: "&\(other);", count: 10) + "\">"
    }
    #expect(body(bomb + "]><p>x&h;y</p>").utf8.count < 1_000)
  }

  @Test func `more elements than any page has are refused`() {
    let html = Array(String(repeating: "<br>", count: 400_001).utf8)
    #expect(throws: ReaderError.tooManyElements(elementsMax: 400_000)) { try Reader.read(html: html, url: nil) }
  }

  @Test(arguments: [
    "<html><body><p>a</p></body></html><h1>T</h1><p class=date>20 May 2020</p>",
    "</html></html><p>a</p></p></body><div>b</div>",
    "<p>a</html><html lang=de><head><title>T</title></head><body><h1>T</h1>b</html>c<p>d",
  ])
  func `what comes behind a page's end belongs to it`(tail: String) throws {
    for pages in [[OwnPage()], [OwnPage(), OwnPage()], [OwnPage(), OwnPage(), OwnPage()]] {
      for head in ["", "<meta property=article:published_time content='2026-11-18T22:04:00Z'>"] {
        let html =
          pages.map { page in
            var page = page
            page.head = head
            page.lead = "<p class=date>19 November 2026</p>"
            return page.html
          }.joined(separator: "</html>\n") + tail
        let article = try Reader.read(html: Array(html.utf8), url: nil)
        #expect(AllowedBody.fault(in: article.body) == nil)
        #expect(try Reader.read(html: article.body, url: nil).body == article.body)
        _ = try? Reader.read(html: Array((tail + html).utf8), url: nil)
        _ = try? Reader.read(html: Array(tail.utf8), url: nil)
      }
    }
  }

  @Test func `a page cut at any byte is read`() throws {
    let html = Array(
      "<html lang=en><title>T</title><body><p>a <a href='https://example.com/'>b</a> &amp; é<ul><li>c</ul><pre> d</pre>"
        .utf8)
    for count in 0...html.count {
      let part = Array(html[..<count])
      if let article = try? Reader.read(html: part, url: nil) { #expect(AllowedBody.fault(in: article.body) == nil) }
    }
  }

  @Test func `a body read again is the same body, and only holds what is allowed`() throws {
    var random = generator()
    for _ in 0..<2_000 {
      let html = random.soup(pieces: Int.random(in: 1...40, using: &random))
      try expectFixedPoint(Array(html.utf8))
    }
  }

  @Test func `random changes of a page's bytes do no harm`() throws {
    var random = generator()
    let page = Array(random.soup(pieces: 60).utf8)
    for _ in 0..<6_000 {
      var bytes = page.count > 200 ? Array(page[..<200]) : page
      for _ in 0..<Int.random(in: 1...6, using: &random) where !bytes.isEmpty {
        let index = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.remove(at: index)
        default: bytes.insert(random.pick(Array("<>/&\"'= \n!-;#".utf8)), at: index)
        }
      }
      _ = BodyText(html: bytes)
      if let article = try? Reader.read(html: bytes, url: nil) {
        #expect(AllowedBody.fault(in: article.body) == nil, "\(String(decoding: bytes, as: UTF8.self))")
      }
    }
  }

  private func expectFixedPoint(_ html: [UInt8]) throws {
    guard let first = try? Reader.read(html: html, url: "https://example.com/dir/") else { return }
    let source = String(decoding: html, as: UTF8.self)
    let once = String(decoding: first.body, as: UTF8.self)
    #expect(AllowedBody.fault(in: first.body) == nil, "\(source)\n-> \(once)")
    let second = try Reader.read(html: first.body, url: nil)
    #expect(second.body == first.body, "\(source)\n-> \(once)\n-> \(String(decoding: second.body, as: UTF8.self))")
    #expect(second.words == first.words)
    let third = try Reader.read(html: html, url: "https://example.com/dir/")
    #expect(third == first, "not the same twice: \(source)")
  }
}
