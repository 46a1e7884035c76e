/// Decides for each block of the chosen part whether it belongs to the article.
struct BlockFilter {
  let page: Page
  let measures: PageMeasures
  let container: Int
  /// The blocks of the part.
  let range: Range<Int>
  let title: [UInt64]
  /// By block of the part: why it is left out; nil for those that stay.
  private(set) var reasons: [String?]
  /// The words of short blocks.
  private var words: [[UInt64]?]
  /// What the elements between a block and the container are there for.
  private var hints: [Hints] = []
  private var firstProse = 0
  private var lastProse = 0

  init(_ page: Page, _ measures: PageMeasures, container: Int, isExcluded: [Bool], title: String?) {
    self.page = page
    self.measures = measures
    self.container = container
    range = measures.blocks(of: container, in: page)
    reasons = range.map { isExcluded[$0] ? "pruned" : nil }
    words = range.map { _ in nil }
    self.title = WordHashes.of((title ?? "").utf8)
  }

  mutating func run() {
    for index in range { hints.append(hintsAround(measures.blocks[index])) }
    for offset in reasons.indices where reasons[offset] == nil {
      let block = measures.blocks[range.lowerBound + offset]
      if block.words <= 60 { words[offset] = WordHashes.of(text(of: block), max: 61) }
    }
    let prose = reasons.indices.filter { reasons[$0] == nil && isProse($0) }
    firstProse = prose.first ?? 0
    lastProse = prose.last ?? 0
    for offset in reasons.indices where reasons[offset] == nil { reasons[offset] = fault(of: offset) }
    dropCaptions()
    cutTail()
    dropLinkLists()
    dropEmptyHeadings()
  }

  func block(_ offset: Int) -> Block { measures.blocks[range.lowerBound + offset] }

  private func isProse(_ offset: Int) -> Bool {
    let block = block(offset)
    return block.prose > 1.5 && block.words > 12 && hints[offset].isDisjoint(with: [.caption, .byline, .meta])
      && !page.nodes[block.owner].tag.isHeading && page.nodes[block.owner].tag != .figcaption
  }

  private func hintsAround(_ block: Block) -> Hints {
    var hints: Hints = []
    // Inline elements count where they hold the whole block.
    var node = Int(page.nodes[block.nodes.lowerBound].parent)
    while node > container {
      if page.nodes[node].tag.isBlock || Int(page.nodes[node].end) >= block.nodes.upperBound {
        hints.formUnion(page.nodes[node].hints)
      }
      if page.nodes[node].tag == .figcaption { hints.insert(.caption) }
      node = Int(page.nodes[node].parent)
    }
    return hints
  }

  private func text(of block: Block) -> [UInt8] {
    var bytes: [UInt8] = []
    for node in block.nodes {
      if page.nodes[node].tag == .text {
        bytes += page.text(node)
      } else if page.nodes[node].tag == .br {
        bytes.append(0x20)
      }
    }
    return bytes
  }

  private func fault(of offset: Int) -> String? {
    let block = block(offset)
    let tag = page.nodes[block.owner].tag
    let hints = hints[offset]
    let isBefore = offset < firstProse
    let isAfter = offset > lastProse
    if tag == .pre { return nil }
    if hints.contains(.caption), block.words < 100 { return "caption" }
    if tag == .h1, isBefore || matchesTitle(offset) { return "title" }
    if isBefore || tag.isHeading, matchesTitle(offset) { return "title" }
    if !hints.isDisjoint(with: [.byline, .date, .tags, .author, .meta]), block.words <= 30,
      isBefore || isAfter || block.prose == 0
    {
      return "about"
    }
    if hints.contains(.author), isAfter { return "author" }
    if let words = words[offset] {
      if words.isEmpty { return isAfter || isBefore ? "empty" : nil }
      if block.words <= 45, ClutterPhrases.lines.matches(words), !isProse(offset) || block.words <= 30 || isAfter {
        return "phrase"
      }
    }
    if offset * 2 > reasons.count, block.words < 150,
      ClutterPhrases.appeals.matches(words[offset] ?? WordHashes.of(text(of: block), max: 160))
    {
      return "appeal"
    }
    if block.isInwardLink, !block.endsSentence || block.sentences == 0 || block.linkShare > 0.95 && block.words < 25 {
      return "link"
    }
    if isBefore, hints.contains(.standfirst), tag.isHeading || tag == .li { return "standfirst" }
    let isSentence = tag == .p && block.endsSentence
    if isBefore, block.prose == 0, block.words < 20, !tag.isHeading, !isSentence { return "before" }
    return nil
  }

  private func matchesTitle(_ offset: Int) -> Bool {
    guard let words = words[offset], !words.isEmpty, !title.isEmpty else { return false }
    if words == title { return true }
    guard words.count >= 3 else { return false }
    let own = Set(words)
    let common = Set(title).intersection(own).count
    return Double(common) >= 0.8 * Double(max(own.count, Set(title).count))
  }

