import OffprintReader
import OffprintTesting
import OffprintWire

extension FuzzTarget {
  /// Pages and texts as they are saved, and bodies as they come from other devices.
  static let html = FuzzTarget("html", bytesMax: 4_096) { bytes in
    // A body from a server is not believed to be one of ours.
    try Bodies.checkLocators(in: Bodies.text(bytes), from: shown(bytes))
    guard let article = try? Reader.read(bytes, url: "https://example.com/dir/page", fileName: "page.html") else {
      return
    }
    let source = shown(bytes)
    if let fault = AllowedBody.fault(in: article.body) {
      throw BrokenPromise("\(fault) in \(shown(article.body)) from \(source)")
    }
    guard let again = try? Reader.read(html: article.body, url: nil) else {
      throw BrokenPromise("a body cannot be read again: \(shown(article.body)) from \(source)")
    }
    try hold(
      again.body == article.body, "a body changes: \(shown(article.body)) to \(shown(again.body)) from \(source)")
    try hold(again.words == article.words, "another number of words: \(again.words), \(article.words) from \(source)")
    let texts = [article.title, article.byline, article.site, article.language, article.excerpt].compactMap { $0 }
    try hold(texts.allSatisfy { $0.utf8.count <= 4_096 }, "an endless text about the page from \(source)")
    try Bodies.checkLocators(in: Bodies.text(article.body), from: source)
  }
}

private enum Bodies {
  static func text(_ bytes: [UInt8]) -> BodyText {
    BodyText(html: bytes, contentHash: String(repeating: "a", count: 64))
  }

  /// A place made in a body is found again in it, exactly, and its share of the text stays within the whole.
  static func checkLocators(in text: BodyText, from source: String) throws {
    _ = text.plainText()
    for fraction in [0, 333_333, 1_000_000] {
      let position = text.position(atFraction: fraction)
      let share = text.fraction(at: position)
      try hold((0...1_000_000).contains(share), "a share of \(share) from \(source)")
      let locator = Locator(
        body: nil, block: position.block, offset: position.offset, fraction: share, before: "", after: "")
      let found = locator.resolve(in: text)
      let place = BodyPosition(block: found.block, offset: found.offset)
      try hold(text.blocks.isEmpty || text.contains(place), "resolved outside the text, \(found), from \(source)")
    }
    guard let quote = text.blocks.indices.first.map({ text.text(ofBlock: $0) }), !quote.isEmpty,
      let (start, end) = Locator.make(in: text, quote: quote)
    else { return }
    for locator in [start, end] {
      let found = locator.resolve(in: text)
      let isSame = found.block == locator.block && found.offset == locator.offset
      try hold(isSame && found.how == .exact, "\(locator) is found at \(found) from \(source)")
    }
  }
}
