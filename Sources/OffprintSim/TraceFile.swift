import Foundation
import OffprintCommands

/// Traces on the machine's disk.
enum TraceFile {
  private static let bytesMax = 64 << 20

  static func read(_ path: String) throws(CommandFailure) -> [UInt8] {
    guard let bytes = FileManager.default.contents(atPath: path), bytes.count <= bytesMax else {
      throw CommandFailure(.failed, code: "trace", "cannot read \(path)")
    }
    return Array(bytes)
  }

  static func write(_ path: String, _ bytes: [UInt8]) throws(CommandFailure) {
    do {
      let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw CommandFailure(.failed, code: "trace", "cannot write \(path): \(error.localizedDescription)")
    }
  }
}
