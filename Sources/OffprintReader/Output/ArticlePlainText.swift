import OffprintWire

extension ReadArticle {
  /// The body as text alone: a break at every edge of a block, an empty line between blocks but not within lists and tables;
  /// no captions, no marks that the article does not have.
  public var text: String {
    let text = BodyText(html: body)
    var result = ""
    var before: BodyElement?
    for (index, block) in text.blocks.enumerated() where block.element != .caption {
      if let before { result += Self.areClose(before, block.element) ? "\n" : "\n\n" }
      result += text.text(ofBlock: index)
      before = block.element
    }
    return result.isEmpty ? result : result + "\n"
  }

  private static func areClose(_ one: BodyElement, _ other: BodyElement) -> Bool {
    let parts: [BodyElement] = [.listItem, .cell, .headCell, .term, .description]
    return parts.contains(one) && parts.contains(other)
  }
}
