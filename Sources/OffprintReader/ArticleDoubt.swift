/// Why what was read in a page may not be the article that people wanted to keep.
public enum ArticleDoubt: String, Sendable, Hashable, CaseIterable {
  /// Only the beginning is there; the rest is for those who pay or sign in.
  case paywall
  /// The page says that there is nothing at its address, or that something failed.
  case errorPage
  /// The page asks for proof that no robot reads it, or shows nothing without scripts.
  case needsBrowser
  /// The page lists articles and is none.
  case listing

  /// The reason in one sentence without a full stop, for people.
  public var explanation: String {
    switch self {
    case .paywall: "only the beginning of the article is on the page; the rest is for subscribers"
    case .errorPage: "the page says that there is no article at its address"
    case .needsBrowser: "the page shows its article to browsers only"
    case .listing: "the page lists other pages and has no article of its own"
    }
  }
}
