import Foundation
import Testing

/// The rules of this repository that matter are tests; rules that are only prose decay.
@Suite struct RepositoryTests {
  @Test func `the files of the repository are found`() {
    #expect(Repository.files.contains { $0.path == "Package.swift" })
    #expect(Repository.swift(in: "Sources/").count > 20)
  }

  @Test(arguments: SourceRule.all)
  func `no file holds words that our rules forbid`(rule: SourceRule) {
    let violations = rule.violations(in: Repository.files)
    #expect(violations.isEmpty, "\(rule.why):\n\(violations.joined(separator: "\n"))")
  }

  @Test(arguments: [
    ("let a = try! b()", "try!"), ("  print(x)", "print("), ("let d = Date()", "Date()"),
    ("x.random(in: a)", ".random("),
  ])
  func `a forbidden word is found in code and not in names or comments`(line: String, word: String) {
    let rule = SourceRule(words: [word], folders: ["Sources/"], why: "")
    func isFound(_ line: String) -> Bool {
      !rule.violations(in: [Repository.File(path: "Sources/X/Y.swift", lines: [line])]).isEmpty
    }
    #expect(isFound(line))
    #expect(!isFound("// " + line))
    #expect(!isFound("fingerprint(x); myDate(); retry!; randomise(x)"))
  }

  @Test func `every target has a line in the table of imports`() {
    let targets = Set(Repository.swift(in: "Sources/").compactMap(\.target))
    #expect(targets == Set(ImportRules.allowed.keys))
  }

  @Test(arguments: ImportRules.allowed.keys.sorted())
  func `a target imports only what stands below it, and a platform only where it asks`(target: String) {
    let violations = ImportRules.violations(of: target, in: Repository.swift(in: "Sources/\(target)/"))
    #expect(violations.isEmpty, "\(violations.joined(separator: "\n"))")
  }

  @Test(arguments: [
    (["import OffprintServer"], 1), (["@preconcurrency import struct OffprintServer.X"], 1), (["import Glibc"], 1),
    (["#if canImport(Glibc)", "  import Glibc", "#else", "  import Darwin", "#endif"], 0),
    (["import OffprintCrypto"], 0),
    (["#if DEBUG", "  import Glibc", "#endif"], 1), (["#if canImport(Foundation)", "import Foundation", "#endif"], 1),
  ])
  func `an import that the table does not name is seen`(lines: [String], count: Int) {
    let file = Repository.File(path: "Sources/OffprintWire/X.swift", lines: lines)
    #expect(ImportRules.violations(of: "OffprintWire", in: [file]).count == count)
  }

  @Test func `planted bugs are in no build but one that asks for them`() {
    let violations = PlantedBugs.violations(in: Repository.swift(in: "Sources/"))
    #expect(violations.isEmpty, "outside #if MUTANTS:\n\(violations.joined(separator: "\n"))")
    let names = Repository.swift(in: "Sources/").filter { $0.lines.contains { $0.contains("Mutant.isOn(") } }
    #expect(names.count > 10, "there are bugs to look at")
  }

  @Test(arguments: [
    (["if Mutant.isOn(.x) {}"], 1), (["#if MUTANTS", "  if Mutant.isOn(.x) {}", "#endif"], 0),
    (["#if MUTANTS", "  a()", "#else", "  if Mutant.isOn(.x) {}", "#endif"], 1),
    (["#if !MUTANTS", "  if Mutant.isOn(.x) {}", "#endif"], 1),
    (["#if MUTANTS", "#endif", "import OffprintMutants"], 1), (["// such as Mutant.isOn(.x)"], 0),
  ])
  func `a planted bug outside of its condition is seen`(lines: [String], count: Int) {
    let file = Repository.File(path: "Sources/OffprintWire/X.swift", lines: lines)
    #expect(PlantedBugs.violations(in: [file]).count == count)
  }

  @Test func `no target stands above itself`() {
    for target in ImportRules.allowed.keys {
      var reached: Set<String> = []
      var open = ImportRules.allowed[target] ?? []
      while let next = open.popFirst() {
        if reached.insert(next).inserted { open.formUnion(ImportRules.allowed[next] ?? []) }
      }
      #expect(!reached.contains(target), "\(target) imports itself through others")
    }
  }

  @Test(arguments: ["@unchecked Sendable", "nonisolated(unsafe)"])
  func `what the compiler cannot check says why it holds`(word: String) {
    var violations: [String] = []
    for file in Repository.swift(in: "Sources/") + Repository.swift(in: "Tests/") where file.target != "RepositoryTests"
    {
      for (index, line) in file.lines.enumerated() where line.contains(word) && !line.isComment {
        let above = file.lines[..<index].last { !$0.trimmed.hasPrefix("@") }
        if above?.isComment != true { violations.append("\(file.path):\(index + 1)") }
      }
    }
    #expect(violations.isEmpty, "no comment above:\n\(violations.joined(separator: "\n"))")
  }

