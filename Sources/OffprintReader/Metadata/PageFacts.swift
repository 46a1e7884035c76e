import OffprintWire

/// What a page says about itself outside of its text, gathered in one pass and not judged yet.
struct PageFacts {
  /// A heading of the page.
  struct Heading {
    let node: Int
    let level: Int
    let text: String
  }

  /// The values of `meta` elements by name in lower case, the first of each that says something.
  private(set) var fields: [String: String] = [:]
  /// The names of `fields` in the page's order.
  private(set) var fieldNames: [String] = []
  /// Headings of the first and second level that say something.
  private(set) var headings: [Heading] = []
  /// The text of `title`.
  private(set) var documentTitle = ""
  /// The language of the whole page.
  private(set) var language: String?
  /// The page's own idea of its address.
  private(set) var canonical: String?
  /// The address by which relative links are resolved.
  private(set) var base: String?
  /// A picture for the page, in a `link`.
  private(set) var imageLink: String?
  let linkedData: LinkedData

  private static let valueBytesMax = 1_024
  private static let fieldsMax = 400
  private static let headingsMax = 64

  /// Gathers the facts of a page.
  init(_ page: Page) {
    linkedData = LinkedData(page.linkedData)
    for node in page.nodes.indices { visit(page, node) }
  }

  /// The first of these fields that says something.
  func field(_ names: String...) -> String? {
    for name in names { if let value = fields[name] { return value } }
    return nil
  }

  /// The first heading of that text.
  func heading(of title: String?) -> Int? { headings.first { $0.text == title }?.node }

  private mutating func visit(_ page: Page, _ node: Int) {
    switch page.nodes[node].tag {
    case .html, .body:
      language = language ?? Self.languageTag(page.string(.lang, of: node) ?? "")
    case .meta: addField(page, node)
    case .base: base = base ?? page.string(.href, of: node)
    case .link:
      guard let rel = page.string(.rel, of: node)?.lowercased() else { return }
      if canonical == nil, rel.split(separator: " ").contains("canonical") { canonical = page.string(.href, of: node) }
      if imageLink == nil, rel == "image_src" { imageLink = page.string(.href, of: node) }
    case .title:
      if documentTitle.isEmpty { documentTitle = TextScalar.folded(page.wholeText(node), bytesMax: Self.valueBytesMax) }
    case .h1, .h2:
      guard headings.count < Self.headingsMax else { return }
      let text = TextScalar.folded(page.wholeText(node), bytesMax: Self.valueBytesMax)
      let level = page.nodes[node].tag == .h1 ? 1 : 2
      if !text.isEmpty { headings.append(Heading(node: node, level: level, text: text)) }
    default: break
    }
  }

  private mutating func addField(_ page: Page, _ node: Int) {
    guard fields.count < Self.fieldsMax, let content = page.string(.content, of: node) else { return }
    for attribute in [AttributeName.property, .name, .itemprop] {
      guard let name = page.string(attribute, of: node)?.lowercased(), name.utf8.count <= 64, fields[name] == nil else {
        continue
      }
      let value = TextScalar.folded(content, bytesMax: Self.valueBytesMax)
      if value.isEmpty { continue }
      fields[name] = value
      fieldNames.append(name)
    }
  }

  /// A tag that looks like one of BCP 47; others say nothing.
  static func languageTag(_ text: String) -> String? {
    let tag = text.replacing("_", with: "-")
    let isTag = tag.utf8.allSatisfy { (0x61...0x7A).contains($0 | 0x20) || (0x30...0x39).contains($0) || $0 == 0x2D }
    guard isTag, (2...35).contains(tag.utf8.count), !tag.hasPrefix("-") else { return nil }
    return tag
  }
}
