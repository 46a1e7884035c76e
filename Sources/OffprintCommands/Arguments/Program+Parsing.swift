extension Program {
  /// Reads a command line.
  ///
  /// Options stand anywhere, as `--k v` or `--k=v`; after `--` all is words. Verbs and options are never abbreviated.
  /// An option takes the word behind it as its value whatever that is, unless it is an option of the same verb.
  ///
  /// - Parameter words: What follows the program's name.
  /// - Throws: ``UsageError`` with one line for the person who called.
  package func parse(_ words: [String]) throws(UsageError) -> Invocation {
    var call = Call(program: self)
    let words = withDefaultVerb(words)
    for (index, word) in words.enumerated() {
      try call.take(word, next: index + 1 < words.count ? words[index + 1] : nil)
    }
    return try call.finish()
  }

  /// The words with the default verb in front, where the first is an option of it and not one of the program's.
  private func withDefaultVerb(_ words: [String]) -> [String] {
    guard let name = defaultVerb, let verb = verb([name]), let first = words.first, first.hasPrefix("--") else {
      return words
    }
    let option = first.dropFirst(2).prefix { $0 != "=" }
    return verb.options.contains { $0.name.utf8.elementsEqual(option.utf8) } ? [name] + words : words
  }

  /// Whether a command line asks for JSON, even if it is wrong otherwise.
  package func asksForJSON(_ words: [String]) -> Bool {
    words.prefix { !$0.utf8.elementsEqual("--".utf8) }.contains { $0.utf8.elementsEqual("--json".utf8) }
  }

  /// The verb of exactly that path.
  package func verb(_ path: [String]) -> Verb? { verbs.first { $0.path == path } }

  /// The words that may follow these to make a verb.
  func continuations(of path: [String]) -> [String] {
    var found: [String] = []
    for verb in verbs where verb.path.count > path.count && Array(verb.path.prefix(path.count)) == path {
      if !found.contains(verb.path[path.count]) { found.append(verb.path[path.count]) }
    }
    return found
  }
}

/// A command line while it is read from left to right.
private struct Call {
  let program: Program
  var path: [String] = []
  var verb: Verb?
  /// The verb's path cannot grow any more: an option or word that is no part of it was met.
  var isVerbSettled = false
  var given: [String: [String]] = [:]
  var words: [String] = []
  var waitsForValueOf: Option?
  var onlyWords = false
  var isHelpVerb = false

  init(program: Program) { self.program = program }

  mutating func take(_ word: String, next: String?) throws(UsageError) {
    if let option = waitsForValueOf {
      waitsForValueOf = nil
      return try set(option, to: word)
    }
    if onlyWords { return try takeWord(word) }
    if word == "--" {
      onlyWords = true
    } else if word.hasPrefix("--") {
      try takeLong(word, next: next)
    } else if word.hasPrefix("-"), word.utf8.count > 1, !(verb?.takesDashedWords == true && !words.isEmpty) {
      try takeShort(word)
    } else {
      try takeWord(word)
    }
  }

  private var known: [Option] { (verb?.options ?? []) + program.options }

