import CLibXML2

/// A page as libxml2 reads it, after ``MarkupCleaner``.
///
/// Owns libxml2's document and hands out nothing that outlives it.
struct PageTree: ~Copyable {
  /// Something met on the way through the page, in document order.
  enum Event {
    /// An element begins.
    case begin(Element)
    /// An element ends that was entered.
    case end
    /// A piece of text.
    case text(String)
  }

  /// An element during a walk; not to be kept.
  struct Element {
    /// Its name in lower case.
    let name: String
    fileprivate let node: xmlNodePtr

    /// The value of an attribute, references decoded; nil without one.
    func attribute(_ name: String) -> String? {
      var next = node.pointee.properties
      while let attribute = next {
        if let own = attribute.pointee.name, String(cString: own) == name {
          guard let value = attribute.pointee.children?.pointee.content else { return "" }
          return String(cString: value)
        }
        next = attribute.pointee.next
      }
      return nil
    }
  }

  private let document: xmlDocPtr?
  /// Whether libxml2 gave up because the page is nested too deeply, so that what follows is missing.
  let isTruncated: Bool

  private static let isReady: Bool = {
    xmlInitParser()
    return true
  }()

  /// Parses a page.
  ///
  /// - Throws: `outOfMemory`, or `tooLarge` for what libxml2 cannot count.
  init(_ page: [UInt8]) throws(ReaderError) {
    guard let size = Int32(exactly: page.count) else { throw .tooLarge(bytes: page.count, bytesMax: Int(Int32.max)) }
    guard Self.isReady, let context = htmlNewParserCtxt() else { throw .outOfMemory }
    defer { htmlFreeParserCtxt(context) }
    let options =
      HTML_PARSE_RECOVER.rawValue | HTML_PARSE_NODEFDTD.rawValue | HTML_PARSE_NOERROR.rawValue
      | HTML_PARSE_NOWARNING.rawValue | HTML_PARSE_NONET.rawValue | HTML_PARSE_IGNORE_ENC.rawValue
    document = page.withUnsafeBytes { bytes in
      htmlCtxtReadMemory(
        context, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), size, nil, "UTF-8", Int32(bitPattern: options))
    }
    isTruncated = context.pointee.disableSAX != 0
  }

  deinit {
    if let document { xmlFreeDoc(document) }
  }

  /// Goes through the page once, without recursion.
  ///
  /// - Parameter visit: Is given each event; the answer to `begin` says whether to enter the element, whose `end` follows then.
  func walk(_ visit: (Event) -> Bool) {
    guard let document, let root = xmlDocGetRootElement(document) else { return }
    var node = root
    while true {
      if enter(node, visit), let child = node.pointee.children {
        node = child
        continue
      }
      while true {
        if node == root { return }
        if let sibling = node.pointee.next {
          node = sibling
          break
        }
        guard let parent = node.pointee.parent, parent.pointee.type == XML_ELEMENT_NODE else { return }
        node = parent
        _ = visit(.end)
      }
    }
  }

  /// Whether the walk goes on with the node's children, whose end it then announces.
  private func enter(_ node: xmlNodePtr, _ visit: (Event) -> Bool) -> Bool {
    switch node.pointee.type {
    case XML_ELEMENT_NODE:
      guard let name = node.pointee.name else { return false }
      guard visit(.begin(Element(name: String(cString: name), node: node))) else { return false }
      if node.pointee.children != nil { return true }
      _ = visit(.end)
      return false
    case XML_TEXT_NODE, XML_CDATA_SECTION_NODE:
      if let content = node.pointee.content { _ = visit(.text(String(cString: content))) }
      return false
    default:
      return false
    }
  }
}
