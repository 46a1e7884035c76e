import CLibXML2

/// Reads cleaned markup with libxml2 and copies its tree into a ``Page``.
enum PageParser {
  private static let isReady: Bool = {
    xmlInitParser()
    return true
  }()

  /// Parses a page.
  ///
  /// - Throws: `outOfMemory`, or `tooLarge` for what libxml2 cannot count.
  static func parse(_ clean: MarkupCleaner.CleanPage) throws(ReaderError) -> Page {
    let size = clean.markup.count
    guard let length = Int32(exactly: size) else { throw .tooLarge(bytes: size, bytesMax: Int(Int32.max)) }
    guard isReady, let context = htmlNewParserCtxt() else { throw .outOfMemory }
    defer { htmlFreeParserCtxt(context) }
    let options =
      HTML_PARSE_RECOVER.rawValue | HTML_PARSE_NODEFDTD.rawValue | HTML_PARSE_NOERROR.rawValue
      | HTML_PARSE_NOWARNING.rawValue | HTML_PARSE_NONET.rawValue | HTML_PARSE_IGNORE_ENC.rawValue
      | HTML_PARSE_COMPACT.rawValue
    let document = clean.markup.withUnsafeBytes { bytes in
      htmlCtxtReadMemory(
        context, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), length, nil, "UTF-8",
        Int32(bitPattern: options))
    }
    var page = Page()
    page.isTruncated = context.pointee.disableSAX != 0
    page.linkedData = clean.linkedData
    page.attributes = clean.attributes
    page.pool = clean.pool
    guard let document else { return page }
    defer { xmlFreeDoc(document) }
    page.pool.reserveCapacity(page.pool.count + size)
    if let root = xmlDocGetRootElement(document) { copy(root, clean.elements, to: &page) }
    return page
  }

  /// Copies a tree, without recursion.
  private static func copy(_ root: xmlNodePtr, _ elements: [Range<Int>], to page: inout Page) {
    var node = root
    var parent: Int32 = -1
    while true {
      let index = Int32(clamping: page.nodes.count)
      let isElement = append(node, elements, parent: parent, to: &page)
      if isElement, let child = node.pointee.children {
        parent = index
        node = child
        continue
      }
      if isElement { page.nodes[Int(index)].end = Int32(clamping: page.nodes.count) }
      while true {
        if node == root { return }
        if let sibling = node.pointee.next {
          node = sibling
          break
        }
        guard let outer = node.pointee.parent, outer.pointee.type == XML_ELEMENT_NODE, parent >= 0 else { return }
        page.nodes[Int(parent)].end = Int32(clamping: page.nodes.count)
        parent = page.nodes[Int(parent)].parent
        node = outer
      }
    }
  }

  /// Whether an element was appended, whose children come next.
  private static func append(
    _ node: xmlNodePtr, _ elements: [Range<Int>], parent: Int32, to page: inout Page
  ) -> Bool {
    switch node.pointee.type {
    case XML_ELEMENT_NODE:
      guard let name = node.pointee.name else { return false }
      let tag = Tag(cString: name)
      let attributes = attributes(of: node, elements)
      page.nodes.append(
        Page.Node(
          tag: tag, hints: attributes.isEmpty ? [] : Hints.of(page, tag, attributes), parent: parent,
          start: UInt32(attributes.lowerBound), count: UInt32(attributes.count)))
      return true
    case XML_TEXT_NODE, XML_CDATA_SECTION_NODE:
      guard let content = node.pointee.content else { return false }
      let value = append(content, to: &page.pool)
      page.nodes.append(
        Page.Node(
          tag: .text, parent: parent, end: Int32(clamping: page.nodes.count + 1), start: value.lowerBound,
          count: UInt32(value.count)))
      return false
    default:
      return false
    }
  }

  /// Where an element's attributes are: those of the number that the tag was given.
  private static func attributes(of node: xmlNodePtr, _ elements: [Range<Int>]) -> Range<Int> {
    guard let text = node.pointee.properties?.pointee.children?.pointee.content else { return 0..<0 }
    var number = 0
    var index = 0
    while (0x30...0x39).contains(text[index]), index < 9 {
      number = number * 10 + Int(text[index] - 0x30)
      index += 1
    }
    return elements.indices.contains(number) ? elements[number] : 0..<0
  }

  private static func append(_ text: UnsafePointer<UInt8>, to pool: inout [UInt8]) -> Range<UInt32> {
    let start = UInt32(pool.count)
    let count = Int(xmlStrlen(text))
    pool.append(contentsOf: UnsafeBufferPointer(start: text, count: count))
    return start..<start + UInt32(count)
  }
}
