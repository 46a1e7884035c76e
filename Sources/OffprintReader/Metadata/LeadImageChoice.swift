/// Chooses the picture by which a page would be shown elsewhere: `og:image`, `twitter:image`, JSON-LD's image, `image_src`; else the
/// first one of the article.
enum LeadImageChoice {
  static func address(_ page: Page, _ facts: PageFacts, root: Int?, base: String?) -> String? {
    let declared = [
      facts.field("og:image:secure_url", "og:image", "og:image:url"), facts.field("twitter:image", "twitter:image:src"),
      facts.linkedData.image, facts.imageLink, facts.field("image", "thumbnail", "thumbnailurl"),
    ]
    for case let address? in declared { if let resolved = SafeAddress.resolve(address, base: base) { return resolved } }
    guard let root else { return nil }
    for node in page.inner(root) where page.nodes[node].tag == .img {
      if let width = page.string(.width, of: node).flatMap({ Int($0.prefix { $0.isNumber }) }), width < 200 { continue }
      if let source = PageImage.source(page, node, base: base) { return source }
    }
    return nil
  }

  /// What stands under the picture where the page shows it, else what the page declares to be seen on it, else the text in its
  /// place.
  static func caption(of address: String, _ page: Page, _ facts: PageFacts, base: String?) -> String? {
    let wanted = place(address)
    // Most pictures of a page are others, which their names tell.
    let name = Array(wanted.reversed().prefix { $0 != UInt8(ascii: "/") }.reversed())
    var alternative: String?
    for node in page.nodes.indices where page.nodes[node].tag == .img {
      let attributes = [AttributeName.src, .lazySource, .srcset, .lazySources]
      guard attributes.contains(where: { page.attribute($0, of: node)?.contains(bytes: name) == true }) else {
        continue
      }
      guard let source = PageImage.source(page, node, base: base), place(source) == wanted else { continue }
      if let caption = captionBeside(page, node) { return caption }
      alternative = alternative ?? page.string(.alt, of: node).flatMap(said)
    }
    return facts.field("og:image:alt", "twitter:image:alt").flatMap(said) ?? alternative
  }

  /// How far above a picture the element may be that holds it and its caption.
  private static let levelsMax = 4

  private static func captionBeside(_ page: Page, _ image: Int) -> String? {
    var box = Int(page.nodes[image].parent)
    for _ in 0..<levelsMax where box > 0 {
      let found = page.inner(box).first { page.nodes[$0].tag == .figcaption || page.nodes[$0].hints.contains(.caption) }
      if let found, let text = said(page.wholeText(found)) { return text }
      if page.nodes[box].tag == .figure { return nil }
      box = Int(page.nodes[box].parent)
    }
    return nil
  }

  /// An address without its scheme, query and fragment: the same picture comes in many sizes.
  private static func place(_ address: String) -> ArraySlice<UInt8> {
    let bytes = Array(address.utf8)
    let end = bytes.firstIndex { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") } ?? bytes.count
    let colon = bytes.firstIndex(of: UInt8(ascii: ":")) ?? 0
    return bytes[min(colon, end)..<end]
  }

  private static func said(_ text: String) -> String? {
    let folded = TextScalar.folded(text, bytesMax: 1_024)
    return folded.isEmpty ? nil : folded
  }
}
