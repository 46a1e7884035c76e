/// Chooses who wrote an article.
///
/// In this order: JSON-LD's author; what is marked as the author (`rel`, `itemprop`, a class) near the title; `meta` elements for authors. What
/// is an address, the site's own name, or too long for a name is no author; without one the answer is nil.
struct BylineChoice {
  private let page: Page
  private let facts: PageFacts
  private let site: [String]

  /// - Parameter article: The nodes of the article with its title; marks outside of it count less.
  static func byline(_ page: Page, _ facts: PageFacts, site: String?, article: Range<Int>) -> String? {
    let choice = BylineChoice(page: page, facts: facts, site: TitleChoice.words(site ?? ""))
    let linked = choice.joined(facts.linkedData.authors)
    if let linked { return linked }
    if let marked = choice.marked(in: article) { return marked }
    return choice.declared()
  }

  private func declared() -> String? {
    let names = facts.fieldNames.filter { name in
      let isAuthor = name.contains("author") || name.hasSuffix("creator") || name == "byl" || name.hasSuffix("byline")
      return isAuthor && !name.hasSuffix("url") && !name.hasSuffix("id") && !name.contains("twitter") && !name.contains("image")
    }
    for name in names.sorted(by: { Self.rank($0) < Self.rank($1) }) {
      if let value = facts.field(name), let name = cleaned(value) { return name }
    }
    return nil
  }

  private static func rank(_ name: String) -> Int {
    switch name {
    case "author": 0
    case "article:author": 2
    default: name.hasPrefix("og:") || name.hasPrefix("article:") ? 2 : 1
    }
  }

  /// The first elements marked as author that hold a name.
  private func marked(in article: Range<Int>) -> String? {
    var found: [(name: String, rank: Int, node: Int)] = []
    var index = article.lowerBound
    while index < article.upperBound, found.count < 24 {
      let node = page.nodes[index]
      guard node.tag != .text, node.hints.contains(.byline), !node.hints.contains(.comments), node.tag != .meta, node.tag != .body else {
        index += 1
        continue
      }
      if let name = cleaned(page.wholeText(index, bytesMax: 400)) {
        found.append((name, rank(index), index))
        index = Int(node.end)
      } else {
        index += 1
      }
    }
    guard let best = found.min(by: { ($0.rank, $0.node) < ($1.rank, $1.node) }) else { return nil }
    if best.rank > 0 { return best.name }
    // Several authors stand beside each other.
    let parent = page.nodes[best.node].parent
    let names = found.filter { $0.rank == best.rank && page.nodes[$0.node].parent == parent }.map(\.name)
    return joined(names)
  }

  private func rank(_ node: Int) -> Int {
    if let property = page.string(.itemprop, of: node)?.lowercased(), property.contains("author") { return 0 }
    if let rel = page.string(.rel, of: node)?.lowercased(), rel.contains("author") { return 0 }
    return page.nodes[node].hints.contains(.author) ? 2 : 1
  }

  private func joined(_ names: [String]) -> String? {
    var kept: [String] = []
    for name in names { if let name = cleaned(name), !kept.contains(name) { kept.append(name) } }
    return kept.isEmpty ? nil : kept.joined(separator: ", ")
  }

  private static let leading = [
    "by", "written by", "posted by", "published by", "author", "authors", "story by", "text by", "words by", "reported by", "von", "autor", "autorin", "text", "geschrieben von", "verfasst von", "veröffentlicht von", "ein beitrag von",
    "eine analyse von", "ein artikel von", "ein gastbeitrag von", "ein kommentar von", "gastbeitrag von", "par", "auteur", "publié par", "por", "escrito por", "di", "a cura di", "door", "autore", "przez", "af", "av", "opinion by", "review by", "edited by", "posted on",
  ]

  /// A name as it is printed, without what stands around it; nil if it is none.
  func cleaned(_ text: String) -> String? {
    var name = TextScalar.folded(text.replacing("\u{A0}", with: " "), bytesMax: 300)
    for separator in [" | ", " • ", " · ", " – ", " — ", " / ", "\u{2022}"] {
      if let range = name.firstRange(of: separator) { name = String(name[..<range.lowerBound]) }
    }
    for _ in 0..<2 {
      let lower = name.lowercased()
      for word in Self.leading.sorted(by: { $0.utf8.count > $1.utf8.count }) where lower.hasPrefix(word) {
        let rest = name.dropFirst(word.count)
        guard let next = rest.first, next == " " || next == ":" else { continue }
        name = String(rest.drop { $0 == " " || $0 == ":" })
        break
      }
    }
    if let date = DateReader.firstDate(in: name, prefersMonthFirst: false) {
      name = String(name.unicodeScalars.prefix(date.position))
    }
    name = name.trimming { " ,;:-–—|·•(".contains($0) }
    for suffix in [" on", " am", " vom", " le", " el", " in", " at"] where name.hasSuffix(suffix) { name = String(name.dropLast(suffix.count)) }
    name = name.trimming { " ,;:-–—|·•(".contains($0) }
    let words = TitleChoice.words(name)
    guard !words.isEmpty, words.count <= 10, name.unicodeScalars.count <= 100, name.unicodeScalars.count > 1 else { return nil }
    let lower = name.lowercased()
    if lower.contains("http") || lower.contains("@") || lower.contains("www.") || words == site { return nil }
    if Self.roles.contains(lower) || !name.contains(where: \.isLetter) { return nil }
    if name.contains("?") || name.contains("!") || name.contains("…") || name.contains("{") || name.contains("<") { return nil }
    return name
  }

  private static let roles = Set([
    "admin", "administrator", "editor", "author", "guest", "root", "webmaster", "unknown", "anonymous", "super user", "user", "redaktion", "autor", "autorin", "staff", "contributor", "gast", "redakteur", "authors", "writer", "reporter", "about the author",
    "über den autor", "author bio", "follow", "twitter", "facebook", "none", "null", "n/a", "share", "profil", "profile", "kontakt", "contact", "more", "mehr", "alle artikel", "view all posts", "posts", "über die autorin", "die redaktion", "autoren",
  ])
}

extension String {
  /// Without the characters at both ends that fit.
  fileprivate func trimming(_ fits: (Character) -> Bool) -> String {
    let start = drop(while: fits)
    guard let last = start.lastIndex(where: { !fits($0) }) else { return "" }
    return String(start[...last])
  }
}
