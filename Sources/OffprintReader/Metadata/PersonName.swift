/// Tells names of people from what else stands where an author should.
enum PersonName {
  private static let leading: [String] = [
    "written by", "alles von", "mehr von", "more from", "more by", "alle artikel von", "posts by", "posted by",
    "published by", "story by", "text by", "words by", "reported by", "recipe by",
    "opinion by", "review by", "article by", "authors", "author", "by", "interview", "geschrieben von", "verfasst von",
    "veröffentlicht von", "eingestellt von", "erstellt von", "beitrag von", "ein beitrag von", "eine analyse von",
    "ein artikel von", "ein gastbeitrag von", "ein kommentar von", "gastbeitrag von", "kommentar von", "interview von",
    "publiziert von", "autorin", "autor", "text", "von", "publié par", "écrit par", "un texte de", "rédigé par",
    "auteur", "par", "escrito por", "por", "a cura di", "scritto da", "di", "autore", "door", "przez", "af", "av",
    "und interview",
  ].sorted { $0.utf8.count > $1.utf8.count }

  /// Words at which what belongs to a name ends.
  private static let endings = [
    " | ", " • ", " · ", " – ", " — ", " » ", " (", "+follow", " follow", " updated", " is ", " ist ", " last updated",
    " published",
    " posted", " on ", " at ", " am ", " um ", " vom ", " le ", " el ", " stand:", " stand ", " view ", " alle ",
    " kontakt", " mehr", " veröffentlicht", " publié", " see full", " twitter", " zuletzt", " erstellt", " publiziert",
    " minuten", " read", " get ", " email", " e-mail", " montag", " dienstag", " mittwoch", " donnerstag", " freitag",
    " samstag", " sonntag", " mo,", " di,", " mi,", " do,", " fr,", " sa,", " so,",
  ].map { Array($0.utf8) }

  private static let others = Set([
    "admin", "administrator", "editor", "author", "authors", "guest", "root", "webmaster", "unknown", "anonymous",
    "super user", "superuser", "user", "autor", "autorin", "autoren", "staff", "contributor", "gast", "redakteur",
    "writer", "reporter", "about the author", "über den autor", "über die autorin", "author bio",
    "follow", "twitter", "facebook", "none", "null", "n/a", "share", "profil", "profile", "kontakt", "contact", "more",
    "mehr", "alle artikel", "view all posts", "posts", "posted", "published", "publisher", "veröffentlicht",
    "publiziert", "erstellt", "by", "von", "par", "por", "updated", "home", "email", "biography", "see full bio",
    "agencies", "comments", "comment", "kommentare", "publiziert am", "veröffentlicht am", "posted on", "tweet",
    "userprofile", "donnerstag", "freitag", "samstag", "sonntag", "montag",
    "dienstag", "mittwoch", "politik", "wirtschaft", "news", "opinion", "the editors",
  ])

  private static let companies = [
    " gmbh", " ag", " e.v.", " e. v.", " inc.", " inc", " ltd", " ltd.", " llc", " verlag", " kg", " s.a.", " s.l.",
    " corp.", "copyright", "©", "all rights reserved", "bundesministerium",
  ]

  /// A name as it is printed, without what stands around it; nil if it is none.
  static func cleaned(_ text: String, site: [String], host: [UInt8]) -> String? {
    if text.utf8.count > 1_000 { return nil }
    var name = TextScalar.folded(
      String(String.UnicodeScalarView(text.unicodeScalars.map { $0 == "\u{A0}" ? " " : $0 })), bytesMax: 300)
    for mark in ["：", ": "] {
      guard let range = name.firstRange(of: mark) else { continue }
      let label = name[..<range.lowerBound].lowercased()
      if ["foto", "photo", "bild", "fotos", "image", "quelle"].contains(where: label.hasSuffix) { return nil }
      if label.count < 14 { name = String(name[range.upperBound...]) }
    }
    for _ in 0..<2 { name = withoutLeading(name) }
    name = withoutEnding(name)
    if let date = DateReader.firstDate(in: name, prefersMonthFirst: false) {
      name = String(name.unicodeScalars.prefix(date.position))
    }
    name = name.trimmed { " ,;:-–—|·•(/".contains($0) }
    return isName(name, site: site, host: host) ? name : nil
  }

  /// Cuts a text before the first of the words at which no name goes on.
  private static func withoutEnding(_ name: String) -> String {
    let lower = Array(name.lowercased().utf8)
    guard lower.count == name.utf8.count else { return name }
    for index in lower.indices.dropFirst() where lower[index] == 0x20 || lower[index] == 0x2B {
      for ending in endings where lower[index...].starts(with: ending) {
        return String(decoding: Array(name.utf8)[..<index], as: UTF8.self)
      }
    }
    return name
  }

  private static func withoutLeading(_ name: String) -> String {
    let lower = name.lowercased()
    for word in leading where lower.hasPrefix(word) {
      let rest = name.dropFirst(word.count)
      guard let next = rest.first else { return "" }
      if next == " " || next == ":" { return String(rest.drop { $0 == " " || $0 == ":" }) }
      // "ByAnna Berg": the space was between elements.
      if next.isUppercase, word.count > 1, name.prefix(word.count).last?.isLowercase == true { return String(rest) }
    }
    return name
  }

  private static func isName(_ name: String, site: [String], host: [UInt8]) -> Bool {
    let words = TitleChoice.words(name)
    guard !words.isEmpty, words.count <= 10, (2...100).contains(name.unicodeScalars.count), words != site else {
      return false
    }
    let lower = name.lowercased()
    if others.contains(lower) || !name.contains(where: \.isLetter) { return false }
    for mark in ["http", "@", "www.", "?", "!", "…", "{", "<", "[", "foto:", "photo:", "bild:"]
    where lower.holds(mark) { return false }
    if lower.hasPrefix("e-mail ") || lower.hasPrefix("zur ") || lower.hasPrefix("foto ") || lower.hasPrefix("photo ")
      || lower.hasPrefix("about ")
    {
      return false
    }
    for mark in companies where lower.hasSuffix(mark) || lower.holds(mark + " ") || lower.hasPrefix(mark) {
      return false
    }
    // A host's name is the site's.
    if words.count >= 2, !name.holds(" "), let dot = name.lastIndex(of: "."),
      (2...4).contains(name.distance(from: dot, to: name.endIndex) - 1)
    {
      return false
    }
    return true
  }

  /// Whether it has two to four words that all begin with a capital, as names of people mostly do.
  static func isLikelyPerson(_ name: String) -> Bool {
    let words = name.split(separator: " ")
    return (2...4).contains(words.count)
      && words.allSatisfy {
        $0.first?.isUppercase ?? false || ["von", "van", "de", "der", "di", "da", "el", "al", "zu", "du"].contains($0)
      }
  }
}

extension String {
  /// Without the characters at both ends that fit.
  func trimmed(_ fits: (Character) -> Bool) -> String {
    let start = drop(while: fits)
    guard let last = start.lastIndex(where: { !fits($0) }) else { return "" }
    return String(start[...last])
  }
}
