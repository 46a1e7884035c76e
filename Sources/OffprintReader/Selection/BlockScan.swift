import OffprintWire

/// Parts a page into its blocks, in one pass.
struct BlockScan {
  private(set) var blocks: [Block] = []
  private let page: Page
  private let host: [UInt8]
  private var current: Block?
  private var isInWord = false
  private var last: Mark = .other

  private enum Mark { case other, end, colon }

  /// The blocks of a page that is shown.
  ///
  /// - Parameter host: The page's own host; empty if it is not known.
  static func blocks(of page: Page, host: [UInt8]) -> [Block] {
    var scan = BlockScan(page: page, host: host)
    scan.run()
    return scan.blocks
  }

  private init(page: Page, host: [UInt8]) {
    self.page = page
    self.host = host
  }

  private mutating func run() {
    var owners: [(node: Int, end: Int)] = []
    var linkEnd = 0
    var outwardEnd = 0
    var stressEnd = 0
    var breaks = 0
    var index = 0
    while index < page.nodes.count {
      while let owner = owners.last, owner.end <= index {
        close()
        owners.removeLast()
      }
      let node = page.nodes[index]
      if node.tag == .text {
        let bytes = page.text(index)
        if bytes.contains(where: { !$0.isASCIIWhiteSpace }) {
          if breaks > 1 { close() }
          breaks = 0
          let before = current?.scalars ?? 0
          add(bytes, index, owner: owners.last?.node ?? 0)
          let more = (current?.scalars ?? 0) - before
          if index < linkEnd { current?.linked += more }
          if index < outwardEnd { current?.outward += more }
          if index < stressEnd { current?.stressed += more }
        }
        index += 1
        continue
      }
      if node.tag.role == .dropped, node.tag != .head {
        index = Int(node.end)
        continue
      }
      if node.tag == .head {
        index = Int(node.end)
        continue
      }
      if node.tag.isBlock {
        close()
        breaks = 0
        owners.append((index, Int(node.end)))
      } else if node.tag == .br {
        breaks += 1
        isInWord = false
      } else if node.tag == .a {
        linkEnd = max(linkEnd, Int(node.end))
        if leadsOut(index) { outwardEnd = Int(node.end) }
      } else if case .emphasis = node.tag.role {
        stressEnd = max(stressEnd, Int(node.end))
      }
      index += 1
    }
    close()
  }

  private mutating func close() {
    if var block = current, block.scalars > 0 {
      block.endsSentence = last == .end
      block.endsInColon = last == .colon
      blocks.append(block)
    }
    current = nil
    isInWord = false
    last = .other
  }

  private mutating func add(_ bytes: ArraySlice<UInt8>, _ node: Int, owner: Int) {
    var block = current ?? Block(nodes: node..<node + 1, owner: owner)
    block.nodes = block.nodes.lowerBound..<node + 1
    bytes.withUnsafeBufferPointer { count($0, &block) }
    current = block
  }

  /// Whether a link leads to another site than the page's own.
  private func leadsOut(_ node: Int) -> Bool {
    guard !host.isEmpty, let href = page.attribute(.href, of: node) else { return false }
    // Most addresses of a page are its own, told without a host.
    if href.first == UInt8(ascii: "/"), href.dropFirst().first != UInt8(ascii: "/") { return false }
    let other = SafeAddress.host(of: href)
    if other.isEmpty || other == host { return false }
    return !other.hasSuffix(host) && !host.hasSuffix(other)
  }

  private mutating func count(_ bytes: UnsafeBufferPointer<UInt8>, _ block: inout Block) {
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      if byte.isASCIIWhiteSpace {
        isInWord = false
        continue
      }
      if byte.isUTF8Continuation { continue }
      if byte == 0xC2, index < bytes.count, bytes[index] == 0xA0 { continue }
      block.scalars += 1
      if !isInWord {
        block.words += 1
        isInWord = true
      }
      switch byte {
      case 0x61...0x7A: last = .other
      case 0x41...0x5A:
        block.capitals += 1
        last = .other
      case 0x30...0x39:
        block.digits += 1
        last = .other
      case UInt8(ascii: ","), UInt8(ascii: ";"):
        block.commas += 1
        last = .other
      case UInt8(ascii: ":"):
        block.commas += 1
        last = .colon
      case UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: "?"):
        if index == bytes.count || !(bytes[index].isASCIILetter || (0x30...0x39).contains(bytes[index])) {
          block.sentences += 1
        }
        last = .end
      case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: ")"), UInt8(ascii: "]"): break
      case 0x80...: countWide(bytes, index - 1, &block)
      default: last = .other
      }
    }
  }

  private mutating func countWide(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ block: inout Block) {
    let second = start + 1 < bytes.count ? bytes[start + 1] : 0
    let third = start + 2 < bytes.count ? bytes[start + 2] : 0
    switch (bytes[start], second, third) {
    // Ideographic and full-width stops, the danda, the Arabic and Greek question marks, the ellipsis.
    case (0xE3, 0x80, 0x82), (0xEF, 0xBC, 0x81), (0xEF, 0xBC, 0x9F), (0xE0, 0xA5, 0xA4), (0xD8, 0x9F, _),
      (0xE2, 0x80, 0xA6),
      (0xDB, 0x94, _):
      block.sentences += 1
      last = .end
    case (0xE3, 0x80, 0x81), (0xEF, 0xBC, 0x8C), (0xD8, 0x8C, _), (0xEF, 0xBC, 0x9A), (0xEF, 0xBC, 0x9B):
      block.commas += 1
      last = bytes[start] == 0xEF && third == 0x9A ? .colon : .other
    // Closing quotes and brackets.
    case (0xE2, 0x80, 0x99), (0xE2, 0x80, 0x9D), (0xE2, 0x80, 0x9C), (0xC2, 0xBB, _), (0xC2, 0xAB, _),
      (0xE2, 0x80, 0xBA),
      (0xE3, 0x80, 0x8D), (0xE3, 0x80, 0x8F), (0xEF, 0xBC, 0x89):
      break
    case (0xE3...0xE9, _, _):
      block.wide += 1
      last = .other
    default: last = .other
    }
  }
}

extension [UInt8] {
  fileprivate func hasSuffix(_ other: [UInt8]) -> Bool {
    count > other.count && suffix(other.count).elementsEqual(other)
  }
}
