/// Chooses the title of an article.
///
/// In this order: the only h1, unless it names the site; the h1, else the h2, that shares most, and at least half, of its words with what
/// the page calls itself (`og:title`, `title`); JSON-LD's headline; `og:title`; `title` without the site's name; the first h1.
enum TitleChoice {
  static func title(_ facts: PageFacts) -> String? {
    let site = facts.field("og:site_name", "application-name") ?? facts.linkedData.publisher
    let declared = facts.field("og:title", "twitter:title") ?? facts.linkedData.headline
    let names = Set(words(declared ?? "") + words(facts.documentTitle))
    let tops = facts.headings.filter { $0.level == 1 && !isSite($0.text, facts, site: site) }
    if tops.count == 1, let only = tops.first {
      let own = words(only.text)
      if own.count > 2 || declared == nil || share(own, names) >= 0.5 { return only.text }
    }
    if let best = best(tops, names) { return best }
    if let best = best(facts.headings.filter { $0.level == 2 && words($0.text).count > 2 }, names, least: 0.8) {
      return best
    }
    for candidate in [facts.linkedData.headline, facts.field("og:title", "twitter:title"), facts.documentTitle] {
      let text = TextScalar.folded(candidate ?? "", bytesMax: 1_024)
      if !text.isEmpty, words(text) != words(site ?? "") || tops.isEmpty { return withoutSite(text, site: site) }
    }
    return tops.first?.text ?? facts.headings.first { $0.level == 1 }?.text
  }

  private static func best(_ headings: [PageFacts.Heading], _ names: Set<String>, least: Double = 0.5) -> String? {
    var best: (text: String, share: Double)?
    for heading in headings {
      let share = share(words(heading.text), names)
      if share >= least, share > best?.share ?? 0 { best = (heading.text, share) }
    }
    return best?.text
  }

  /// The share of words that are among the others.
  private static func share(_ own: [String], _ names: Set<String>) -> Double {
    own.isEmpty ? 0 : Double(own.count { names.contains($0) }) / Double(own.count)
  }

  /// Whether a heading is the name of the site, as which it stands on every page: told so, or at one end of a longer title.
  private static func isSite(_ heading: String, _ facts: PageFacts, site: String?) -> Bool {
    let own = words(heading)
    if own.isEmpty { return true }
    let title = words(facts.documentTitle)
    if own == title || own == words(facts.field("og:title") ?? "") { return false }
    if let site, Self.name(own) == Self.name(words(site)) { return true }
    guard let parts = parts(of: facts.documentTitle), parts.count > 1 else { return false }
    return Self.name(own) == Self.name(words(parts[parts.count - 1]))
      || parts.count == 2 && own == words(parts[0]) && words(parts[1]).count > own.count + 2
  }

  /// The words of a site's name, the article before it left out.
  private static func name(_ words: [String]) -> [String] {
    words.count > 1 && words.first == "the" ? Array(words.dropFirst()) : words
  }

  private static let separators = [
    " | ", " - ", " – ", " — ", " :: ", " » ", " « ", " · ", " • ", " / ", " > ", " ‹ ", " › ", "｜", " ~ ",
  ]

  private static func parts(of title: String) -> [String]? {
    for separator in separators where title.holds(separator) {
      return title.split(separator: separator, omittingEmptySubsequences: true).map(String.init)
    }
    return nil
  }

  /// A title without what ends it, if that is the site's name behind a mark, with or without spaces.
  private static func withoutEnd(_ title: String, site: String) -> String? {
    guard site.utf8.count > 2, title.utf8.count > site.utf8.count, title.hasSuffix(site) else { return nil }
    let rest = title.dropLast(site.count)
    let trimmed = rest.reversed().drop { $0.isWhitespace }
    guard let mark = trimmed.first, ":|-–—·•｜：/»".contains(mark) else { return nil }
    let kept = String(trimmed.drop { $0.isWhitespace || ":|-–—·•｜：/»".contains($0) }.reversed())
    return kept.isEmpty ? nil : kept
  }

  /// A document's title without the name of its site at one end.
  static func withoutSite(_ title: String, site: String?) -> String {
    if let site, let rest = withoutEnd(title, site: site) { return rest }
    for separator in separators where title.holds(separator) {
      let parts = title.split(separator: separator, omittingEmptySubsequences: true).map(String.init)
      guard parts.count > 1, let first = parts.first, let last = parts.last else { continue }
      if let site, words(last) == words(site) { return parts.dropLast().joined(separator: separator) }
      if let site, words(first) == words(site) { return parts.dropFirst().joined(separator: separator) }
      let rest = parts.dropLast().joined(separator: separator)
      if words(last).count <= 4, words(rest).count > words(last).count { return withoutSite(rest, site: site) }
      if parts.count == 2, words(first).count <= 2, words(last).count > 3 { return last }
      return title
    }
    return title
  }

  /// The words of a text in lower case.
  static func words(_ text: String) -> [String] {
    guard text.utf8.allSatisfy({ $0 < 0x80 }) else {
      return text.lowercased().split { !($0.isLetter || $0.isNumber) }.map(String.init)
    }
    return text.utf8.split { !($0.isASCIILetter || (0x30...0x39).contains($0)) }.map {
      String(decoding: $0.lazy.map(\.lowercasedASCII), as: UTF8.self)
    }
  }
}
