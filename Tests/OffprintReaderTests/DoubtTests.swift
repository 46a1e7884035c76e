import OffprintReader
import Testing

@Suite struct DoubtTests {
  private func doubt(_ html: String) throws -> ArticleDoubt? { try Reader.read(html: Array(html.utf8), url: nil).doubt }

  @Test func `an article of which only the beginning is shown is said to be cut`() throws {
    var page = OwnPage()
    page.paragraphs = Array(page.paragraphs.prefix(2))
    #expect(try page.read().doubt == nil)
    page.tail = "<div class=gate><p>To continue reading, subscribe today.</p></div>"
    #expect(try page.read().doubt == .paywall)
    page.tail = ""
    page.head =
      "<script type='application/ld+json'>{\"@type\":\"NewsArticle\",\"isAccessibleForFree\":\"False\"}</script>"
    #expect(try page.read().doubt == .paywall)
  }

  @Test func `a long article is none the less for what the page sells`() throws {
    var page = OwnPage()
    page.paragraphs += page.paragraphs + page.paragraphs
    page.tail = "<p>Already a subscriber? Sign in.</p>"
    #expect(try page.read().doubt == nil)
  }

  @Test(arguments: [
    (
      "<html><title>404 - Page not found</title><body><h1>Page not found</h1><p>The page you are looking for is gone.</p>",
      ArticleDoubt.errorPage
    ),
    (
      "<html><title>Seite nicht gefunden</title><body><div><p>Hier ist leider nichts, was man lesen könnte.</p></div>",
      .errorPage
    ),
    (
      "<html><title>Just a moment...</title><body><div><p>Checking your browser before you go on.</p></div>",
      .needsBrowser
    ),
    ("<html><title>App</title><body><div><p>You need to enable JavaScript to run this app.</p></div>", .needsBrowser),
  ])
  func `pages that are no article are recognised`(html: String, expected: ArticleDoubt) throws {
    #expect(try doubt(html) == expected)
  }

  @Test func `a page of links is a list`() throws {
    let links = (1...60).map { "<li><a href=/\($0)>A headline of some words, number \($0)</a>" }.joined()
    #expect(try doubt("<html><title>Marren Post</title><body><div><ul>\(links)</ul></div>") == .listing)
  }

  @Test(arguments: ArticleDoubt.allCases)
  func `a reason is a sentence for people`(doubt: ArticleDoubt) {
    #expect(doubt.explanation.count > 30 && !doubt.explanation.hasSuffix("."))
  }
}
