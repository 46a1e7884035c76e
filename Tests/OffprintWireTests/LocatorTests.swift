import OffprintWire
import Testing

private let page =
  "<h1>The lighthouse at Skerry Point</h1><p>It was built in three summers. The stone came by sea.</p>"
  + "<p>Nobody lives there now. The stone came by sea.</p><pre>  lat  1\n  lon  2</pre>"

private func body(_ html: String, hash: String = "aaaaaaaaaaaaaaaa") -> BodyText {
  BodyText(html: Array(html.utf8), contentHash: hash)
}

@Suite struct LocatorTests {
  @Test func `a locator holds the place, the share and the text on both sides`() throws {
    let locator = try #require(Locator.make(in: body(page, hash: "0123456789abcdef0123"), block: 1, offset: 7))
    #expect(locator.body == "0123456789abcdef")
    #expect(locator.before == "It was ")
    #expect(locator.after == "built in three summers. The ston")
    #expect(locator.fraction == 37 * 1_000_000 / body(page).scalarCount)
  }

  @Test func `there is no locator outside of the text`() {
    #expect(Locator.make(in: body(page), block: 0, offset: 31) == nil)
    #expect(Locator.make(in: body(page), block: 0, offset: 30) != nil)
    #expect(Locator.make(in: body(page), block: 4, offset: 0) == nil)
    #expect(Locator.make(in: body(page), block: -1, offset: 0) == nil)
    #expect(Locator.make(in: body(page), block: 0, offset: .max) == nil)
    #expect(Locator.make(in: body(""), block: 0, offset: 0)?.fraction == 0)
  }

  @Test func `in the same body every place is found exactly`() throws {
    let text = body(page)
    for block in text.blocks.indices {
      for offset in 0...text.blocks[block].scalarCount {
        let locator = try #require(Locator.make(in: text, block: block, offset: offset))
        #expect(locator.resolve(in: text) == (block, offset, .exact))
      }
    }
  }

  @Test func `in another body the place is found by the text around it, nearest to the share`() throws {
    let old = body(page)
    let new = body("<p>An added paragraph of some length.</p>" + page, hash: "bbbbbbbbbbbbbbbb")
    for (block, offset) in [(1, 35), (2, 30), (1, 7)] {
      let locator = try #require(Locator.make(in: old, block: block, offset: offset))
      #expect(locator.resolve(in: new) == (block + 1, offset, .quote))
    }
  }

  @Test func `where one side has changed the other leads, if it is long enough`() throws {
    let old = body("<p>0123456789abcdefghij then something else entirely</p>")
    let locator = try #require(Locator.make(in: old, block: 0, offset: 20))
    let onlyBefore = body("<p>zz</p><p>zz 0123456789abcdefghij.</p>", hash: "b")
    #expect(locator.resolve(in: onlyBefore) == (1, 23, .quote))
    let onlyAfter = body("<p>zz then something else entirely</p>", hash: "b")
    #expect(locator.resolve(in: onlyAfter) == (0, 2, .quote))
    let short = try #require(Locator.make(in: body("<p>abc def</p>"), block: 0, offset: 3))
    #expect(short.resolve(in: body("<p>abc</p><p>xyz</p>", hash: "b")).how == .approximate)
  }

  @Test func `at equal distance the earlier match is taken`() {
    let text = body("<p>xy same.</p><p>xy same.</p>")
    var locator = Locator(body: nil, block: 9, offset: 9, fraction: 7_000_000 / 16, before: "xy ", after: "same")
    #expect(locator.resolve(in: text) == (0, 3, .quote))
    locator.fraction += 1
    #expect(locator.resolve(in: text) == (1, 3, .quote))
  }

  @Test func `without any match the share decides`() {
    let text = body("<p>0123456789</p>")
    let locator = Locator(body: "zz", block: 0, offset: 1, fraction: 450_000, before: "gone", after: "away")
    #expect(locator.resolve(in: text) == (0, 4, .approximate))
    #expect(locator.resolve(in: body("")) == (0, 0, .approximate))
  }

  @Test func `texts that only look alike do not match`() {
    let locator = Locator(body: nil, block: 0, offset: 0, fraction: 0, before: "", after: "caf\u{E9}")
    #expect(locator.resolve(in: body("<p>caf\u{65}\u{301}</p>")).how == .approximate)
    #expect(locator.resolve(in: body("<p>a caf\u{E9}</p>")) == (0, 2, .quote))
    let other = Locator(body: nil, block: 0, offset: 0, fraction: 0, before: "", after: "caf\u{65}\u{301}")
    #expect(locator != other)
  }

  @Test func `scripts of all kinds keep their places`() throws {
    let html = "<p>שלום, עולם גדול</p><p>燈塔在海邊，燈光很亮</p><p>👩‍👩‍👧 and 🏳️‍🌈 e\u{301}</p>"
    let new = body("<p>new</p>" + html, hash: "b")
    let old = body(html)
    for block in old.blocks.indices {
      for offset in 1..<old.blocks[block].scalarCount {
        let locator = try #require(Locator.make(in: old, block: block, offset: offset))
        #expect(locator.resolve(in: new) == (block + 1, offset, .quote))
      }
    }
  }

  @Test(arguments: [
    ("The stone came by sea.", 1, 31, 1, 53),
    ("came  by\n sea. Nobody", 1, 41, 2, 6),
    ("lat 1 lon 2", 3, 0, 3, 15),
    ("1 lon", 3, 5, 3, 12),
    ("Point It", 0, 25, 1, 2),
  ])
  func `a quote is found at its first place, white space folded, across blocks too`(
    quote: String, startBlock: Int, startOffset: Int, endBlock: Int, endOffset: Int
  ) throws {
    let found = try #require(Locator.make(in: body(page), quote: quote))
    #expect([found.start.block, found.start.offset] == [startBlock, startOffset])
    #expect([found.end.block, found.end.offset] == [endBlock, endOffset])
  }

  @Test(arguments: ["", "  \n", "not there", "The stone came by sea. It"])
  func `a quote that stands nowhere has no place`(quote: String) {
    #expect(Locator.make(in: body(page), quote: quote) == nil)
  }

  @Test func `a locator made by share lies at that share`() {
    let text = body(page)
    let locator = Locator.make(in: text, atFraction: 500_000)
    #expect(locator.fraction <= 500_000)
    #expect(500_000 - locator.fraction <= 1_000_000 / text.scalarCount + 1)
    #expect(Locator.make(in: text, atFraction: 1_000_000).fraction == 1_000_000)
  }

  @Test func `hostile locators and bodies take bounded time`() {
    let text = body("<p>" + String(repeating: "a", count: 200_000) + "</p>")
    let side = String(repeating: "a", count: 1_000)
    for fraction in [Int.min, 0, 500_000, Int.max] {
      let locator = Locator(body: nil, block: .max, offset: .min, fraction: fraction, before: side, after: side + "b")
      #expect(locator.resolve(in: text).how == .quote)
      let both = Locator(body: nil, block: .max, offset: .min, fraction: fraction, before: side, after: side)
      #expect(both.resolve(in: text).how == .quote)
    }
  }
}
