import CLibXML2

/// Reads cleaned markup with libxml2 and makes a ``Page`` of what it tells as it goes, without a tree of its own in between.
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
    let builder = PageBuilder(clean, context)
    guard let handler = context.pointee.sax else { throw .outOfMemory }
    handler.pointee = xmlSAXHandler()
    handler.pointee.startElement = elementBegan
    handler.pointee.endElement = elementEnded
    handler.pointee.characters = textCame
    handler.pointee.cdataBlock = textCame
    let options =
      HTML_PARSE_RECOVER.rawValue | HTML_PARSE_NODEFDTD.rawValue | HTML_PARSE_NOERROR.rawValue
      | HTML_PARSE_NOWARNING.rawValue | HTML_PARSE_NONET.rawValue | HTML_PARSE_IGNORE_ENC.rawValue
    context.pointee.userData = Unmanaged.passUnretained(builder).toOpaque()
    let document = clean.markup.withUnsafeBytes { bytes in
      htmlCtxtReadMemory(
        context, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), length, nil, "UTF-8",
        Int32(bitPattern: options))
    }
    if let document { xmlFreeDoc(document) }
    return withExtendedLifetime(builder) { builder.finish() }
  }
}

/// Puts a page together from what the library tells.
private final class PageBuilder {
  private var page = Page()
  private let elements: [Range<Int>]
  private let context: htmlParserCtxtPtr
  /// The elements that are open.
  private var open: [Int] = []

  /// Elements nested deeper are not read: going from one to the outermost must cost little. It is libxml2's own limit for trees.
  private static let depthMax = 256

  init(_ clean: MarkupCleaner.CleanPage, _ context: htmlParserCtxtPtr) {
    elements = clean.elements
    self.context = context
    page.linkedData = clean.linkedData
    page.attributes = clean.attributes
    page.pool = clean.pool
    page.pool.reserveCapacity(page.pool.count + clean.markup.count)
    page.nodes.reserveCapacity(clean.elements.count * 3)
  }

  func begin(_ name: UnsafePointer<UInt8>, number: UnsafePointer<UInt8>?) {
    guard !page.isTruncated else { return }
    guard open.count < Self.depthMax else {
      page.isTruncated = true
      xmlStopParser(context)
      return
    }
    let tag = Tag(cString: name)
    let attributes = number.map(attributes) ?? 0..<0
    page.nodes.append(
      Page.Node(
        tag: tag, hints: attributes.isEmpty ? [] : Hints.of(page, tag, attributes), parent: parent,
        start: UInt32(attributes.lowerBound), count: UInt32(attributes.count)))
    open.append(page.nodes.count - 1)
  }

  func end() {
    guard let last = open.popLast() else { return }
    page.nodes[last].end = Int32(clamping: page.nodes.count)
  }

  func text(_ text: UnsafePointer<UInt8>, count: Int) {
    guard count > 0, !page.nodes.isEmpty else { return }
    let start = UInt32(page.pool.count)
    page.pool.append(contentsOf: UnsafeBufferPointer(start: text, count: count))
    // The library hands long texts over in pieces.
    if let last = page.nodes.indices.last, page.nodes[last].tag == .text, page.nodes[last].parent == parent {
      page.nodes[last].count += UInt32(count)
    } else {
      page.nodes.append(
        Page.Node(
          tag: .text, parent: parent, end: Int32(clamping: page.nodes.count + 1), start: start, count: UInt32(count)))
    }
  }

  func finish() -> Page {
    while !open.isEmpty { end() }
    if !page.nodes.isEmpty { page.nodes[0].end = Int32(clamping: page.nodes.count) }
    return page
  }

  /// The element in which the next node stands. What comes behind the end of the outermost one is put into it, as browsers do:
  /// there is one outermost element, and all others have a way to it.
  private var parent: Int32 { Int32(clamping: open.last ?? (page.nodes.isEmpty ? -1 : 0)) }

  /// Where an element's attributes are: those of the number that the tag was given.
  private func attributes(_ text: UnsafePointer<UInt8>) -> Range<Int> {
    var number = 0
    var index = 0
    while (0x30...0x39).contains(text[index]), index < 9 {
      number = number * 10 + Int(text[index] - 0x30)
      index += 1
    }
    return elements.indices.contains(number) ? elements[number] : 0..<0
  }
}

private func builder(_ context: UnsafeMutableRawPointer?) -> PageBuilder? {
  context.map { Unmanaged<PageBuilder>.fromOpaque($0).takeUnretainedValue() }
}

/// An element begins. Its attributes are pairs of a name and a value; there is one at most, the number that the cleaner gave it.
private let elementBegan: startElementSAXFunc = { context, name, attributes in
  guard let name else { return }
  let number = attributes.flatMap { $0[0] == nil ? nil : $0[1] }
  builder(context)?.begin(name, number: number)
}

private let elementEnded: endElementSAXFunc = { context, _ in builder(context)?.end() }

private let textCame: charactersSAXFunc = { context, text, count in
  guard let text else { return }
  builder(context)?.text(text, count: Int(count))
}
