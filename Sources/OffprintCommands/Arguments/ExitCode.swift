/// How a program ends: the table of exit codes, alike in both programs.
///
/// Codes that are not in it are failures.
package enum ExitCode: Int32, Sendable, CaseIterable {
  /// Done.
  case done = 0
  /// Anything that has no code of its own.
  case failed = 1
  /// There is no library in that folder.
  case noLibrary = 10
  /// The server was not reached, or what answered is none.
  case unreachable = 11
  /// Not signed in, or no longer.
  case notSignedIn = 12
  /// The library is damaged.
  case damaged = 13
  /// The disk is full.
  case diskFull = 14
  /// A person has to decide first.
  case decisionNeeded = 15
  /// The library was made by a newer version.
  case newerLibrary = 16
  /// Another process has the library.
  case inUse = 17
  /// No such article, bookmark or entry.
  case notFound = 18
  /// Synced, but for records that the server refused.
  case recordsRefused = 19
  /// The call was wrong.
  case usage = 64
  /// Interrupted.
  case interrupted = 130
  /// Whoever read the output has gone.
  case outputClosed = 141

  /// What the help says about it.
  package var meaning: String {
    switch self {
    case .done: "done"
    case .failed: "failed: anything not below"
    case .noLibrary: "no library here"
    case .unreachable: "server not reached, or not an Offprint server"
    case .notSignedIn: "not signed in, or the device was revoked"
    case .damaged: "library damaged"
    case .diskFull: "disk full"
    case .decisionNeeded: "a decision is needed: unsent edits, mass deletion, another account, a removal"
    case .newerLibrary: "library from a newer version"
    case .inUse: "library in use"
    case .notFound: "no such article, bookmark, entry, user or device"
    case .recordsRefused: "synced, but some records were refused"
    case .usage: "wrong call"
    case .interrupted: "interrupted"
    case .outputClosed: "the reader of the output has gone"
    }
  }
}
