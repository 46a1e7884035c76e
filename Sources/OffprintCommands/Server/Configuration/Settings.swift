import Foundation

/// The settings of one call, each with where it comes from: an option before a variable before the file before the default.
package struct Settings: Sendable {
  /// Where a value comes from.
  package enum Origin: Sendable, Hashable {
    /// Nothing sets it.
    case standard
    /// The configuration file, with the line.
    case file(String, line: Int)
    /// An environment variable.
    case variable(String)
    /// An option of the call.
    case option(String)

    /// In words: `file offprintd.toml:3`.
    package var text: String {
      switch self {
      case .standard: "default"
      case .file(let path, let line): "file \(path):\(line)"
      case .variable(let name): "environment \(name)"
      case .option(let name): "option --\(name)"
      }
    }
  }

  /// A value with its origin.
  package struct Value: Sendable, Hashable {
    /// The value.
    package var value: SettingValue
    /// Its origin.
    package var origin: Origin
  }

  private var values: [String: Value] = [:]
  /// What was passed over: keys and variables that no setting has, as sentences.
  package private(set) var warnings: [String] = []
  /// The configuration file that was read; nil if there is none.
  package private(set) var file: String?

  private static let bytesMax = 1 << 20

  /// The settings of this call.
  /// - Throws: ``CommandFailure`` that names the file and the line, ``UsageError``.
  package init(_ arguments: Arguments, variables: [String: String]) throws {
    try takeFile(Self.filePath(arguments, variables))
    try takeVariables(variables)
    try takeOptions(arguments)
    if values[DaemonSettings.data.key] == nil, let folder = Self.standardDataFolder(variables) {
      values[DaemonSettings.data.key] = Value(value: .text(folder), origin: .standard)
    }
  }

  /// A setting with its origin; nil if nothing sets it and it has no default.
  package subscript(setting: Setting) -> Value? {
    values[setting.key] ?? setting.standard.map { Value(value: $0, origin: .standard) }
  }

  func text(_ setting: Setting) -> String {
    if case .text(let text) = self[setting]?.value { text } else { "" }
  }

  func integer(_ setting: Setting) -> Int {
    if case .integer(let number) = self[setting]?.value { number } else { 0 }
  }

  func texts(_ setting: Setting) -> [String] {
    if case .texts(let texts) = self[setting]?.value { texts } else { [] }
  }

  func isOn(_ setting: Setting) -> Bool { self[setting]?.value == .flag(true) }

  /// The data folder.
  /// - Throws: ``UsageError`` where there is no HOME to have one under.
  package func dataFolder() throws -> String {
    let folder = text(DaemonSettings.data)
    guard !folder.isEmpty else { throw UsageError("there is no HOME to keep data under. Name a folder with --data.") }
    return folder
  }

  // MARK: Reading

  /// The file asked for, which must be there, or the first that is there of those looked for.
  private static func filePath(_ arguments: Arguments, _ variables: [String: String]) -> (path: String, asked: Bool)? {
    if let path = arguments.value("config") ?? variables["OFFPRINTD_CONFIG"], !path.isEmpty { return (path, true) }
    var places: [String] = []
    if let folder = variables["XDG_CONFIG_HOME"], folder.hasPrefix("/") {
      places.append(folder)
    } else if let home = variables["HOME"], home.hasPrefix("/") {
      places.append(home + "/.config")
    }
    places.append("/etc")
    let paths = places.map { $0 + "/offprintd/offprintd.toml" }
    return paths.first { FileManager.default.fileExists(atPath: $0) }.map { ($0, false) }
  }

  private mutating func takeFile(_ found: (path: String, asked: Bool)?) throws {
    guard let found else { return }
    let path = found.path.visible
    let bytes = try InputFile.read(path: found.path, bytesMax: Self.bytesMax)
    file = found.path
    let document: TOMLDocument
    do throws(TOMLDocument.Fault) { document = try TOMLDocument(parsing: bytes) } catch {
      throw CommandFailure(.failed, code: "badConfiguration", "\(path):\(error.line): \(error.reason)")
    }
    for entry in document.entries {
      let place = "\(path):\(entry.line)"
      guard let setting = DaemonSettings.all.first(where: { $0.key == entry.key }) else {
        let near = Similarity.nearest(to: entry.key, among: DaemonSettings.all.map(\.key))
        warnings.append("\(place): there is no setting '\(entry.key)'" + (near.map { "; did you mean '\($0)'?" } ?? ""))
        continue
      }
      values[setting.key] = Value(
        value: try setting.admit(entry.value, place: place), origin: .file(found.path, line: entry.line))
    }
  }

  private mutating func takeVariables(_ variables: [String: String]) throws {
    let known = Set(DaemonSettings.all.map(\.variable) + ["OFFPRINTD_CONFIG"])
    for name in variables.keys.sorted() where name.hasPrefix("OFFPRINTD_") && !name.hasPrefix("OFFPRINTD_TEST_") {
      if !known.contains(name) { warnings.append("environment: there is no setting \(name.visible)") }
    }
    for setting in DaemonSettings.all {
      guard let text = variables[setting.variable] else { continue }
      values[setting.key] = Value(
        value: try setting.value(of: text, place: "environment \(setting.variable)"),
        origin: .variable(setting.variable))
    }
  }

  private mutating func takeOptions(_ arguments: Arguments) throws {
    for setting in DaemonSettings.all where arguments.has(setting.optionName) {
      let origin = Origin.option(setting.optionName)
      switch setting.kind {
      case .flag: values[setting.key] = Value(value: .flag(setting.standard != .flag(true)), origin: origin)
      case .texts:
        let texts = SettingValue.texts(arguments.values(setting.optionName))
        values[setting.key] = Value(value: try setting.admit(texts, place: origin.text), origin: origin)
      case .integer(let range):
        if let number = try arguments.integer(setting.optionName, in: range) {
          values[setting.key] = Value(value: .integer(number), origin: origin)
        }
      case .text, .choice:
        if let text = arguments.value(setting.optionName) {
          values[setting.key] = Value(value: .text(text), origin: origin)
        }
      }
    }
  }

  private static func standardDataFolder(_ variables: [String: String]) -> String? {
    if let data = variables["XDG_DATA_HOME"], data.hasPrefix("/") { return data + "/offprintd" }
    if let home = variables["HOME"], home.hasPrefix("/") { return home + "/.local/share/offprintd" }
    return nil
  }
}
