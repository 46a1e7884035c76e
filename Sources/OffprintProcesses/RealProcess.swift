import Foundation
import OffprintTesting

/// The built programs as real processes.
package enum RealProgram {
  /// Beside the test bundle.
  package static func path(_ name: String) -> String {
    URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appendingPathComponent(name).path
  }

  /// The repository's top folder.
  package static var repository: String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .path
  }
}

/// What a process printed and how it ended.
package struct Ended: Sendable {
  /// The exit code; the negative number of the signal that ended it.
  package var status: Int32
  /// What it wrote to standard output.
  package var output: String
  /// What it wrote to standard error.
  package var errors: String
}

/// One process of a program.
package final class RealProcess {
  private let process = Process()
  private let folder: TemporaryFolder

  /// Starts a program; `input` is what it finds on standard input, `directory` where it works.
  package init(
    _ program: String, _ arguments: [String], input: String = "", variables: [String: String] = [:],
    directory: String? = nil
  ) throws {
    folder = try TemporaryFolder()
    try Data(input.utf8).write(to: URL(fileURLWithPath: folder.file("in")))
    for name in ["out", "err"] { try Data().write(to: URL(fileURLWithPath: folder.file(name))) }
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    // The pages that tests save are nobody's: a server fetches where a test says so.
    let standard = ["OFFPRINTD_FETCH_ENABLED": "false"].filter { _ in arguments.first == "serve" }
    process.environment = ProcessInfo.processInfo.environment.merging(standard) { $1 }.merging(variables) { $1 }
    if let directory { process.currentDirectoryURL = URL(fileURLWithPath: directory) }
    process.standardInput = FileHandle(forReadingAtPath: folder.file("in"))
    process.standardOutput = FileHandle(forWritingAtPath: folder.file("out"))
    process.standardError = FileHandle(forWritingAtPath: folder.file("err"))
    try process.run()
  }

  /// Its number.
  package var processID: Int32 { process.processIdentifier }
  /// Whether it has not ended.
  package var isRunning: Bool { process.isRunning }
  /// What it has written to standard output up to now.
  package var output: String { (try? String(contentsOfFile: folder.file("out"), encoding: .utf8)) ?? "" }
  /// What it has written to standard error up to now.
  package var errors: String { (try? String(contentsOfFile: folder.file("err"), encoding: .utf8)) ?? "" }
  /// Where its standard error goes, for those who read it from another thread.
  package var errorsFile: String { folder.file("err") }

  /// Sends it a signal.
  package func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

  /// Waits for its end.
  package func wait() -> Ended {
    process.waitUntilExit()
    let status = process.terminationReason == .uncaughtSignal ? -process.terminationStatus : process.terminationStatus
    return Ended(status: status, output: output, errors: errors)
  }

  /// Runs a program to its end.
  package static func run(
    _ program: String, _ arguments: [String], input: String = "", variables: [String: String] = [:],
    directory: String? = nil
  ) throws -> Ended {
    try RealProcess(program, arguments, input: input, variables: variables, directory: directory).wait()
  }
}
