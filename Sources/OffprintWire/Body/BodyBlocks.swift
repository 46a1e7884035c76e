/// Finds the blocks of a body in one pass over its tokens; ``BodyText`` states the rules.
///
/// Memory: the text once, 28 bytes or so for each block, and a bounded number of open elements: blocks and lists open
/// inside of 256 others are passed over like any unknown element, their text belongs to the innermost open block.
/// An end tag closes the nearest open element of its name and all within it; without such an element it has no meaning.
struct BodyBlocks {
  static let depthMax = 256

  /// The finished blocks, in document order.
  private(set) var blocks: [BodyText.Block] = []
  /// Their texts.
  private(set) var pool: [UInt8] = []

  private enum Kind: Equatable {
    case block(BodyElement)
    case list(isOrdered: Bool)
  }

  /// An open element, or the buffer of a closed one, kept for its memory.
  private struct Level {
    var kind: Kind
    var name: Int
    var block = -1
    var item: Int32 = -1
    /// The level that text belongs to now, and the list that an item belongs to: -1 where there is none.
    var writer = -1
    var list = -1
    var lists: UInt16 = 0
    var itemCount = 0
    var text: [UInt8] = []
    var owesSpace = false
  }

  private var levels: [Level] = []
  private var depth = 0
  private var openCount = [Int](repeating: 0, count: names.count)
  private var passedOver = [Int](repeating: 0, count: names.count)

  private static let names: [(name: String, kind: Kind)] =
    BodyElement.allCases.map { ($0.rawValue, .block($0)) } + [
      ("ul", .list(isOrdered: false)), ("ol", .list(isOrdered: true)),
    ]
  private static let lineBreak = -1
  /// An element's number in `names`, by its name.
  private static let numbers: [String: Int] = {
    var numbers = ["br": lineBreak]
    for (number, entry) in names.enumerated() { numbers[entry.name] = number }
    return numbers
  }()
  private static let nameBytesMax = 10

  mutating func read(_ html: [UInt8]) {
    var tokenizer = MarkupTokenizer(Self.repaired(html))
    while let token = tokenizer.next() {
      switch token {
      case .text(let range):
        append(tokenizer.bytes, range)
      case .startTag(let tag):
        guard let number = Self.number(of: tag.name, in: tokenizer.bytes) else { continue }
        if number == Self.lineBreak { breakLine() } else { open(number) }
      case .endTag(let tag):
        guard let number = Self.number(of: tag.name, in: tokenizer.bytes), number != Self.lineBreak else { continue }
        close(number)
      }
    }
    while depth > 0 { closeInnermost() }
    finish()
  }

  /// The same text as valid UTF-8.
  private static func repaired(_ html: [UInt8]) -> [UInt8] {
    String(validating: html, as: UTF8.self) == nil ? Array(String(decoding: html, as: UTF8.self).utf8) : html
  }

  private static func number(of name: Range<Int>, in bytes: [UInt8]) -> Int? {
    guard name.count <= nameBytesMax else { return nil }
    let lower = bytes[name].lazy.map(\.lowercasedASCII)
    return numbers[String(decoding: lower, as: UTF8.self)]
  }

  private mutating func open(_ number: Int) {
    guard depth < Self.depthMax else {
      passedOver[number] += 1
      return
    }
    let kind = Self.names[number].kind
    if case .block = kind { breakLine() }
    let outer = depth > 0 ? levels[depth - 1] : nil
    if depth == levels.count { levels.append(Level(kind: kind, name: number)) }
    levels[depth].kind = kind
    levels[depth].name = number
    levels[depth].block = outer?.block ?? -1
    levels[depth].item = outer?.item ?? -1
    levels[depth].writer = outer?.writer ?? -1
    levels[depth].list = outer?.list ?? -1
    levels[depth].lists = outer?.lists ?? 0
    levels[depth].itemCount = 0
    levels[depth].owesSpace = false
    levels[depth].text.removeAll(keepingCapacity: true)
    depth += 1
    openCount[number] += 1
    switch kind {
    case .list:
      levels[depth - 1].lists += 1
      levels[depth - 1].list = depth - 1
    case .block(let element):
      levels[depth - 1].writer = depth - 1
      startBlock(element)
    }
  }

  private mutating func startBlock(_ element: BodyElement) {
    let level = levels[depth - 1]
    var block = BodyText.Block(
      element: element, marker: nil, depth: level.lists, start: 0, length: 0, scalars: 0, before: 0, item: level.item)
    if element == .listItem {
      block.marker = nextMarker()
      levels[depth - 1].item = Int32(clamping: blocks.count)
    }
    levels[depth - 1].block = blocks.count
    blocks.append(block)
  }

