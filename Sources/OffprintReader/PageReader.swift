import OffprintWire

/// Reads a page: from its text in UTF-8 to the article.
enum PageReader {
  static func read(_ source: [UInt8], url: String?) throws(ReaderError) -> ReadArticle {
    var page = try PageParser.parse(try MarkupCleaner(source, isFlat: false).clean())
    let facts = PageFacts(page)
    let base = facts.base.flatMap { SafeAddress.resolve($0, base: url) } ?? url
    let isTruncated = page.isTruncated
    // Deeper than a page is read: leave out the boxes, so that the text behind the depth is not lost.
    if isTruncated { page = try PageParser.parse(try MarkupCleaner(source, isFlat: true).clean()) }
    let address = url ?? facts.canonical ?? facts.field("og:url")
    let title = TitleChoice.title(facts)
    let host = SafeAddress.host(of: (address ?? "").utf8)
    let measures = PageMeasures(page, host: host)
    let choice = choice(
      of: page, measures, source: source, url: url, base: base, title: title, heading: facts.heading(of: title))
    if choice.body.isEmpty { throw .empty }
    let site = SiteChoice.name(facts)
    let article = surroundings(of: choice.root, title: title, facts, page)
    var read = ReadArticle(body: choice.body, words: choice.text.wordCount)
    read.title = title
    read.standfirst = choice.standfirst
    read.byline = BylineChoice.byline(page, facts, measures, site: site, host: host, article: article)
    read.site = site
    read.published = DateChoice.published(page, facts, url: url, article: article, measures: measures)
    read.leadImage = LeadImageChoice.address(page, facts, root: choice.root, base: base)
    read.leadCaption = read.leadImage.flatMap { LeadImageChoice.caption(of: $0, page, facts, base: base) }
    read.canonical = facts.canonical.flatMap { SafeAddress.resolve($0, base: base) }
    read.language = facts.language
    read.direction = direction(of: choice.root, page) ?? facts.language.flatMap(TextDirection.init(language:))
    read.excerpt = Reader.excerpt(
      facts.field("description", "og:description", "twitter:description") ?? Reader.opening(of: choice.text))
    read.doubt = DoubtFinder.doubt(page, measures, facts, title: title, words: read.words, root: choice.root)
    read.isTruncated = isTruncated
    return read
  }

  /// The innermost element around the article and its title; else the whole page.
  private static func surroundings(of root: Int?, title: String?, _ facts: PageFacts, _ page: Page) -> Range<Int> {
    guard let root, let heading = facts.heading(of: title) else { return page.nodes.indices }
    var node = root
    while node > 0, !(node..<Int(page.nodes[node].end)).contains(heading) { node = Int(page.nodes[node].parent) }
    return node..<Int(page.nodes[max(node, 0)].end)
  }

  /// What the innermost element around the article, itself included, says of the direction.
  private static func direction(of root: Int?, _ page: Page) -> TextDirection? {
    let body = page.nodes.firstIndex { $0.tag == .body }
    var node = root ?? body ?? -1
    while node >= 0 {
      if let direction = page.string(.dir, of: node).flatMap(TextDirection.init(attribute:)) { return direction }
      node = Int(page.nodes[node].parent)
    }
    return nil
  }

  private struct Choice {
    var body: [UInt8]
    var text: BodyText
    /// The element the body stands in, if one was chosen.
    var root: Int?
    var standfirst: String?
  }

  /// A page with fewer words than this, which has many times as many in headers, forms and the like, is one that stands in
  /// such an element as a whole: in a form, or behind a navigation that is never closed.
  private static let fewWords = 100
  private static let manyTimes = 5

  private static func choice(
    of page: Page, _ measures: PageMeasures, source: [UInt8], url: String?, base: String?, title: String?, heading: Int?
  ) -> Choice {
    if isSimple(source) {
      // Only a file can be a body of our own: what a site sends names no pictures of other articles.
      let body = PageWalk.body(of: page, .all(of: page, keepsChrome: false), base: base, isStored: url == nil)
      // A body of our own is what it is: read again it must not change.
      if body == source { return Choice(body: body, text: BodyText(html: body)) }
    }
    if hasBoxes(page), let choice = ArticleSelection(page, measures, title: title, heading: heading) {
      let body = PageWalk.body(of: page, choice.selection, base: base)
      let text = BodyText(html: body)
      if text.wordCount >= wordsMin {
        return Choice(body: body, text: text, root: choice.container, standfirst: choice.standfirst)
      }
    }
    return whole(page, base: base)
  }

  /// An article of fewer words than this is not looked for in a page; the page is taken as it is.
  private static let wordsMin = 25

  /// Whether a page has any parts among which to choose.
  private static func hasBoxes(_ page: Page) -> Bool {
    page.nodes.contains { node in
      switch node.tag {
      case .div, .section, .article, .main, .td, .center, .custom: true
      default: false
      }
    }
  }

  /// The page without a choice.
  private static func whole(_ page: Page, base: String?) -> Choice {
    let body = PageWalk.body(of: page, .all(of: page, keepsChrome: false), base: base)
    let text = BodyText(html: body)
    guard text.wordCount < fewWords else { return Choice(body: body, text: text) }
    let all = PageWalk.body(of: page, .all(of: page, keepsChrome: true), base: base)
    let allText = BodyText(html: all)
    let isBetter = body.isEmpty || allText.wordCount > text.wordCount * manyTimes
    return isBetter ? Choice(body: all, text: allText) : Choice(body: body, text: text)
  }

  /// Whether a source starts as bodies do: with a block, without attributes.
  private static func isSimple(_ source: [UInt8]) -> Bool {
    guard source.first == UInt8(ascii: "<"), let end = source.firstIndex(of: UInt8(ascii: ">")), end <= 12 else {
      return false
    }
    switch Tag(source[1..<end]).role {
    case .leaf, .container: return true
    default: return false
    }
  }
}
