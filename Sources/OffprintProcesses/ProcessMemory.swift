import Foundation

/// What the kernel says about a process's memory.
package enum ProcessMemory {
  /// Bytes resident now; 0 if there is no such process.
  package static func residentBytes(of process: Int32) -> Int { bytes("VmRSS:", process) }

  /// The most bytes that were resident at one time since the program began; 0 if there is no such process.
  package static func peakBytes(of process: Int32) -> Int { bytes("VmHWM:", process) }

  private static func bytes(_ name: String, _ process: Int32) -> Int {
    guard let text = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8),
      let line = text.split(separator: "\n").first(where: { $0.hasPrefix(name) }),
      let kibibytes = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap({ Int($0) })
    else { return 0 }
    return kibibytes * 1_024
  }
}
