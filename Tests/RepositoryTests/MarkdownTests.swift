import Foundation
import Testing

/// Links between our own pages lead somewhere.
@Suite struct MarkdownTests {
  @Test func `relative links resolve, their headings too`() {
    var broken: [String] = []
    for file in Repository.files where file.path.hasSuffix(".md") {
      for (line, link) in Self.links(of: file) where !Self.resolves(link, from: file.path) {
        broken.append("\(file.path):\(line): \(link)")
      }
    }
    #expect(broken.isEmpty, "\(broken.joined(separator: "\n"))")
  }

  @Test func `a broken link is seen`() {
    #expect(!Self.resolves("no-such-page.md", from: "Package.swift"))
    #expect(!Self.resolves("../../../outside.md", from: "Protocol/decisions/x.md"))
    #expect(Self.resolves("../../Package.swift", from: "Protocol/decisions/x.md"))
    #expect(Self.resolves("https://example.org/", from: "x.md"))
  }

  /// The targets of `[text](target)` with their line numbers; code is passed over.
  private static func links(of file: Repository.File) -> [(line: Int, link: String)] {
    var links: [(line: Int, link: String)] = []
    var isCode = false
    for (index, line) in file.lines.enumerated() {
      if line.hasPrefix("```") { isCode.toggle() }
      if isCode { continue }
      let text = line.split(separator: "`", omittingEmptySubsequences: false).enumerated()
        .filter { $0.offset.isMultiple(of: 2) }.map { String($0.element) }.joined(separator: "\u{fffc}")
      for part in text.components(separatedBy: "](").dropFirst() {
        links.append((index + 1, String(part.prefix { $0 != ")" && $0 != " " })))
      }
    }
    return links
  }

  private static func resolves(_ link: String, from path: String) -> Bool {
    if link.contains("://") || link.hasPrefix("mailto:") || link.contains("\u{fffc}") { return true }
    let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
    var folders = path.split(separator: "/").dropLast().map(String.init)
    for step in parts[0].split(separator: "/") {
      switch step {
      case ".": continue
      case "..":
        if folders.isEmpty { return false }
        folders.removeLast()
      default: folders.append(String(step))
      }
    }
    let target = parts[0].isEmpty ? path : folders.joined(separator: "/")
    guard Repository.exists(target) else { return false }
    guard parts.count == 2, target.hasSuffix(".md"), let page = Repository.files.first(where: { $0.path == target })
    else { return true }
    return page.lines.contains { $0.hasPrefix("#") && anchor(of: $0) == parts[1] }
  }

  /// The anchor that a heading gets: lower case, letters, digits, `-` and `_`, spaces as `-`.
  private static func anchor(of heading: String) -> String {
    let text = heading.drop { $0 == "#" }.drop { $0 == " " }.lowercased()
    return String(text.compactMap { $0 == " " ? "-" : $0.isLetter || $0.isNumber || "-_".contains($0) ? $0 : nil })
  }
}
