import OffprintWire

/// A fetch that waits its turn.
package struct FetchJob: Sendable, Hashable {
  /// Whose article it is.
  package let account: RecordID
  /// The article.
  package let article: RecordID
  /// What its record says.
  package let wish: FetchWish
  /// Times it was begun, this one included.
  package let tries: Int
}

/// What is known of a waiting fetch without its record.
package struct QueuedFetch: Sendable, Hashable {
  /// The article.
  package var article: RecordID
  /// Host and port.
  package var site: String
  /// Times it was begun.
  package var tries: Int
  /// From when on it may be begun, in milliseconds since 1970.
  package var due: Int64

  /// A waiting fetch of these parts.
  package init(article: RecordID, site: String, tries: Int, due: Int64) {
    self.article = article
    self.site = site
    self.tries = tries
    self.due = due
  }
}
