/// What each target may import: only what stands below it. The package manager lets more pass.
enum ImportRules {
  /// Our own modules, C libraries and frameworks by target.
  static let allowed: [String: Set<String>] = [
    "OffprintCrypto": ["CSodium", "CryptoKit"],
    "OffprintGzip": ["CZlib"],
    "OffprintSQLite": ["CSQLite", "Foundation"],
    "OffprintFiles": [],
    "OffprintLocks": ["Synchronization"],
    "OffprintHTTP": [],
    "OffprintWire": ["OffprintCrypto"],
    "OffprintReader": ["OffprintWire", "CLibXML2"],
    "Offprint": [
      "OffprintWire", "OffprintGzip", "OffprintCrypto", "OffprintSQLite", "OffprintFiles", "OffprintHTTP", "Foundation",
    ],
    "OffprintURLSession": ["Offprint", "OffprintHTTP", "Foundation", "FoundationNetworking", "Dispatch"],
    "OffprintServer": [
      "OffprintWire", "OffprintGzip", "OffprintCrypto", "OffprintSQLite", "OffprintFiles", "OffprintHTTP",
      "CSodium", "Foundation",
    ],
    "OffprintFetch": ["OffprintHTTP", "OffprintGzip", "CCurl", "Dispatch", "Foundation"],
    "OffprintHTTPServer": ["OffprintHTTP", "CMicroHTTPD", "Dispatch"],
    "OffprintCommands": [
      "Offprint", "OffprintReader", "OffprintURLSession", "OffprintServer", "OffprintHTTPServer", "OffprintWire",
      "OffprintHTTP", "OffprintCrypto", "OffprintFetch", "OffprintFiles", "CQREncode", "Foundation",
      "Dispatch",
    ],
    "OffprintCLI": ["OffprintCommands", "Foundation"],
    "OffprintDaemon": ["OffprintCommands", "Foundation"],
    "OffprintSeed": [],
    "OffprintSimulation": [
      "OffprintFaultDisk", "OffprintOracle", "OffprintTesting", "OffprintSeed", "Offprint", "OffprintServer",
      "OffprintWire", "OffprintGzip", "OffprintHTTP", "OffprintCrypto", "OffprintSQLite", "OffprintFiles",
    ],
    "OffprintSim": ["OffprintSimulation", "OffprintCommands", "OffprintFaultDisk", "OffprintWire", "Foundation"],
    "OffprintBench": [
      "OffprintCommands", "OffprintProcesses", "OffprintTesting", "OffprintSQLite", "OffprintCrypto", "OffprintWire",
      "Foundation",
    ],
    "OffprintMutants": [],
    "OffprintFaultDisk": ["CFaultVFS", "OffprintFiles"],
    "OffprintOracle": [],
    "OffprintTesting": [
      "OffprintSeed", "Offprint", "OffprintServer", "OffprintWire", "OffprintHTTP", "OffprintCrypto", "OffprintSQLite",
      "OffprintGzip", "Foundation",
    ],
    "OffprintFuzzing": [
      "OffprintTesting", "OffprintSeed", "Offprint", "OffprintServer", "OffprintReader", "OffprintWire", "OffprintHTTP",
      "OffprintCrypto", "OffprintGzip", "Foundation",
    ],
    "OffprintFuzzer": ["OffprintFuzzing", "Foundation"],
    "OffprintProcesses": ["OffprintTesting", "Foundation"],
  ]

  /// Of Swift itself, by way of our own module: everywhere.
  static let ofSwift: Set<String> = ["OffprintLocks"]

  /// The planted bugs: only what is built with them may ask for them, and only inside `#if MUTANTS`.
  static let plantedBugs = "OffprintMutants"
  /// Who may.
  static let mayHoldPlantedBugs: Set<String> = ["OffprintWire", "Offprint", "OffprintServer", "OffprintSim"]

  /// C libraries of platforms: every target may ask for its platform's.
  static let libraries: Set<String> = ["Glibc", "Musl", "Darwin", "Android", "Bionic", "WinSDK"]

  /// Of one platform: only where `#if canImport` asks for it.
  static let ofPlatforms = libraries.union(["CryptoKit", "FoundationNetworking", "Security", "os"])

  /// One import.
  struct Import {
    var module: String
    var line: Int
    /// Whether it stands in a branch of `#if canImport`.
    var isGuarded: Bool
    /// Whether it stands inside `#if MUTANTS`, and not in its `#else`.
    var isPlanted: Bool
  }

  /// The imports of a file.
  static func imports(of file: Repository.File) -> [Import] {
    var guards: [Bool] = []
    var imports: [Import] = []
    let planted = PlantedBugs.lines(of: file)
    for (index, line) in file.lines.enumerated() {
      let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
      if words.first == "#if" { guards.append(line.contains("canImport(")) }
      if words.first == "#endif" { _ = guards.popLast() }
      let rest = words.drop { $0.hasPrefix("@") || ["public", "package", "internal", "private"].contains($0) }
      guard rest.first == "import", let last = rest.dropFirst().first(where: { !kinds.contains($0) }) else { continue }
      let module = String(last.prefix { $0 != "." })
      imports.append(
        Import(
          module: module, line: index + 1, isGuarded: guards.contains(true), isPlanted: planted.contains(index)))
    }
    return imports
  }

  private static let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]

  /// `path:line` of every import of these files that the target's line of the table does not name.
  static func violations(of target: String, in files: [Repository.File]) -> [String] {
    let mayImport = (allowed[target] ?? []).union(ofSwift).union(libraries)
    return files.flatMap { file in
      imports(of: file).compactMap { item in
        let place = "\(file.path):\(item.line): \(item.module)"
        if ofPlatforms.contains(item.module), !item.isGuarded { return place + " outside #if canImport" }
        if item.module == plantedBugs, mayHoldPlantedBugs.contains(target) {
          return item.isPlanted ? nil : place + " outside #if MUTANTS"
        }
        return mayImport.contains(item.module) ? nil : place
      }
    }
  }
}