  @Test func `SQL is fixed text, but for the parts in the table`() {
    let found = SQLRules.parts(in: Repository.swift(in: "Sources/"))
    let unknown = found.subtracting(SQLRules.admitted).map { "\($0.file): \($0.inserted)" }
    #expect(unknown.isEmpty, "not in the table:\n\(unknown.sorted().joined(separator: "\n"))")
    let idle = SQLRules.admitted.subtracting(found).map { "\($0.file): \($0.inserted)" }
    #expect(idle.isEmpty, "in the table and nowhere else:\n\(idle.sorted().joined(separator: "\n"))")
    #expect(SQLRules.admitted.allSatisfy { !$0.why.isEmpty })
  }

  @Test(arguments: [
    (#"run("SELECT x FROM t WHERE a = ?1")"#, []), (#"run("SELECT x FROM t WHERE a = '\(name)'")"#, ["name"]),
    (#"run("SELECT x FROM t WHERE a = " + name)"#, ["+"]), (#"sql += " AND b = 2" + c"#, ["+"]),
    (#"run("DELETE FROM \(a(b)) WHERE \(c)")"#, ["a(b)", "c"]), (#"say("from \(a) to \(b)")"#, []),
    (#"// run("DELETE FROM \(a)")"#, []), ("run(\"\"\"\n  DELETE FROM \\(a)\n\"\"\")", ["a"]),
  ])
  func `what is put into SQL is seen`(line: String, inserted: [String]) {
    let file = Repository.File(path: "Sources/X/Y.swift", lines: line.components(separatedBy: "\n"))
    #expect(Set(SQLRules.parts(in: [file]).map(\.inserted)) == Set(inserted))
  }

  @Test func `nothing is unwrapped by force`() {
    var violations: [String] = []
    for file in Repository.swift(in: "Sources/") {
      for (index, line) in file.lines.enumerated() where SourceRule.unwrapsByForce(line) {
        violations.append("\(file.path):\(index + 1): \(line)")
      }
    }
    #expect(violations.isEmpty, "\(violations.joined(separator: "\n"))")
  }

  @Test(arguments: [
    ("let a = b!", true), ("f(b!)", true), ("a[0]!.c", true), ("g()!, h", true), ("b.unsafelyUnwrapped", true),
    ("if a != b", false), ("if !a", false), (#"let a = "b!""#, false), ("// b!", false), ("let a: B! ", true),
    ("try! a()", false),
  ])
  func `a value that is unwrapped by force is seen`(line: String, isSeen: Bool) {
    #expect(SourceRule.unwrapsByForce(line) == isSeen)
  }

  @Test func `no file is longer than 400 lines`() {
    let long = Repository.files.filter { file in
      [".swift", ".py"].contains(where: file.path.hasSuffix) && file.lines.count > 400
    }
    #expect(long.isEmpty, "\(long.map { "\($0.path): \($0.lines.count)" })")
  }

  @Test func `the README is read in a few minutes`() {
    for file in Repository.files where file.path == "README.md" { #expect(file.lines.count < 150) }
  }

  @Test func `no file names a path of one machine`() {
    // Put together here, so that this file does not name them.
    let places = ["root", "work", "home/user"].map { "/" + $0 }
    var violations: [String] = []
    for file in Repository.files {
      for (index, line) in file.lines.enumerated() where places.contains(where: { line.names($0) }) {
        violations.append("\(file.path):\(index + 1): \(line.prefix(160))")
      }
    }
    #expect(violations.isEmpty, "\(violations.joined(separator: "\n"))")
  }
}

extension String {
  fileprivate var trimmed: Substring { drop { $0 == " " || $0 == "\t" } }
  fileprivate var isComment: Bool { trimmed.hasPrefix("//") }

  /// Whether the line holds `place` as a path or the beginning of one.
  fileprivate func names(_ place: String) -> Bool {
    var rest = self[...]
    while let found = rest.range(of: place) {
      let before = self[..<found.lowerBound].last
      let after = self[found.upperBound...].first
      let begins = before.map { !$0.isLetter && !$0.isNumber && !"/.-_)}".contains($0) } ?? true
      if begins, after.map({ !$0.isLetter && !$0.isNumber && !"-_".contains($0) }) ?? true { return true }
      rest = rest[found.upperBound...]
    }
    return false
  }
}
