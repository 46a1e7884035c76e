import Foundation
import OffprintCommands

/// Several processes that share the seeds: a world lives on one thread, and some of SQLite is one for a whole process.
struct Jobs {
  let count: Int
  let arguments: Arguments
  let messages: Messages

  /// As many as there are processors.
  static var processors: Int { max(1, ProcessInfo.processInfo.activeProcessorCount) }

  /// Plays the work in `count` processes and adds up what they found.
  func run(_ work: SeedWork, steps: Int) throws -> Summary {
    let running = try (0..<count).map { try start($0, work, steps) }
    var summary = Summary()
    for (process, pipe) in running {
      let bytes = pipe.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      guard let part = bytes.split(separator: 0x0A).first.flatMap({ Summary(json: Array($0)) }) else {
        throw CommandFailure(
          .failed, code: "job", "a process ended without a result (status \(process.terminationStatus))")
      }
      summary.add(part)
    }
    summary.processes = count
    return summary
  }

  private func start(_ index: Int, _ work: SeedWork, _ steps: Int) throws -> (Process, Pipe) {
    var words = ["run", "--json", "--jobs", "1", "--stride", "\(count)", "--steps", "\(steps)"]
    let first = work.first + UInt64(index)
    if let last = work.last {
      // An empty share is a range that ends before it begins; one seed beyond the end stands for it.
      words += first <= last ? ["--seeds", "\(first)..\(last)"] : ["--seeds", "\(first)..\(first)", "--steps", "0"]
    } else if let time = work.time {
      words += ["--minutes", "\(time.components.seconds / 60)", "--first", "\(first)"]
    }
    for name in ["no-shrink", "stop"] where arguments.has(name) { words.append("--" + name) }
    for name in ["write", "mutant"] {
      if let value = arguments.value(name) { words += ["--" + name, value] }
    }
    return try Self.launch(words)
  }

  /// Starts this program once more with these words; what it prints comes through the pipe.
  /// - Parameter isQuiet: Whether what it says to people is thrown away.
  static func launch(_ words: [String], isQuiet: Bool = false) throws -> (Process, Pipe) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: CommandLine.arguments.first ?? "offprint-sim")
    if let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") {
      process.executableURL = URL(fileURLWithPath: own)
    }
    process.arguments = words
    let pipe = Pipe()
    process.standardOutput = pipe
    if isQuiet { process.standardError = FileHandle.nullDevice }
    try process.run()
    return (process, pipe)
  }
}
