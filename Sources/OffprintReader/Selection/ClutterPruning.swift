/// Marks the parts of a page that are there for something else than its article, by what they are called, unless too much of the
/// page's text stands in them.
struct ClutterPruning {
  /// By node: whether it is dropped with all in it.
  private(set) var isDropped: [Bool]
  /// By block: whether it stands in something dropped.
  private(set) var isExcluded: [Bool]

  init(_ page: Page, _ measures: PageMeasures) {
    isDropped = [Bool](repeating: false, count: page.nodes.count)
    isExcluded = [Bool](repeating: false, count: measures.blocks.count)
    let total = max(measures.prose(measures.blocks.indices), 1)
    var index = 0
    while index < page.nodes.count {
      let node = page.nodes[index]
      let blocks = measures.blocks(of: index, in: page)
      var limit = Self.limit(page, index)
      // Without links, what is called a teaser is the article's own.
      if limit > 0, node.hints.intersection(.clutter) == .related, measures.linkShare(blocks) < 0.02 { limit = 0 }
      if limit > 0, !blocks.isEmpty || node.hints.contains(.hidden) {
        let prose = measures.prose(blocks)
        if prose / total < limit, total - prose > 4 || prose == 0 {
          isDropped[index] = true
          for block in blocks { isExcluded[block] = true }
          index = Int(node.end)
          continue
        }
      }
      index += 1
    }
  }

  /// The share of a page's text that an element may have at most to be dropped; 0 if it is not called clutter.
  private static func limit(_ page: Page, _ index: Int) -> Double {
    let node = page.nodes[index]
    switch node.tag {
    case .p: return node.hints.contains(.hidden) ? 0.3 : 0
    case .text, .html, .body, .head, .h1, .h2, .a, .img, .br, .em, .strong, .b, .i: return 0
    case .nav: return 0.5
    case .footer: return 0.4
    case .aside: return 0.3
    case .form: return 0.3
    case .header: return 0.25
    default: break
    }
    let hints = node.hints
    if hints.isDisjoint(with: .clutter) { return 0 }
    if hints.contains(.articleBody) { return 0 }
    if hints.intersection(.clutter) == .sidebar, node.tag == .ul || node.tag == .ol || node.tag == .li { return 0 }
    if hints.isDisjoint(with: Hints.clutter.subtracting(.share)), holdsQuotation(page, index) { return 0 }
    if hints.contains(.comments) { return hints.contains(.main) ? 0.2 : 0.9 }
    if hints.contains(.hidden) { return 0.3 }
    if node.tag == .ul || node.tag == .ol { return 0.45 }
    return hints.contains(.main) ? 0.1 : 0.3
  }

  /// Posts of others are quoted in boxes that are called social.
  private static func holdsQuotation(_ page: Page, _ index: Int) -> Bool {
    page.inner(index).contains { page.nodes[$0].tag == .blockquote }
  }
}
