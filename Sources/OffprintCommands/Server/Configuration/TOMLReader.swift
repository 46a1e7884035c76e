/// Reads the pieces of a ``TOMLDocument`` from left to right.
struct TOMLReader {
  private let scalars: [Unicode.Scalar]
  private var index = 0
  /// The line that is read, counted from 1.
  private(set) var line = 1

  init(_ text: String) { scalars = Array(text.unicodeScalars) }

  /// The next character; nil at the end.
  var peek: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

  func fault(_ reason: String) -> TOMLDocument.Fault { TOMLDocument.Fault(line: line, reason: reason) }

  /// Passes over empty lines and comments. False at the end.
  mutating func skipToContent() throws(TOMLDocument.Fault) -> Bool {
    while let next = peek {
      switch next {
      case " ", "\t", "\r": index += 1
      case "\n": newLine()
      case "#": try skipComment()
      default: return true
      }
    }
    return false
  }

  /// Takes a character behind blanks, and the blanks behind it, if it is there.
  mutating func take(_ wanted: Unicode.Scalar) -> Bool {
    skipBlanks()
    guard peek == wanted else { return false }
    index += 1
    skipBlanks()
    return true
  }

  /// Expects nothing more but a comment on this line.
  mutating func endLine() throws(TOMLDocument.Fault) {
    skipBlanks()
    if peek == "#" { try skipComment() }
    if peek == "\r" { index += 1 }
    guard let next = peek else { return }
    guard next == "\n" else { throw fault("there is something behind the value") }
    newLine()
  }

  /// A bare or dotted key.
  mutating func key() throws(TOMLDocument.Fault) -> String {
    var key = ""
    repeat {
      if !key.isEmpty { key += "." }
      skipBlanks()
      let start = index
      while let next = peek, Self.isBare(next) { index += 1 }
      guard index > start else {
        throw fault(peek == "\"" || peek == "'" ? "quoted keys are not supported" : "a key is missing")
      }
      key.unicodeScalars.append(contentsOf: scalars[start..<index])
      skipBlanks()
    } while takeDot()
    return key
  }

  /// A value of any supported kind.
  mutating func value() throws(TOMLDocument.Fault) -> SettingValue {
    skipBlanks()
    switch peek {
    case "\"", "'": return .text(try string())
    case "[": return .texts(try strings())
    case "{": throw fault("inline tables are not supported")
    case nil, "\n", "#", "\r": throw fault("the value is missing")
    default: return try word()
    }
  }

  private mutating func word() throws(TOMLDocument.Fault) -> SettingValue {
    let start = index
    while let next = peek, !" \t\r\n#,]".unicodeScalars.contains(next) { index += 1 }
    var word = ""
    word.unicodeScalars.append(contentsOf: scalars[start..<index])
    if word == "true" { return .flag(true) }
    if word == "false" { return .flag(false) }
    let digits = word.replacing("_", with: "")
    let isPlain = !word.hasPrefix("_") && !word.hasSuffix("_") && !word.contains("__")
    if isPlain, digits.wholeMatch(of: /[+-]?(0|[1-9][0-9]*)/) != nil {
      guard let number = Int(digits) else { throw fault("the number is too large") }
      return .integer(number)
    }
    throw fault("'\(word.visible)' is no value; texts stand in quotes")
  }

  private mutating func strings() throws(TOMLDocument.Fault) -> [String] {
    index += 1
    var strings: [String] = []
    while true {
      guard try skipToContent() else { throw fault("']' is missing") }
      if peek == "]" { break }
      guard peek == "\"" || peek == "'" else { throw fault("an array holds texts in quotes") }
      strings.append(try string())
      guard try skipToContent() else { throw fault("']' is missing") }
      if peek == "," { index += 1 } else if peek != "]" { throw fault("',' is missing between two texts") }
    }
    index += 1
    return strings
  }

  private mutating func string() throws(TOMLDocument.Fault) -> String {
    guard let quote = peek else { throw fault("the value is missing") }
    index += 1
    if peek == quote, index + 1 < scalars.count, scalars[index + 1] == quote {
      throw fault("texts of several lines are not supported")
    }
    var text = ""
    while let next = peek, next != "\n" {
      index += 1
      if next == quote { return text }
      if next == "\\", quote == "\"" {
        text.unicodeScalars.append(try escaped())
      } else {
        guard next == "\t" || next.value >= 0x20 && next.value != 0x7F else {
          throw fault("a text holds a control character")
        }
        text.unicodeScalars.append(next)
      }
    }
    throw fault("the text has no closing quote")
  }

  private mutating func escaped() throws(TOMLDocument.Fault) -> Unicode.Scalar {
    guard let letter = peek else { throw fault("the text has no closing quote") }
    index += 1
    switch letter {
    case "\"", "\\": return letter
    case "n": return "\n"
    case "t": return "\t"
    case "r": return "\r"
    case "b": return "\u{8}"
    case "f": return "\u{C}"
    case "u", "U":
      let count = letter == "u" ? 4 : 8
      var digits = ""
      digits.unicodeScalars.append(contentsOf: scalars[index..<min(index + count, scalars.count)])
      guard digits.utf8.count == count, !digits.hasPrefix("+"), let value = UInt32(digits, radix: 16),
        let scalar = Unicode.Scalar(value)
      else { throw fault("'\\\(letter)' needs \(count) hexadecimal digits of a character") }
      index += count
      return scalar
    default: throw fault("'\\\(String(letter).visible)' is no escape")
    }
  }

  private mutating func takeDot() -> Bool {
    guard peek == "." else { return false }
    index += 1
    return true
  }

  private mutating func skipBlanks() {
    while let next = peek, next == " " || next == "\t" { index += 1 }
  }

  private mutating func skipComment() throws(TOMLDocument.Fault) {
    while let next = peek, next != "\n" {
      guard next == "\t" || next == "\r" || next.value >= 0x20 && next.value != 0x7F else {
        throw fault("a comment holds a control character")
      }
      index += 1
    }
  }

  private mutating func newLine() {
    index += 1
    line += 1
  }

  private static func isBare(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "_", "-": true
    default: false
    }
  }
}
