import OffprintReader
import OffprintTesting
import Testing

@Suite struct ExtractionTests {
  @Test func `of a page only its article is kept`() throws {
    let page = OwnPage()
    let article = try page.read()
    #expect(article.text == page.text)
    #expect(article.title == page.title)
    #expect(article.doubt == nil)
  }

  @Test(arguments: [
    "<p><a href=/other>Ferry bell found in a loft above the sail maker's</a></p>",
    "<div class=related-stories><h3>Read next</h3><ul><li><a href=/1>One thing</a><li><a href=/2>Another</a></ul></div>",
    "<p>Read more: <a href=/1>Bridge sticks again</a></p>", "<p><strong>DON'T MISS</strong></p>",
    "<div class=newsletter-signup><p>Sign up for our weekly letter and never miss a tide.</p><form><input></form></div>",
    "<div class='share-buttons'><a href='https://social.example/share'>Share</a></div>", "<p>Advertisement</p>",
    "<div class=advertisement><p>The best ropes there are, sold by the yard, at the chandler's.</p></div>",
    "<p style='display:none'>A line that nobody sees, since it is hidden from all who read.</p>",
    "<p>Lesen Sie auch: <a href=/1>Die Brücke klemmt</a></p>", "<p>Lire aussi : <a href=/1>Le pont</a></p>",
  ])
  func `what stands in the article without being of it goes`(inset: String) throws {
    var page = OwnPage()
    page.inset = inset
    #expect(try page.read().text == page.text)
  }

  @Test(arguments: [
    "<h3>You may also like</h3><ul><li><a href=/1>Who will ring the bell?</a><li><a href=/2>Eleven lamps</a></ul>",
    "<p>Follow us on the usual networks, and tell your friends.</p>",
    "<p>Thank you for reading the Marren Post! Our work is paid for by readers like you; please consider a donation.</p>",
    "<div class=author-bio><p>Orla Tench writes about the harbour and keeps brooms.</p></div>",
    "<p class=tags>Tags: <a href=/t/lamps>lamps</a>, <a href=/t/quay>quay</a></p>",
    "<p>Jon Vey contributed to this report.</p>", "<h2>Comments</h2>",
  ])
  func `what follows the article goes`(tail: String) throws {
    var page = OwnPage()
    page.tail = tail
    #expect(try page.read().text == page.text)
  }

  @Test(arguments: [
    ("<h2>How the lamps came</h2>", "How the lamps came"),
    (
      "<blockquote><p>I light them because they are there, and I am.</p></blockquote>",
      "I light them because they are there, and I am."
    ),
    (
      "<ul><li>a ladder of nine rungs, mended twice</li><li>a wick</li></ul>",
      "a ladder of nine rungs, mended twice\na wick"
    ),
    ("<pre>lamp 1\n  lamp 2</pre>", "lamp 1\n  lamp 2"),
    (
      "<table><tr><th>Lamp</th><th>Lit</th></tr><tr><td>First</td><td>18:04</td></tr></table>",
      "Lamp\nLit\nFirst\n18:04"
    ),
    (
      "<p>The whole list is at <a href='https://lamps.example/list'>lamps.example</a>.</p>",
      "The whole list is at lamps.example."
    ),
    ("<p><a href='https://lamps.example/map'>A map of the eleven lamps</a></p>", "A map of the eleven lamps"),
  ])
  func `what belongs to the article stays`(inset: String, text: String) throws {
    var page = OwnPage()
    page.inset = inset
    page.inset +=
      "<p>After that he goes home by the upper road, since the lower one has no lamps, and it would not do.</p>"
    #expect(try page.read().text.contains("\n\n" + text + "\n\nAfter that"))
  }

  @Test func `a short first sentence is the article's`() throws {
    var page = OwnPage()
    page.paragraphs.insert("It is dusk.", at: 0)
    #expect(try page.read().text == page.text)
  }

  @Test func `captions stand in the body and not in the text`() throws {
    let image = "<img src=/lamp.jpg alt=Lamp>"
    for inset in [
      "<figure>\(image)<figcaption>The ninth lamp, at dusk</figcaption></figure>",
      "<div class=picture>\(image)<p class=photo-caption>The ninth lamp, at dusk</p></div>",
    ] {
      var page = OwnPage()
      page.inset = inset
      let article = try page.read()
      #expect(article.text == page.text)
      let body = String(decoding: article.body, as: UTF8.self)
      let address = "https://marren.example/lamp.jpg"
      #expect(
        body.contains(
          "<figure><img src=\"\(address)\" alt=\"Lamp\"><figcaption>The ninth lamp, at dusk</figcaption></figure>"),
        "\(body)")
    }
  }

  @Test func `an article in several boxes is read whole`() throws {
    var page = OwnPage()
    page.tail =
      "</div><div class=advertisement><p>Ropes by the yard, cheap, at the chandler's on the quay.</p></div><div class=story>"
    let more = (1...4).map {
      "Of the lamp with the number \($0), the lighter says that it burns lower, and that it always did."
    }
    page.tail += more.map { "<p>\($0)</p>" }.joined()
    page.paragraphs = Array(page.paragraphs.prefix(3))
    #expect(try page.read().text == (page.paragraphs + more).joined(separator: "\n\n") + "\n")
  }

  @Test func `the first paragraph is found where it stands under the title`() throws {
    var page = OwnPage()
    page.lead =
      "<div class=intro><p>On the quay, eleven lamps are lit by hand, and the board would rather they were not.</p></div>"
    let article = try page.read()
    #expect(article.text.hasPrefix("On the quay, eleven lamps"))
    #expect(article.standfirst?.hasPrefix("On the quay, eleven lamps") == true)
  }

  @Test func `pictures that load late are found, those that count readers are not`() throws {
    var page = OwnPage()
    page.inset =
      "<p><img src='data:image/gif;base64,R0' data-src='/a.jpg'></p><p><img srcset='/s.jpg 300w, /m,1.jpg 1200w, /x.jpg 4000w'></p>"
      + "<p><img src=/pixel.gif width=1 height=1></p>"
    let body = String(decoding: try page.read().body, as: UTF8.self)
    #expect(body.contains("https://marren.example/a.jpg") && body.contains("https://marren.example/m,1.jpg"))
    #expect(!body.contains("pixel") && !body.contains("data:") && !body.contains("/s.jpg"))
  }

  @Test func `a body read again is the same body`() throws {
    var page = OwnPage()
    page.inset =
      "<h2>More</h2><ul><li>one<li>two</ul><figure><img src=/a.png><figcaption>c</figcaption></figure><table><tr><td>x</table>"
    let article = try page.read()
    #expect(AllowedBody.fault(in: article.body) == nil)
    let again = try Reader.read(html: article.body, url: nil)
    #expect(again.body == article.body)
    #expect(again.words == article.words)
  }

  @Test func `other scripts are read as well`() throws {
    var page = OwnPage()
    page.title = "運河の灯台守"
    page.paragraphs = (1...5).map {
      "毎晩、日が暮れると、はしごを持った男が岸壁を歩き、\($0)つの灯りを順番にともしていく。その仕事はもう三十年になる、と彼は言う。"
    }
    #expect(try page.read().text == page.text)
    page.title = "مصباح الميناء القديم"
    page.paragraphs = (1...5).map {
      "في كل مساء، عند الغروب، يمشي رجل مع سلم على طول الرصيف ويضيء \($0) مصابيح، واحدا بعد الآخر، منذ ثلاثين عاما."
    }
    #expect(try page.read().text == page.text)
  }
}
