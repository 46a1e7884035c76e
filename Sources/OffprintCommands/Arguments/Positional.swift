/// A word of a call that is no option, as the tables of arguments declare it.
package struct Positional: Sendable {
  /// How many words it takes.
  package enum Arity: Sendable, Hashable {
    /// Exactly one.
    case one
    /// One or none.
    case optional
    /// One or more; only the last positional of a verb.
    case some
    /// None or more; only the last positional of a verb.
    case many
  }

  /// What it is called in the help: `ID`.
  package let name: String
  /// How many words it takes.
  package let arity: Arity
  /// What it is, in a few words without a full stop.
  package let help: String

  /// A positional of one word.
  package init(_ name: String, _ help: String) { self.init(name, .one, help) }

  /// A positional of this name.
  package init(_ name: String, _ arity: Arity, _ help: String) {
    self.name = name
    self.arity = arity
    self.help = help
  }

  /// The positional as a usage line writes it: `ID`, `[ID]`, `ID...`.
  package var usage: String {
    switch arity {
    case .one: name
    case .optional: "[\(name)]"
    case .some: "\(name)..."
    case .many: "[\(name)...]"
    }
  }
}
