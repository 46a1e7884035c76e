/// Finds the element that holds the article: the one around most of the running text, grown as far as its surroundings are
/// more of the same.
struct ContainerChoice {
  let page: Page
  let measures: PageMeasures
  let isExcluded: [Bool]
  private var scores: [Int: Double] = [:]
  /// By node: a number for what a box is called, 0 for all else.
  private let boxKinds: [UInt64]
  /// By node: whether a block element stands in it.
  private let holdsBlock: [Bool]
  /// By block: a number for the kind of place that it stands in.
  private let blockKinds: [UInt64]
  /// The heading that is the title.
  private let heading: Int?

  init(_ page: Page, _ measures: PageMeasures, isExcluded: [Bool], heading: Int?) {
    self.heading = heading
    self.page = page
    self.measures = measures
    self.isExcluded = isExcluded
    boxKinds = page.nodes.indices.map { page.nodes[$0].tag.isBox ? Self.kind(of: page, $0) : 0 }
    var holdsBlock = [Bool](repeating: false, count: page.nodes.count)
    for node in page.nodes.indices where page.nodes[node].tag.isBlock {
      var outer = Int(page.nodes[node].parent)
      while outer >= 0, !holdsBlock[outer] {
        holdsBlock[outer] = true
        outer = Int(page.nodes[outer].parent)
      }
    }
    self.holdsBlock = holdsBlock
    let kinds = boxKinds
    blockKinds = measures.blocks.map { block in
      var box = block.owner
      while box > 0, !page.nodes[box].tag.isBox || box == block.owner && !holdsBlock[box] {
        box = Int(page.nodes[box].parent)
      }
      return kinds[max(box, 0)] &* 31 &+ UInt64(page.nodes[block.owner].tag.rawValue)
    }
  }

  /// The element; nil on a page without running text.
  mutating func choose() -> Int? {
    for (index, block) in measures.blocks.enumerated() where !isExcluded[index] { credit(block) }
    var best: (node: Int, score: Double)?
    for (node, score) in scores {
      let final = score * weight(node)
      if final > best?.score ?? 0 || final == best?.score && node > best?.node ?? 0 { best = (node, final) }
    }
    guard let best else { return nil }
    return whole(grow(best.node))
  }

  /// The element around it that is said to be the article, if what that has more is hardly links.
  private func whole(_ start: Int) -> Int {
    if page.nodes[start].tag == .article || page.nodes[start].hints.contains(.articleBody) { return start }
    let inside = measures.blocks(of: start, in: page)
    var node = Int(page.nodes[start].parent)
    while node > 0, page.nodes[node].tag != .body {
      defer { node = Int(page.nodes[node].parent) }
      guard page.nodes[node].tag == .article || page.nodes[node].hints.contains(.articleBody) else { continue }
      var more = 0
      var linked = 0
      for index in measures.blocks(of: node, in: page) where !isExcluded[index] && !inside.contains(index) {
        more += measures.blocks[index].scalars
        linked += measures.blocks[index].linked
      }
      return linked * 3 < more && more < measures.scalars(inside) ? node : start
    }
    return start
  }

  /// Gives a block's worth to the boxes around it, less with each further out.
  private mutating func credit(_ block: Block) {
    let worth = block.prose
    if worth == 0 { return }
    var node = block.owner
    var level = 0
    while node >= 0, level < 5 {
      if page.nodes[node].tag.isBox, level > 0 || !isParagraph(node) {
        scores[node, default: 0] += worth / Self.divisors[level]
        level += 1
      }
      node = Int(page.nodes[node].parent)
    }
  }

  private static let partsMax = 40
  private static let divisors = [1.0, 2, 5, 9, 14]

  /// Whether a box is used like a paragraph: nothing but inline elements are in it.
  private func isParagraph(_ node: Int) -> Bool { !holdsBlock[node] }

