/// The text of a body as one line: white space folded, blocks joined by a space; with the way back to places.
struct FoldedText {
  /// The folded text in UTF-8.
  let bytes: [UInt8]
  private let text: BodyText
  /// Where each block starts in `bytes`.
  private let starts: [Int]

  init(_ text: BodyText) {
    var bytes: [UInt8] = []
    var starts: [Int] = []
    for index in text.blocks.indices {
      if index > 0 { bytes.append(0x20) }
      starts.append(bytes.count)
      bytes.append(contentsOf: Self.fold(text.utf8(ofBlock: index)))
    }
    self.text = text
    self.bytes = bytes
    self.starts = starts
  }

  /// A text with each run of ASCII white space as one space and none at its ends.
  static func fold(_ utf8: some Sequence<UInt8>) -> [UInt8] {
    var folded: [UInt8] = []
    var owesSpace = false
    for byte in utf8 {
      if byte.isASCIIWhiteSpace {
        owesSpace = !folded.isEmpty
      } else {
        if owesSpace { folded.append(0x20) }
        owesSpace = false
        folded.append(byte)
      }
    }
    return folded
  }

  /// The place in the body's text of a place in the folded one.
  ///
  /// - Parameter isEnd: Whether something ends there; it then is in the block of what stands before it.
  func position(of index: Int, isEnd: Bool) -> BodyPosition? {
    guard index >= 0, let block = starts.lastIndex(where: { isEnd ? $0 < index : $0 <= index }) else { return nil }
    let wanted = index - starts[block]
    var folded = 0
    var scalars = 0
    var wasSpace = false
    for byte in text.utf8(ofBlock: block) {
      let isSpace = byte.isASCIIWhiteSpace
      let counts = !(isSpace && wasSpace)
      // A run of white space is one byte here: an end stays before what follows its first one.
      if folded == wanted, counts || isEnd { break }
      if counts { folded += 1 }
      if !byte.isUTF8Continuation { scalars += 1 }
      wasSpace = isSpace
    }
    return BodyPosition(block: block, offset: scalars)
  }
}
