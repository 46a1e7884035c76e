import Foundation
import OffprintServer
import OffprintWire
import Testing

/// The tables and clauses of the specification against the code and the vectors.
@Suite struct SpecificationTests {
  /// The pages of the specification with their lines.
  private static let pages: [(name: String, lines: [String])] = {
    let path = Vectors.folder.path(percentEncoded: false)
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).filter { $0.hasSuffix(".md") }
    return names.sorted().compactMap { name in
      let text = try? String(contentsOf: Vectors.folder.appending(path: name), encoding: .utf8)
      return text.map { (name, $0.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)) }
    }
  }()

  /// The cells of a table's rows that begin with a name in grave accents.
  private static func rows(of page: String) -> [[String]] {
    let lines = pages.first { $0.name == page }?.lines ?? []
    return lines.filter { $0.hasPrefix("| `") }.map { line in
      line.split(separator: "|").map { $0.trimmingCharacters(in: CharacterSet(charactersIn: " `")) }
    }
  }

  @Test func `the tables of limits are what the code announces, in their order`() {
    let table = Self.rows(of: "limits.md").map { "\($0[0]) \($0[1])" }
    #expect(table == (Limits.announced + ServerConfiguration().announcedLimits).map { "\($0.name) \($0.value)" })
  }

  @Test func `every problem is in the table of errors with its status and whether to retry, and nothing else is`() {
    let table = Self.rows(of: "errors.md").filter { $0.count >= 5 }.map { "\($0[0]) \($0[1]) \($0[2])" }
    let slugs = Problem.Slug.allCases.map { "\($0.rawValue) \($0.status) \($0.isRetryable ? "yes" : "no")" }
    #expect(table.sorted() == slugs.sorted())
  }

  @Test func `every refusal of a record is in the table of errors, and nothing else is`() {
    let table = Self.rows(of: "errors.md").filter { $0.count == 3 }.map { $0[0] }
    let slugs: [Refusal.Slug] = [.invalid, .tooLarge, .clockSkew, .quotaExceeded]
    #expect(table.sorted() == slugs.map(\.rawValue).sorted())
  }

  /// Clause ids such as `PULL-4` that a piece of text names.
  private static func clauses(in text: String) -> [String] {
    text.split(whereSeparator: { !$0.isASCII || !($0.isUppercase || $0.isNumber || $0 == "-") }).map(String.init).filter
    {
      let parts = $0.split(separator: "-", omittingEmptySubsequences: false)
      return parts.count == 2 && parts[0].count >= 3 && parts[0].allSatisfy(\.isLetter) && !parts[1].isEmpty
        && parts[1].allSatisfy(\.isNumber)
    }
  }

  private static var defined: [String] {
    pages.flatMap(\.lines).filter { $0.hasPrefix("**") }.compactMap { line in
      let id = line.dropFirst(2).prefix { $0 != "*" }
      return clauses(in: String(id)).first.flatMap { $0 == id ? $0 : nil }
    }
  }

  private static func named() throws -> Set<String> {
    var named: Set<String> = []
    for file in Vectors.names {
      for clause in try Vectors.document(file)["clauses"]?.array ?? [] { named.insert(clause.string ?? "") }
    }
    return named
  }

  @Test func `every clause has one definition`() {
    let defined = Self.defined
    #expect(defined.count > 100)
    #expect(Set(defined).count == defined.count)
  }

  @Test func `every clause that a vector names is defined`() throws {
    #expect(try Self.named().subtracting(Self.defined).isEmpty)
  }

  @Test func `every clause is shown by vectors or by tests of whole programs`() throws {
    let shown = Self.pages.flatMap(\.lines).filter { $0.hasPrefix("| ") }
      .compactMap { line in line.split(separator: "|").first.map { $0.trimmingCharacters(in: .whitespaces) } }
      .filter { Self.clauses(in: $0) == [$0] }
    #expect(Set(Self.defined).subtracting(try Self.named()).subtracting(shown).isEmpty)
    #expect(Set(shown).subtracting(Self.defined).isEmpty)
  }

  @Test func `every clause that the pages or our sources speak of is defined`() throws {
    let defined = Set(Self.defined)
    let families = Set(defined.compactMap { $0.split(separator: "-").first })
    var strays: [String] = []
    for page in Self.pages {
      for line in page.lines {
        strays += Self.clauses(in: line).filter {
          families.contains($0.split(separator: "-")[0]) && !defined.contains($0)
        }
        .map { "\(page.name): \($0)" }
      }
    }
    for (path, line) in Self.sourceLines where line.contains("Protocol, ") {
      let speaksOf = Self.clauses(in: line).filter { !defined.contains($0) && !["UTF-8", "SHA-256"].contains($0) }
      strays += speaksOf.map { "\(path): \($0)" }
    }
    #expect(strays.isEmpty, "\(Set(strays).sorted().joined(separator: "\n"))")
  }

  private static let sourceLines: [(path: String, line: String)] = {
    let root = Vectors.folder.deletingLastPathComponent().appending(path: "Sources")
    let walk = FileManager.default.enumerator(atPath: root.path(percentEncoded: false))
    var lines: [(path: String, line: String)] = []
    while let path = walk?.nextObject() as? String {
      guard path.hasSuffix(".swift"), let text = try? String(contentsOf: root.appending(path: path), encoding: .utf8)
      else { continue }
      lines += text.split(separator: "\n").map { (path, String($0)) }
    }
    return lines
  }()
}
