/// What is saved: an address, a document, or both.
public struct SavedPage: Sendable {
  /// The address; two devices that save one address offline end with one article.
  public var url: String?
  /// The title the person gave.
  public var title: String?
  /// Tags the person gave.
  public var tags: [String]
  /// The page's text, if it is at hand; nil leaves the fetching to the server.
  public var document: Document?

  /// A page of these parts.
  public init(url: String? = nil, title: String? = nil, tags: [String] = [], document: Document? = nil) {
    self.url = url
    self.title = title
    self.tags = tags
    self.document = document
  }

  /// A page's text and what was found about it.
  public struct Document: Sendable {
    /// The body: an HTML fragment within the allow-list (Protocol, CONT-2), UTF-8.
    public var body: [UInt8]
    /// The title found.
    public var title: String?
    /// The byline found.
    public var byline: String?
    /// The site found.
    public var site: String?
    /// BCP 47 tag of the language found.
    public var language: String?
    /// The first sentences.
    public var excerpt: String?
    /// Words counted.
    public var words: Int?
    /// When it appeared, in milliseconds since 1970.
    public var publishedAt: Int64?

    /// A document of these parts.
    public init(
      body: [UInt8], title: String? = nil, byline: String? = nil, site: String? = nil, language: String? = nil,
      excerpt: String? = nil, words: Int? = nil, publishedAt: Int64? = nil
    ) {
      self.body = body
      self.title = title
      self.byline = byline
      self.site = site
      self.language = language
      self.excerpt = excerpt
      self.words = words
      self.publishedAt = publishedAt
    }
  }
}

/// An article that was saved.
public struct AddedArticle: Sendable {
  /// The article.
  public var article: Article
  /// False if the page had been saved before.
  public var isNew: Bool
}

/// An edit of one value: left as it is, set, or cleared.
public enum Change<Value: Sendable>: Sendable {
  /// Leave it.
  case keep
  /// Set it.
  case set(Value)
  /// Clear it, so that what was found shows again.
  case clear
}
