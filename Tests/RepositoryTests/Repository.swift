import Foundation

/// The files of this repository as text.
enum Repository {
  /// One text file.
  struct File: Sendable {
    /// Relative to the repository, parts joined by `/`.
    var path: String
    var lines: [String]

    /// The target it belongs to, if it lies in `Sources/` or `Tests/`.
    var target: String? {
      let parts = path.split(separator: "/")
      return parts.count > 2 && (parts[0] == "Sources" || parts[0] == "Tests") ? String(parts[1]) : nil
    }
  }

  /// The folder that holds `Package.swift`.
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// Every text file of ours; hidden files and what tools build are left out.
  static let files: [File] = paths.compactMap { path in
    guard let text = try? String(contentsOf: folder.appending(path: path), encoding: .utf8) else { return nil }
    return File(path: path, lines: text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
  }

  /// The Swift files below a folder such as `Sources/`.
  static func swift(in folder: String) -> [File] {
    files.filter { $0.path.hasPrefix(folder) && $0.path.hasSuffix(".swift") }
  }

  /// Whether there is a file or folder at a path relative to the repository.
  static func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: folder.appending(path: path).path(percentEncoded: false))
  }

  private static let textEndings = [
    "swift", "md", "py", "json", "yaml", "yml", "h", "c", "modulemap", "sh", "txt", "html", "service",
  ]

  private static let paths: [String] = {
    let root = folder.path(percentEncoded: false)
    guard let walk = FileManager.default.enumerator(atPath: root) else { return [] }
    var paths: [String] = []
    for case let path as String in walk {
      let name = path.split(separator: "/").last ?? ""
      if name.hasPrefix(".") || name == "__pycache__" {
        walk.skipDescendants()
      } else if !name.contains(".")
        ? path.hasPrefix("Scripts/") : textEndings.contains(where: { name.hasSuffix(".\($0)") })
      {
        paths.append(path)
      }
    }
    return paths.sorted()
  }()
}
