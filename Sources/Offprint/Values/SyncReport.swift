import OffprintWire

/// How a sync is to be done.
public struct SyncOptions: Sendable {
  /// Read everything again and offer every content.
  public var full: Bool
  /// Let this sync remove as many articles as the server says.
  public var allowDeletes: Bool
  /// Records in one push; fewer where a test wants several.
  package var pushRecordsMax = Limits.pushRecordsMax

  /// Options of these parts.
  public init(full: Bool = false, allowDeletes: Bool = false) {
    self.full = full
    self.allowDeletes = allowDeletes
  }
}

/// How far a sync has got.
public struct SyncProgress: Sendable {
  /// What it is doing.
  public enum Phase: String, Sendable {
    /// Asking the server for its time.
    case connecting
    /// Sending contents.
    case uploading
    /// Sending and reading records.
    case exchanging
    /// Comparing digests.
    case checking
    /// Reading what differs.
    case repairing
    /// Fetching contents.
    case downloading
  }

  /// What it is doing.
  public var phase: Phase
  /// Records or contents done in this phase.
  public var done: Int
  /// How many there will be, where that is known.
  public var total: Int?
  /// Bytes received so far, inflated.
  public var bytes: Int64
}

/// What a sync did.
public struct SyncReport: Sendable {
  /// Records the server stored.
  public var pushed = 0
  /// Records read.
  public var pulled = 0
  /// Contents sent.
  public var contentsUploaded = 0
  /// Contents fetched.
  public var contentsDownloaded = 0
  /// How many of those are images.
  public var imagesDownloaded = 0
  /// Contents of live articles still not here.
  public var contentsPending = 0
  /// Requests made.
  public var requests = 0
  /// Bytes of bodies sent, as sent.
  public var bytesSent: Int64 = 0
  /// Bytes of bodies received, inflated.
  public var bytesReceived: Int64 = 0
  /// Seconds taken.
  public var seconds: Double = 0
  /// Records refused and kept.
  public var refused = 0
  /// Records still not confirmed.
  public var unsent = 0
  /// Whether a difference was found and repaired.
  public var repaired = false
  /// Whether the digests agree; nil if the sync did not get to compare them.
  public var digestMatches: Bool?
  /// The log number reached.
  public var number: Int64 = 0
  /// Live records.
  public var count: Int64 = 0
  /// The digest's sum, 16 hexadecimal digits.
  public var digest = ""
  /// Set if the mass-delete brake held: nothing was removed.
  public var brake: Brake?
  /// Things worth telling, such as a restored server.
  public var notes: [String] = []

  /// What the brake held back.
  public struct Brake: Sendable {
    /// Articles that would have been removed.
    public var wouldRemove: Int
    /// Of so many.
    public var of: Int
  }
}
