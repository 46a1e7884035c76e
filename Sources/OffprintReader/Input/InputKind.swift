import OffprintWire

/// What a source is.
public enum InputKind: Sendable, Hashable {
  /// A page or a fragment of HTML.
  case html
  /// Plain text.
  case text

  /// What bytes of an unnamed kind are.
  ///
  /// - Throws: `binary` for the first bytes of a well-known other format and for bytes with NUL that say of
  ///   themselves to be no UTF-16; `empty` without any bytes.
  static func detect(_ bytes: [UInt8]) throws(ReaderError) -> InputKind {
    if bytes.isEmpty { throw .empty }
    for (magic, kind) in magics where bytes.starts(with: magic) { throw .binary(kind: kind) }
    let head = Array(bytes.prefix(4_096))
    if head.contains(0), !Charset.isMarkedUTF16(bytes) { throw .binary(kind: "a binary file") }
    return looksLikeMarkup(Charset.decodeText(head)) ? .html : .text
  }

  private static let magics: [(magic: [UInt8], kind: String)] = [
    (Array("%PDF-".utf8), "a PDF file"), ([0x50, 0x4B, 0x03, 0x04], "a ZIP archive or an office or EPUB file"),
    ([0x1F, 0x8B], "a gzip file"), ([0x89, 0x50, 0x4E, 0x47], "a PNG image"), ([0xFF, 0xD8, 0xFF], "a JPEG image"),
    (Array("GIF8".utf8), "a GIF image"), ([0x7F, 0x45, 0x4C, 0x46], "a program"),
    (Array("SQLite format 3".utf8), "a SQLite database"), ([0xD0, 0xCF, 0x11, 0xE0], "an office file"),
    (Array("{\\rtf".utf8), "an RTF file"), (Array("OggS".utf8), "an audio file"), (Array("ID3".utf8), "an audio file"),
  ]

  private static let firstTags = Set([
    "html", "head", "body", "title", "meta", "link", "script", "style", "p", "div", "h1", "h2", "h3", "article", "main",
    "section", "table", "ul", "ol", "dl", "pre", "blockquote", "figure", "header", "nav", "span", "a", "img", "br",
    "center", "font",
  ])

  /// Whether the first thing is a tag of HTML, a comment or a declaration, or a whole page begins further on.
  private static func looksLikeMarkup(_ text: [UInt8]) -> Bool {
    guard let start = text.firstIndex(where: { !$0.isASCIIWhiteSpace }) else { return false }
    let rest = Array(text[start...])
    for opening in ["<!doctype html", "<!--", "<?xml"] where begins(rest, with: opening) { return true }
    var tokenizer = MarkupTokenizer(rest)
    var isFirst = true
    while let token = tokenizer.next() {
      if case .startTag(let tag) = token {
        let name = String(decoding: rest[tag.name].map(\.lowercasedASCII), as: UTF8.self)
        if isFirst { return firstTags.contains(name) }
        if name == "html" || name == "body" { return true }
      }
      isFirst = false
    }
    return false
  }

  private static func begins(_ bytes: [UInt8], with opening: String) -> Bool {
    bytes.prefix(opening.utf8.count).map(\.lowercasedASCII).elementsEqual(opening.utf8)
  }
}
