import Foundation

/// What a process calls itself in lock files.
enum ProcessIdentity {
  /// The process id.
  static var text: String { "\(ProcessInfo.processInfo.processIdentifier)" }
}
