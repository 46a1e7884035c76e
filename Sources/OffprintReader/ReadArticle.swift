/// What the reader found in a page or a text: the body in our own markup, and what it says about itself.
///
/// What the source does not say is nil and never guessed.
public struct ReadArticle: Sendable, Hashable {
  /// The title, at most 1,024 bytes.
  public var title: String?
  /// The sentence or two under the title that say what it is about, if they stand apart from its text.
  public var standfirst: String?
  /// Who wrote it.
  public var byline: String?
  /// The name of the site it appeared on.
  public var site: String?
  /// When it was published.
  public var published: PublishedTime?
  /// The address of the picture by which the page is shown elsewhere.
  public var leadImage: String?
  /// What the page says under that picture, or what it says is to be seen on it.
  public var leadCaption: String?
  /// The page's own idea of its address, absolute.
  public var canonical: String?
  /// The language as the page names it, such as `de-AT`.
  public var language: String?
  /// The direction the page's text runs in, as the page says it, else as its language is written.
  public var direction: TextDirection?
  /// What the page says it is about, else how its text begins; at most 300 scalars.
  public var excerpt: String?
  /// The body: a fragment of HTML in UTF-8, rebuilt from the elements of `AllowedMarkup` alone.
  public var body: [UInt8]
  /// The words of the body's text; a character of a script without spaces counts as one.
  public var words: Int
  /// Why this may not be the article that people wanted to keep; nil for an article.
  public var doubt: ArticleDoubt?
  /// Whether the page was nested so deeply that some of it may be missing from the body.
  public var isTruncated: Bool

  init(body: [UInt8], words: Int) {
    self.body = body
    self.words = words
    isTruncated = false
  }
}
