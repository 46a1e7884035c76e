import Foundation
import OffprintProcesses
import OffprintWire
import Testing

/// `offprintd` beside the server that runs.
extension RealWorld {
  /// Runs a verb of the daemon on the server's folder.
  func daemon(_ arguments: String..., input: String = "") throws -> Ended {
    try RealProcess.run(RealProgram.path("offprintd"), arguments + ["--data", folder.file("server")], input: input)
  }

  /// The objects a verb of the daemon prints with `--json`.
  func daemonJSON(_ arguments: String..., input: String = "") throws -> [JSONValue] {
    let ended = try RealProcess.run(
      RealProgram.path("offprintd"), arguments + ["--data", folder.file("server"), "--json"], input: input)
    try #require(ended.status == 0, "\(ended)")
    return try ended.output.split(separator: "\n").map { try JSONValue(parsing: Array($0.utf8)) }
  }

  /// The port the server listens on.
  var port: UInt16 { UInt16(url.split(separator: ":").last ?? "") ?? 0 }

  /// The token that a device's library holds.
  func token(of device: String) throws -> String {
    let bytes = try Data(contentsOf: URL(fileURLWithPath: folder.file(device) + "/credential.json"))
    return try #require(try JSONValue(parsing: Array(bytes))["token"]?.string)
  }

  /// Waits for a condition, a minute at most: programs slowed by a sanitizer need it.
  func wait(for what: String, _ condition: () throws -> Bool) throws {
    let deadline = Date().addingTimeInterval(60)
    while try !condition() {
      guard Date() < deadline else { throw Failure(text: "waited in vain for \(what)") }
      usleep(50_000)
    }
  }
}