  private mutating func nextMarker() -> BodyText.ListMarker {
    let list = levels[depth - 1].list
    guard list >= 0, case .list(let isOrdered) = levels[list].kind else { return .bullet }
    levels[list].itemCount += 1
    return isOrdered ? .number(levels[list].itemCount) : .bullet
  }

  private mutating func close(_ number: Int) {
    if passedOver[number] > 0 {
      passedOver[number] -= 1
      return
    }
    guard openCount[number] > 0 else { return }
    while depth > 0 {
      let innermost = levels[depth - 1].name
      closeInnermost()
      if innermost == number { return }
    }
  }

  private mutating func closeInnermost() {
    depth -= 1
    openCount[levels[depth].name] -= 1
    guard case .block(let element) = levels[depth].kind else { return }
    if element == .preformatted { trimPreformatted() }
    let text = levels[depth].text
    let block = levels[depth].block
    blocks[block].start = UInt32(clamping: pool.count)
    blocks[block].length = UInt32(clamping: text.count)
    blocks[block].scalars = UInt32(clamping: text.count { !$0.isUTF8Continuation })
    pool.append(contentsOf: text)
    breakLine()
  }

  private mutating func trimPreformatted() {
    let text = levels[depth].text
    guard let first = text.firstIndex(where: { !$0.isASCIIWhiteSpace }),
      let last = text.lastIndex(where: { !$0.isASCIIWhiteSpace })
    else {
      levels[depth].text.removeAll(keepingCapacity: true)
      return
    }
    levels[depth].text.removeSubrange((last + 1)...)
    levels[depth].text.removeSubrange(..<first)
  }

  private var writer: Int? {
    depth > 0 && levels[depth - 1].writer >= 0 ? levels[depth - 1].writer : nil
  }

  /// White space, where no text node says so: at `br` and at the edges of inner blocks.
  private mutating func breakLine() {
    guard let writer else { return }
    if levels[writer].kind == .block(.preformatted) {
      levels[writer].text.append(0x0A)
    } else {
      levels[writer].owesSpace = true
    }
  }

  private mutating func append(_ bytes: [UInt8], _ range: Range<Int>) {
    guard let writer else { return }
    let keepsSpace = levels[writer].kind == .block(.preformatted)
    var index = range.lowerBound
    while index < range.upperBound {
      if bytes[index] == UInt8(ascii: "&"),
        let (scalar, next) = CharacterReference.decode(bytes, at: index, end: range.upperBound)
      {
        append(scalar, to: writer, keepsSpace: keepsSpace)
        index = next
      } else if bytes[index].isASCIIWhiteSpace, !keepsSpace {
        levels[writer].owesSpace = true
        index += 1
      } else {
        var end = index + 1
        while end < range.upperBound, bytes[end] != UInt8(ascii: "&"), keepsSpace || !bytes[end].isASCIIWhiteSpace {
          end += 1
        }
        paySpace(in: writer)
        levels[writer].text.append(contentsOf: bytes[index..<end])
        index = end
      }
    }
  }

  private mutating func append(_ scalar: Unicode.Scalar, to writer: Int, keepsSpace: Bool) {
    if scalar.isASCII, UInt8(ascii: scalar).isASCIIWhiteSpace, !keepsSpace {
      levels[writer].owesSpace = true
    } else {
      paySpace(in: writer)
      levels[writer].text.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }
  }

  private mutating func paySpace(in writer: Int) {
    if levels[writer].owesSpace, !levels[writer].text.isEmpty { levels[writer].text.append(0x20) }
    levels[writer].owesSpace = false
  }

  /// Drops blocks without text, hands the mark of an item that only has inner blocks to the first of them, counts.
  private mutating func finish() {
    var kept = 0
    var before: UInt32 = 0
    var waiting: (item: Int32, marker: BodyText.ListMarker)?
    for index in blocks.indices {
      var block = blocks[index]
      let isItem = block.element == .listItem
      if isItem { waiting = nil }
      if block.length == 0 {
        if isItem, let marker = block.marker { waiting = (Int32(clamping: index), marker) }
        continue
      }
      if let mark = waiting, !isItem {
        if mark.item == block.item { block.marker = mark.marker }
        waiting = nil
      }
      block.before = before
      before += block.scalars
      blocks[kept] = block
      kept += 1
    }
    blocks.removeSubrange(kept...)
  }
}
