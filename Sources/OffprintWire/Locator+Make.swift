extension Locator {
  /// The locator of a place in a body's text, or nil if there is no such place.
  ///
  /// In a body without text only block 0, offset 0 has one.
  public static func make(in text: BodyText, block: Int, offset: Int) -> Locator? {
    let position = BodyPosition(block: block, offset: offset)
    let isStartOfNothing = text.blocks.isEmpty && block == 0 && offset == 0
    guard text.contains(position) || isStartOfNothing else { return nil }
    return make(in: text, at: position)
  }

  /// The locator of the place that has that share of the text before it, rounded down to a scalar.
  ///
  /// - Parameter millionths: 0...1,000,000; less counts as 0, more as 1,000,000.
  public static func make(in text: BodyText, atFraction millionths: Int) -> Locator {
    make(in: text, at: text.position(atFraction: millionths))
  }

  /// The locators of the start and the end of the first place where a text stands, or nil if it stands nowhere.
  ///
  /// Each run of ASCII white space, in the quote and in the body, counts as one space, and so does the step from a block
  /// to the next; ends of the quote are trimmed. All else must be the same scalars. A quote of white space stands nowhere.
  public static func make(in text: BodyText, quote: String) -> (start: Locator, end: Locator)? {
    let folded = FoldedText(text)
    let needle = FoldedText.fold(quote.utf8)
    guard !needle.isEmpty, let found = BytePattern(needle).firstMatch(in: folded.bytes) else { return nil }
    guard let start = folded.position(of: found, isEnd: false),
      let end = folded.position(of: found + needle.count, isEnd: true)
    else { return nil }
    return (make(in: text, at: start), make(in: text, at: end))
  }

  private static func make(in text: BodyText, at position: BodyPosition) -> Locator {
    let (before, after) = text.context(at: position, scalarsMax: contextScalarsMax)
    return Locator(
      body: text.bodyHash, block: position.block, offset: position.offset, fraction: text.fraction(at: position),
      before: before, after: after)
  }
}

extension BodyText {
  /// Up to so many scalars of the block's text on each side of a place.
  fileprivate func context(at position: BodyPosition, scalarsMax: Int) -> (before: String, after: String) {
    let scalars = text(ofBlock: position.block).unicodeScalars
    let here =
      scalars.index(scalars.startIndex, offsetBy: position.offset, limitedBy: scalars.endIndex) ?? scalars.endIndex
    let start = scalars.index(here, offsetBy: -scalarsMax, limitedBy: scalars.startIndex) ?? scalars.startIndex
    let end = scalars.index(here, offsetBy: scalarsMax, limitedBy: scalars.endIndex) ?? scalars.endIndex
    return (String(scalars[start..<here]), String(scalars[here..<end]))
  }
}
