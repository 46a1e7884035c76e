/// Chooses when an article was published.
///
/// In this order: JSON-LD; `article:published_time`; other `meta` elements for a date of publication; what is marked as one in the
/// page (`itemprop`, `time`); the address; a date in a line marked as a date, or in a short line near the title; the dateline with
/// which the text begins. Dates of changes count only where there is nothing else. Without any the answer is nil.
///
/// What is told in UTC is given in the time zone in which the page prints its day, if it prints one.
struct DateChoice {
  private let page: Page
  private let facts: PageFacts
  private let measures: PageMeasures
  private let prefersMonthFirst: Bool

  static func published(
    _ page: Page, _ facts: PageFacts, url: String?, article: Range<Int>, measures: PageMeasures
  ) -> PublishedTime? {
    let language = facts.language?.lowercased() ?? "en"
    let choice = DateChoice(
      page: page, facts: facts, measures: measures, prefersMonthFirst: language == "en" || language.hasPrefix("en-us"))
    let told = choice.read(facts.linkedData.published) ?? choice.declared()
    return told.map { $0.onDay(of: choice.printed(in: article)) } ?? choice.marked(in: article)
      ?? choice.inAddress(url ?? facts.canonical ?? facts.field("og:url")) ?? choice.printed(in: article)
      ?? choice.marked(in: 0..<article.upperBound) ?? choice.printed(in: 0..<article.upperBound)
      ?? choice.dateline(article) ?? choice.read(facts.linkedData.publishedAnywhere) ?? choice.changed()
  }

  private func read(_ text: String?) -> PublishedTime? {
    text.flatMap { DateReader.firstDate(in: $0, prefersMonthFirst: prefersMonthFirst)?.time }
  }

  private func declared() -> PublishedTime? {
    let names = facts.fieldNames.filter { name in
      (name.holds("publi") || name.holds("pubdate") || name.holds("pub-date") || name.holds("date")
        || name.holds("issued"))
        && !name.holds("modif") && !name.holds("update") && !name.holds("expir")
        && !name.holds("unavailable")
        && !name.holds("publisher") && !name.holds("revis") && !name.holds("validat")
    }
    for name in names.sorted(by: { Self.rank($0) < Self.rank($1) }) {
      if let time = read(facts.field(name)) { return time }
    }
    return nil
  }

  private static func rank(_ name: String) -> Int {
    if name == "article:published_time" { return 0 }
    return name.holds("publ") || name.holds("pub") || name.holds("issued") ? 1 : name.holds("creat") ? 2 : 3
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
      if rank == 9, let name = page.string(.property, of: index)?.lowercased(), name.holds(":date") { rank = 3 }
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

  private static let widgetBlocksMax = 4

  private func isInClutter(_ node: Int) -> Bool {
    var node = node
    var levels = 0
    while node >= 0, levels < 5, page.inner(node).count * 3 < page.nodes.count {
      let hints = page.nodes[node].hints
      // Boxes alone: what a line is called says how it looks. A box of a few lines may be one of the many that sites build all of
      // a page from, and call widgets.
      if page.nodes[node].tag.isBox, page.nodes[node].tag != .body,
        hints.contains(.comments)
          || hints.contains(.sidebar) && measures.blocks(of: node, in: page).count > Self.widgetBlocksMax
      {
        return true
      }
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

  /// The date with which the text begins: behind at most a few words, in one of its first paragraphs.
  private func dateline(_ article: Range<Int>) -> PublishedTime? {
    let paragraphs = measures.blocks(in: article).lazy.map { measures.blocks[$0] }.filter {
      $0.prose > 1.5 && !isInClutter($0.owner)
    }
    for block in paragraphs.prefix(2) {
      var text = ""
      for node in block.nodes where page.nodes[node].tag == .text {
        text += String(decoding: page.text(node).prefix(200), as: UTF8.self)
        if text.utf8.count > 100 { break }
      }
      let opening = String(TextScalar.folded(text, bytesMax: 400).unicodeScalars.prefix(80))
      let found = DateReader.firstDate(in: opening, prefersMonthFirst: prefersMonthFirst)
      if let found, found.position <= Self.datelineScalarsMax { return found.time }
    }
    return nil
  }

  /// Scalars before the date of a dateline: a place, or what kind of text it is.
  private static let datelineScalarsMax = 24

  /// A date in a line that is marked as one, else in a short line.
  private func printed(in article: Range<Int>) -> PublishedTime? {
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
