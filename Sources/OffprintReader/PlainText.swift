import OffprintWire

/// A plain text in paragraphs.
struct PlainText {
  /// The paragraphs, line ends within them kept.
  private let paragraphs: [String]
  private let firstLine: String?
  /// What of it is the article, if it was copied from a page with all that stood around.
  private let scrape: ScrapedText?

  /// A first line of as many scalars or more is no title.
  static let titleScalarsMax = 200

  /// - Parameter utf8: The text in valid UTF-8, with line ends of any kind.
  init(_ utf8: [UInt8]) {
    var paragraphs: [String] = []
    var lines: [Substring] = []
    let text = String(decoding: utf8, as: UTF8.self)
    // "\r\n" is one character; each of these ends a line.
    for line in text.split(
      omittingEmptySubsequences: false, whereSeparator: { ["\n", "\r", "\r\n", "\u{0C}"].contains($0) })
    {
      if line.allSatisfy(\.isWhitespace) {
        if !lines.isEmpty { paragraphs.append(lines.joined(separator: "\n")) }
        lines = []
      } else {
        lines.append(line)
      }
    }
    if !lines.isEmpty { paragraphs.append(lines.joined(separator: "\n")) }
    self.paragraphs = paragraphs
    firstLine = paragraphs.first?.split(separator: "\n").first.map { TextScalar.folded(String($0)) }
    scrape = ScrapedText(paragraphs)
  }

  /// The article's title in a scraped page, else the first line, if it is short.
  var title: String? {
    let title = scrape.map { paragraphs[$0.title] } ?? firstLine ?? ""
    guard !title.isEmpty, title.unicodeScalars.count < Self.titleScalarsMax else { return nil }
    return TextScalar.folded(title, bytesMax: 1_024)
  }

  /// The sentence under the title that is not the article's first.
  var standfirst: String? { scrape?.standfirst.map { TextScalar.folded(paragraphs[$0], bytesMax: 1_024) } }

  /// The paragraphs as a body.
  var body: [UInt8] {
    var builder = BodyBuilder()
    for paragraph in scrape.map({ $0.article.map { paragraphs[$0] } }) ?? paragraphs {
      let frame = builder.begin(AllowedMarkup.Leaf.p)
      builder.text(paragraph)
      builder.end(frame)
    }
    return builder.finish()
  }

  /// A title made of a file's name: without folders and extension.
  static func title(ofFile name: String) -> String? {
    let last = name.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last ?? ""
    let stem = last.lastIndex(of: ".").flatMap { $0 > last.startIndex ? last[..<$0] : nil } ?? last
    let title = TextScalar.folded(String(stem), bytesMax: 1_024)
    return title.isEmpty ? nil : title
  }
}
