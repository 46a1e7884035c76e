/// Chooses when an article was published.
///
/// In this order: JSON-LD; `article:published_time`; other `meta` elements for a date of publication; what is marked as one in the
/// page (`itemprop`, `time`); the address; a date in a line marked as a date, or in a short line near the title. Dates of changes
/// count only where there is nothing else. Without any the answer is nil.
struct DateChoice {
  private let page: Page
  private let facts: PageFacts
  private let prefersMonthFirst: Bool

  static func published(
    _ page: Page, _ facts: PageFacts, url: String?, article: Range<Int>, measures: PageMeasures
  ) -> PublishedTime? {
    let language = facts.language?.lowercased() ?? "en"
    let choice = DateChoice(
      page: page, facts: facts, prefersMonthFirst: language == "en" || language.hasPrefix("en-us"))
    return choice.read(facts.linkedData.published) ?? choice.declared() ?? choice.marked(in: article)
      ?? choice.inAddress(url ?? facts.canonical ?? facts.field("og:url")) ?? choice.printed(in: article, measures)
      ?? choice.marked(in: 0..<article.upperBound) ?? choice.printed(in: 0..<article.upperBound, measures)
      ?? choice.read(facts.linkedData.publishedAnywhere) ?? choice.changed()
  }

  private func read(_ text: String?) -> PublishedTime? {
    text.flatMap { DateReader.firstDate(in: $0, prefersMonthFirst: prefersMonthFirst)?.time }
  }

  private func declared() -> PublishedTime? {
    let names = facts.fieldNames.filter { name in
      (name.contains("publi") || name.contains("pubdate") || name.contains("pub-date") || name.contains("date")
        || name.contains("issued"))
        && !name.contains("modif") && !name.contains("update") && !name.contains("expir")
        && !name.contains("unavailable")
        && !name.contains("publisher") && !name.contains("revis") && !name.contains("validat")
    }
    for name in names.sorted(by: { Self.rank($0) < Self.rank($1) }) {
      if let time = read(facts.field(name)) { return time }
    }
    return nil
  }

  private static func rank(_ name: String) -> Int {
    if name == "article:published_time" { return 0 }
    return name.contains("publ") || name.contains("pub") || name.contains("issued") ? 1 : name.contains("creat") ? 2 : 3
  }

  private func changed() -> PublishedTime? {
    read(facts.field("article:modified_time", "og:updated_time"))
  }

  /// Elements that say to be a date.
  private func marked(in article: Range<Int>) -> PublishedTime? {
    var best: (time: PublishedTime, rank: Int)?
    for index in article
    where page.nodes[index].tag != .text && page.nodes[index].count > 0 || page.nodes[index].tag == .time {
      let node = page.nodes[index]
      let property =
        page.attribute(.itemprop, of: index).map { String(decoding: $0.map { $0 | 0x20 }, as: UTF8.self) } ?? ""
      var rank = 9
      if property == "datepublished" {
        rank = 0
      } else if property == "datecreated" {
        rank = 2
      } else if node.tag == .time {
        rank = 1
      }
      if rank == 9, node.tag == .abbr, node.hints.contains(.date) { rank = 2 }
      if rank == 9, let name = page.string(.property, of: index)?.lowercased(), name.contains(":date") { rank = 3 }
      if property == "datemodified" || property == "dateupdated" { rank = 4 }
      if rank == 9 || best.map({ $0.rank <= rank }) ?? false { continue }
      if isInClutter(index) { continue }
      let value =
        page.string(.datetime, of: index) ?? page.string(.content, of: index) ?? page.string(.title, of: index)
      let time = read(value) ?? read(page.wholeText(index, bytesMax: 200))
      if let time { best = (time, rank) }
    }
    return best?.time
  }

  private func isInClutter(_ node: Int) -> Bool {
    var node = node
    var levels = 0
    while node >= 0, levels < 5, page.inner(node).count * 3 < page.nodes.count {
      let hints = page.nodes[node].hints
      if !hints.isDisjoint(with: [.comments, .sidebar]), page.nodes[node].tag != .body { return true }
      node = Int(page.nodes[node].parent)
      levels += 1
    }
    return false
  }

  /// A day between slashes, or at least eight digits of one: `/2019/11/20/`, `/2019-11-20-`.
  private func inAddress(_ address: String?) -> PublishedTime? {
    guard let address, let path = address.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: true).last
    else { return nil }
    let scalars = Array(path.unicodeScalars.prefix(300))
    for index in scalars.indices where index == 0 || !DateReader.isDigit(scalars[index - 1]) {
      let rest = String(String.UnicodeScalarView(scalars[index...].prefix(10)))
      guard let found = DateReader.firstDate(in: rest, prefersMonthFirst: false), found.position == 0,
        rest.first?.isNumber == true,
        rest.prefix(4).allSatisfy(\.isNumber)
      else { continue }
      return found.time
    }
    return nil
  }

  /// A date in a line that is marked as one, else in a short line.
  private func printed(in article: Range<Int>, _ measures: PageMeasures) -> PublishedTime? {
    var second: PublishedTime?
    for block in measures.blocks(in: article).suffix(400).map({ measures.blocks[$0] })
    where block.digits >= 3 && block.words <= 25 {
      var isMarked = false
      var node = Int(page.nodes[block.nodes.lowerBound].parent)
      for _ in 0..<4 where node >= 0 {
        if !page.nodes[node].hints.isDisjoint(with: [.date, .meta, .byline]) { isMarked = true }
        node = Int(page.nodes[node].parent)
      }
      if isInClutter(block.owner) { continue }
      var text = ""
      for node in block.nodes where page.nodes[node].tag == .text {
        text += String(decoding: page.text(node), as: UTF8.self) + " "
      }
      guard let time = read(TextScalar.folded(text, bytesMax: 400)) else { continue }
      if isMarked { return time }
      if second == nil, block.words <= 12 { second = time }
    }
    return second
  }
}
