/// A configuration file: the part of TOML that settings need.
///
/// Tables (`[log]`), `key = value` with bare and dotted keys, strings (`"with \n escapes"`, `'literal'`), whole numbers,
/// `true` and `false`, arrays of strings over any number of lines, comments. Anything else of TOML is refused by its name.
package struct TOMLDocument: Sendable {
  /// One value with the line it stands on.
  package struct Entry: Sendable, Hashable {
    /// The key with its table: `log.format`.
    package var key: String
    /// The value.
    package var value: SettingValue
    /// The line, counted from 1.
    package var line: Int
  }

  /// Why a file cannot be read.
  package struct Fault: Error, Sendable, Hashable {
    /// The line, counted from 1.
    package var line: Int
    /// What is wrong, without a final dot.
    package var reason: String
  }

  /// The entries in the order of the file.
  package private(set) var entries: [Entry] = []

  /// Reads a file's text.
  package init(parsing bytes: [UInt8]) throws(Fault) {
    guard let text = String(validating: bytes, as: UTF8.self) else { throw Fault(line: 1, reason: "it is not UTF-8") }
    var reader = TOMLReader(text)
    var table = ""
    var tables: Set<String> = []
    while try reader.skipToContent() {
      let line = reader.line
      if reader.take("[") {
        if reader.peek == "[" { throw reader.fault("arrays of tables are not supported") }
        table = try reader.key()
        guard reader.take("]") else { throw reader.fault("']' is missing behind the table's name") }
        guard tables.insert(table).inserted else { throw reader.fault("the table [\(table)] is there twice") }
      } else {
        let name = try reader.key()
        guard reader.take("=") else { throw reader.fault("'=' is missing behind '\(name)'") }
        let key = table.isEmpty ? name : table + "." + name
        let value = try reader.value()
        if let earlier = entries.first(where: { $0.key == key }) {
          throw Fault(line: line, reason: "'\(key)' was set before, in line \(earlier.line)")
        }
        entries.append(Entry(key: key, value: value, line: line))
      }
      try reader.endLine()
    }
  }
}