  private func weight(_ node: Int) -> Double {
    let hints = page.nodes[node].hints
    var weight = 1 - measures.linkShare(measures.blocks(of: node, in: page))
    if hints.contains(.articleBody) { weight *= 1.5 } else if hints.contains(.main) { weight *= 1.15 }
    if page.nodes[node].tag == .article { weight *= 1.15 }
    if !hints.isDisjoint(with: .clutter) { weight *= 0.6 }
    if hints.contains(.comments) { weight *= 0.5 }
    if let heading, Int(page.nodes[node].end) <= heading { weight *= 0.6 }
    var outer = Int(page.nodes[node].parent)
    while outer > 0, page.nodes[outer].tag != .body {
      if page.nodes[outer].tag == .aside || page.nodes[outer].tag == .footer
        || page.nodes[outer].hints.contains(.comments)
      {
        weight *= 0.5
      }
      if !page.nodes[outer].hints.isDisjoint(with: .clutter) { weight *= 0.8 }
      outer = Int(page.nodes[outer].parent)
    }
    return weight
  }

  private func prose(of node: Int) -> Double {
    var sum = 0.0
    for block in measures.blocks(of: node, in: page) where !isExcluded[block] { sum += measures.blocks[block].prose }
    return sum
  }

  /// The outermost element around it that adds more of the same: text in boxes like those that hold what is in it.
  private func grow(_ start: Int) -> Int {
    var result = start
    var inside = prose(of: start)
    let kinds = Set(
      measures.blocks(of: start, in: page).compactMap { index -> UInt64? in
        isExcluded[index] || measures.blocks[index].prose < 1.5 ? nil : blockKinds[index]
      })
    var node = Int(page.nodes[start].parent)
    while node >= 0, page.nodes[node].tag != .html {
      defer { node = Int(page.nodes[node].parent) }
      var more = 0.0
      var other = 0
      let within = measures.blocks(of: result, in: page)
      for index in measures.blocks(of: node, in: page) where !isExcluded[index] && !within.contains(index) {
        let block = measures.blocks[index]
        if block.prose > 1.5, kinds.contains(blockKinds[index]) { more += block.prose } else { other += block.scalars }
      }
      if more > inside * 0.1, more > Double(other) / 25 {
        result = node
        inside += more
      }
    }
    return result
  }

  /// Boxes elsewhere that hold more of the article: such as are called the same, all the way up to what they share.
  func parts(beside container: Int) -> [Int] {
    let path = path(of: container)
    guard let first = path.first, page.attribute(.class, of: container)?.isEmpty == false,
      page.nodes[container].tag != .article
    else { return [] }
    var parts: [Int] = []
    let outer = measures.blocks(of: container, in: page)
    var last = -1
    for (index, block) in measures.blocks.enumerated()
    where !isExcluded[index] && !outer.contains(index) && block.prose > 1.5 {
      if let heading, block.nodes.lowerBound < heading { continue }
      var box = block.owner
      while box > 0, box != last, boxKinds[box] != first { box = Int(page.nodes[box].parent) }
      guard box > 0, box != last, self.path(of: box) == path, !holds(box, container) else { continue }
      last = box
      if measures.linkShare(measures.blocks(of: box, in: page)) < 0.3 { parts.append(box) }
      if parts.count > Self.partsMax { return [] }
    }
    return parts
  }

  private func holds(_ outer: Int, _ inner: Int) -> Bool { (outer..<Int(page.nodes[outer].end)).contains(inner) }

  /// What a box and those around it are called; those in an article of its own only up to that.
  private func path(of box: Int) -> [UInt64] {
    var path: [UInt64] = []
    var node = box
    while node > 0, page.nodes[node].tag != .body {
      if page.nodes[node].tag == .article, node != box { break }
      path.append(boxKinds[node])
      node = Int(page.nodes[node].parent)
    }
    return path
  }

  /// A number for what an element is called: its name and its class, digits left out.
  private static func kind(of page: Page, _ node: Int) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    hash = (hash ^ UInt64(page.nodes[node].tag.rawValue)) &* 0x0000_0100_0000_01B3
    for byte in page.attribute(.class, of: node)?.prefix(80) ?? [] where !(0x30...0x39).contains(byte) {
      hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
    }
    return hash
  }
}
