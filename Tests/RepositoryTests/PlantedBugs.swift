/// Where planted bugs may stand in a file: between `#if MUTANTS` and its `#else` or `#endif`.
enum PlantedBugs {
  /// The condition.
  private static let condition = "MUTANTS"

  /// The indices of the lines that are in no build but one with planted bugs.
  static func lines(of file: Repository.File) -> Set<Int> {
    // One entry an open `#if`: whether its present branch is that of the bugs.
    var open: [Bool] = []
    var planted: Set<Int> = []
    for (index, line) in file.lines.enumerated() {
      let words = line.split(separator: " ")
      switch words.first {
      case "#if": open.append(words.dropFirst().elementsEqual([Substring(condition)]))
      case "#elseif", "#else": if !open.isEmpty { open[open.count - 1] = false }
      case "#endif": _ = open.popLast()
      default: if open.contains(true) { planted.insert(index) }
      }
    }
    return planted
  }

  /// `path:line` of every line of code that names them elsewhere.
  static func violations(in files: [Repository.File]) -> [String] {
    files.flatMap { file in
      let planted = lines(of: file)
      return file.lines.enumerated().filter { index, line in
        !planted.contains(index) && (line.contains("Mutant.") || line.contains("OffprintMutants"))
          && !line.drop { $0 == " " }.hasPrefix("//")
      }.map { "\(file.path):\($0.offset + 1): \($0.element)" }
    }
  }
}
