import OffprintReader
import Testing

private func linked(_ json: String) -> String { "<script type='application/ld+json'>\(json)</script>" }

@Suite struct MetadataTests {
  @Test(
    arguments: [
      (
        linked(#"{"@type":"NewsArticle","author":{"@type":"Person","name":"Ana Berg"}}"#)
          + "<meta name=author content='Jon Vey'>", "Ana Berg"
      ),
      (
        linked(#"{"@graph":[{"@type":"Article","author":[{"name":"Ana Berg"},{"name":"Jon Vey"}]}]}"#),
        "Ana Berg, Jon Vey"
      ),
      (
        linked(##"{"@type":"Article","author":{"@id":"#a"}}"##)
          + linked(##"{"@id":"#a","@type":"Person","name":"Ana Berg"}"##), "Ana Berg"
      ),
      ("<meta name=author content='Ana Berg'>", "Ana Berg"), ("<meta name=author content='Marren Post'>", nil),
      ("<meta name=author content='Marren Verlag GmbH'>", nil),
      ("<meta name=author content='https://marren.example/ana'>", nil),
      ("<meta name=author content=admin>", nil), ("", nil),
      (linked("{\"@type\": \"Article\", \"author\": \"Ana Berg\", // no JSON\n"), "Ana Berg"),
    ] as [(String, String?)])
  func `an author is who the page says, and nobody else`(head: String, expected: String?) throws {
    var page = OwnPage()
    page.head = "<meta property=og:site_name content='Marren Post'>" + head
    #expect(try page.read().byline == expected)
  }

  @Test(arguments: [
    ("<p class=byline>By Ana Berg</p>", "Ana Berg"), ("<p class=byline>Von Ana Berg am 20. November</p>", "Ana Berg"),
    ("<div class=author><a href=/author/ana>Ana Berg</a> Follow</div>", "Ana Berg"),
    ("<span itemprop=author itemscope><span itemprop=name>Ana Berg</span>, our own</span>", "Ana Berg"),
    ("<a rel=author href=/ana>Ana Berg</a>", "Ana Berg"), ("<p>By Ana Berg</p>", "Ana Berg"),
    ("<p class=byline>Par Ana Berg</p>", "Ana Berg"),
  ])
  func `an author is read off the page`(lead: String, expected: String) throws {
    var page = OwnPage()
    page.lead = lead
    #expect(try page.read().byline == expected)
  }

  @Test(
    arguments: [
      (linked(#"{"@type":"Article","datePublished":"2026-11-19T21:30:00+01:00"}"#), "2026-11-19T21:30:00+01:00"),
      ("<meta property=article:published_time content='2026-11-18T10:00:00Z'>", "2026-11-18T10:00:00Z"),
      ("<meta property=article:modified_time content='2026-11-30'><meta name=date content='2026-11-17'>", "2026-11-17"),
      ("<meta name=pubdate content='20.11.2026'>", "2026-11-20"),
      ("", nil),
    ] as [(String, String?)])
  func `a day is what the page says, published before changed`(head: String, expected: String?) throws {
    var page = OwnPage()
    page.head = head
    #expect(try page.read(url: "https://marren.example/lamplighter").published?.text == expected)
  }

  @Test(arguments: [
    ("<time datetime='2026-11-20T08:00:00Z'>today</time>", "2026-11-20T08:00:00Z"),
    ("<p class=date>November 20, 2026</p>", "2026-11-20"), ("<p class=date>20. November 2026</p>", "2026-11-20"),
    ("<p class=date>20 de noviembre de 2026</p>", "2026-11-20"), ("<p class=date>20 novembre 2026</p>", "2026-11-20"),
    ("<p class=date>2026年11月20日</p>", "2026-11-20"), ("<p class=date>20/11/2026</p>", "2026-11-20"),
    ("<p class=date>20.11.26, 14:05 Uhr</p>", "2026-11-20"),
  ])
  func `a day is read off the page`(lead: String, expected: String) throws {
    var page = OwnPage()
    page.lead = lead
    #expect(try page.read(url: nil).published?.text == expected)
  }

  @Test(
    arguments: [
      ("2026-11-18T22:04:00Z", "19.11.2026", "2026-11-19T00:04:00+02:00"),
      ("2026-11-18T23:00:30Z", "19.11.2026", "2026-11-19T00:00:30+01:00"),
      ("2026-11-19T03:37:37Z", "18 November 2026", "2026-11-18T23:37:37-04:00"),
      ("2026-12-31T23:30:00Z", "1 January 2027", "2027-01-01T00:30:00+01:00"),
      ("2026-11-18T22:04:00Z", "18.11.2026", "2026-11-18T22:04:00Z"),
      ("2026-11-18T02:04:00Z", "19.11.2026", "2026-11-18T02:04:00Z"),
      ("2026-11-18T22:04:00Z", "24.11.2026", "2026-11-18T22:04:00Z"),
      ("2026-11-18T22:04:00+01:00", "19.11.2026", "2026-11-18T22:04:00+01:00"),
    ])
  func `a moment told in UTC is given in the zone in which the page prints its day`(
    told: String, printed: String, expected: String
  ) throws {
    var page = OwnPage()
    page.head = "<meta property=article:published_time content='\(told)'>"
    page.lead = "<p class=date>\(printed)</p>"
    #expect(try page.read(url: nil).published?.text == expected)
  }

  @Test(
    arguments: [
      ("18.11.2026 – ", "2026-11-18"), ("Marren, 18. November 2026. ", "2026-11-18"),
      ("It was long after he had come down from the ladder, on 18 November 2026, that ", nil),
    ] as [(String, String?)])
  func `a date with which the text begins is that of the text`(opening: String, expected: String?) throws {
    var page = OwnPage()
    page.paragraphs[0] = opening + page.paragraphs[0]
    #expect(try page.read(url: nil).published?.text == expected)
  }

  @Test(arguments: ["widget", "sidebar", "elementor-widget"])
  func `a box of a few lines may say the day, whatever it is called`(name: String) throws {
    var page = OwnPage()
    page.lead = "<div class=\(name)><p class=date>20 November 2026</p></div>"
    #expect(try page.read(url: nil).published?.text == "2026-11-20")
    let lines = (1...6).map { "<li><a href=/\($0)>No. \($0)</a> \($0) May 2020</li>" }.joined()
    page.lead = "<div class=\(name)><ul>\(lines)</ul></div>"
    #expect(try page.read(url: nil).published == nil)
  }

  @Test func `the address says the day where nothing else does`() throws {
    let article = try OwnPage().read()
    #expect(article.published?.text == "2026-11-20")
    #expect(article.published?.milliseconds == 1_795_132_800_000)
  }

  @Test func `a time with its zone is a moment`() throws {
    var page = OwnPage()
    page.head = "<meta property=article:published_time content='1999-12-31T23:30:15-05:30'>"
    let published = try #require(try page.read().published)
    #expect(published.text == "1999-12-31T23:30:15-05:30")
    #expect(published.milliseconds == 946_702_815_000)
  }

  @Test func `the title comes without the site's name`() throws {
    let text = OwnPage().paragraphs.map { "<p>\($0)</p>" }.joined()
    for (title, expected) in [
      ("Eleven lamps on the quay | Marren Post", "Eleven lamps on the quay"),
      ("Marren Post - Eleven lamps on the quay", "Eleven lamps on the quay"),
      ("Eleven lamps – and no more", "Eleven lamps – and no more"),
      ("Eleven lamps:Marren Post", "Eleven lamps"), ("Eleven lamps｜Marren Post", "Eleven lamps"),
      ("A day with the Marren Post", "A day with the Marren Post"),
    ] {
      let html =
        "<html><head><title>\(title)</title><meta property=og:site_name content='Marren Post'></head><body><div>\(text)</div>"
      #expect(try Reader.read(html: Array(html.utf8), url: nil).title == expected)
    }
  }

  @Test func `a heading that names the site is no title`() throws {
    let text = OwnPage().paragraphs.map { "<p>\($0)</p>" }.joined()
    let html =
      "<html><head><title>Eleven lamps on the quay - Marren Post</title></head><body><h1>Marren Post</h1><h2>Eleven lamps on the quay</h2>"
      + "<div>\(text)</div>"
    #expect(try Reader.read(html: Array(html.utf8), url: nil).title == "Eleven lamps on the quay")
  }

  @Test func `picture, site and address are those the page declares, made absolute`() throws {
    var page = OwnPage()
    page.head =
      "<meta property=og:image content=/lead.jpg><link rel=canonical href=/lamplighter>"
      + linked(#"{"@type":"Article","publisher":{"@type":"Organization","name":"Marren Post"}}"#)
    let article = try page.read()
    #expect(article.leadImage == "https://marren.example/lead.jpg")
    #expect(article.canonical == "https://marren.example/lamplighter")
    #expect(article.site == "Marren Post")
    #expect(article.byline == nil)
  }

  @Test func `relative links follow the page's base`() throws {
    var page = OwnPage()
    page.head = "<base href=/deep/>"
    page.inset = "<p>He keeps a list of them <a href=list>in a tin</a>, which he shows to nobody, not even at dusk.</p>"
    #expect(String(decoding: try page.read().body, as: UTF8.self).contains("href=\"https://marren.example/deep/list\""))
  }

  @Test(
    arguments: [
      ("<figure><img src=/lead.jpg?w=8 alt=a><figcaption>A <b>lamp</b></figcaption></figure>", "A lamp"),
      ("<div><div><img data-src=/lead.jpg></div><div class=caption>A lamp</div></div>", "A lamp"),
      ("<p><img src=//marren.example/lead.jpg alt=\" A  lamp \"></p>", "A lamp"),
      ("<figure><img src=/other.jpg><figcaption>Not this</figcaption></figure>", nil),
    ] as [(String, String?)])
  func `the lead picture comes with what is said under it`(html: String, caption: String?) throws {
    var page = OwnPage()
    page.head = "<meta property=og:image content=https://marren.example/lead.jpg>"
    page.inset = html
    #expect(try page.read().leadCaption == caption)
    page.head += "<meta property=og:image:alt content='Said to be seen'>"
    #expect(try page.read().leadCaption == (html.contains("caption") && caption != nil ? caption : "Said to be seen"))
  }

  @Test(
    arguments: [
      ("<html dir=rtl>", .rightToLeft), ("<html dir=LTR lang=ar>", .leftToRight), ("<html lang=he-IL>", .rightToLeft),
      ("<html lang=az-Arab>", .rightToLeft), ("<html lang=ar-Latn>", nil), ("<html lang=en>", nil), ("<html>", nil),
      ("<html dir=auto lang=fa>", .rightToLeft), ("<body dir=rtl>", .rightToLeft), ("<div dir=rtl>", nil),
    ] as [(String, TextDirection?)])
  func `the text's direction is the page's own, else its language's if that runs right to left`(
    html: String, direction: TextDirection?
  ) throws {
    #expect(try Reader.read(html: Array((html + "<p>text").utf8), url: nil).direction == direction)
  }
}
