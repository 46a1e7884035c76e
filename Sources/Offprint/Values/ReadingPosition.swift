import OffprintWire

/// Where a reader is in an article.
public struct ReadingPosition: Sendable {
  /// The share of the text that lies before, in millionths.
  public var fraction: Int64
  /// Whether the article is read to its end.
  public var isFinished: Bool
  /// The reading round, from 1.
  public var round: Int64
  /// Who wrote this position.
  public var replica: ReplicaID
  /// Whether that was this library.
  public var isThisReplica: Bool
  /// When, in milliseconds since 1970 by the server's clock; nil while that is not known.
  public var at: Int64?
  /// The place in the text.
  public var locator: Locator?
  /// The block the place was found in; nil without a body.
  public var block: Int?
  /// Unicode scalars into the block.
  public var offset: Int?
  /// How the place was found; nil without a body.
  public var resolution: Locator.Certainty?
  /// What other replicas say.
  public var others: [OtherPosition]
  /// The text at the place, up to 80 characters.
  public var excerpt: String?

  /// Another replica's position, to offer: "continue from tablet, 80 %?".
  public struct OtherPosition: Sendable {
    /// Who.
    public var replica: ReplicaID
    /// How far, in millionths.
    public var fraction: Int64
    /// Whether to the end.
    public var isFinished: Bool
    /// In which round.
    public var round: Int64
  }
}

/// Where to set the reading position.
public enum ProgressTarget: Sendable {
  /// A share of the text, in millionths.
  case fraction(Int64)
  /// The start of this passage.
  case quote(String)
  /// This place.
  case locator(Locator)
  /// The end.
  case finished
}

/// A passage to bookmark.
public enum Passage: Sendable {
  /// The first place with this text.
  case quote(String)
  /// The place at this share of the text, in millionths.
  case fraction(Int64)
}

/// A marked passage.
public struct Bookmark: Sendable {
  /// The identity.
  public var id: BookmarkID
  /// The article; nil if the record names none.
  public var article: ArticleID?
  /// The passage's text.
  public var quote: String?
  /// What the person wrote.
  public var note: String?
  /// A colour's name.
  public var colour: String?
  /// When it was made, in milliseconds since 1970, by the making device's clock.
  public var createdAt: Int64?
  /// Where it starts, in millionths of the text.
  public var fraction: Int64?
  /// The article's title, if the article is here.
  public var articleTitle: String?
  /// Whether it was removed.
  public var isDeleted: Bool
}
