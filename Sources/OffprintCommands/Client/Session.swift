import Offprint
import OffprintWire

/// One call of the client: its words, where it reads and writes, and the library it is about.
struct Session: Sendable {
  let arguments: Arguments
  let world: World
  let output: Output
  let messages: Messages
  let style: TerminalStyle

  /// Whether the result is JSON.
  var isJSON: Bool { arguments.has("json") }
  /// Whether only results and errors are printed.
  var isQuiet: Bool { arguments.has("quiet") }

  /// A remark for people, on stderr.
  func remark(_ text: String) { if !isQuiet, !isJSON { messages.line(text) } }

  /// A line of the result for people.
  func line(_ text: String = "") throws { try output.line(text) }

  /// A JSON object of the result, on a line of its own.
  func json(_ members: [(String, JSONResult)]) throws { try output.line(JSONResult.object(members).text) }

  /// The result in the form asked for.
  func result(_ members: @autoclosure () -> [(String, JSONResult)], _ text: @autoclosure () -> String) throws {
    if isJSON { try json(members()) } else { try line(text()) }
  }

  /// The folder of the library: `--library`, `OFFPRINT_LIBRARY`, else the data folder of the XDG base directories.
  func libraryFolder() throws -> String {
    if let folder = arguments.value("library") ?? world.variables["OFFPRINT_LIBRARY"], !folder.isEmpty { return folder }
    if let data = world.variables["XDG_DATA_HOME"], data.hasPrefix("/") { return data + "/offprint" }
    guard let home = world.variables["HOME"], home.hasPrefix("/") else {
      throw UsageError("there is no HOME to keep a library under. Name a folder with --library.")
    }
    return home + "/.local/share/offprint"
  }

  /// Opens the library, gives it to `body`, and closes it however that ends.
  func withLibrary<T: Sendable>(create: Bool = false, _ body: (Library) async throws -> T) async throws -> T {
    let library = try await Library.open(at: libraryFolder(), create: create, environment: world.environment)
    do {
      let result = try await body(library)
      if try await library.hasMetDamage() {
        remark("some records on this device are damaged; `offprint sync` fetches what the server has of them")
      }
      await library.close()
      return result
    } catch {
      await library.close()
      throw error
    }
  }

  /// The article a positional names.
  func articleID(_ library: Library, _ positional: String = "ID") async throws -> ArticleID {
    try await library.articleID(forPrefix: arguments.word(positional) ?? "")
  }

  /// The number a positional names.
  func number(_ positional: String) throws -> Int64? {
    guard let text = arguments.word(positional) else { return nil }
    guard let number = Int64(text) else { throw UsageError("\(text.visible) is no number of an entry.") }
    return number
  }

  /// What `--NAME` changes: not given keeps, empty clears.
  func change(_ option: String) -> Change<String> {
    guard let text = arguments.value(option) else { return .keep }
    return text.isEmpty ? .clear : .set(text)
  }

  /// The share a word names, in millionths.
  func fraction(_ text: String) throws -> Int64 {
    guard let fraction = Fraction.millionths(of: text) else {
      throw UsageError("\(text.visible) is no share of a text. Write 0.4 or 40%.")
    }
    return fraction
  }
}
