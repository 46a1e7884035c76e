/// What one verb of a program takes and says: the one description from which calls are parsed and help is written.
package struct Verb: Sendable {
  /// A call that shows the verb in use, and what it does.
  package struct Example: Sendable {
    /// What follows the program's name.
    package let call: String
    /// What it does, in a few words.
    package let meaning: String

    /// An example.
    package init(_ call: String, _ meaning: String) {
      self.call = call
      self.meaning = meaning
    }
  }

  /// A member of the objects that the verb prints with `--json`.
  package struct Field: Sendable {
    /// The member's name.
    package let name: String
    /// What it holds.
    package let meaning: String

    /// A field.
    package init(_ name: String, _ meaning: String) {
      self.name = name
      self.meaning = meaning
    }
  }

  /// The words that call it: `["bookmark", "add"]`.
  package let path: [String]
  /// What it does, in a few words without a full stop.
  package let summary: String
  /// Its words, in order.
  package let positionals: [Positional]
  /// Its own options; the program's come on top.
  package let options: [Option]
  /// Groups of options and positionals of which a call may have one at most, by name.
  package let exclusive: [[String]]
  /// Whether words with one dash are positionals once the first positional was met (`tag ID +a -b`).
  package let takesDashedWords: Bool
  /// What else there is to know: a paragraph each.
  package let details: [String]
  /// What it prints with `--json`.
  package let json: [Field]
  /// Calls that show it in use.
  package let examples: [Example]

  /// A verb of these parts.
  package init(
    _ path: String..., summary: String, positionals: [Positional] = [], options: [Option] = [],
    exclusive: [[String]] = [], takesDashedWords: Bool = false, details: [String] = [], json: [Field] = [],
    examples: [Example] = []
  ) {
    self.path = path
    self.summary = summary
    self.positionals = positionals
    self.options = options
    self.exclusive = exclusive
    self.takesDashedWords = takesDashedWords
    self.details = details
    self.json = json
    self.examples = examples
  }

  /// The words that call it, as one text.
  package var name: String { path.joined(separator: " ") }
}
