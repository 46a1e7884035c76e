/// Why something could not be done with a file.
package struct FileError: Error, Sendable, Hashable {
  /// What a caller has to tell apart.
  package enum Kind: Sendable, Hashable {
    /// No room, or over quota.
    case noSpace
    /// A read-only disk, or not this user's.
    case notPermitted
    /// A file where a folder should be, or the other way round, or larger than allowed.
    case unsuitable
    /// Anything else.
    case other
  }

  /// The kind.
  package var kind: Kind
  /// The file.
  package var path: String
  /// The system's reason in words.
  package var reason: String

  /// An error of these parts.
  package init(_ kind: Kind, path: String, reason: String) {
    self.kind = kind
    self.path = path
    self.reason = reason
  }
}
