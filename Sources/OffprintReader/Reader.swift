import OffprintWire

/// Makes articles of pages and texts: bytes in, a sanitised body and what is known about it out.
///
/// Pure: the same bytes give the same article, nothing is fetched, no time is asked for. A body that is read again gives
/// the same body, byte for byte.
public enum Reader {
  /// Sources of more bytes are refused.
  public static let inputBytesMax = 32 << 20

  /// What bytes of an unnamed kind are.
  ///
  /// - Throws: `binary`, `empty`.
  public static func detect(_ bytes: [UInt8]) throws(ReaderError) -> InputKind {
    try InputKind.detect(bytes)
  }

  /// Reads what bytes of an unnamed kind hold; see ``read(html:url:)`` and ``read(text:fileName:)``.
  public static func read(_ bytes: [UInt8], url: String?, fileName: String?) throws(ReaderError) -> ReadArticle {
    try checkSize(bytes)
    switch try detect(bytes) {
    case .html:
      var article = try read(html: bytes, url: url)
      if article.title == nil { article.title = fileName.flatMap(PlainText.title(ofFile:)) }
      return article
    case .text: return try read(text: bytes, fileName: fileName)
    }
  }

  /// Reads a page.
  ///
  /// - Parameters:
  ///   - html: The page or a part of one, in whatever encoding it says.
  ///   - url: Its address, by which relative links are resolved; without it they are dropped.
  /// - Throws: `tooLarge`, `tooManyElements`, `empty` if neither text nor image is left, `outOfMemory`.
  public static func read(html: [UInt8], url: String?) throws(ReaderError) -> ReadArticle {
    try checkSize(html)
    return try PageReader.read(Charset.decodePage(html), url: url)
  }

  /// Reads a plain text: paragraphs are parted by blank lines.
  ///
  /// - Parameters:
  ///   - text: The text, in UTF-8, in UTF-16 with a byte order mark, or in windows-1252.
  ///   - fileName: The file's name, without or with a folder, for a text without a first line that could be a title.
  /// - Throws: `tooLarge`, `containsNUL`, `empty`.
  public static func read(text: [UInt8], fileName: String?) throws(ReaderError) -> ReadArticle {
    try checkSize(text)
    if let offset = text.firstIndex(of: 0), !Charset.isMarkedUTF16(text) { throw .containsNUL(offset: offset) }
    let plain = PlainText(Charset.decodeText(text))
    let body = plain.body
    if body.isEmpty { throw .empty }
    let bodyText = BodyText(html: body)
    var article = ReadArticle(body: body, words: bodyText.wordCount)
    article.title = plain.title ?? fileName.flatMap(PlainText.title(ofFile:))
    article.standfirst = plain.standfirst
    article.excerpt = excerpt(plain.standfirst ?? opening(of: bodyText))
    return article
  }

  private static let excerptScalarsMax = 300
  private static func checkSize(_ bytes: [UInt8]) throws(ReaderError) {
    guard bytes.count <= inputBytesMax else { throw .tooLarge(bytes: bytes.count, bytesMax: inputBytesMax) }
  }

  /// The first paragraph that is more than a line, else the first block.
  static func opening(of text: BodyText) -> String {
    let long = text.blocks.firstIndex { $0.element == .paragraph && $0.scalarCount >= 80 }
    return text.text(ofBlock: long ?? 0)
  }

  /// At most 300 scalars, cut at a space if there is one near the end.
  static func excerpt(_ text: String) -> String? {
    let whole = TextScalar.folded(text)
    let scalars = whole.unicodeScalars
    if scalars.isEmpty { return nil }
    guard scalars.count > excerptScalarsMax else { return whole }
    let cut = scalars.prefix(excerptScalarsMax - 1)
    let space = cut.lastIndex(of: " ").flatMap { cut.distance(from: $0, to: cut.endIndex) <= 40 ? $0 : nil }
    return String(cut[..<(space ?? cut.endIndex)]) + "…"
  }
}
