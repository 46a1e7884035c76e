import OffprintWire

/// Who is signed in.
public struct Account: Sendable {
  /// The user's name.
  public var user: String
  /// The server's address.
  public var url: String
  /// The account.
  public var account: RecordID
  /// The device the server knows this library's token by.
  public var device: RecordID
  /// The device's name.
  public var deviceName: String
}

/// The state of a library at one moment.
public struct LibraryStatus: Sendable {
  /// The folder.
  public var library: String
  /// This installation's name in stamps.
  public var replica: ReplicaID
  /// Who is or was signed in; nil before the first sign-in.
  public var account: Account?
  /// Whether a token is at hand.
  public var isSignedIn: Bool
  /// Live articles.
  public var articles: Int
  /// Of them, unread and not archived.
  public var unread: Int
  /// Records with edits the server has not confirmed.
  public var unsent: Int
  /// Records the server refused.
  public var refused: Int
  /// Articles the mass-delete brake holds.
  public var held: Int
  /// Entries of the conflict journal and the trash.
  public var conflicts: Int
  /// Contents on this device.
  public var contentsHere: Int
  /// Bytes they take.
  public var contentBytes: Int64
  /// Contents of live articles that are not on this device yet.
  public var contentsPending: Int
  /// When a sync last reached its end, in milliseconds since 1970.
  public var lastSuccessAt: Int64?
  /// When a sync was last tried.
  public var lastAttemptAt: Int64?
  /// What stopped the last one.
  public var lastProblem: String?
  /// When the next automatic try makes sense.
  public var nextTryAt: Int64?
  /// The digest's sum over what the server confirmed, 16 hexadecimal digits.
  public var digest: String
  /// The log number reached; nil before the first sync.
  public var number: Int64?
  /// `expired`, `unknown` or `asked` while everything is read again; nil otherwise.
  public var rereading: String?
}

/// An entry of the conflict journal or the trash. The journal is a history, not an alarm.
public struct Conflict: Sendable {
  /// What happened.
  public enum Kind: String, Sendable {
    /// A text written here was replaced by another device's.
    case replaced
    /// A text written here sits in a record, or under an article, that another device deleted.
    case diedUnderEdit
    /// The server no longer has a record that was clean here.
    case trashed
    /// An edit that could not be sent any more.
    case unsentLost
  }

  /// The entry's number.
  public var number: Int64
  /// When, in milliseconds since 1970 by this device's clock.
  public var at: Int64
  /// What happened.
  public var kind: Kind
  /// To which record.
  public var record: RecordKey
  /// The register, where it is about one.
  public var field: String?
  /// The value written here.
  public var mine: String?
  /// The value that replaced it.
  public var theirs: String?
  /// The article's title.
  public var articleTitle: String?
  /// Whether it was restored.
  public var isRestored: Bool
}

/// A record the server refused; it is kept and shown, and blocks nothing.
public struct RefusedRecord: Sendable {
  /// The entry's number.
  public var number: Int64
  /// The record.
  public var record: RecordKey
  /// Why: the refusal's slug, or ``damagedSlug``.
  public var slug: String
  /// The register at fault.
  public var field: String?
  /// A sentence.
  public var detail: String
  /// The limit that was passed.
  public var limit: Int64?
  /// The article's title.
  public var articleTitle: String?

  /// The slug of a record that no server refused: its bytes on this device are damaged.
  public static let damagedSlug = "damaged"
}

/// What a check of the library found.
public struct VerifyReport: Sendable {
  /// Records checked.
  public var records: Int
  /// Records whose bytes do not give the hash stored beside them.
  public var damagedRecords: [String]
  /// Contents checked.
  public var contents: Int
  /// Contents whose bytes do not give their name, and which the server has: the next sync fetches them again.
  public var damagedContents: [String]
  /// Such contents that no server is known to have: nothing can bring them back, and what is left of them is kept.
  public var damagedContentsKept: [String]
  /// Whether the stored digest equals one computed from the rows, lists have a row for each record, and all text is text.
  public var indexMatches: Bool
  /// The digest's sum over what the server confirmed, 16 hexadecimal digits.
  public var digest: String
  /// Live records in it.
  public var count: Int64
  /// Records with edits the server has not confirmed.
  public var unsent: Int
  /// What the server says.
  public var server: Server

  /// The comparison with the server.
  public enum Server: Sendable {
    /// It was not asked or did not answer.
    case notAsked(reason: String)
    /// It holds the same.
    case equal
    /// It has changes this device has not read; sync, then verify again.
    case behind
    /// So many of its 256 buckets differ; the next sync repairs them.
    case different(buckets: Int)
  }
}
