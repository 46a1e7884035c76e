import Foundation
import OffprintTesting

/// A real server on a free port and some libraries, all in a folder that goes with it.
package final class RealWorld {
  /// Where all of it lies.
  package let folder: TemporaryFolder
  /// The server, while it runs.
  package private(set) var server: RealProcess?
  /// Its address.
  package private(set) var url = ""
  /// The password of every user, with the end of its line.
  package static let password = "correct horse battery\n"

  /// A server with these users, which starts with these variables.
  package init(users: [String] = ["ana"], starts: Bool = true, variables: [String: String] = [:]) throws {
    folder = try TemporaryFolder()
    for user in users {
      let added = try RealProcess.run(
        RealProgram.path("offprintd"), ["user", "add", user, "--password-stdin", "--data", folder.file("server")],
        input: Self.password)
      guard added.status == 0 else { throw Failure(text: added.errors) }
    }
    if starts { try start(variables: variables) }
  }

  /// Why there is no server.
  package struct Failure: Error {
    /// What it said.
    package var text: String

    /// A failure for that reason.
    package init(text: String) { self.text = text }
  }

  deinit { server?.send(SIGKILL) }

  /// Starts the server, on the port it had before if it had one.
  package func start(variables: [String: String] = [:]) throws {
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

  /// Ends the server by a signal.
  @discardableResult
  package func stop(_ signal: Int32) -> Ended? {
    server?.send(signal)
    defer { server = nil }
    return server?.wait()
  }

  /// Runs the client on a device's library.
  @discardableResult
  package func client(_ device: String, _ arguments: String..., input: String = "") throws -> Ended {
    try RealProcess.run(
      RealProgram.path("offprint"), ["--library", folder.file(device)] + arguments, input: input)
  }

  /// Signs a device in as ana.
  package func signIn(_ device: String) throws -> Ended {
    try client(device, "login", url, "--user", "ana", "--password-stdin", "--device", device, input: Self.password)
  }

  /// Starts a client without waiting for it.
  package func begin(_ device: String, _ arguments: String...) throws -> RealProcess {
    try RealProcess(RealProgram.path("offprint"), ["--library", folder.file(device)] + arguments)
  }
}
