import Foundation
import OffprintTesting
import Testing

/// The built programs as real processes.
enum RealProgram {
  /// Beside the test bundle.
  static func path(_ name: String) -> String {
    URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appendingPathComponent(name).path
  }

  /// The repository's top folder.
  static var repository: String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .path
  }
}

/// What a process printed and how it ended.
struct Ended: Sendable {
  var status: Int32
  var output: String
  var errors: String
}

/// One process of a program.
final class RealProcess {
  private let process = Process()
  private let folder: TemporaryFolder

  init(_ program: String, _ arguments: [String], input: String = "", variables: [String: String] = [:]) throws {
    folder = try TemporaryFolder()
    try Data(input.utf8).write(to: URL(fileURLWithPath: folder.file("in")))
    for name in ["out", "err"] { try Data().write(to: URL(fileURLWithPath: folder.file(name))) }
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(variables) { $1 }
    process.standardInput = FileHandle(forReadingAtPath: folder.file("in"))
    process.standardOutput = FileHandle(forWritingAtPath: folder.file("out"))
    process.standardError = FileHandle(forWritingAtPath: folder.file("err"))
    try process.run()
  }

  var isRunning: Bool { process.isRunning }
  var output: String { (try? String(contentsOfFile: folder.file("out"), encoding: .utf8)) ?? "" }
  var errors: String { (try? String(contentsOfFile: folder.file("err"), encoding: .utf8)) ?? "" }

  func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

  func wait() -> Ended {
    process.waitUntilExit()
    let status = process.terminationReason == .uncaughtSignal ? -process.terminationStatus : process.terminationStatus
    return Ended(status: status, output: output, errors: errors)
  }

  static func run(
    _ program: String, _ arguments: [String], input: String = "", variables: [String: String] = [:]
  ) throws -> Ended {
    try RealProcess(program, arguments, input: input, variables: variables).wait()
  }
}

/// A real server on a free port and some libraries, all in a folder that goes with it.
final class RealWorld {
  let folder: TemporaryFolder
  private(set) var server: RealProcess?
  private(set) var url = ""
  static let password = "correct horse battery\n"

  init(starts: Bool = true, variables: [String: String] = [:]) throws {
    folder = try TemporaryFolder()
    let added = try RealProcess.run(
      RealProgram.path("offprintd"), ["user", "add", "ana", "--password-stdin", "--data", folder.file("server")],
      input: Self.password)
    guard added.status == 0 else { throw Failure(text: added.errors) }
    if starts { try start(variables: variables) }
  }

  struct Failure: Error { var text: String }

  deinit { server?.send(SIGKILL) }

  func start(variables: [String: String] = [:]) throws {
    let listen = url.isEmpty ? "127.0.0.1:0" : String(url.dropFirst("http://".count))
    let process = try RealProcess(
      RealProgram.path("offprintd"), ["serve", "--data", folder.file("server"), "--listen", listen],
      variables: variables)
    let deadline = Date().addingTimeInterval(30)
    while !process.output.contains("listening on ") {
      guard process.isRunning, Date() < deadline else { throw Failure(text: "no server: \(process.errors)") }
      usleep(10_000)
    }
    let line = process.output
    url = String(line.components(separatedBy: "listening on ")[1].prefix { $0 != "," })
    server = process
  }

  @discardableResult
  func stop(_ signal: Int32) -> Ended? {
    server?.send(signal)
    defer { server = nil }
    return server?.wait()
  }

  @discardableResult
  func client(_ device: String, _ arguments: String..., input: String = "") throws -> Ended {
    try RealProcess.run(
      RealProgram.path("offprint"), ["--library", folder.file(device)] + arguments, input: input)
  }

  func signIn(_ device: String) throws -> Ended {
    try client(device, "login", url, "--user", "ana", "--password-stdin", "--device", device, input: Self.password)
  }

  /// Starts a client without waiting for it.
  func begin(_ device: String, _ arguments: String...) throws -> RealProcess {
    try RealProcess(RealProgram.path("offprint"), ["--library", folder.file(device)] + arguments)
  }

  /// Expects devices to be level with the server, to have nothing left to send, and to hold the same, byte for byte.
  func expectEqual(_ devices: [String], sourceLocation: SourceLocation = #_sourceLocation) throws {
    var dumps: Set<String> = []
    for device in devices {
      let verified = try client(device, "verify", "--json")
      #expect(
        verified.status == 0 && verified.output.contains("\"server\":\"equal\"")
          && verified.output.contains("\"unsent\":0"), "\(device): \(verified)", sourceLocation: sourceLocation)
      dumps.insert(try client(device, "export").output)
    }
    #expect(dumps.count == 1, sourceLocation: sourceLocation)
  }
}
