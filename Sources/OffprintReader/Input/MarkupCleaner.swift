import OffprintWire

/// Rewrites a page so that libxml2 reads it as we do, and in bounded time and memory.
///
/// Its output holds start tags, end tags, and text without `<`. So there is nothing left in it to be tokenised in two ways,
/// no scripts, no comments, no declarations, no foreign content. The few attributes that something is done with are kept
/// beside it, each once; a tag has only their number, so that libxml2 has no attributes to compare.
struct MarkupCleaner {
  /// A page for libxml2, and what it says of itself in scripts of data.
  struct CleanPage {
    /// The page rewritten.
    var markup: [UInt8] = []
    /// The attributes of all elements, and where those of each numbered element are.
    var attributes: [Page.Attribute] = []
    var elements: [Range<Int>] = []
    /// The values of attributes.
    var pool: [UInt8] = []
    /// The contents of scripts of JSON-LD, as they stand.
    var linkedData: [[UInt8]] = []
  }

  /// More tags than this are refused: libxml2 needs some 200 bytes for each.
  static let tagsMax = 400_000
  private static let linkedDataMax = (pieces: 32, bytes: 1 << 20)

  private var tokenizer: MarkupTokenizer
  private let isFlat: Bool
  private var output: [UInt8] = []
  private var page = CleanPage()
  private var linkedDataBytes = 0

  /// - Parameters:
  ///   - page: The page in valid UTF-8.
  ///   - isFlat: Whether to leave out elements that only nest others: for pages too deep for libxml2.
  init(_ page: [UInt8], isFlat: Bool) {
    tokenizer = MarkupTokenizer(page)
    self.isFlat = isFlat
  }

  /// The page rewritten.
  ///
  /// - Throws: `tooManyElements`.
  consuming func clean() throws(ReaderError) -> CleanPage {
    output.reserveCapacity(tokenizer.bytes.count)
    var tags = 0
    while let token = tokenizer.next() {
      switch token {
      case .text(let range):
        append(tokenizer.bytes, range)
      case .startTag(let tag):
        tags += 1
        begin(tag)
      case .endTag(let tag):
        tags += 1
        guard isPlain(tag.name), isKept(Tag(tokenizer.bytes[tag.name])) else { continue }
        output.append(UInt8(ascii: "<"))
        output.append(UInt8(ascii: "/"))
        appendName(tag.name)
        output.append(UInt8(ascii: ">"))
      }
      if tags > Self.tagsMax { throw .tooManyElements(elementsMax: Self.tagsMax) }
    }
    page.markup = output
    return page
  }

  private mutating func begin(_ tag: MarkupTokenizer.Tag) {
    guard isPlain(tag.name) else { return }
    let element = Tag(tokenizer.bytes[tag.name])
    if Self.isRawText(element) {
      let start = tokenizer.position
      tokenizer.skipRawText(of: tokenizer.bytes[tag.name].map(\.lowercasedASCII))
      if element == .script { keepLinkedData(tag, start..<tokenizer.position) }
    } else if element == .svg || element == .math {
      if !tag.isSelfClosing { skipForeign(element) }
    } else if isKept(element) {
      appendStart(tag, element)
      if element == .title {
        let start = tokenizer.position
        tokenizer.skipRawText(of: Array("title".utf8))
        append(tokenizer.bytes, start..<tokenizer.position)
      }
    }
  }

  /// Elements whose content is no markup, and of no use.
  private static func isRawText(_ element: Tag) -> Bool {
    switch element {
    case .script, .style, .iframe, .noembed, .noframes, .textarea, .xmp: true
    default: false
    }
  }

  private func isKept(_ element: Tag) -> Bool {
    switch element {
    // Elements without content that libxml2 takes for others or that nothing is done with.
    case .source, .track, .wbr, .embed, .param, .input, .link, .area, .col, .frame, .svg, .math:
      return element == .link && !isFlat
    default: if Self.isRawText(element) { return false }
    }
    if !isFlat { return true }
    switch element.role {
    case .leaf, .image, .lineBreak, .dropped: return true
    // Tables and items end each other, quotations and lists can nest without end.
    case .container(let container): return [.li, .tr, .td, .th, .dd].contains(container)
    case .emphasis, .link, .edge, .transparent, .chrome: return false
    }
  }

