/// What a page says about itself outside of its text.
struct PageFacts {
  /// The text of its only `h1`, else its `og:title`, else its `title`.
  var title: String? {
    if headings.count == 1 { return headings.first }
    return field("og:title") ?? (documentTitle.isEmpty ? headings.first : documentTitle)
  }
  /// The site's name.
  var site: String? { field("og:site_name") }
  /// What the page is about.
  var summary: String? { field("description") ?? field("og:description") }
  /// The language of the whole page.
  private(set) var language: String?

  private static let titleBytesMax = 1_024
  /// Text of a heading beyond this is not gathered.
  private static let gatheredMax = 8_192
  private static let headingsMax = 16

  private var fields: [String: String] = [:]
  private var headings: [String] = []
  private var documentTitle = ""
  private var gathered: String?
  private var names: [String] = []

  /// Gathers the facts of a page.
  init(_ page: borrowing PageTree) {
    page.walk { visit($0) }
  }

  private func field(_ name: String) -> String? {
    fields[name].flatMap { $0.isEmpty ? nil : $0 }
  }

  private mutating func visit(_ event: PageTree.Event) -> Bool {
    switch event {
    case .text(let text):
      if let so = gathered, so.utf8.count < Self.gatheredMax { gathered = so + text }
      return false
    case .end:
      if let name = names.popLast() { end(name) }
      return false
    case .begin(let element):
      begin(element)
      names.append(element.name)
      return true
    }
  }

  private mutating func begin(_ element: PageTree.Element) {
    switch element.name {
    case "html": language = Self.languageTag(element.attribute("lang") ?? "")
    case "meta":
      guard let name = element.attribute("property") ?? element.attribute("name") else { return }
      let key = name.lowercased()
      guard ["og:title", "og:site_name", "og:description", "description"].contains(key), fields[key] == nil else {
        return
      }
      fields[key] = TextScalar.folded(element.attribute("content") ?? "", bytesMax: Self.titleBytesMax)
    case "title", "h1": if gathered == nil { gathered = "" }
    case "br": gathered? += " "
    default: break
    }
  }

  private mutating func end(_ name: String) {
    guard name == "title" || name == "h1", let text = gathered, !names.contains(name) else { return }
    gathered = nil
    let folded = TextScalar.folded(text, bytesMax: Self.titleBytesMax)
    if folded.isEmpty { return }
    if name == "h1" {
      if headings.count < Self.headingsMax { headings.append(folded) }
    } else if documentTitle.isEmpty {
      documentTitle = folded
    }
  }

  /// A tag that looks like one of BCP 47; others say nothing.
  private static func languageTag(_ text: String) -> String? {
    let tag = text.replacing("_", with: "-")
    let isTag = tag.utf8.allSatisfy { (0x61...0x7A).contains($0 | 0x20) || (0x30...0x39).contains($0) || $0 == 0x2D }
    guard isTag, (2...35).contains(tag.utf8.count), !tag.hasPrefix("-") else { return nil }
    return tag
  }
}