  private mutating func takeLong(_ word: String, next: String?) throws(UsageError) {
    let parts = word.utf8.dropFirst(2).split(
      separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0]) ?? ""
    guard let option = find(name) else {
      throw UsageError.unknownOption("--" + name, of: verb, among: known, program: program)
    }
    if parts.count > 1 {
      if option.kind == .flag { throw UsageError("'--\(option.name)' takes no value.") }
      return try set(option, to: String(parts[1]) ?? "")
    }
    if option.kind == .flag { return try set(option, to: "") }
    guard let next, !isOption(next) else { throw UsageError.missingValue(option, next: next) }
    waitsForValueOf = option
  }

  private mutating func takeShort(_ word: String) throws(UsageError) {
    for letter in word.dropFirst() {
      guard let option = known.first(where: { $0.short == letter }) else {
        throw UsageError.unknownOption("-\(letter)", of: verb, among: known, program: program)
      }
      try set(option, to: "")
    }
  }

  private func find(_ name: String) -> Option? { known.first { $0.name.utf8.elementsEqual(name.utf8) } }

  /// Whether a word would be read as an option here, which makes it no value.
  private func isOption(_ word: String) -> Bool {
    if word == "--" { return true }
    guard word.hasPrefix("--") else { return known.contains { $0.short.map { "-\($0)" == word } == true } }
    return find(String(word.dropFirst(2).prefix { $0 != "=" })) != nil
  }

  private mutating func set(_ option: Option, to value: String) throws(UsageError) {
    if !option.choices.isEmpty, !option.choices.contains(value) { throw UsageError.notAChoice(value, option: option) }
    if case .value = option.kind, given[option.name] != nil {
      throw UsageError("'--\(option.name)' was given twice.")
    }
    given[option.name, default: []].append(value)
  }

  private mutating func takeWord(_ word: String) throws(UsageError) {
    if isHelpVerb {
      path.append(word)
      return
    }
    if path.isEmpty, !onlyWords, word == "help", program.verb(["help"]) == nil {
      isHelpVerb = true
      return
    }
    let next = program.continuations(of: path)
    if words.isEmpty, !onlyWords || path.isEmpty, next.contains(word) {
      path.append(word)
      verb = program.verb(path)
      return
    }
    // A verb that takes words of its own keeps them; any other word must be a further part of the verb.
    guard let verb, !verb.positionals.isEmpty || next.isEmpty else {
      throw UsageError.unknownVerb(word, path: path, among: path.isEmpty ? next + ["help"] : next, program: program)
    }
    words.append(word)
  }

  func finish() throws(UsageError) -> Invocation {
    if let option = waitsForValueOf { throw UsageError.missingValue(option, next: nil) }
    if isHelpVerb || given["help"] != nil { return .help(try helpTopic()) }
    if given["version"] != nil { return .version }
    guard let verb else {
      let next = program.continuations(of: path)
      if path.isEmpty { throw UsageError("a verb is missing. '\(program.name) help' lists them.") }
      throw UsageError.needsSecondWord(path, among: next, program: program)
    }
    let placed = try place(verb)
    try checkExclusive(verb, placed)
    return .run(Arguments(verb: verb, given: given, words: placed))
  }

  private func helpTopic() throws(UsageError) -> [String] {
    var topic: [String] = []
    for word in path {
      let next = program.continuations(of: topic)
      guard next.contains(word) else {
        throw UsageError.unknownVerb(word, path: topic, among: next, program: program)
      }
      topic.append(word)
    }
    return topic
  }

  private func place(_ verb: Verb) throws(UsageError) -> [String: [String]] {
    var placed: [String: [String]] = [:]
    var rest = words[...]
    for positional in verb.positionals {
      switch positional.arity {
      case .one, .optional:
        if let word = rest.popFirst() {
          placed[positional.name] = [word]
        } else if positional.arity == .one {
          throw UsageError.missingPositional(positional, verb: verb, program: program)
        }
      case .some, .many:
        if rest.isEmpty, positional.arity == .some {
          throw UsageError.missingPositional(positional, verb: verb, program: program)
        }
        if !rest.isEmpty { placed[positional.name] = Array(rest) }
        rest = []
      }
    }
    if let extra = rest.first { throw UsageError.extraWord(extra, verb: verb, program: program) }
    return placed
  }

  private func checkExclusive(_ verb: Verb, _ placed: [String: [String]]) throws(UsageError) {
    for group in verb.exclusive {
      let present = group.compactMap { name in
        given[name] != nil ? "'--\(name)'" : placed[name] != nil ? name : nil
      }
      if present.count > 1 { throw UsageError.exclusive(present[0], present[1]) }
    }
  }
}
