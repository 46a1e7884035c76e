/// A parsed call: a verb with its options and words.
package struct Arguments: Sendable {
  /// The verb that was called.
  package let verb: Verb
  private let given: [String: [String]]
  private let words: [String: [String]]

  init(verb: Verb, given: [String: [String]], words: [String: [String]]) {
    self.verb = verb
    self.given = given
    self.words = words
  }

  /// Whether the option of that name was given, without its dashes.
  package func has(_ option: String) -> Bool { given[option] != nil }

  /// The value of an option; nil if it was not given.
  package func value(_ option: String) -> String? { given[option]?.last }

  /// The values of an option that may be given several times.
  package func values(_ option: String) -> [String] { given[option] ?? [] }

  /// The word of the positional of that name; nil if it was not given.
  package func word(_ positional: String) -> String? { words[positional]?.first }

  /// All words of the positional of that name.
  package func words(_ positional: String) -> [String] { words[positional] ?? [] }

  /// The value of an option as an integer in decimal digits; nil if it was not given.
  /// - Throws: ``UsageError`` for another text and outside of the range.
  package func integer(_ option: String, in range: ClosedRange<Int>) throws(UsageError) -> Int? {
    guard let text = value(option) else { return nil }
    guard let number = Self.integer(text), range.contains(number) else {
      let bounds =
        range.upperBound == .max ? "of at least \(range.lowerBound)" : "in \(range.lowerBound)...\(range.upperBound)"
      throw UsageError("'--\(option)' is a whole number \(bounds), not '\(text.visible)'.")
    }
    return number
  }

  private static func integer(_ text: String) -> Int? {
    guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return Int(text)
  }
}
