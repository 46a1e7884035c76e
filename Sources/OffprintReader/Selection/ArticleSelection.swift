/// Chooses what of a page is its article.
struct ArticleSelection {
  /// What happened to a block, and why.
  enum Fate: Equatable {
    case kept
    case dropped(String)
  }

  /// The chosen part.
  private(set) var selection: PageWalk.Selection
  /// The element that most of it stands in.
  let container: Int
  /// The paragraph that stands apart between the title and the text.
  private(set) var standfirst: String?
  /// By block.
  private(set) var fates: [Fate]

  init?(_ page: Page, _ measures: PageMeasures, title: String?, heading: Int?) {
    let pruning = ClutterPruning(page, measures)
    var choice = ContainerChoice(page, measures, isExcluded: pruning.isExcluded, heading: heading)
    guard let container = choice.choose() else { return nil }
    self.container = container
    fates = measures.blocks.map { _ in .dropped("outside") }
    selection = PageWalk.Selection(roots: [container], isDropped: pruning.isDropped, keepsChrome: true)
    var filter = BlockFilter(page, measures, container: container, isExcluded: pruning.isExcluded, title: title)
    filter.run()
    for part in choice.parts(beside: container) {
      var filter = BlockFilter(page, measures, container: part, isExcluded: pruning.isExcluded, title: title)
      filter.run()
      apply(filter, page, measures)
      selection.roots.append(part)
    }
    selection.roots.sort()
    let lead = LeadFinder(
      page, measures, container: container, title: filter.title,
      isKept: { filter.reasons[$0 - filter.range.lowerBound] == nil })
    if let first = lead.blocks.first {
      standfirst = TextScalar.folded(page.wholeText(measures.blocks[first].owner), bytesMax: 1_024)
    }
    for index in lead.blocks {
      fates[index] = .kept
      let owner = measures.blocks[index].owner
      selection.roots.insert(owner, at: selection.roots.firstIndex { $0 >= container } ?? 0)
    }
    apply(filter, page, measures)
  }

  private mutating func apply(_ filter: BlockFilter, _ page: Page, _ measures: PageMeasures) {
    for (offset, reason) in filter.reasons.enumerated() {
      let index = filter.range.lowerBound + offset
      fates[index] = reason.map { .dropped($0) } ?? .kept
      guard let reason else { continue }
      if reason == "caption", let figure = filter.figure(around: offset) {
        selection.figures.insert(figure)
        selection.captions.insert(measures.blocks[index].owner)
        continue
      }
      for node in measures.blocks[index].nodes where page.nodes[node].tag == .text { selection.isDropped[node] = true }
    }
    selection.captions.subtract(selection.figures)
  }
}
