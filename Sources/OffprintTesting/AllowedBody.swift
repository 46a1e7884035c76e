/// A second opinion on what a body may hold, written apart from the reader: a strict parser of the form that bodies have.
///
/// Reads the bytes as a tree of exactly these elements and attributes, each closed in order; says what is wrong.
package enum AllowedBody {
  private static let blocks: [String: Set<String>] = {
    let flow: Set<String> = [
      "p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "pre", "blockquote", "figure", "figcaption", "table", "dl",
    ]
    let phrase: Set<String> = ["a", "em", "strong", "code", "br", "img"]
    let both = flow.union(phrase)
    var blocks = ["": flow, "ul": ["li"], "ol": ["li"], "table": ["tr"], "tr": ["td", "th"], "dl": ["dt", "dd"]]
    for name in ["li", "td", "th", "dd"] { blocks[name] = both }
    for name in ["p", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "figcaption", "dt"] { blocks[name] = phrase }
    for name in ["a", "em", "strong", "code"] { blocks[name] = phrase }
    blocks["blockquote"] = flow
    blocks["figure"] = flow.union(["img", "br", "a", "em", "strong", "code"])
    return blocks
  }()

  /// The first fault of a body, or nil.
  package static func fault(in body: [UInt8]) -> String? {
    guard let text = String(validating: body, as: UTF8.self) else { return "no UTF-8" }
    var rest = text.unicodeScalars[...]
    var open: [String] = []
    while let first = rest.first {
      if first == "<" {
        guard let end = rest.firstIndex(of: ">") else { return "unclosed tag" }
        let tag = String(rest[rest.index(after: rest.startIndex)..<end])
        rest = rest[rest.index(after: end)...]
        if let fault = Self.apply(tag, &open) { return fault }
      } else if first == "&" {
        let isKnown = ["&amp;", "&lt;", "&gt;"].contains { rest.starts(with: $0.unicodeScalars) }
        if !isKnown { return "reference" }
        rest = rest.dropFirst()
        if open.isEmpty { return "text outside of blocks" }
      } else {
        if first.value < 0x20, first != "\n", first != "\t" { return "control character" }
        if (0x7F...0x9F).contains(first.value) { return "control character" }
        if open.isEmpty, first != "\n" { return "text outside of blocks" }
        if first == ">" { return "bare >" }
        rest = rest.dropFirst()
      }
    }
    return open.isEmpty ? nil : "unclosed \(open)"
  }

  private static func apply(_ tag: String, _ open: inout [String]) -> String? {
    if tag.hasPrefix("/") {
      guard let last = open.popLast(), "/" + last == tag else { return "wrong end <\(tag)> in \(open)" }
      return nil
    }
    let name = String(tag.prefix { $0 != " " })
    guard blocks[open.last ?? ""]?.contains(name) == true else { return "<\(name)> in \(open)" }
    if ["a", "em", "strong", "code"].contains(name), open.contains(name) { return "<\(name)> in its like" }
    let attributes = tag.dropFirst(name.count)
    switch name {
    case "a":
      if attributes.wholeMatch(
        of: /\ href="https?:\/\/[!-~&&[^"<> ]]+"/.ignoresCase().matchingSemantics(.unicodeScalar)) == nil
      {
        return tag
      }
    case "img":
      if attributes.wholeMatch(
        of: /\ src="(https?:\/\/[!-~&&[^"<> ]]+|offprint:[0-9a-f]{64})"(\ alt="[^"<>]+")?/.ignoresCase()
          .matchingSemantics(.unicodeScalar))
        == nil
      {
        return tag
      }
    default: if !attributes.isEmpty { return tag }
    }
    if name != "br", name != "img" { open.append(name) }
    return nil
  }
}
