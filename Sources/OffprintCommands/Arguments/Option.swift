/// One option of a verb or of a whole program, as the tables of arguments declare it.
package struct Option: Sendable {
  /// What an option takes.
  package enum Kind: Sendable, Hashable {
    /// Nothing: it is given or not.
    case flag
    /// One value, called so in the help; given at most once.
    case value(String)
    /// A value each time it is given, called so in the help.
    case list(String)
  }

  /// The name without the dashes.
  package let name: String
  /// The letter after a single dash; flags only.
  package let short: Character?
  /// What it takes.
  package let kind: Kind
  /// The values allowed; empty for any.
  package let choices: [String]
  /// What it does, in a few words without a full stop.
  package let help: String

  /// An option that is given or not.
  package static func flag(_ name: String, short: Character? = nil, _ help: String) -> Option {
    Option(name: name, short: short, kind: .flag, choices: [], help: help)
  }

  /// An option with one value.
  package static func value(_ name: String, _ placeholder: String, choices: [String] = [], _ help: String) -> Option {
    Option(name: name, short: nil, kind: .value(placeholder), choices: choices, help: help)
  }

  /// An option that may be given several times, with a value each time.
  package static func list(_ name: String, _ placeholder: String, _ help: String) -> Option {
    Option(name: name, short: nil, kind: .list(placeholder), choices: [], help: help)
  }

  /// What stands for the value in the help; nil for a flag.
  package var placeholder: String? {
    switch kind {
    case .flag: nil
    case .value(let name), .list(let name): choices.isEmpty ? name : choices.joined(separator: "|")
    }
  }

  /// The option as one writes it: `--limit N`.
  package var usage: String { placeholder.map { "--\(name) \($0)" } ?? "--\(name)" }
}
