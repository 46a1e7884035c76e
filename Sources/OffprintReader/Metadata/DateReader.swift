/// Reads dates as pages write them: ISO 8601 and its kin, digits in the usual orders, names of months in several languages.
enum DateReader {
  /// The first date of a text and how many scalars stand before it.
  static func firstDate(in text: String, prefersMonthFirst: Bool) -> (time: PublishedTime, position: Int)? {
    let scalars = Array(text.unicodeScalars.prefix(400))
    var index = 0
    while index < scalars.count {
      let isStart = index == 0 || !(scalars[index - 1].properties.isAlphabetic || isDigit(scalars[index - 1]))
      if isStart, let time = DateParser(scalars, at: index, prefersMonthFirst: prefersMonthFirst).date() {
        return (time, index)
      }
      index += 1
    }
    return nil
  }

  static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

  static let months: [String: Int] = {
    let names: [[String]] = [
      [
        "january", "jan", "januar", "jänner", "janvier", "janv", "enero", "ene", "gennaio", "gen", "janeiro", "januari",
        "stycznia", "января", "ocak",
      ],
      [
        "february", "feb", "februar", "février", "fevrier", "févr", "febrero", "febbraio", "fevereiro", "fev",
        "februari", "lutego", "февраля", "şubat",
      ],
      ["march", "mar", "märz", "mär", "mrz", "mars", "marzo", "março", "maart", "mrt", "marca", "марта", "mart"],
      ["april", "apr", "avril", "avr", "abril", "abr", "aprile", "kwietnia", "апреля", "nisan"],
      ["may", "mai", "mayo", "maggio", "mag", "maio", "mei", "maja", "мая", "maj", "mayıs"],
      ["june", "jun", "juni", "juin", "junio", "giugno", "giu", "junho", "czerwca", "июня", "haziran"],
      ["july", "jul", "juli", "juillet", "juil", "julio", "luglio", "lug", "julho", "lipca", "июля", "temmuz"],
      ["august", "aug", "août", "aout", "agosto", "ago", "augustus", "sierpnia", "августа", "augusti", "ağustos"],
      [
        "september", "sep", "sept", "septembre", "septiembre", "settembre", "set", "setembro", "września", "сентября",
        "eylül",
      ],
      [
        "october", "oct", "oktober", "okt", "octobre", "octubre", "ottobre", "ott", "outubro", "out", "października",
        "октября", "ekim",
      ],
      ["november", "nov", "novembre", "noviembre", "novembro", "listopada", "ноября", "kasım"],
      [
        "december", "dec", "dezember", "dez", "décembre", "decembre", "déc", "diciembre", "dic", "dicembre", "dezembro",
        "grudnia", "декабря", "aralık",
      ],
    ]
    var months: [String: Int] = [:]
    for (index, list) in names.enumerated() { for name in list { months[name] = index + 1 } }
    return months
  }()
}

/// Tries to read a date at one place of a text.
private struct DateParser {
  private let scalars: [Unicode.Scalar]
  private var index: Int
  private let prefersMonthFirst: Bool

  init(_ scalars: [Unicode.Scalar], at index: Int, prefersMonthFirst: Bool) {
    self.scalars = scalars
    self.index = index
    self.prefersMonthFirst = prefersMonthFirst
  }

  func date() -> PublishedTime? {
    var parser = self
    if let (year, digits) = parser.number(), digits == 4 { return parser.afterYear(year) }
    parser = self
    if let (first, digits) = parser.number(), digits <= 2 { return parser.afterShort(first) }
    parser = self
    return parser.afterMonth()
  }

  /// 2019-11-20, 2019/11/20, 2019.11.20, 20191120 apart, 2019年11月20日, each with a time if one follows.
  private mutating func afterYear(_ year: Int) -> PublishedTime? {
    guard let separator = take(where: { "-/.年".unicodeScalars.contains($0) }), let (month, _) = number(), month <= 12
    else { return nil }
    let wanted: Unicode.Scalar = separator == "年" ? "月" : separator
    guard take(where: { $0 == wanted }) != nil, let (day, digits) = number(), digits <= 2 else { return nil }
    if separator == "年" { _ = take { $0 == "日" } }
    let time = timeOfDay()
    return PublishedTime(year: year, month: month, day: day, time: time, offsetMinutes: time == nil ? nil : zone())
  }

