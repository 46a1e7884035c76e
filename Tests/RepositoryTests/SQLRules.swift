/// SQL is fixed text with bound values. Where a part of it is put in, that part stands in this table, with where it comes from.
struct SQLRules {
  /// A place where SQL is put together: a file, what is put in, and why that is never data.
  struct Part: Hashable {
    var file: String
    var inserted: String
    var why: String

    static func == (left: Part, right: Part) -> Bool { left.file == right.file && left.inserted == right.inserted }
    func hash(into hasher: inout Hasher) {
      hasher.combine(file)
      hasher.combine(inserted)
    }
  }

  /// What may be put in.
  static let admitted: Set<Part> = Set(
    ([
      (
        "lists of columns, each written out beside its table",
        [
          "Offprint/LocalStore/LibraryCarrying.swift": [
            "Self.editBytes", "Self.editColumns", "Self.editPlaces", "Self.journalColumns", "Self.recordColumns",
          ],
          "Offprint/LocalStore/LibraryStore+Care.swift": ["columns"],
          "Offprint/LocalStore/LibraryStore+Index.swift": ["Self.articleColumns"],
          "Offprint/LocalStore/TableSalvage.swift": ["columns", "number"],
          "OffprintServer/Operating/StoreCheck.swift": ["SQLiteReader.recordColumns"],
          "OffprintServer/StoreSQLite/SQLiteReader+Accounts.swift": ["Self.accountColumns", "Self.deviceColumns"],
          "OffprintServer/StoreSQLite/SQLiteReader.swift": ["Self.recordColumns"],
          "OffprintServer/StoreSQLite/SQLiteTransaction+SetAside.swift": ["Self.recordColumns"],
          "OffprintServer/StoreSQLite/ServerSchema.swift": ["SQLiteReader.recordColumns"],
          "OffprintServer/StoreSQLite/ServerSchema+Fetching.swift": ["SQLiteReader.recordColumns"],
        ]
      ),
      (
        "as many question marks as there are columns",
        [
          "Offprint/LocalStore/LibraryCarrying.swift": ["Self.places(10)", "places"],
          "Offprint/LocalStore/LibraryStore+Index.swift": ["places"],
        ]
      ),
      (
        "conditions and orders, each written out where it is chosen",
        [
          "Offprint/LocalStore/LibraryStore+Articles.swift": [#"conditions.joined(separator: " AND ")"#, "order"],
          "Offprint/LocalStore/LibraryStore+Care.swift": ["+"],
        ]
      ),
      (
        "names of tables, from a list in the source",
        [
          "Offprint/LocalStore/LibraryStore+Articles.swift": ["table"],
          "Offprint/LocalStore/LibraryStore+Care.swift": ["table"],
          "Offprint/LocalStore/LibraryStore+Unsent.swift": ["table"],
          "Offprint/LocalStore/TableSalvage.swift": ["table"],
        ]
      ),
      (
        "settings of SQLite with their values, from a table in the source",
        [
          "OffprintSQLite/Hardening.swift": ["name", "pragma.name", "value"]
        ]
      ),
      (
        "numbers of the program's own",
        [
          "OffprintSQLite/Schema.swift": ["applicationID", "found + 1"],
          "OffprintServer/StoreSQLite/LogKeeper.swift": ["Self.keptBytes"],
          "OffprintServer/StoreSQLite/StoreSQLite.swift": ["Self.readerCacheKibibytes"],
          "OffprintSimulation/Sweeps/MigrationSweep.swift": ["index", "number"],
          "OffprintSimulation/World/SimulatedDevice.swift": ["index"],
        ]
      ),
    ] as [(String, [String: [String]])]).flatMap { why, files in
      files.flatMap { file, inserted in inserted.map { Part(file: file, inserted: $0, why: why) } }
    })

  /// What is put in anywhere in these files.
  static func parts(in files: [Repository.File]) -> Set<Part> {
    var found: Set<Part> = []
    for file in files {
      let name = String(file.path.dropFirst("Sources/".count))
      for literal in literals(of: file.lines.joined(separator: "\n")) where isSQL(literal.text, literal.isJoined) {
        for inserted in literal.inserted { found.insert(Part(file: name, inserted: inserted, why: "")) }
        if literal.isJoined { found.insert(Part(file: name, inserted: "+", why: "")) }
      }
    }
    return found
  }

  private static let verbs = [
    "SELECT ", "INSERT ", "UPDATE ", "DELETE ", "REPLACE ", "WITH ", "PRAGMA ", "VACUUM", "ATTACH ", "CREATE ", "DROP ",
    "ALTER ",
  ]
  private static let clauses = ["WHERE ", "AND ", "OR ", "ORDER BY ", "LIMIT ", "FROM ", "VALUES", "SET ", "ON "]

  private static func isSQL(_ text: String, _ isJoined: Bool) -> Bool {
    let start = text.drop { $0 == " " || $0 == "\n" }
    return verbs.contains(where: start.hasPrefix) || isJoined && clauses.contains(where: start.hasPrefix)
  }

  struct Literal: Equatable {
    var text = ""
    /// Expressions between `\(` and `)`.
    var inserted: [String] = []
    /// Whether a `+` stands before or behind it.
    var isJoined = false
  }

  /// The string literals of Swift source.
  static func literals(of source: String) -> [Literal] {
    var found: [Literal] = []
    var rest = source[...]
    var before: Character?
    while let first = rest.first {
      if rest.hasPrefix("//") {
        rest = rest.drop { $0 != "\n" }
      } else if first == "\"" {
        var literal = Literal()
        literal.isJoined = before == "+"
        read(&rest, into: &literal)
        if rest.drop(while: \.isWhitespace).first == "+" { literal.isJoined = true }
        found.append(literal)
        before = "\""
      } else {
        if !first.isWhitespace { before = first }
        rest = rest.dropFirst()
      }
    }
    return found
  }

  private static func read(_ rest: inout Substring, into literal: inout Literal) {
    let mark = rest.hasPrefix("\"\"\"") ? "\"\"\"" : "\""
    rest = rest.dropFirst(mark.count)
    while !rest.isEmpty, !rest.hasPrefix(mark) {
      if rest.hasPrefix("\\(") {
        rest = rest.dropFirst(2)
        literal.inserted.append(expression(&rest))
        literal.text += "\\()"
      } else if rest.hasPrefix("\\") {
        rest = rest.dropFirst(2)
      } else {
        literal.text.append(rest.removeFirst())
      }
    }
    rest = rest.dropFirst(mark.count)
  }

  /// What stands up to the parenthesis that closes it.
  private static func expression(_ rest: inout Substring) -> String {
    var text = ""
    var depth = 1
    while let next = rest.popFirst() {
      if next == "(" { depth += 1 }
      if next == ")" { depth -= 1 }
      if depth == 0 { break }
      text.append(next)
    }
    return text
  }
}
