/// What a page's JSON-LD says about its article (schema.org).
struct LinkedData {
  private(set) var headline: String?
  /// People who wrote it.
  private(set) var authors: [String] = []
  /// Organisations that did.
  private(set) var organizations: [String] = []
  private(set) var published: String?
  /// The first date of publication of anything else.
  private(set) var publishedAnywhere: String?
  private(set) var image: String?
  private(set) var publisher: String?
  private(set) var body: String?
  private(set) var summary: String?
  /// Whether the article is said not to be free to read.
  private(set) var isPaid = false
  /// The kinds of things the page says it holds.
  private(set) var types: Set<String> = []

  private var people: [String: String] = [:]
  private var isFilled = false

  init(_ scripts: [[UInt8]]) {
    let values = scripts.compactMap(LooseJSON.parse)
    for value in values { gatherNames(value, depth: 0) }
    for value in values { gather(value, depth: 0) }
  }

  /// Things refer to each other by `@id`.
  private mutating func gatherNames(_ value: LooseJSON, depth: Int) {
    guard depth < 8 else { return }
    switch value {
    case .list(let items): for item in items { gatherNames(item, depth: depth + 1) }
    case .object(let members):
      if let id = value["@id"]?.text, let name = value["name"]?.text, people.count < 100 { people[id] = name }
      publishedAnywhere = publishedAnywhere ?? value["datePublished"]?.text
      for member in members { gatherNames(member.value, depth: depth + 1) }
    default: break
    }
  }

  private mutating func gather(_ value: LooseJSON, depth: Int) {
    guard depth < 6 else { return }
    switch value {
    case .list(let items): for item in items { gather(item, depth: depth + 1) }
    case .object:
      let types = Self.types(of: value)
      self.types.formUnion(types)
      if types.contains(where: Self.isArticle) { fill(value) }
      for name in ["@graph", "mainEntity", "mainEntityOfPage"] {
        if let inner = value[name] { gather(inner, depth: depth + 1) }
      }
    default: break
    }
  }

  private static func types(of value: LooseJSON) -> [String] {
    switch value["@type"] {
    case .text(let type): [type]
    case .list(let items): items.compactMap(\.text)
    default: []
    }
  }

  private static func isArticle(_ type: String) -> Bool {
    type.hasSuffix("Article") || type.hasSuffix("Posting") || type == "Report" || type.hasSuffix("Review")
      || type == "Recipe"
  }

  /// Takes what the first article says; others fill in what it left open.
  private mutating func fill(_ value: LooseJSON) {
    if isFilled, let headline = value["headline"]?.text, headline != self.headline { return }
    isFilled = true
    headline = headline ?? value["headline"]?.text ?? value["name"]?.text
    if authors.isEmpty, organizations.isEmpty {
      let all = value["author"] ?? value["creator"]
      organizations = names(all, isOrganization: true)
      authors = names(all, isOrganization: false)
    }
    published = published ?? value["datePublished"]?.text ?? value["dateCreated"]?.text
    image = image ?? Self.address(value["image"]) ?? Self.address(value["thumbnailUrl"])
    publisher = publisher ?? names(value["publisher"], isOrganization: nil).first
    body = body ?? value["articleBody"]?.text
    summary = summary ?? value["description"]?.text
    if let free = value["isAccessibleForFree"]?.text?.lowercased(), free == "false" { isPaid = true }
  }

  /// - Parameter isOrganization: Of which kind, if only one is meant; a plain text is a person.
  private func names(_ value: LooseJSON?, isOrganization: Bool?) -> [String] {
    switch value {
    case .text(let name): return isOrganization == true ? [] : [name]
    case .list(let items): return items.prefix(20).flatMap { names($0, isOrganization: isOrganization) }
    case .object(let members):
      let types = Self.types(of: .object(members))
      if let isOrganization, types.contains(where: { $0.hasSuffix("Organization") }) != isOrganization { return [] }
      if let name = value?["name"] {
        switch name {
        case .text(let text): return [text]
        case .list(let items): return items.compactMap(\.text)
        default: return []
        }
      }
      return value?["@id"]?.text.flatMap { people[$0] }.map { [$0] } ?? []
    default: return []
    }
  }

  private static func address(_ value: LooseJSON?) -> String? {
    switch value {
    case .text(let text): text
    case .list(let items): items.lazy.compactMap { address($0) }.first
    case .object: value?["url"]?.text ?? value?["contentUrl"]?.text ?? value?["@id"]?.text
    default: nil
    }
  }
}
