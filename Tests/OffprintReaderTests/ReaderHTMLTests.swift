import OffprintReader
import OffprintWire
import Testing

/// The body that is read from a page, as text, or the error.
func body(_ html: String, url: String? = "https://example.com/dir/page.html") -> String {
  do {
    return String(decoding: try Reader.read(html: Array(html.utf8), url: url).body, as: UTF8.self)
  } catch {
    return "error: \(error)"
  }
}

@Suite struct ReaderHTMLTests {
  @Test(arguments: [
    ("<p>one<p>two", "<p>one</p>\n<p>two</p>\n"),
    ("just text", "<p>just text</p>\n"),
    ("<div>a<div>b</div>c</div>", "<p>a</p>\n<p>b</p>\n<p>c</p>\n"),
    ("<p>a<br><br>b<br>c<br></p>", "<p>a</p>\n<p>b<br>c</p>\n"),
    ("<h2>a<p>b</p></h2>", "<h2>a</h2>\n<p>b</p>\n"),
    ("<p> a <b> b </b> c </p>", "<p>a <strong>b</strong> c</p>\n"),
    ("<p><em>a</em> <em>b</em><em>c</em> </p>", "<p><em>a</em> <em>bc</em></p>\n"),
    ("<p><em>a </em>b<em> <b>c</b></em></p>", "<p><em>a</em> b <em><strong>c</strong></em></p>\n"),
    ("<p><em>a</em><em> b</em><i></i></p>", "<p><em>a b</em></p>\n"),
    ("<p><b><b>a</b>b</b></p>", "<p><strong>ab</strong></p>\n"),
    ("<ul><li>a<li>b<ul><li>c</ul></ul>", "<ul><li>a</li><li><p>b</p><ul><li>c</li></ul></li></ul>\n"),
    ("<ul>a<li><p>b</p></li></ul>", "<ul><li>a</li><li>b</li></ul>\n"),
    ("<li>a</li>", "<p>a</p>\n"),
    (
      "<table><tbody><tr><td>a<td></td><th>c</table>",
      "<table><tr><td>a</td><td></td><th>c</th></tr></table>\n"
    ),
    ("<table><tr><td></td></tr><tr><td>x</td></tr></table>", "<table><tr><td>x</td></tr></table>\n"),
    ("<dl><dt>a<dd>b<dd><p>c<p>d</dl>", "<dl><dt>a</dt><dd>b</dd><dd><p>c</p><p>d</p></dd></dl>\n"),
    ("<pre>\n\n  a\n    b &lt;\n\n</pre>", "<pre>  a\n    b &lt;</pre>\n"),
    ("<pre><code>x\r\ny\n</code></pre>", "<pre><code>x\ny</code></pre>\n"),
    (
      "<figure><div><img src=\"/a.png\" alt=\" A  b\"></div><figcaption><p>c</p></figcaption></figure>",
      "<figure><img src=\"https://example.com/a.png\" alt=\"A b\"><figcaption>c</figcaption></figure>\n"
    ),
    ("<blockquote>q</blockquote>", "<blockquote><p>q</p></blockquote>\n"),
    ("<a href=x><h2>t</h2></a>", "<h2><a href=\"https://example.com/dir/x\">t</a></h2>\n"),
    ("<p>a<o:p>b</o:p><my-box>c</my-box>", "<p>ab</p>\n<p>c</p>\n"),
    ("<p>&copy; &eacute; &#146; &hellip; &bogus; &#0;</p>", "<p>© é ’ … &amp;bogus;</p>\n"),
    ("<p>a\u{0}b\u{7}</p>", "<p>ab</p>\n"),
    ("<p>&nbsp;</p><p>x</p>", "<p>x</p>\n"),
    ("<p hidden>a</p><p>b</p>", "<p>b</p>\n"),
  ])
  func `a page's text is rebuilt from the allowed elements`(html: String, expected: String) {
    #expect(body(html) == expected)
  }

