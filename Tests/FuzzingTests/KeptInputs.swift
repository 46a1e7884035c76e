import Foundation
import OffprintFuzzing

/// The inputs that the repository keeps: in `corpus` what reaches different code, in `regressions` what failed once.
enum KeptInputs {
  struct Input: Sendable {
    /// Below `Tests/Fuzzing`.
    var name: String
    var bytes: [UInt8]
  }

  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fuzzing")

  /// The inputs of a target, in order of their names.
  static func of(_ target: FuzzTarget, in kind: String) throws -> [Input] {
    let place = folder.appending(path: "\(kind)/\(target.name)")
    guard FileManager.default.fileExists(atPath: place.path(percentEncoded: false)) else { return [] }
    let files = try FileManager.default.contentsOfDirectory(at: place, includingPropertiesForKeys: nil)
    return try files.sorted { $0.path < $1.path }.map { file in
      Input(name: "\(kind)/\(target.name)/\(file.lastPathComponent)", bytes: Array(try Data(contentsOf: file)))
    }
  }

  /// Bytes that all of them take.
  static func totalBytes() throws -> Int {
    try FuzzTarget.all.reduce(0) { sum, target in
      try sum + (of(target, in: "corpus") + of(target, in: "regressions")).reduce(0) { $0 + $1.bytes.count }
    }
  }
}
