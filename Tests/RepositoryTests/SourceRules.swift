/// Words that must not stand in our code, where, and why; each line of the table is one test case.
struct SourceRule: Sendable, CustomStringConvertible {
  /// The words; each begins where no name goes on.
  var words: [String]
  /// Where they must not stand: beginnings of paths.
  var folders: [String]
  /// Where they may: beginnings of paths.
  var except: [String] = []
  /// What on the same line makes the word harmless.
  var unless: String?
  /// Whether comments count too.
  var inComments = false
  /// Why.
  var why: String

  var description: String { words.joined(separator: ", ") }

  /// What composes programs and touches the world: it injects clock, ids and randomness into all others.
  static let composing = [
    "Sources/OffprintCLI/", "Sources/OffprintDaemon/", "Sources/OffprintCommands/", "Sources/Offprint/Platform/",
    // Tests run against real time too; nothing shipped imports this.
    "Sources/OffprintTesting/", "Sources/OffprintProcesses/",
  ]

  /// What reads bytes that others wrote.
  static let outside = [
    "Sources/OffprintWire/", "Sources/OffprintHTTP/", "Sources/OffprintHTTPServer/", "Sources/OffprintServer/",
    "Sources/OffprintGzip/", "Sources/OffprintCrypto/", "Sources/OffprintSQLite/", "Sources/OffprintReader/",
    "Sources/OffprintFiles/", "Sources/OffprintURLSession/", "Sources/Offprint/",
  ]

  static let all: [SourceRule] = [
    SourceRule(
      words: ["try!", "fatalError(", "as!"], folders: ["Sources/"],
      // The fuzzer learns of a broken promise by a trap.
      except: ["Sources/OffprintFuzzer/"], why: "a surprise must not end the process"),
    SourceRule(words: ["TODO", "FIXME"], folders: [""], inComments: true, why: "what is left goes to an issue"),
    SourceRule(
      words: ["print(", "debugPrint(", "dump("], folders: ["Sources/"],
      except: [
        "Sources/OffprintCLI/", "Sources/OffprintDaemon/", "Sources/OffprintCommands/", "Sources/OffprintFuzzer/",
      ],
      why: "only commands speak"),
    SourceRule(
      words: ["Date()", "Date.now", "UUID()", "Task.sleep"], folders: ["Sources/"],
      except: composing + ["Sources/OffprintTesting/TestServer.swift"],
      why: "clock and ids are injected, so that a seed replays everything"),
    SourceRule(
      words: ["SystemRandomNumberGenerator", ".random(", ".randomElement(", ".shuffle(", "arc4random"],
      // A measurement is never replayed.
      folders: ["Sources/"], except: composing + ["Sources/OffprintBench/"], unless: "using:",
      why: "randomness is injected, so that a seed replays everything"),
    SourceRule(
      words: ["&+", "&-", "&*", "&<<", "&>>", "&+=", "&-=", "&*="], folders: outside,
      except: [
        // Sums and lengths that are defined to begin anew: the digest, the length in a gzip trailer.
        "Sources/OffprintWire/Log/Digest.swift", "Sources/Offprint/LocalStore/RecordTable.swift",
        "Sources/OffprintGzip/Fragment.swift", "Sources/OffprintGzip/GzipStitcher.swift",
        // Addresses in memory.
        "Sources/OffprintHTTPServer/RequestHead+Reading.swift",
        // Hashes of names and words.
        "Sources/OffprintReader/Input/NameTable.swift", "Sources/OffprintReader/Selection/WordHashes.swift",
        "Sources/OffprintReader/Selection/ContainerChoice.swift",
      ],
      why: "a number from outside that begins anew at its end is a wrong one"),
    SourceRule(
      words: ["Double", "Float"],
      folders: outside.filter { folder in
        ["Wire", "HTTP", "Gzip", "Crypto", "Reader"].contains { folder.hasSuffix("\($0)/") }
      },
      except: [
        // Only whether a number is within its range.
        "Sources/OffprintWire/JSON/JSONScanner.swift",
        // Weights and shares that are only compared with each other.
        "Sources/OffprintReader/Selection/", "Sources/OffprintReader/Metadata/TitleChoice.swift",
        "Sources/OffprintReader/Page/PageImage.swift",
      ], why: "a fraction that is made an integer may trap"),
    SourceRule(words: ["@testable"], folders: ["Tests/"], why: "tests use what other targets use: package"),
  ]

  /// `path:line` of every place where one of the words stands.
  func violations(in files: [Repository.File]) -> [String] {
    files.filter { file in
      file.path.hasSuffix(".swift") && folders.contains(where: file.path.hasPrefix)
        && !except.contains(where: file.path.hasPrefix) && !file.path.hasPrefix("Tests/RepositoryTests/")
    }
    .flatMap { file in
      file.lines.enumerated().filter { stands(in: $0.element) }.map { "\(file.path):\($0.offset + 1): \($0.element)" }
    }
  }

  private func stands(in line: String) -> Bool {
    let code = inComments ? line[...] : Self.code(of: line)
    if let unless, code.contains(unless) { return false }
    return words.contains { word in
      var rest = code
      while let found = rest.range(of: word) {
        let before = code[..<found.lowerBound].last
        if word.hasPrefix(".") || before.map({ !$0.isLetter && !$0.isNumber && $0 != "_" && $0 != "." }) ?? true {
          return true
        }
        rest = rest[found.upperBound...]
      }
      return false
    }
  }

  /// Whether a line of code unwraps a value that may be none, and ends the process if it is.
  static func unwrapsByForce(_ line: String) -> Bool {
    let code = code(of: line).replacing(/"([^"\\]|\\.)*"/, with: "\"\"")
    return code.contains(/[\w)\]>]!([\s.,;:?)\]}]|$)/) && !code.contains(/\b(try|as)!/)
      || code.contains("unsafelyUnwrapped")
  }

  /// The line without a comment that takes all of it or follows the code.
  private static func code(of line: String) -> Substring {
    guard let comment = line.range(of: "//") else { return line[...] }
    let before = line[..<comment.lowerBound]
    return before.filter { $0 == "\"" }.count.isMultiple(of: 2) ? before : line[...]
  }
}