  @Test(arguments: [
    "<script>alert(1)</script>", "<script>a</b>\"<p>no</p>\"</script>", "<SCRIPT/x>no</SCRIPT>", "<style>p{}</style>",
    "<svg><title>no</title><script>no</script><path d=x /></svg>", "<svg onload=alert(1)></svg>",
    "<math><mtext><mglyph><style><!--</style><img title=\"--><img src=x onerror=no>\"></math>",
    "<nav>no</nav>", "<header>no</header><footer>no</footer><aside>no</aside><form>no<input value=no></form>",
    "<noscript>no</noscript>", "<iframe src=\"https://example.com\">no</iframe>", "<object data=x>no</object>",
    "<template>no</template>", "<textarea>no</textarea>", "<select><option>no</select>", "<button>no</button>",
    "<base href=\"https://evil.example/\">", "<meta http-equiv=refresh content=\"0;url=https://evil.example\">",
    "<!-- no --><!doctype no><?no?></no>", "<img src=x.png onerror=no srcset=\"http:a<script>\" hidden>",
    "<img src=\"data:image/png;base64,AAAA\">", "<img src=\"javascript:no\">",
  ])
  func `what is not text of the page leaves nothing behind`(html: String) {
    #expect(body("<p>before</p>" + html + "<p>after</p>") == "<p>before</p>\n<p>after</p>\n")
  }

  @Test(
    arguments: [
      ("javascript:alert(1)", nil), ("java\nscript:alert(1)", nil), (" JaVaScRiPt:x", nil), ("data:text/html,x", nil),
      ("mailto:a@b.example", nil), ("#top", nil), ("#", nil), ("", nil),
      ("#note-1", "https://example.com/dir/page.html#note-1"), ("vbscript:x", nil), ("http:/x", nil), ("https://", nil),
      ("ftp://example.com/", nil), ("blob:https://example.com/x", nil), ("http:///x", nil),
      ("https://example.org/a?b=1&amp;c=2#d", "https://example.org/a?b=1&amp;c=2#d"),
      ("HTTP://Example.org/", "HTTP://Example.org/"), ("../up", "https://example.com/up"),
      ("//cdn.example.org/x", "https://cdn.example.org/x"), ("?q=1", "https://example.com/dir/page.html?q=1"),
      ("/a b\u{E9}", "https://example.com/a%20b%C3%A9"),
      ("https://example.org/&quot;onclick=x&lt;&gt;'", "https://example.org/%22onclick=x%3C%3E%27"),
    ] as [(String, String?)])
  func `links lead to the web or nowhere`(href: String, expected: String?) {
    let link = expected.map { "<a href=\"\($0)\">x</a>" } ?? "x"
    #expect(body("<p><a href=\"\(href)\">x</a></p>") == "<p>\(link)</p>\n")
  }

  @Test func `without an address relative links are only text`() {
    #expect(body("<p><a href=\"/x\">x</a><img src=y.png></p>", url: nil) == "<p>x</p>\n")
    #expect(body("<p><a href=\"/x\">x</a></p>", url: "file:///etc/passwd") == "<p>x</p>\n")
  }

  @Test func `a stored body is read as it is, with the pictures that are stored beside it; no site can name those`() {
    let hash = String(repeating: "0a", count: 32)
    let stored = "<p>text</p>\n<figure><img src=\"offprint:\(hash)\" alt=\"A\"><figcaption>c</figcaption></figure>\n"
    #expect(body(stored, url: nil) == stored)
    #expect(body(stored) == "<p>text</p>\n<p>c</p>\n" || !body(stored).contains("offprint:"))
    #expect(!body("<div>\(stored)</div>", url: nil).contains("offprint:"), "this is no body of our own")
    for wrong in ["offprint:\(hash)0", "offprint:" + hash.uppercased(), "offprint:../x", "offprint:"] {
      #expect(!body("<p>text<img src=\"\(wrong)\" alt=\"\"></p>\n", url: nil).contains("offprint:"))
    }
  }

  @Test(
    arguments: [
      (
        "<figure><noscript><img src=/a.png alt=A></noscript></figure>",
        "<img src=\"https://example.com/a.png\" alt=\"A\">"
      ),
      (
        "<p><img class=lazy src=\"data:image/gif;base64,R0\"><noscript><img src=/a.png></noscript></p>",
        "<img src=\"https://example.com/a.png\">"
      ),
    ])
  func `a picture that stands in a page for browsers without scripts is found where it would be shown`(
    html: String, image: String
  ) {
    #expect(body("<p>a</p>" + html + "<p>b</p>").contains(image))
  }

