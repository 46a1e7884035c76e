import OffprintWire

/// An article's identity; the same on every device.
public typealias ArticleID = RecordID
/// A bookmark's identity; the same on every device.
public typealias BookmarkID = RecordID

/// An article as a reader is shown it: the person's own values, else what extraction found.
public struct Article: Sendable {
  /// The identity: of a group of records found to be one page, the smallest.
  public var id: ArticleID
  /// The address it was saved under; nil for a file without one.
  public var url: String?
  /// The title shown; never empty.
  public var title: String
  /// Who wrote it.
  public var byline: String?
  /// Where it appeared.
  public var site: String?
  /// BCP 47 tag of its language.
  public var language: String?
  /// A few sentences of it.
  public var excerpt: String?
  /// Words in its text.
  public var words: Int?
  /// When it was saved, in milliseconds since 1970, by the saving device's clock.
  public var savedAt: Int64?
  /// When it appeared, in milliseconds since 1970.
  public var publishedAt: Int64?
  /// Its tags, sorted.
  public var tags: [String]
  /// Whether it is put away.
  public var isArchived: Bool
  /// Whether it is marked.
  public var isFavourite: Bool
  /// Whether it is deleted and can be undeleted.
  public var isDeleted: Bool
  /// Whether the mass-delete brake holds it: the server no longer has it, and a person has not yet decided.
  public var isHeld: Bool
  /// How far it is read, in millionths, 0...1,000,000.
  public var fraction: Int64
  /// Whether it is read to its end.
  public var isFinished: Bool
  /// When it was last read on any device, in milliseconds since 1970; nil if never.
  public var lastReadAt: Int64?
  /// Whether the body can be read.
  public var content: ContentState
  /// Whether edits of this device have not reached the server.
  public var hasUnsentEdits: Bool
  /// The other records found to be this page.
  public var memberIDs: [ArticleID]

  /// Nothing read and not finished.
  public var isUnread: Bool { fraction == 0 && !isFinished }
  /// Begun and not finished.
  public var isInProgress: Bool { fraction > 0 && !isFinished }
}

/// Whether an article's body can be read.
public enum ContentState: Sendable, Hashable {
  /// It is on this device.
  case ready
  /// There is one, but it has not been fetched to this device yet.
  case notOnThisDevice
  /// Nobody has fetched the page yet.
  case pending
  /// The server has tried to fetch the page, and tries again by itself.
  case fetching(reason: String?)
  /// Fetching the page failed.
  case failed(reason: String)
}

/// An image that an article's body names as `offprint:HASH`.
public struct Picture: Sendable, Hashable {
  /// The SHA-256 of its bytes.
  public var hash: String
  /// How many bytes those are, as the record says.
  public var size: Int64
  /// Whether they are on this device.
  public var isHere: Bool
}

/// Which articles, in which order.
public struct ArticleQuery: Sendable {
  /// Which articles.
  public enum Filter: String, Sendable, CaseIterable {
    /// Neither archived nor deleted.
    case current
    /// Nothing read.
    case unread
    /// Begun and not finished.
    case inProgress
    /// Put away.
    case archived
    /// Marked.
    case favourite
    /// Deleted, still to be had back.
    case deleted
    /// All that are not deleted.
    case all
  }

  /// The order.
  public enum Sort: String, Sendable, CaseIterable {
    /// Newest first.
    case saved
    /// By title.
    case title
    /// Furthest read first.
    case progress
  }

  /// Which articles.
  public var filter: Filter
  /// Only those with this tag; tags that differ only in case are one.
  public var tag: String?
  /// The order.
  public var sort: Sort
  /// At most so many, 1...1,000.
  public var limit: Int
  /// Go on behind this article, the last of the page before.
  public var after: Article?

  /// The greatest ``limit``.
  public static let limitMax = 1_000

  /// A query of these parts.
  public init(
    filter: Filter = .current, tag: String? = nil, sort: Sort = .saved, limit: Int = ArticleQuery.limitMax,
    after: Article? = nil
  ) {
    self.filter = filter
    self.tag = tag
    self.sort = sort
    self.limit = limit
    self.after = after
  }
}

/// A tag and how many articles have it.
public struct TagCount: Sendable {
  /// The tag as first given.
  public var name: String
  /// Live articles that have it.
  public var count: Int
}