  private func isPlain(_ name: Range<Int>) -> Bool {
    guard name.count <= 32 else { return false }
    for index in name {
      let byte = tokenizer.bytes[index]
      if !(byte.isASCIILetter || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "-")) { return false }
    }
    return true
  }

  private mutating func keepLinkedData(_ tag: MarkupTokenizer.Tag, _ content: Range<Int>) {
    guard page.linkedData.count < Self.linkedDataMax.pieces, !content.isEmpty,
      linkedDataBytes + content.count <= Self.linkedDataMax.bytes
    else { return }
    var scanner = AttributeScanner(tokenizer.bytes, from: tag.attributes.lowerBound)
    while let attribute = scanner.next() {
      let name = tokenizer.bytes[attribute.name].lazy.map(\.lowercasedASCII)
      guard name.elementsEqual("type".utf8) else { continue }
      let value = tokenizer.bytes[attribute.value].prefix(64).map(\.lowercasedASCII)
      guard String(decoding: value, as: UTF8.self).contains("ld+json") else { return }
      page.linkedData.append(Array(tokenizer.bytes[content]))
      linkedDataBytes += content.count
      return
    }
  }

  /// Skips an element of SVG or MathML, up to its end tag or the next tag that ends such content in every browser.
  private mutating func skipForeign(_ element: Tag) {
    var depth = 1
    var before = tokenizer
    while let token = tokenizer.next() {
      switch token {
      case .text: break
      case .startTag(let tag):
        guard isPlain(tag.name) else { break }
        let inner = Tag(tokenizer.bytes[tag.name])
        if inner == element, !tag.isSelfClosing { depth += 1 }
        if Self.endsForeign(inner) {
          tokenizer = before
          return
        }
      case .endTag(let tag):
        if isPlain(tag.name), Tag(tokenizer.bytes[tag.name]) == element { depth -= 1 }
        if depth == 0 { return }
      }
      before = tokenizer
    }
  }

  private static func endsForeign(_ element: Tag) -> Bool {
    switch element {
    case .p, .div, .h1, .h2, .h3, .h4, .h5, .h6, .ul, .ol, .li, .table, .blockquote, .body, .pre: true
    default: false
    }
  }

  private mutating func appendName(_ name: Range<Int>) {
    for index in name { output.append(tokenizer.bytes[index].lowercasedASCII) }
  }

  private mutating func appendStart(_ tag: MarkupTokenizer.Tag, _ element: Tag) {
    output.append(UInt8(ascii: "<"))
    appendName(tag.name)
    if tag.attributes.count > 3 {
      let first = page.attributes.count
      var seen: UInt32 = 0
      var scanner = AttributeScanner(tokenizer.bytes, from: tag.attributes.lowerBound)
      while let attribute = scanner.next() {
        guard let key = AttributeName(tokenizer.bytes[attribute.name]), key.matters(to: element),
          seen & 1 << UInt32(key.rawValue) == 0
        else { continue }
        seen |= 1 << UInt32(key.rawValue)
        append(key, attribute.value)
      }
      if page.attributes.count > first {
        output.append(contentsOf: " x=".utf8)
        appendNumber(page.elements.count)
        page.elements.append(first..<page.attributes.count)
      }
    }
    output.append(UInt8(ascii: ">"))
  }

  private mutating func append(_ key: AttributeName, _ value: Range<Int>) {
    let start = UInt32(clamping: page.pool.count)
    // An address of megabytes is an image written out, which is dropped anyway.
    if value.count <= SafeAddress.bytesMax * 2 { AttributeValue.append(tokenizer.bytes, value, to: &page.pool) }
    page.attributes.append(Page.Attribute(name: key, value: start..<UInt32(clamping: page.pool.count)))
  }

  private mutating func appendNumber(_ number: Int) {
    var digits: [UInt8] = []
    var rest = number
    repeat {
      digits.append(UInt8(0x30 + rest % 10))
      rest /= 10
    } while rest > 0
    output.append(contentsOf: digits.reversed())
  }

  /// Appends text.
  private mutating func append(_ bytes: [UInt8], _ range: Range<Int>) {
    var start = range.lowerBound
    var index = start
    while index < range.upperBound {
      let byte = bytes[index]
      if byte != UInt8(ascii: "<"), byte != 0 {
        index += 1
        continue
      }
      output.append(contentsOf: bytes[start..<index])
      if byte != 0 { output.append(contentsOf: "&lt;".utf8) }
      index += 1
      start = index
    }
    output.append(contentsOf: bytes[start..<range.upperBound])
  }
}
