/// What went wrong, whether to try again, and what the person should do: the one error of the client core.
public struct OffprintError: Error, Sendable {
  /// The kinds of failure, a closed set.
  public enum Code: String, Sendable {
    /// There is no library in the folder.
    case noLibrary
    /// The server was not reached: name, connection, TLS, time.
    case unreachable
    /// Something answered, but no Offprint server.
    case notAnOffprintServer
    /// Nobody is signed in, or the token is not accepted.
    case notSignedIn
    /// This device was signed out by its owner.
    case deviceRevoked
    /// The library's files are damaged.
    case damaged
    /// The disk is full.
    case diskFull
    /// A person must decide: unsent edits, the mass-delete brake, another account.
    case decisionNeeded
    /// The library was made by a newer version.
    case newerLibrary
    /// Another process holds the library.
    case inUse
    /// There is no such article, bookmark or entry.
    case notFound
    /// A shortened id fits several.
    case ambiguous
    /// A value given by the caller has no meaning here.
    case invalidInput
    /// Synced, but some records were refused.
    case recordsRefused
    /// The server answered with a problem of its own: busy, full, too many requests.
    case server
    /// The task was cancelled.
    case cancelled
    /// Anything else.
    case failed
  }

  /// When trying again makes sense.
  public enum Retry: Sendable, Hashable {
    /// Not by itself.
    case never
    /// After that many seconds.
    case after(seconds: Int)
    /// Once signed in.
    case afterSignIn
    /// With a newer program.
    case afterUpgrade
    /// Once a person has decided.
    case afterDecision
  }

  /// The kind.
  public let code: Code
  /// When to try again.
  public let retry: Retry
  /// What, why and the next step; holds no article text and no token.
  public let explanation: String

  /// An error of these parts.
  public init(_ code: Code, _ explanation: String, retry: Retry = .never) {
    self.code = code
    self.retry = retry
    self.explanation = explanation
  }
}
