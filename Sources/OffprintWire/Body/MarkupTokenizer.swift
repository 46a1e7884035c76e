/// The tokens of HTML bytes, found in one forward pass and given as ranges of the input: nothing is copied or decoded.
///
/// The rules are those of the HTML standard's tokenizer for well-formed input, cut down where input is broken, and total:
/// every sequence of bytes has tokens. `<` begins markup only before an ASCII letter, `/`, `!` or `?`, else it is text.
/// Markup that the input ends in the midst of is no token. Comments end at `-->` or `--!>`, other `<!`, `<?` and
/// `</` without a letter at the next `>`. No element is special here: the content of `script` is tokens like any other.
package struct MarkupTokenizer {
  /// A start or an end tag.
  package struct Tag: Equatable {
    /// The element's name as written, up to white space, `/` or `>`.
    package let name: Range<Int>
    /// All after the name, up to the closing `>`; for ``AttributeScanner``.
    package let attributes: Range<Int>
    /// Whether a `/` stands before the `>`.
    package let isSelfClosing: Bool
  }

  /// One token.
  package enum Token: Equatable {
    /// Character data, references not decoded.
    case text(Range<Int>)
    /// `<name ...>`.
    case startTag(Tag)
    /// `</name ...>`.
    case endTag(Tag)
  }

  /// The input.
  package let bytes: [UInt8]
  /// Where the next token starts.
  package private(set) var position = 0

  /// A tokenizer at the first byte.
  package init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// The next token, or nil at the end; comments and the like are passed over.
  package mutating func next() -> Token? {
    while position < bytes.count {
      let start = position
      guard beginsMarkup(at: start) else {
        position = endOfText(from: start)
        return .text(start..<position)
      }
      let second = bytes[start + 1]
      if second == UInt8(ascii: "/") {
        if start + 2 < bytes.count, bytes[start + 2].isASCIILetter {
          return readTag(nameStart: start + 2).map(Token.endTag)
        }
        skipPast(UInt8(ascii: ">"), from: start + 2)
      } else if second == UInt8(ascii: "!") {
        skipDeclaration(from: start + 2)
      } else if second == UInt8(ascii: "?") {
        skipPast(UInt8(ascii: ">"), from: start + 2)
      } else {
        return readTag(nameStart: start + 1).map(Token.startTag)
      }
    }
    return nil
  }

  /// Moves behind the content of an element whose content is no markup, so that its end tag is the next token.
  ///
  /// - Parameter name: The element's name in lower case. Without an end tag all the rest is content.
  package mutating func skipRawText(of name: [UInt8]) {
    var index = position
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "<"), isEndTag(named: name, at: index) { break }
      index += 1
    }
    position = index
  }

  private func isEndTag(named name: [UInt8], at index: Int) -> Bool {
    let end = index + 2 + name.count
    guard end < bytes.count, bytes[index + 1] == UInt8(ascii: "/") else { return false }
    for offset in name.indices where bytes[index + 2 + offset].lowercasedASCII != name[offset] { return false }
    return bytes[end].endsTagName
  }

  private func beginsMarkup(at index: Int) -> Bool {
    guard bytes[index] == UInt8(ascii: "<"), index + 1 < bytes.count else { return false }
    let next = bytes[index + 1]
    if next == UInt8(ascii: "/") { return index + 2 < bytes.count }
    return next.isASCIILetter || next == UInt8(ascii: "!") || next == UInt8(ascii: "?")
  }

  private func endOfText(from start: Int) -> Int {
    var index = start + 1
    while index < bytes.count, !beginsMarkup(at: index) { index += 1 }
    return index
  }

  private mutating func readTag(nameStart: Int) -> Tag? {
    var index = nameStart
    while index < bytes.count, !bytes[index].endsTagName { index += 1 }
    let name = nameStart..<index
    var scanner = AttributeScanner(bytes, from: index)
    while scanner.next() != nil {}
    position = scanner.position
    guard let end = scanner.closingBracket else { return nil }
    return Tag(name: name, attributes: index..<end, isSelfClosing: bytes[end - 1] == UInt8(ascii: "/"))
  }

  private mutating func skipDeclaration(from start: Int) {
    let dash = UInt8(ascii: "-")
    let bracket = UInt8(ascii: ">")
    guard start + 1 < bytes.count, bytes[start] == dash, bytes[start + 1] == dash else {
      return skipPast(bracket, from: start)
    }
    var index = start + 2
    // `<!-->` and `<!--->` are comments without content.
    if index < bytes.count, bytes[index] == bracket {
      position = index + 1
      return
    }
    if index + 1 < bytes.count, bytes[index] == dash, bytes[index + 1] == bracket {
      position = index + 2
      return
    }
    while index < bytes.count {
      if bytes[index] == bracket, endsComment(at: index, contentStart: start + 2) {
        position = index + 1
        return
      }
      index += 1
    }
    position = bytes.count
  }

  private func endsComment(at bracket: Int, contentStart: Int) -> Bool {
    let dash = UInt8(ascii: "-")
    if bracket - 2 >= contentStart, bytes[bracket - 1] == dash, bytes[bracket - 2] == dash { return true }
    return bracket - 3 >= contentStart && bytes[bracket - 1] == UInt8(ascii: "!") && bytes[bracket - 2] == dash
      && bytes[bracket - 3] == dash
  }

  private mutating func skipPast(_ byte: UInt8, from start: Int) {
    var index = start
    while index < bytes.count, bytes[index] != byte { index += 1 }
    position = min(index + 1, bytes.count)
  }
}