  /// Leaves out what follows a heading that announces other things: all, if no more of the article comes, else up to where it
  /// goes on.
  private mutating func cutTail() {
    let all = reasons.indices.reduce(0.0) { $0 + (reasons[$1] == nil ? block($1).prose : 0) }
    let nexts = placesWhereItGoesOn()
    var before = 0.0
    for offset in reasons.indices {
      if reasons[offset] == nil { before += block(offset).prose }
      guard reasons[offset] != "pruned", announces(offset) else { continue }
      let next = nexts[offset + 1]
      if next == nil, before < all * 0.5 { continue }
      if let next, next - offset > Self.insetBlocksMax { continue }
      for rest in offset..<(next ?? reasons.count) where reasons[rest] == nil { reasons[rest] = "tail" }
      if next == nil { return }
    }
  }

  /// More blocks than this under a heading are no inset.
  private static let insetBlocksMax = 12

  /// By block: the next one, itself included, that is one of the article's paragraphs beyond doubt.
  private func placesWhereItGoesOn() -> [Int?] {
    let kinds = reasons.indices.map { kind($0) }
    var prose: [[UInt8]: Double] = [:]
    for offset in reasons.indices where reasons[offset] == nil {
      prose[kinds[offset], default: 0] += block(offset).prose
    }
    let home = prose.max { ($0.value, $0.key.count) < ($1.value, $1.key.count) }?.key ?? []
    var next: Int?
    var places = [Int?](repeating: nil, count: reasons.count + 1)
    for offset in reasons.indices.reversed() {
      let block = block(offset)
      if reasons[offset] == nil, isProse(offset), block.endsSentence, block.linkShare < 0.3,
        page.nodes[block.owner].tag == .p, kinds[offset] == home
      {
        next = offset
      }
      places[offset] = next
    }
    return places
  }

  /// The name and class of the element in which a block's own element stands.
  private func kind(_ offset: Int) -> [UInt8] {
    let parent = max(Int(page.nodes[block(offset).owner].parent), 0)
    return [page.nodes[parent].tag.rawValue] + (page.attribute(.class, of: parent)?.prefix(80) ?? [])
  }

  /// Whether it is a heading, or short as one, that says that other things follow.
  private func announces(_ offset: Int) -> Bool {
    let block = block(offset)
    let isHeading = page.nodes[block.owner].tag.isHeading || block.stressed * 10 >= block.scalars * 9
    guard block.words <= (isHeading ? 10 : 6), !block.endsSentence else { return false }
    return ClutterPhrases.tails.matches(words[offset] ?? WordHashes.of(text(of: block), max: 12))
  }

  /// Leaves out the few words that share a box with a picture and nothing else.
  private mutating func dropCaptions() {
    for image in page.inner(container) where page.nodes[image].tag == .img {
      var box = Int(page.nodes[image].parent)
      while box > container {
        let inside = measures.blocks(of: box, in: page)
        if inside.count > 2 { break }
        if !inside.isEmpty {
          let isShort = inside.allSatisfy { mayBeCaption(measures.blocks[$0], of: image) }
          for index in inside where isShort && reasons[index - range.lowerBound] == nil {
            reasons[index - range.lowerBound] = "caption"
          }
          break
        }
        box = Int(page.nodes[box].parent)
      }
    }
  }

  /// The element around a caption that holds its picture and no other text; nil without a picture.
  func figure(around offset: Int) -> Int? {
    let owner = block(offset).owner
    var box = Int(page.nodes[owner].parent)
    while box > container {
      let inside = measures.blocks(of: box, in: page)
      if inside.contains(where: { reasons[$0 - range.lowerBound] != "caption" }) || inside.count > 3 { return nil }
      switch page.nodes[box].tag {
      case .figure, .div, .section, .p, .custom, .aside, .center, .dl:
        if page.inner(box).contains(where: { page.nodes[$0].tag == .img }) { return box }
      default: return nil
      }
      box = Int(page.nodes[box].parent)
    }
    return nil
  }

  private func mayBeCaption(_ block: Block, of image: Int) -> Bool {
    let tag = page.nodes[block.owner].tag
    if block.words > 25 || tag.isHeading || tag == .li || tag == .td { return false }
    // A picture stands in the midst of a paragraph, too.
    let isWithin = (block.owner..<Int(page.nodes[block.owner].end)).contains(image)
    return !(isWithin && block.words > 10 && block.endsSentence)
  }

  /// Leaves out lists that are mostly links.
  private mutating func dropLinkLists() {
    for node in page.inner(container) where page.nodes[node].tag == .ul || page.nodes[node].tag == .ol {
      let inside = measures.blocks(of: node, in: page)
      if inside.isEmpty { continue }
      if measures.inwardShare(inside) > 0.6 {
        for block in inside where reasons[block - range.lowerBound] == nil {
          reasons[block - range.lowerBound] = "links"
        }
      }
    }
  }

  /// Leaves out headings under which nothing is left.
  private mutating func dropEmptyHeadings() {
    var below = false
    var lowest = 0
    for offset in reasons.indices.reversed() where reasons[offset] == nil {
      let tag = page.nodes[block(offset).owner].tag
      guard tag.isHeading else {
        below = true
        lowest = 0
        continue
      }
      let level = Int(tag.rawValue - Tag.h1.rawValue) + 1
      if below || lowest > level {
        lowest = level
        below = false
      } else {
        reasons[offset] = "heading"
      }
    }
  }
}
