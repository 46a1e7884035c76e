/// A call that fits no verb: one line that says what is wrong and what to do.
package struct UsageError: Error, Sendable, Hashable {
  /// What is wrong, and the next step, as sentences.
  package let message: String

  /// An error of this text; what comes from outside must be escaped already.
  package init(_ message: String) { self.message = message }

  /// A word where no verb fits.
  static func unknownVerb(_ word: String, path: [String], among known: [String], program: Program) -> UsageError {
    let whole = (path + [word]).joined(separator: " ").visible
    if let near = Similarity.nearest(to: word, among: known) {
      return UsageError("there is no verb '\(whole)'. Did you mean '\((path + [near]).joined(separator: " "))'?")
    }
    let help = (["help"] + path).joined(separator: " ")
    return UsageError("there is no verb '\(whole)'. '\(program.name) \(help)' lists them.")
  }

  /// A verb that is only the first word of others.
  static func needsSecondWord(_ path: [String], among known: [String], program: Program) -> UsageError {
    let name = path.joined(separator: " ")
    return UsageError("'\(name)' needs one of: \(known.joined(separator: ", ")). See '\(program.name) \(name) --help'.")
  }

  /// An option that the verb does not have.
  static func unknownOption(_ word: String, of verb: Verb?, among known: [Option], program: Program) -> UsageError {
    let name = verb.map { "'\($0.name)'" } ?? program.name
    if word.hasPrefix("--"), let near = Similarity.nearest(to: String(word.dropFirst(2)), among: known.map(\.name)) {
      return UsageError("\(name) has no option '\(word.visible)'. Did you mean '--\(near)'?")
    }
    let call = ([program.name] + (verb?.path ?? [])).joined(separator: " ")
    return UsageError("\(name) has no option '\(word.visible)'. See '\(call) --help'.")
  }

  /// An option without its value.
  static func missingValue(_ option: Option, next: String?) -> UsageError {
    guard let next else { return UsageError("'--\(option.name)' needs a value: \(option.usage).") }
    let written = "--\(option.name)=\(next)".visible
    return UsageError(
      "'--\(option.name)' needs a value: \(option.usage). If '\(next.visible)' is it, write '\(written)'.")
  }

  /// A value that is none of those allowed.
  static func notAChoice(_ value: String, option: Option) -> UsageError {
    let near = Similarity.nearest(to: value, among: option.choices).map { " Did you mean '\($0)'?" } ?? ""
    return UsageError(
      "'--\(option.name)' is one of \(option.choices.joined(separator: ", ")), not '\(value.visible)'.\(near)")
  }

  /// Two things that exclude each other.
  static func exclusive(_ one: String, _ other: String) -> UsageError {
    UsageError("\(one) and \(other) exclude each other. Give one of them.")
  }

  /// A word too few.
  static func missingPositional(_ positional: Positional, verb: Verb, program: Program) -> UsageError {
    UsageError(
      "'\(verb.name)' needs \(positional.name), \(positional.help). See '\(program.name) \(verb.name) --help'.")
  }

  /// A word too many.
  static func extraWord(_ word: String, verb: Verb, program: Program) -> UsageError {
    let takes =
      verb.positionals.isEmpty
      ? "takes no words" : "takes \(verb.positionals.map(\.usage).joined(separator: " ")) and no more"
    return UsageError(
      "'\(verb.name)' \(takes): '\(word.visible)' is too much. See '\(program.name) \(verb.name) --help'.")
  }
}
