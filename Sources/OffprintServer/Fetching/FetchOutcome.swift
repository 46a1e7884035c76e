/// What came of a fetch.
package enum FetchOutcome: Sendable {
  /// An article was found.
  case found(FoundArticle)
  /// Nothing was found, for a reason in words. If it is transient another try follows, not before so many seconds if the site says so.
  case failed(reason: String, isTransient: Bool, retryAfterSeconds: Int?)
}

/// What a page was made into.
package struct FoundArticle: Sendable {
  /// The body (Protocol, CONT-2).
  package var body: [UInt8]
  /// The images that the body names by their hash, in the order in which it does.
  package var images: [[UInt8]] = []
  /// The title.
  package var title: String?
  /// Who wrote it.
  package var byline: String?
  /// Where it appeared.
  package var site: String?
  /// BCP 47 tag of its language.
  package var language: String?
  /// The first sentences.
  package var excerpt: String?
  /// The address of the lead image.
  package var image: String?
  /// When it appeared, in milliseconds since 1970.
  package var publishedAt: Int64?
  /// Words of its text.
  package var words: Int?

  /// An article of which nothing but the body is known.
  package init(body: [UInt8]) {
    self.body = body
  }
}