  /// 20.11.2019, 11/20/2019, 20-11-2019, 20 November 2019, 20. November 2019, 20 de noviembre de 2019, 20th Nov 2019.
  private mutating func afterShort(_ first: Int) -> PublishedTime? {
    var plain = self
    if let separator = plain.take(where: { "./-".unicodeScalars.contains($0) }) {
      plain.skipSpace()
      if let (second, digits) = plain.number(), digits <= 2, plain.take(where: { $0 == separator }) != nil {
        plain.skipSpace()
        if let (year, digits) = plain.number(), digits == 4 || digits == 2 && separator == "." {
          let isMonthFirst = separator == "/" && (second > 12 || prefersMonthFirst && first <= 12)
          let full = digits == 2 ? 2000 + year : year
          return PublishedTime(year: full, month: isMonthFirst ? first : second, day: isMonthFirst ? second : first)
        }
      }
    }
    _ = take { $0 == "." }
    for suffix in ["st", "nd", "rd", "th", "er", "º"] where word(suffix) { break }
    skipSpace()
    for filler in ["de ", "di ", "of "] where word(filler) { break }
    _ = take { $0 == "-" }
    guard let month = month() else { return nil }
    _ = take { $0 == "." }
    _ = take { $0 == "," }
    _ = take { $0 == "-" }
    skipSpace()
    for filler in ["de ", "del "] where word(filler) { break }
    guard let (year, digits) = number(), digits == 4 else { return nil }
    return PublishedTime(year: year, month: month, day: first)
  }

  /// November 20, 2019; Nov. 20th 2019.
  private mutating func afterMonth() -> PublishedTime? {
    guard let month = month() else { return nil }
    _ = take { $0 == "." }
    skipSpace()
    guard let (day, digits) = number(), digits <= 2 else { return nil }
    for suffix in ["st", "nd", "rd", "th"] where word(suffix) { break }
    _ = take { $0 == "," }
    skipSpace()
    guard let (year, count) = number(), count == 4 else { return nil }
    return PublishedTime(year: year, month: month, day: day)
  }

  private mutating func number() -> (value: Int, digits: Int)? {
    var value = 0
    var digits = 0
    while index < scalars.count, DateReader.isDigit(scalars[index]), digits < 5 {
      value = value * 10 + Int(scalars[index].value - 0x30)
      digits += 1
      index += 1
    }
    return digits == 0 || digits == 5 ? nil : (value, digits)
  }

  private mutating func month() -> Int? {
    var name = ""
    while index < scalars.count, scalars[index].properties.isAlphabetic, name.unicodeScalars.count < 14 {
      name.unicodeScalars.append(scalars[index])
      index += 1
    }
    return DateReader.months[name.lowercased()]
  }

  private mutating func timeOfDay() -> (hour: Int, minute: Int, second: Int)? {
    var parser = self
    guard parser.take(where: { $0 == "T" || $0 == "t" || $0 == " " }) != nil, let (hour, _) = parser.number(),
      parser.take(where: { $0 == ":" }) != nil, let (minute, _) = parser.number()
    else { return nil }
    var second = 0
    if parser.take(where: { $0 == ":" }) != nil, let (value, _) = parser.number() {
      second = value
      if parser.take(where: { $0 == "." || $0 == "," }) != nil {
        while parser.take(where: DateReader.isDigit) != nil {}
      }
    }
    self = parser
    return (hour, minute, second)
  }

  private mutating func zone() -> Int? {
    skipSpace()
    if take(where: { $0 == "Z" || $0 == "z" }) != nil { return 0 }
    if word("utc") || word("gmt") { return 0 }
    guard let sign = take(where: { $0 == "+" || $0 == "-" }), let (value, digits) = number() else { return nil }
    var minutes = digits > 2 ? value / 100 * 60 + value % 100 : value * 60
    if digits <= 2, take(where: { $0 == ":" }) != nil, let (rest, _) = number() { minutes += rest }
    return sign == "-" ? -minutes : minutes
  }

  private mutating func take(where fits: (Unicode.Scalar) -> Bool) -> Unicode.Scalar? {
    guard index < scalars.count, fits(scalars[index]) else { return nil }
    index += 1
    return scalars[index - 1]
  }

  private mutating func skipSpace() {
    while index < scalars.count, scalars[index].properties.isWhitespace { index += 1 }
  }

  private mutating func word(_ word: String) -> Bool {
    var at = index
    for scalar in word.unicodeScalars {
      guard at < scalars.count, scalars[at].properties.lowercaseMapping == String(scalar) else { return false }
      at += 1
    }
    index = at
    return true
  }
}
