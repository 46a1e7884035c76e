import OffprintWire

/// Finds out where a picture of a page is, whatever a page does to load it late.
enum PageImage {
  /// The address of an image, or nil for none, for one written out in the page, and for one that only counts readers.
  static func source(_ page: Page, _ node: Int, base: String?) -> String? {
    if isTiny(page, node) { return nil }
    let plain = page.string(.src, of: node).flatMap { SafeAddress.resolve(single($0), base: base) }
    if let lazy = page.string(.lazySource, of: node), lazy.utf8.count < SafeAddress.bytesMax,
      let address = SafeAddress.resolve(lazy.utf8.contains(0x20) ? widest(lazy) ?? lazy : lazy, base: base)
    {
      return address
    }
    for name in [AttributeName.lazySources, .srcset] where plain == nil || name == .lazySources {
      if let set = page.string(name, of: node), let best = widest(set),
        let address = SafeAddress.resolve(best, base: base)
      {
        return address
      }
    }
    return plain
  }

  /// The address in a `src` that holds a whole `srcset`, escaped as templates do it to what they take for one address.
  private static func single(_ source: String) -> String {
    source.holds("w,%20http") ? widest(source.replacing("%20", with: " ")) ?? source : source
  }

  /// The picture that an element for browsers without scripts holds, if it stands in for one that a script would show: alone in a
  /// figure, or beside a picture without an address of any use. Anything else there may be made to count readers.
  static func withoutScript(_ page: Page, _ node: Int, base: String?) -> (node: Int, source: String)? {
    let images = page.inner(node).filter { page.nodes[$0].tag == .img }
    guard images.count == 1, let image = images.first, let address = source(page, image, base: base) else { return nil }
    let parent = Int(page.nodes[node].parent)
    guard parent >= 0 else { return nil }
    let others = page.inner(parent).filter {
      page.nodes[$0].tag == .img && !(node..<Int(page.nodes[node].end)).contains($0)
    }
    let isInFigure = page.nodes[parent].tag == .figure || page.nodes[parent].hints.contains(.media)
    guard others.isEmpty ? isInFigure : others.allSatisfy({ source(page, $0, base: base) == nil }) else { return nil }
    return (image, address)
  }

  /// Whether it is too small to show anything.
  private static func isTiny(_ page: Page, _ node: Int) -> Bool {
    for name in [AttributeName.width, .height] {
      guard let text = page.string(name, of: node), let size = Int(text.prefix { $0.isNumber }) else { continue }
      if size <= 3, !text.hasSuffix("%") { return true }
    }
    return false
  }

  /// The widest address of a `srcset`, up to 2,000 pixels; addresses may hold commas, but not end in one.
  static func widest(_ set: String) -> String? {
    var best: (address: Substring, size: Double)?
    var rest = set[...]
    for _ in 0..<64 {
      rest = rest.drop { $0.isWhitespace || $0 == "," }
      let word = rest.prefix { !$0.isWhitespace }
      if word.isEmpty { break }
      rest = rest[word.endIndex...]
      var size = 1.0
      var address = word
      if word.hasSuffix(",") {
        address = word.dropLast()
      } else {
        let descriptor = rest.prefix { $0 != "," }
        rest = rest[descriptor.endIndex...]
        size = Double(descriptor.filter { $0.isNumber || $0 == "." }) ?? 1
      }
      if best.map({ size > $0.size && size <= 2_000 }) ?? true { best = (address, size) }
    }
    return best.map { String($0.address) }
  }
}
