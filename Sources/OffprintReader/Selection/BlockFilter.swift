/// Decides for each block of the chosen part whether it belongs to the article.
struct BlockFilter {
  private let page: Page
  private let measures: PageMeasures
  private let container: Int
  private let isExcluded: [Bool]
  private let title: String
  /// By block of the part: why it is left out; nil for those that stay.
  private(set) var reasons: [(Int, String?)] = []

  init(_ page: Page, _ measures: PageMeasures, container: Int, isExcluded: [Bool], title: String?) {
    self.page = page
    self.measures = measures
    self.container = container
    self.isExcluded = isExcluded
    self.title = title ?? ""
  }

  mutating func run() {
    for index in measures.blocks(of: container, in: page) {
      reasons.append((index, isExcluded[index] ? "pruned" : nil))
    }
  }
}
