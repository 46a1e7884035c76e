import Foundation
import OffprintProcesses
import OffprintTesting
import Testing

/// What tests of operating a server share.
extension RealWorld {
  var serverFolder: String { folder.file("server") }

  /// Runs the daemon's program on the server's data.
  func daemon(_ arguments: String..., input: String = "", variables: [String: String] = [:]) throws -> Ended {
    try RealProcess.run(
      RealProgram.path("offprintd"), arguments + ["--data", serverFolder], input: input, variables: variables)
  }

  /// A backup of now in the world's folder; its path.
  func backUp(_ name: String) throws -> String {
    let ended = try daemon("backup", folder.file(name))
    guard ended.status == 0 else { throw Failure(text: "\(ended)") }
    return folder.file(name)
  }

  /// The address of the metrics, of a server that was started with an admin listener.
  var metricsURL: String? {
    server?.output.components(separatedBy: "metrics at ").dropFirst().first
      .map { String($0.prefix { $0 != " " && $0 != "\n" }) }
  }
}

/// Programs that `Scripts/setup` gets.
enum Tool {
  /// The path of a program taken out of its package; nil, with a word on standard error, where it could not be had.
  static func path(_ name: String, _ inside: String) -> String? {
    found(name, RealProgram.repository + "/.build/tools/\(name)/\(inside)")
  }

  /// The path of a program that is installed; nil, with a word on standard error, where it is not.
  static func path(installed name: String) -> String? { found(name, "/usr/bin/\(name)") }

  /// `Scripts/test` looks for the word "left out" and repeats it.
  private static func found(_ name: String, _ path: String) -> String? {
    if FileManager.default.isExecutableFile(atPath: path) { return path }
    FileHandle.standardError.write(Data("CommandLineTests: left out: there is no \(name), run Scripts/setup\n".utf8))
    return nil
  }

  /// A file of the folder that describes how to run the server.
  static func deployment(_ name: String) throws -> String {
    try String(contentsOfFile: RealProgram.repository + "/Sources/OffprintDaemon/Deployment/\(name)", encoding: .utf8)
  }

  /// Runs curl.
  static func curl(_ arguments: String...) throws -> Ended { try RealProcess.run("/usr/bin/curl", ["-s"] + arguments) }
}
