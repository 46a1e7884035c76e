/// What a repair did.
public struct RepairReport: Sendable {
  /// Whether the database had no fault, and was left as it is.
  public var wasWhole = false
  /// Records carried over.
  public var records = 0
  /// Whole texts carried over.
  public var contents = 0
  /// Records among them with edits the server has not confirmed; they go out with the next sync.
  public var unsent = 0
  /// Records that could not be read, as far as they are known; the server's state of them comes with the next sync.
  public var unreadable = 0
  /// Whether all unsent edits are among what was carried over.
  public var hasAllUnsent = true
  /// The file, in the library's folder, that holds the unsent records as well.
  public var unsentFile: String?
  /// The folder, in the library's folder, that the damaged files are in now.
  public var asideFolder: String?
}
