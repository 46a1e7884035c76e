/// Finds the first paragraph of an article where it stands apart, between the title and the rest.
struct LeadFinder {
  /// The blocks, in document order.
  private(set) var blocks: [Int] = []

  private static let blocksMax = 3
  /// How far above the article its title may stand.
  private static let levelsMax = 6

  init(_ page: Page, _ measures: PageMeasures, container: Int, title: [UInt64], isKept: (Int) -> Bool) {
    guard !title.isEmpty, let heading = Self.heading(page, before: container, title: title) else { return }
    var index = measures.blocks(in: heading..<heading + 1).lowerBound
    let inside = measures.blocks(of: container, in: page)
    let first = inside.first { isKept($0) && measures.blocks[$0].prose > 1.5 } ?? inside.lowerBound
    let openings = inside.prefix(8).map { WordHashes.of(Self.text(page, measures.blocks[$0]), max: 12) }
    while index < first {
      defer { index += 1 }
      let block = measures.blocks[index]
      if inside.contains(index), isKept(index) { continue }
      guard block.nodes.lowerBound > heading, Self.isLead(page, block) else { continue }
      let words = WordHashes.of(Self.text(page, block))
      if words == title || openings.contains(where: { $0.starts(with: words.prefix(12)) }) { continue }
      blocks.append(index)
      if blocks.count > Self.blocksMax {
        blocks = []
        return
      }
    }
  }

  private static func heading(_ page: Page, before container: Int, title: [UInt64]) -> Int? {
    var outer = container
    for _ in 0..<levelsMax where outer > 0 { outer = Int(page.nodes[outer].parent) }
    var found: Int?
    for node in max(outer, 0)..<min(container + 60, Int(page.nodes[container].end)) where page.nodes[node].tag.isHeading
    {
      let words = WordHashes.of(page.wholeText(node, bytesMax: 1_024).utf8)
      if words == title { found = node }
    }
    return found
  }

  private static func isLead(_ page: Page, _ block: Block) -> Bool {
    guard block.prose > 1.5, block.words > 8 || block.wide > 30, block.words < 150, block.linkShare < 0.3,
      block.endsSentence,
      !page.nodes[block.owner].tag.isHeading
    else { return false }
    var node = block.owner
    var levels = 0
    while node > 0, levels < 5 {
      let hints = page.nodes[node].hints
      if !hints.isDisjoint(with: [
        .caption, .byline, .share, .comments, .related, .navigation, .promotion, .dialog, .media, .hidden, .sidebar,
      ]) {
        return false
      }
      switch page.nodes[node].tag {
      case .figcaption, .figure, .nav, .aside, .form, .table, .footer, .li: return false
      default: break
      }
      node = Int(page.nodes[node].parent)
      levels += 1
    }
    return true
  }

  private static func text(_ page: Page, _ block: Block) -> [UInt8] {
    block.nodes.reduce(into: []) { if page.nodes[$1].tag == .text { $0 += page.text($1) } }
  }
}