  @Test(arguments: [
    "<noscript><img src=https://count.example/pixel></noscript>",
    "<figure><noscript><img src=https://count.example/pixel width=1 height=1></noscript></figure>",
    "<div><noscript><img src=/a.png><img src=/b.png></noscript></div>",
    "<figure><noscript>no<a href=/x>no</a></noscript></figure>",
  ])
  func `what counts readers without scripts is no picture`(html: String) {
    #expect(body("<p>a</p>" + html + "<p>b</p>") == "<p>a</p>\n<p>b</p>\n")
  }

  @Test func `of a set of pictures that was escaped into one address the widest is taken`() {
    let set = "https://a.example/small.png%20300w,%20https://a.example/large.png?w=9%20900w"
    #expect(body("<p>a<img src=\"\(set)\"></p>").contains("src=\"https://a.example/large.png?w=9\""))
  }

  @Test func `a picture is not shown twice for having a copy for browsers without scripts`() {
    let text = body("<figure><img src=/small.png><noscript><img src=/large.png></noscript></figure><p>a</p>")
    #expect(text.contains("small.png") && !text.contains("large.png"))
  }

  @Test func `a page that is all form, or behind an open navigation, is still read`() {
    #expect(body("<body><form><p>text</p></form>") == "<p>text</p>\n")
    let text = Array(repeating: "word", count: 200).joined(separator: " ")
    #expect(body("<p>menu</p><nav><p>\(text)</p>") == "<p>menu</p>\n<p>\(text)</p>\n")
    #expect(body("<p>\(text)</p><nav><p>\(text)</p></nav>") == "<p>\(text)</p>\n")
  }

  @Test(
    arguments: [
      ("<title>T &amp; t</title><h1> A \n <em>b</em></h1><p>x", "A b"),
      ("<title>T</title><meta property=og:title content='O &amp; o'><h1>A</h1><h1>B</h1>", "O & o"),
      ("<head><title>\n T <b> </title></head><p>x", "T <b>"),
      ("<header><h1>In the header</h1></header><p>x", "In the header"),
      ("<svg><title>no</title></svg><p>x", nil),
      ("<p>x", nil),
    ] as [(String, String?)])
  func `the title is the only h1, else og:title, else the document's`(html: String, expected: String?) throws {
    #expect(try Reader.read(html: Array(html.utf8), url: nil).title == expected)
  }

  @Test func `a page says its language, its site and what it is about`() throws {
    let html =
      "<!doctype html><html lang=pt-BR><head><meta name=description content=' About  it '>"
      + "<meta property=og:site_name content=Site></head><body><p>one two, three-four 5 —</p></body></html>"
    let article = try Reader.read(html: Array(html.utf8), url: nil)
    #expect(article.language == "pt-BR")
    #expect(article.site == "Site")
    #expect(article.excerpt == "About it")
    #expect(article.words == 4)
    #expect(article.byline == nil)
    #expect(!article.isTruncated)
  }

  @Test func `a long text's beginning is its excerpt, cut at a word`() throws {
    let article = try Reader.read(html: Array(("<p>short<p>" + String(repeating: "word ", count: 100)).utf8), url: nil)
    let excerpt = try #require(article.excerpt)
    #expect(excerpt.hasSuffix("word…") && excerpt.unicodeScalars.count <= 300)
    #expect(article.words == 101)
  }

  @Test func `right-to-left, East Asian and joined characters come through unchanged`() {
    let texts = [
      "שלום עולם, זה מגדלור", "مرحبا بالعالم", "燈塔在海邊。燈光很亮", "👩‍👩‍👧‍👦🏳️‍🌈👍🏽", "e\u{301}\u{323}", "\u{202B}a\u{202C}", "ﬁ Å",
    ]
    for text in texts {
      #expect(Array(body("<p>\(text)</p>").utf8) == Array("<p>\(text)</p>\n".utf8))
    }
  }

  @Test func `nothing to read is an error that says so`() {
    for html in ["", "<p> </p>", "<script>x</script>", "<!-- x -->", "<p", "<title>only</title>"] {
      #expect(body(html) == "error: it has no text", "\(html)")
    }
  }
}
