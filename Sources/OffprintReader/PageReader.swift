import OffprintWire

/// Reads a page: from its text in UTF-8 to the article.
enum PageReader {
  static func read(_ source: [UInt8], url: String?) throws(ReaderError) -> ReadArticle {
    var page = try PageParser.parse(try MarkupCleaner(source, isFlat: false).clean())
    let facts = PageFacts(page)
    let base = facts.base.flatMap { SafeAddress.resolve($0, base: url) } ?? url
    let isTruncated = page.isTruncated
    // Deeper than libxml2 goes: leave out the boxes, so that the text behind the depth is not lost.
    if isTruncated { page = try PageParser.parse(try MarkupCleaner(source, isFlat: true).clean()) }
    let title = TitleChoice.title(facts)
    let host = SafeAddress.host(of: (url ?? facts.canonical ?? facts.field("og:url") ?? "").utf8)
    let (body, text) = body(of: page, source: source, base: base, host: host, title: title)
    if body.isEmpty { throw .empty }
    let summary = facts.field("description", "og:description")
    return ReadArticle(
      title: title, byline: nil, site: facts.field("og:site_name"), language: facts.language,
      excerpt: Reader.excerpt(summary ?? Reader.opening(of: text)), body: body, words: text.wordCount,
      isTruncated: isTruncated)
  }

  /// A page with fewer words than this, which has many times as many in headers, forms and the like, is one that stands in
  /// such an element as a whole: in a form, or behind a navigation that is never closed.
  private static let fewWords = 100
  private static let manyTimes = 5

  private static func body(
    of page: Page, source: [UInt8], base: String?, host: [UInt8], title: String?
  ) -> ([UInt8], BodyText) {
    if isSimple(source) {
      let body = PageWalk.body(of: page, .all(of: page, keepsChrome: false), base: base)
      // A body of our own is what it is: read again it must not change.
      if body == source { return (body, BodyText(html: body)) }
    }
    let measures = PageMeasures(page, host: host)
    if let choice = ArticleSelection(page, measures, title: title) {
      let body = PageWalk.body(of: page, choice.selection, base: base)
      let text = BodyText(html: body)
      if text.wordCount >= wordsMin { return (body, text) }
    }
    return whole(page, base: base)
  }

  /// An article of fewer words than this is not looked for in a page; the page is taken as it is.
  private static let wordsMin = 25

  /// The page without a choice.
  private static func whole(_ page: Page, base: String?) -> ([UInt8], BodyText) {
    let body = PageWalk.body(of: page, .all(of: page, keepsChrome: false), base: base)
    let text = BodyText(html: body)
    guard text.wordCount < fewWords else { return (body, text) }
    let all = PageWalk.body(of: page, .all(of: page, keepsChrome: true), base: base)
    let allText = BodyText(html: all)
    return body.isEmpty || allText.wordCount > text.wordCount * manyTimes ? (all, allText) : (body, text)
  }

  /// Whether a source starts as bodies do: with a block, without attributes.
  private static func isSimple(_ source: [UInt8]) -> Bool {
    guard source.first == UInt8(ascii: "<"), let end = source.firstIndex(of: UInt8(ascii: ">")), end <= 12 else { return false }
    switch Tag(source[1..<end]).role {
    case .leaf, .container: return true
    default: return false
    }
  }
}
