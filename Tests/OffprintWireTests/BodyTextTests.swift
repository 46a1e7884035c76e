import OffprintWire
import Testing

/// The texts of a body's blocks, each after its element's name.
private func blocks(_ html: String) -> [String] {
  describe(BodyText(html: Array(html.utf8)))
}

private func describe(_ text: BodyText) -> [String] {
  text.blocks.indices.map { "\(text.blocks[$0].element.rawValue): \(text.text(ofBlock: $0))" }
}

@Suite struct BodyTextTests {
  @Test(arguments: BodyElement.allCases)
  func `each of the block elements is a block of its own`(element: BodyElement) {
    #expect(blocks("<\(element.rawValue)>word</\(element.rawValue)>") == ["\(element.rawValue): word"])
  }

  @Test(arguments: [
    ("<p>one <em>two</em> <a href=\"https://example.com/?a=1&gt;\">three</a></p>", ["p: one two three"]),
    ("<p> \n one\t\r\n two\u{0C}three </p>", ["p: one two three"]),
    ("<p>one</p>two<p>three</p>", ["p: one", "p: three"]),
    ("<div>outside</div>", []),
    ("<p> </p><p></p><p>x</p>", ["p: x"]),
    ("<p>\u{A0}</p>", ["p: \u{A0}"]),
    ("<pre>\n  a\n\n    b  \n</pre>", ["pre: a\n\n    b"]),
    ("<p>one<br>two<br/>three</p><pre>one<br>two</pre>", ["p: one two three", "pre: one\ntwo"]),
    ("<P CLASS=x>one</P><H2>two</H2>", ["p: one", "h2: two"]),
    ("<p>e\u{301} \u{E9}</p>", ["p: e\u{301} \u{E9}"]),
  ])
  func `a block's text is its text nodes, white space as one space, ends trimmed`(html: String, expected: [String]) {
    let found = blocks(html)
    #expect(found.map { Array($0.utf8) } == expected.map { Array($0.utf8) })
  }

  @Test(arguments: [
    ("<li>one<p>two</p>three</li>", ["li: one three", "p: two"]),
    ("<li><p>two</p></li>", ["p: two"]),
    (
      "<blockquote><p>a</p><blockquote>b<p>c</p></blockquote>d</blockquote>",
      ["blockquote: d", "p: a", "blockquote: b", "p: c"]
    ),
    ("<table><tr><th>a</th><td>b<p>c</p></td></tr></table>", ["th: a", "td: b", "p: c"]),
    (
      "<dl><dt>a</dt><dd>b</dd></dl><figure><img src=\"x\"><figcaption>c</figcaption></figure>",
      ["dt: a", "dd: b", "figcaption: c"]
    ),
    ("<p>a<p>b</p>c</p>d", ["p: a c", "p: b"]),
    ("<pre>a<p>b  b</p>c</pre>", ["pre: a\n\nc", "p: b b"]),
  ])
  func `text of an inner block is the inner block's alone, in the order of the start tags`(
    html: String, expected: [String]
  ) {
    #expect(blocks(html) == expected)
  }

  @Test(arguments: [
    ("&amp;&lt;&gt;&quot;&nbsp;.", "&<>\"\u{A0}."),
    ("&#65;&#x42;&#X43;&#0067;", "ABCC"),
    ("&copy; &AMP; &amp &lt", "&copy; &AMP; &amp &lt"),
    ("&#xD800; &#x110000; &#0; &#99999999999999999999;", "\u{FFFD} \u{FFFD} \u{FFFD} \u{FFFD}"),
    ("&#; &#x; &#-1; &#65 &#xg;", "&#; &#x; &#-1; &#65 &#xg;"),
    ("&amp;lt;", "&lt;"),
    ("a&#32;&#10;&#x9;b", "a b"),
    ("&#128512;", "\u{1F600}"),
  ])
  func `the five names and numbers are decoded, all else that starts with an ampersand stands`(
    html: String, expected: String
  ) {
    #expect(blocks("<p>\(html)</p>") == ["p: \(expected)"])
  }

  @Test(arguments: [
    ("a < b, a <", "a < b, a <"),
    ("a<!-- <p>b</p> -->c<!-->d<!--->e<!doctype x>f<?php x?>g</>h", "acdefgh"),
    ("a<img alt='>' src=\">\">b", "ab"),
    ("a</p", "a"),
    ("a<b c=\"</p>", "a"),
    ("a</li></ul>b", "ab"),
  ])
  func `markup that is broken still has one reading`(html: String, expected: String) {
    #expect(blocks("<p>\(html)") == ["p: \(expected)"])
  }

  @Test func `bytes that are no UTF-8 count as U+FFFD`() {
    let text = BodyText(
      html: Array("<p>a".utf8) + [0xC3] + Array("<b>".utf8) + [0xA9, 0xF0, 0x9F, 0x98] + Array("</p>".utf8))
    #expect(describe(text) == ["p: a\u{FFFD}\u{FFFD}\u{FFFD}"])
    #expect(text.scalarCount == 4)
  }

  @Test func `lengths are counted in scalars, over all blocks`() {
    let text = BodyText(html: Array("<h1>é漢</h1><p>👩‍👩‍👧 e\u{301}</p>".utf8))
    #expect(text.blocks.map(\.scalarCount) == [2, 8])
    #expect(text.blocks.map(\.scalarsBefore) == [0, 2])
    #expect(text.scalarCount == 10)
  }

  @Test func `deep nesting is passed over without losing text, and what follows is whole`() {
    for name in ["div", "li", "ul", "blockquote", "em"] {
      let depth = 20_000
      let html =
        String(repeating: "<\(name)>", count: depth) + "in" + String(repeating: "</\(name)>", count: depth)
        + "<p>after</p>"
      #expect(blocks(html).last == "p: after", "\(name)")
      #expect(blocks("<p>" + html).contains { $0.contains("in") }, "\(name)")
    }
  }

  @Test func `unclosed and unopened tags cost no more than others`() {
    let open = BodyText(html: Array(String(repeating: "<p><li>x</ul></em>", count: 20_000).utf8))
    #expect(open.scalarCount > 0)
    let attribute = "<p title=\"" + String(repeating: "x", count: 1_000_000) + "\">a</p>"
    #expect(blocks(attribute) == ["p: a"])
  }

  @Test func `a share of the text leads to the scalar before it, and back`() {
    let text = BodyText(html: Array("<p>abcd</p><p>efg</p>".utf8))
    #expect(text.position(atFraction: 0) == BodyPosition(block: 0, offset: 0))
    #expect(text.position(atFraction: 571_428) == BodyPosition(block: 0, offset: 3))
    #expect(text.position(atFraction: 571_429) == BodyPosition(block: 1, offset: 0))
    #expect(text.position(atFraction: 1_000_000) == BodyPosition(block: 1, offset: 3))
    #expect(text.position(atFraction: -5) == BodyPosition(block: 0, offset: 0))
    #expect(text.position(atFraction: .max) == BodyPosition(block: 1, offset: 3))
    #expect(text.fraction(at: BodyPosition(block: 1, offset: 0)) == 571_428)
    #expect(text.fraction(at: BodyPosition(block: 1, offset: 3)) == 1_000_000)
    let empty = BodyText(html: [])
    #expect(empty.position(atFraction: 500_000) == BodyPosition(block: 0, offset: 0))
    #expect(empty.fraction(at: BodyPosition(block: 0, offset: 0)) == 0)
  }
}
