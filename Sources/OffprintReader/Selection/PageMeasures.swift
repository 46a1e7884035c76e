/// Sums over a page's nodes, so that any element's share of the text is known at once.
struct PageMeasures {
  /// The blocks in document order.
  let blocks: [Block]
  /// By node: the first block that begins at it or later.
  private let firstBlock: [Int32]
  /// By block: the sums of all before it.
  private let proseBefore: [Double]
  private let weightBefore: [Int]
  private let linkedBefore: [Int]
  private let outwardBefore: [Int]

  init(_ page: Page, host: [UInt8]) {
    let blocks = BlockScan.blocks(of: page, host: host)
    var firstBlock = [Int32](repeating: Int32(blocks.count), count: page.nodes.count + 1)
    var node = 0
    for (index, block) in blocks.enumerated() {
      while node <= block.nodes.lowerBound {
        firstBlock[node] = Int32(index)
        node += 1
      }
    }
    var prose = [0.0]
    var weight = [0]
    var linked = [0]
    var outward = [0]
    for block in blocks {
      prose.append((prose.last ?? 0) + block.prose)
      weight.append((weight.last ?? 0) + block.scalars)
      linked.append((linked.last ?? 0) + block.linked)
      outward.append((outward.last ?? 0) + block.outward)
    }
    self.blocks = blocks
    self.firstBlock = firstBlock
    proseBefore = prose
    weightBefore = weight
    linkedBefore = linked
    outwardBefore = outward
  }

  /// The blocks within nodes.
  func blocks(in nodes: Range<Int>) -> Range<Int> {
    let first = Int(firstBlock[nodes.lowerBound])
    return first..<max(first, Int(firstBlock[nodes.upperBound]))
  }

  /// The blocks within an element.
  func blocks(of node: Int, in page: Page) -> Range<Int> { blocks(in: node..<Int(page.nodes[node].end)) }

  /// The sum of ``Block/prose``.
  func prose(_ blocks: Range<Int>) -> Double { proseBefore[blocks.upperBound] - proseBefore[blocks.lowerBound] }

  /// The scalars of blocks.
  func scalars(_ blocks: Range<Int>) -> Int { weightBefore[blocks.upperBound] - weightBefore[blocks.lowerBound] }

  /// The share of the text in links.
  func linkShare(_ blocks: Range<Int>) -> Double {
    let all = scalars(blocks)
    return all == 0 ? 0 : Double(linkedBefore[blocks.upperBound] - linkedBefore[blocks.lowerBound]) / Double(all)
  }

  /// The share of the text in links within the site.
  func inwardShare(_ blocks: Range<Int>) -> Double {
    let all = scalars(blocks)
    if all == 0 { return 0 }
    let linked = linkedBefore[blocks.upperBound] - linkedBefore[blocks.lowerBound]
    return Double(linked - outwardBefore[blocks.upperBound] + outwardBefore[blocks.lowerBound]) / Double(all)
  }
}
