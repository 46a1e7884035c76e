import OffprintWire

/// Rewrites a page so that libxml2 reads it as we do, and in bounded time and memory.
///
/// Its output holds start tags with a few known attributes, each once and quoted, end tags, and text without `<`. So
/// there is nothing left in it to be tokenised in two ways, no tag with a million attributes (libxml2 compares each with
/// each), no scripts, no comments, no declarations, no foreign content.
struct MarkupCleaner {
  /// More tags than this are refused: libxml2 needs some 200 bytes for each.
  static let tagsMax = 400_000

  private var tokenizer: MarkupTokenizer
  private let isFlat: Bool
  private var output: [UInt8] = []

  /// The attributes that something is done with.
  private static let attributes = Set(["href", "src", "alt", "lang", "name", "property", "content", "hidden"])
  /// Elements whose content is no markup, and of no use.
  private static let rawText = Set(["script", "style", "iframe", "noembed", "noframes", "textarea", "xmp"])
  private static let foreign = Set(["svg", "math"])
  /// Elements without content that libxml2 takes for others or that nothing is done with.
  private static let useless = Set([
    "source", "track", "wbr", "embed", "param", "input", "link", "area", "col", "frame",
  ])

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
  consuming func clean() throws(ReaderError) -> [UInt8] {
    output.reserveCapacity(tokenizer.bytes.count)
    var tags = 0
    while let token = tokenizer.next() {
      switch token {
      case .text(let range):
        appendText(range)
      case .startTag(let tag):
        tags += 1
        begin(tag)
      case .endTag(let tag):
        tags += 1
        guard let name = name(of: tag), isKept(name) else { continue }
        output += Array("</\(name)>".utf8)
      }
      if tags > Self.tagsMax { throw .tooManyElements(elementsMax: Self.tagsMax) }
    }
    return output
  }

  private mutating func begin(_ tag: MarkupTokenizer.Tag) {
    guard let name = name(of: tag) else { return }
    if Self.rawText.contains(name) {
      tokenizer.skipRawText(of: Array(name.utf8))
    } else if Self.foreign.contains(name) {
      if !tag.isSelfClosing { skipForeign(name) }
    } else if isKept(name) {
      appendStart(name, tag)
      if name == "title" {
        let start = tokenizer.position
        tokenizer.skipRawText(of: Array(name.utf8))
        appendText(start..<tokenizer.position)
      }
    }
  }

  private func isKept(_ name: String) -> Bool {
    if Self.useless.contains(name) || Self.rawText.contains(name) || Self.foreign.contains(name) { return false }
    if !isFlat { return true }
    switch AllowedMarkup.role(of: name) {
    case .leaf, .image, .lineBreak, .dropped: return true
    // Tables and items end each other, quotations and lists can nest without end.
    case .container(let container): return [.li, .tr, .td, .th, .dd].contains(container)
    case .emphasis, .link, .edge, .transparent, .chrome: return false
    }
  }

  private func name(of tag: MarkupTokenizer.Tag) -> String? {
    guard tag.name.count <= 32 else { return nil }
    let bytes = tokenizer.bytes[tag.name].map(\.lowercasedASCII)
    let isPlain = bytes.allSatisfy { $0.isASCIILetter || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-") }
    return isPlain ? String(decoding: bytes, as: UTF8.self) : nil
  }

  /// Skips an element of SVG or MathML, up to its end tag or the next tag that ends such content in every browser.
  private mutating func skipForeign(_ name: String) {
    var depth = 1
    var before = tokenizer
    while let token = tokenizer.next() {
      switch token {
      case .text: break
      case .startTag(let tag):
        guard let inner = self.name(of: tag) else { break }
        if inner == name, !tag.isSelfClosing { depth += 1 }
        if Self.endsForeign(inner) {
          tokenizer = before
          return
        }
      case .endTag(let tag):
        if self.name(of: tag) == name { depth -= 1 }
        if depth == 0 { return }
      }
      before = tokenizer
    }
  }

  private static func endsForeign(_ name: String) -> Bool {
    ["p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "table", "blockquote", "body", "pre"].contains(
      name)
  }

  private mutating func appendStart(_ name: String, _ tag: MarkupTokenizer.Tag) {
    output += Array("<\(name)".utf8)
    var seen: Set<String> = []
    var scanner = AttributeScanner(tokenizer.bytes, from: tag.attributes.lowerBound)
    while seen.count < Self.attributes.count, let attribute = scanner.next() {
      guard attribute.name.count <= 8 else { continue }
      let key = String(decoding: tokenizer.bytes[attribute.name].map(\.lowercasedASCII), as: UTF8.self)
      guard Self.attributes.contains(key), seen.insert(key).inserted else { continue }
      output += Array(" \(key)=\"".utf8)
      // An address of megabytes is an image written out, which is dropped anyway.
      let value = attribute.value.count > SafeAddress.bytesMax * 2 ? attribute.value.prefix(0) : attribute.value
      for byte in tokenizer.bytes[value] {
        switch byte {
        case UInt8(ascii: "\""): output += Array("&quot;".utf8)
        case UInt8(ascii: "<"): output += Array("&lt;".utf8)
        case 0: continue
        default: output.append(byte)
        }
      }
      output.append(UInt8(ascii: "\""))
    }
    output.append(UInt8(ascii: ">"))
  }

  private mutating func appendText(_ range: Range<Int>) {
    for byte in tokenizer.bytes[range] {
      switch byte {
      case UInt8(ascii: "<"): output += Array("&lt;".utf8)
      case 0: continue
      default: output.append(byte)
      }
    }
  }
}
