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
}
