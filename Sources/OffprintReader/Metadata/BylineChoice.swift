/// Chooses who wrote an article.
///
/// In this order: JSON-LD's author; what is marked as the author (`rel`, `itemprop`, a class, a link to an author's page) around the
/// article; a line near the title that begins with "by" in some language; `meta` elements for authors. What is an address, the
/// site's own name, a company or too long for a name is no author; without one the answer is nil.
struct BylineChoice {
  private let page: Page
  private let facts: PageFacts
  private let measures: PageMeasures
  private let site: [String]
  private let host: [UInt8]

  /// - Parameter article: The nodes of the article with its title; marks outside of it do not count.
  static func byline(
    _ page: Page, _ facts: PageFacts, _ measures: PageMeasures, site: String?, host: [UInt8], article: Range<Int>
  ) -> String? {
    let choice = BylineChoice(
      page: page, facts: facts, measures: measures, site: TitleChoice.words(site ?? ""), host: host)
    return choice.joined(facts.linkedData.authors) ?? choice.marked(in: article) ?? choice.printed(in: article)
      ?? choice.declared() ?? choice.joined(facts.linkedData.organizations)
  }

  private func declared() -> String? {
    let names = facts.fieldNames.filter { name in
      let isAuthor = name.holds("author") || name.hasSuffix("creator") || name == "byl" || name.hasSuffix("byline")
      return isAuthor && !name.hasSuffix("url") && !name.hasSuffix("id") && !name.holds("twitter")
        && !name.holds("image")
    }
    for name in names.sorted(by: { Self.rank($0) < Self.rank($1) }) {
      if let value = facts.field(name), let name = PersonName.cleaned(value, site: site, host: host),
        PersonName.isLikelyPerson(name)
      {
        return name
      }
    }
    return nil
  }

  private static func rank(_ name: String) -> Int {
    name == "author" ? 0 : name.hasPrefix("og:") || name.hasPrefix("article:") ? 2 : 1
  }

  /// The first elements marked as author that hold a name.
  private func marked(in article: Range<Int>) -> String? {
    var found: [(name: String, rank: Int, node: Int)] = []
    var index = article.lowerBound
    while index < article.upperBound, found.count < 24 {
      let node = page.nodes[index]
      if node.tag != .text, !node.hints.isDisjoint(with: [.comments, .related]), node.tag != .body, node.tag != .html,
        !node.hints.contains(.byline)
      {
        index = Int(node.end)
        continue
      }
      if let rank = rank(index), let name = name(in: index) {
        found.append((name, rank, index))
        index = Int(node.end)
      } else {
        index += 1
      }
    }
    guard let best = found.min(by: { ($0.rank, $0.node) < ($1.rank, $1.node) }) else { return nil }
    // Several authors stand beside each other.
    let parent = page.nodes[best.node].parent
    return joined(found.filter { $0.rank == best.rank && page.nodes[$0.node].parent == parent }.map(\.name))
  }

  private func rank(_ node: Int) -> Int? {
    let tag = page.nodes[node].tag
    if tag == .text || tag == .meta || tag == .body || tag == .html || tag == .link || tag == .img { return nil }
    let hints = page.nodes[node].hints
    if hints.contains(.byline), !hints.contains(.comments) {
      for attribute in [AttributeName.itemprop, .rel] {
        if let value = page.string(attribute, of: node)?.lowercased(), value.holds("author") { return 0 }
      }
      return hints.contains(.author) || hints.contains(.media) || hints.contains(.caption) ? 3 : 1
    }
    return leadsToAuthor(node) ? 2 : nil
  }

  /// Whether it is a link to somebody's page.
  private func leadsToAuthor(_ node: Int) -> Bool {
    guard page.nodes[node].tag == .a else { return false }
    if page.string(.rel, of: node)?.lowercased().holds("author") == true { return true }
    guard let href = page.attribute(.href, of: node), href.count < 300 else { return false }
    return Self.authorPaths.contains { href.contains(bytes: $0) }
  }

  private static let authorPaths = [
    "/author/", "/authors/", "/autor/", "/autoren/", "/auteur/", "/people/", "/profile/", "/staff/",
  ].map { Array($0.utf8) }

  /// The name that an element holds: of the part marked as name, of its first link, or all of it.
  private func name(in node: Int) -> String? {
    var links: [Int] = []
    for inner in page.inner(node).prefix(80) where page.nodes[inner].tag != .text {
      if page.string(.itemprop, of: inner)?.lowercased() == "name", let name = cleaned(inner) { return name }
      if page.nodes[inner].tag == .a, links.count < 6 { links.append(inner) }
    }
    let whole = cleaned(node)
    let link = links.first { leadsToAuthor($0) && cleaned($0) != nil }
    guard let name = link.flatMap(cleaned) else {
      if let whole, PersonName.isLikelyPerson(whole) { return whole }
      return links.lazy.compactMap(cleaned).first ?? whole
    }
    // Several links to several authors: the whole line is better.
    if let whole, whole.hasPrefix(name), [" and ", " und ", " et "].contains(where: whole.contains) { return whole }
    return name
  }

  private func cleaned(_ node: Int) -> String? {
    PersonName.cleaned(page.wholeText(node, bytesMax: 400), site: site, host: host)
  }

  /// A short line that says who it is by.
  private func printed(in article: Range<Int>) -> String? {
    for index in measures.blocks(in: article).prefix(40) {
      let block = measures.blocks[index]
      guard (2...9).contains(block.words), block.scalars < 80, !block.endsSentence else { continue }
      let text = TextScalar.folded(
        block.nodes.reduce(into: "") {
          if page.nodes[$1].tag == .text { $0 += String(decoding: page.text($1), as: UTF8.self) }
        })
      guard let first = text.split(separator: " ").first?.lowercased(),
        Self.openings.contains(first.trimmed { $0 == ":" })
      else { continue }
      if let name = PersonName.cleaned(text, site: site, host: host),
        PersonName.isLikelyPerson(name) || name.holds(" und ") || name.holds(" and ")
      {
        return name
      }
    }
    return nil
  }

  private static let openings = Set([
    "by", "von", "par", "por", "autor", "autorin", "text", "author", "auteur", "geschrieben", "written", "posted",
    "verfasst",
  ])

  private func joined(_ names: [String]) -> String? {
    var kept: [String] = []
    for name in names {
      if let name = PersonName.cleaned(name, site: site, host: host), !kept.contains(name) { kept.append(name) }
    }
    return kept.isEmpty ? nil : kept.prefix(20).joined(separator: ", ")
  }
}
