import Offprint
import OffprintReader

/// Why a verb did not do its work: what is said and how the program ends.
package struct CommandFailure: Error, Sendable {
  /// How the program ends.
  package var exit: ExitCode
  /// The kind, for programs: a word that stays the same.
  package var code: String
  /// What is wrong and the next step, as sentences.
  package var message: String

  /// A failure of these parts.
  package init(_ exit: ExitCode, code: String, _ message: String) {
    self.exit = exit
    self.code = code
    self.message = Self.sentence(message)
  }

  /// Any error as a failure.
  package init(_ error: any Error) {
    switch error {
    case let failure as CommandFailure: self = failure
    case let error as UsageError: self.init(.usage, code: "usage", error.message)
    case let error as OffprintError: self.init(error)
    case OutputError.closed: self.init(.outputClosed, code: "outputClosed", "whoever read the output has gone")
    case OutputError.failed(let number):
      let isFull = number == systemNoSpace
      self.init(
        isFull ? .diskFull : .failed, code: isFull ? "diskFull" : "outputFailed",
        "the result could not be written: \(systemReason(number))")
    case is CancellationError: self.init(.interrupted, code: "cancelled", "stopped")
    default: self.init(.failed, code: "failed", "unexpected failure: \(error)")
    }
  }

  private init(_ error: OffprintError) {
    self.init(Self.exit(of: error.code), code: error.code.rawValue, error.explanation)
  }

  private static func exit(of code: OffprintError.Code) -> ExitCode {
    switch code {
    case .noLibrary: .noLibrary
    case .unreachable, .notAnOffprintServer: .unreachable
    case .notSignedIn, .deviceRevoked: .notSignedIn
    case .damaged: .damaged
    case .diskFull: .diskFull
    case .decisionNeeded: .decisionNeeded
    case .newerLibrary: .newerLibrary
    case .inUse: .inUse
    case .notFound: .notFound
    case .ambiguous, .invalidInput: .usage
    case .recordsRefused: .recordsRefused
    case .cancelled: .interrupted
    case .server, .failed: .failed
    }
  }

  /// One line that ends like a sentence and steers no terminal: parts of it may come from outside.
  private static func sentence(_ text: String) -> String {
    let line = text.visible
    return line.last.map { ".!?".contains($0) } ?? true ? line : line + "."
  }

  /// What `--json` prints of it.
  package var json: JSONResult {
    .object([
      (
        "error",
        .object([("code", .string(code)), ("exit", .integer(Int64(exit.rawValue))), ("message", .string(message))])
      )
    ])
  }
}
