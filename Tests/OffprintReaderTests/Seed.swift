import OffprintSeed

private let seed: UInt64 = {
  let seed = SeededGenerator.seed(else: UInt64.random(in: .min ... .max))
  print("OFFPRINT_SEED=\(seed) (OffprintReaderTests)")
  return seed
}()

/// Each test starts from the printed seed, whatever ran before it.
func generator() -> SeededGenerator { SeededGenerator(seed: seed) }

extension SeededGenerator {
  /// One of these.
  mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[Int.random(in: 0..<elements.count, using: &self)]
  }

  /// Markup as badly as it comes: tags in any order, unclosed, unopened, with odd attributes.
  mutating func soup(pieces: Int) -> String {
    let names =
      [
        "p", "h1", "h2", "ul", "ol", "li", "pre", "blockquote", "figure", "figcaption", "table", "tr", "td", "th", "dl",
        "dt", "dd",
      ]
      + [
        "a", "em", "strong", "code", "br", "img", "b", "i", "div", "span", "section", "tbody", "caption", "form", "svg",
        "hr",
      ]
      + [
        "header", "x-card", "script", "title", "body", "head", "font", "center", "thead", "menu", "button", "select",
        "option",
      ]
    let attributes = [
      "", "", "", " class=a", " href=\"https://example.com/?a=1&amp;b=<2>\"", " href='/rel'",
      " src=http://example.com/i.png",
      " alt=\"a 'b' &quot;c&quot;\" src=\"https://example.com/é x.png\"", " hidden", " href=javascript:alert(1)",
      " onerror=x",
    ]
    let texts = [
      "a", "word ", " ", "\n\n", "  two  words\t", "&amp;", "&lt;b&gt;", "&nbsp;", "é", "漢字", "שלום", "👩‍👩‍👧", "e\u{301}",
      "<", "&", ">", "\"",
      "&#8217;", "&#146;", "&#27;", "\r\n", "\u{A0}", "\u{200B}", "\u{FEFF}", "<br><br>", "<!-- c -->", "]]>", "\u{B}",
      "\u{FFFE}", "&bogus;",
    ]
    var html = ""
    for _ in 0..<pieces {
      switch Int.random(in: 0..<10, using: &self) {
      case 0..<4: html += "<\(pick(names))\(pick(attributes))>"
      case 4..<6: html += "</\(pick(names))>"
      default: html += pick(texts)
      }
    }
    return html
  }
}
