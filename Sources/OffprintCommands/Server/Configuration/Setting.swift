/// The value of a setting.
package enum SettingValue: Sendable, Hashable {
  /// A text.
  case text(String)
  /// A whole number.
  case integer(Int)
  /// Yes or no.
  case flag(Bool)
  /// Texts.
  case texts([String])

  /// The value as a configuration file holds it.
  package var toml: String {
    switch self {
    case .text(let text): Self.quoted(text)
    case .integer(let number): String(number)
    case .flag(let flag): String(flag)
    case .texts(let texts): "[" + texts.map(Self.quoted).joined(separator: ", ") + "]"
    }
  }

  /// What it is called in messages.
  var noun: String {
    switch self {
    case .text: "a text"
    case .integer: "a number"
    case .flag: "true or false"
    case .texts: "an array"
    }
  }

  var json: JSONResult {
    switch self {
    case .text(let text): .string(text)
    case .integer(let number): .integer(Int64(number))
    case .flag(let flag): .bool(flag)
    case .texts(let texts): .array(texts.map { .string($0) })
    }
  }

  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": quoted += "\\" + String(scalar)
      case "\n": quoted += "\\n"
      case "\t": quoted += "\\t"
      case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value):
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}

/// One thing an operator may set: the one description from which the option, the variable, the key of the file, `config show`
/// and the man page come.
package struct Setting: Sendable {
  /// What values it takes.
  package enum Kind: Sendable, Hashable {
    /// A text, called so in the help.
    case text(String)
    /// One of these.
    case choice([String])
    /// A whole number in a range.
    case integer(ClosedRange<Int>)
    /// Yes or no.
    case flag
    /// Texts, each called so in the help; separated by commas in a variable.
    case texts(String)
  }

  /// The key in the file, with its table: `log.format`.
  package let key: String
  /// What values it takes.
  package let kind: Kind
  /// The value where nothing sets it; nil where that depends on the machine.
  package let standard: SettingValue?
  /// What it is, in a few words without a full stop.
  package let help: String
  /// What else there is to know, in sentences.
  package let details: String
  /// Of texts, what is wrong with one of them: as what stands behind "is"; nil if nothing is.
  private let fault: @Sendable (String) -> String?

  /// A setting.
  package init(
    _ key: String, _ kind: Kind, _ standard: SettingValue?, _ help: String, details: String = "",
    fault: @escaping @Sendable (String) -> String? = { _ in nil }
  ) {
    self.key = key
    self.kind = kind
    self.standard = standard
    self.help = help
    self.details = details
    self.fault = fault
  }

  /// The variable that sets it: `OFFPRINTD_LOG_FORMAT`.
  package var variable: String { "OFFPRINTD_" + key.uppercased().replacing(".", with: "_") }

  /// The name of the option that sets it; one that is on by default is named by what takes it away: `no-migrate`.
  package var optionName: String {
    let name = key.replacing(".", with: "-").replacing("_", with: "-")
    return kind == .flag && standard == .flag(true) ? "no-" + name : name
  }

  /// The option that sets it.
  package var option: Option {
    let isOff = kind == .flag && standard == .flag(true)
    switch kind {
    case .flag: return .flag(optionName, isOff ? "do not: " + help : help)
    case .text(let placeholder): return .value(optionName, placeholder, helpWithStandard)
    case .choice(let choices): return .value(optionName, "WHICH", choices: choices, helpWithStandard)
    case .integer: return .value(optionName, "N", helpWithStandard)
    case .texts(let placeholder): return .list(optionName, placeholder, helpWithStandard)
    }
  }

  private var helpWithStandard: String {
    switch standard {
    case .text(let text)? where !text.isEmpty: "\(help), by default \(text)"
    case .integer(let number)?: "\(help), by default \(number)"
    default: help
    }
  }

  /// A value of a file, if it fits.
  /// - Throws: ``CommandFailure`` with the place.
  func admit(_ value: SettingValue, place: String) throws -> SettingValue {
    switch (kind, value) {
    case (.text, .text), (.flag, .flag): return value
    case (.texts, .texts(let texts)):
      for text in texts {
        if let fault = fault(text) { throw Self.failure(place, "'\(text.visible)' in '\(key)' is \(fault)") }
      }
      return value
    case (.choice(let choices), .text(let text)):
      guard choices.contains(text) else {
        throw Self.failure(place, "'\(key)' is one of \(choices.joined(separator: ", ")), not '\(text.visible)'")
      }
      return value
    case (.integer(let range), .integer(let number)):
      guard range.contains(number) else {
        throw Self.failure(
          place, "'\(key)' is a whole number in \(range.lowerBound)...\(range.upperBound), not \(number)")
      }
      return value
    default: throw Self.failure(place, "'\(key)' is \(wanted), not \(value.noun)")
    }
  }

  /// A value from the text of a variable or an option.
  /// - Throws: ``CommandFailure`` with the place.
  func value(of text: String, place: String) throws -> SettingValue {
    switch kind {
    case .text, .choice: return try admit(.text(text), place: place)
    case .texts: return try admit(.texts(text.split(separator: ",").map { String($0).trimmedBlanks }), place: place)
    case .flag:
      switch text {
      case "true", "1", "yes", "on": return .flag(true)
      case "false", "0", "no", "off": return .flag(false)
      default: throw Self.failure(place, "'\(key)' is true or false, not '\(text.visible)'")
      }
    case .integer:
      guard let number = Int(text) else { throw Self.failure(place, "'\(key)' is \(wanted), not '\(text.visible)'") }
      return try admit(.integer(number), place: place)
    }
  }

  /// What values it takes, in words.
  package var wanted: String {
    switch kind {
    case .text: "a text"
    case .choice(let choices): "one of \(choices.joined(separator: ", "))"
    case .integer(let range): "a whole number in \(range.lowerBound)...\(range.upperBound)"
    case .flag: "true or false"
    case .texts: "an array of texts"
    }
  }

  private static func failure(_ place: String, _ text: String) -> CommandFailure {
    CommandFailure(.failed, code: "badConfiguration", "\(place): \(text)")
  }
}

extension String {
  fileprivate var trimmedBlanks: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
