import Foundation
import OffprintProcesses
import OffprintWire

/// A daemon of this build as a process, in a folder that goes with it.
final class BenchServer {
  private let world: RealWorld
  private var variables: [String: String] {
    [
      "OFFPRINTD_TEST_PUSHES_MAX": "0", "OFFPRINTD_TEST_EVENT_SECONDS_MAX": "600",
      "OFFPRINTD_LIMITS_ACCOUNT_RECORDS": "0",
    ]
  }

  /// Starts it with one account; limits on how often one device may push are off, since it is throughput that is asked for.
  init(starts: Bool = true) throws {
    world = try RealWorld(starts: false)
    if starts { try start() }
  }

  /// Its database.
  var database: String { world.folder.file("server/offprintd.sqlite") }
  /// Its port on 127.0.0.1.
  var port: UInt16 { UInt16(world.url.split(separator: ":").last ?? "") ?? 0 }
  /// Its process.
  var processID: Int32 { world.server?.processID ?? 0 }

  /// Starts it.
  func start() throws { try world.start(variables: variables) }

  /// Ends it as a crash would.
  func kill() { _ = world.stop(SIGKILL) }

  /// Signs a device in.
  func signIn() throws -> BenchDevice {
    let body = #"{"user":"ana","password":"\#(RealWorld.password.dropLast())","device":"bench"}"#
    let connection = try BenchConnection(port: port)
    let head =
      "POST /v1/devices HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
    let answer = try connection.exchange(Array((head + body).utf8))
    guard let token = try JSONValue(parsing: answer.body)["token"]?.string else {
      throw RealWorld.Failure(text: "no sign-in: \(answer.status)")
    }
    return BenchDevice(port: port, token: token)
  }
}

/// What the system has counted for processes.
enum ProcessFigures {
  /// Seconds of processor time that a process has used, in user and kernel mode.
  static func processorSeconds(of process: Int32) -> Double {
    let text = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
    // The name stands in parentheses and may hold spaces.
    let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
    guard fields.count > 12, let user = Double(fields[11]), let kernel = Double(fields[12]) else { return 0 }
    return (user + kernel) / Double(sysconf(Int32(_SC_CLK_TCK)))
  }

  /// Bytes of memory that a process holds.
  static func residentBytes(of process: Int32) -> Int {
    let text = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
    return (Int(line.filter(\.isNumber)) ?? 0) * 1_024
  }

  /// The processes that a process has started.
  static func children(of process: Int32) -> [Int32] {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return all.compactMap { Int32($0) }.filter { child in
      let text = (try? String(contentsOfFile: "/proc/\(child)/stat", encoding: .utf8)) ?? ""
      let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
      return fields.count > 1 && Int32(fields[1]) == process
    }
  }
}
