/// Chooses the title of an article.
///
/// In this order: the only h1; the h1 that shares most, and at least half, of its words with what the page calls itself
/// (`og:title`, `title`); JSON-LD's headline; `og:title`; the longest part of `title`; the first h1.
enum TitleChoice {
  static func title(_ facts: PageFacts) -> String? {
    let tops = facts.headings.filter { $0.level == 1 }
    if tops.count == 1 { return tops.first?.text }
    let declared = facts.field("og:title", "twitter:title")
    let names = Set(words(declared ?? "") + words(facts.documentTitle))
    var best: (text: String, share: Double)?
    for heading in tops {
      let own = words(heading.text)
      if own.isEmpty { continue }
      let share = Double(own.count { names.contains($0) }) / Double(own.count)
      if share >= 0.5, share > best?.share ?? 0 { best = (heading.text, share) }
    }
    if let best { return best.text }
    let site = facts.field("og:site_name") ?? facts.linkedData.publisher
    if let headline = facts.linkedData.headline.map({ TextScalar.folded($0, bytesMax: 1_024) }), !headline.isEmpty {
      return headline
    }
    if let declared { return withoutSite(declared, site: site) }
    if !facts.documentTitle.isEmpty { return withoutSite(facts.documentTitle, site: site) }
    return tops.first?.text
  }

  /// A document's title without the name of its site at one end.
  static func withoutSite(_ title: String, site: String?) -> String {
    let separators = [" | ", " - ", " – ", " — ", " :: ", " » ", " « ", " · ", " • ", " / ", " > "]
    var best = title
    for separator in separators where title.contains(separator) {
      let parts = title.components(splitBy: separator)
      guard parts.count > 1, let longest = parts.max(by: { words($0).count < words($1).count }) else { continue }
      if let site, let last = parts.last, words(last) == words(site) {
        best = parts.dropLast().joined(separator: separator)
      } else if let site, let first = parts.first, words(first) == words(site) {
        best = parts.dropFirst().joined(separator: separator)
      } else if words(longest).count >= 3, let last = parts.last, words(last).count <= 4 {
        best = parts.dropLast().joined(separator: separator)
      }
      break
    }
    return best
  }

  /// The words of a text in lower case.
  static func words(_ text: String) -> [String] {
    text.lowercased().split { !($0.isLetter || $0.isNumber) }.map(String.init)
  }
}

extension String {
  /// The parts between each place where the separator stands.
  fileprivate func components(splitBy separator: String) -> [String] {
    split(separator: separator, omittingEmptySubsequences: true).map(String.init)
  }
}
