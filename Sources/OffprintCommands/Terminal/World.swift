import Foundation
import Offprint
import OffprintURLSession

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What a command meets of the world around it: streams, variables, clock, network. Tests give their own.
package struct World: Sendable {
  /// The environment variables that are read, by name.
  package var variables: [String: String]
  /// File descriptors of standard input, output and error.
  package var input: Int32 = 0
  /// See ``input``.
  package var output: Int32 = 1
  /// See ``input``.
  package var error: Int32 = 2
  /// Clock, randomness and the rest of what the client core needs.
  package var environment: Environment
  /// How servers are reached.
  package var transport: @Sendable () -> any Transport

  /// A world of these parts, with the standard streams.
  package init(
    variables: [String: String], environment: Environment = .live,
    transport: @escaping @Sendable () -> any Transport = { URLSessionTransport() }
  ) {
    self.variables = variables
    self.environment = environment
    self.transport = transport
  }

  /// The world this process runs in.
  package static var live: World {
    let names: Set<String> = [
      "HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "OFFPRINT_LIBRARY", "NO_COLOR", "TERM", "COLUMNS", "TMPDIR",
      "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID",
    ]
    let all = ProcessInfo.processInfo.environment
    return World(variables: all.filter { names.contains($0.key) || $0.key.hasPrefix("OFFPRINTD_") })
  }

  /// Whether a file descriptor is a terminal.
  package func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

  /// The columns of the terminal that results go to; 80 where nothing says otherwise.
  package var columns: Int {
    var size = winsize()
    if ioctl(output, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
    return variables["COLUMNS"].flatMap { Int($0) }.map { min(max($0, 20), 1000) } ?? 80
  }

  /// The words behind the program's name.
  /// - Throws: ``UsageError`` for a word that is not UTF-8.
  package static func words() throws(UsageError) -> [String] {
    var words: [String] = []
    for index in 1..<max(Int(CommandLine.argc), 1) {
      guard let pointer = CommandLine.unsafeArgv[index] else { break }
      let bytes = UnsafeBufferPointer(start: pointer, count: strlen(pointer)).map { UInt8(bitPattern: $0) }
      guard let word = String(validating: bytes, as: UTF8.self) else {
        throw UsageError("word \(index) of the call is not UTF-8 text. Write names and paths in UTF-8.")
      }
      words.append(word)
    }
    return words
  }
}
