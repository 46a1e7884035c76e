/// What an element is there for, as far as its class, id and the like say so in general words.
struct Hints: OptionSet, Sendable {
  let rawValue: UInt32

  /// The body of an article, said outright.
  static let articleBody = Hints(rawValue: 1 << 0)
  /// Main content, an article, a story, a text.
  static let main = Hints(rawValue: 1 << 1)
  static let share = Hints(rawValue: 1 << 2)
  static let related = Hints(rawValue: 1 << 3)
  static let comments = Hints(rawValue: 1 << 4)
  static let navigation = Hints(rawValue: 1 << 5)
  static let footer = Hints(rawValue: 1 << 6)
  static let sidebar = Hints(rawValue: 1 << 7)
  /// Advertisements, newsletters, appeals for money.
  static let promotion = Hints(rawValue: 1 << 8)
  /// Who wrote it.
  static let byline = Hints(rawValue: 1 << 9)
  /// Date, tags, category and the like.
  static let meta = Hints(rawValue: 1 << 10)
  static let caption = Hints(rawValue: 1 << 11)
  /// Not shown, or only to screen readers.
  static let hidden = Hints(rawValue: 1 << 12)
  /// Questions about cookies, sign-in, payment.
  static let dialog = Hints(rawValue: 1 << 13)
  static let title = Hints(rawValue: 1 << 14)
  static let standfirst = Hints(rawValue: 1 << 15)
  static let author = Hints(rawValue: 1 << 16)
  static let header = Hints(rawValue: 1 << 17)
  static let date = Hints(rawValue: 1 << 18)
  static let tags = Hints(rawValue: 1 << 19)
  /// A short piece of the text set apart, or a text beside the article's.
  static let inset = Hints(rawValue: 1 << 20)
  static let media = Hints(rawValue: 1 << 21)

  /// Those for which a part of a page is not the article.
  static let clutter: Hints = [
    .share, .related, .comments, .navigation, .footer, .sidebar, .promotion, .hidden, .dialog,
  ]

  /// The hints of an element with these attributes.
  static func of(_ page: Page, _ tag: Tag, _ attributes: Range<Int>) -> Hints {
    var hints: Hints = []
    for attribute in page.attributes[attributes] {
      let value = page.pool[Int(attribute.value.lowerBound)..<Int(attribute.value.upperBound)]
      switch attribute.name {
      // The id of a heading is made of its words.
      case .id where tag.isHeading: break
      case .class, .id: hints.formUnion(HintWords.find(in: value))
      case .itemprop, .rel, .role: hints.formUnion(HintWords.findProperty(attribute.name, value))
      case .hidden: hints.insert(.hidden)
      case .style: if isHiding(value) { hints.insert(.hidden) }
      default: break
      }
    }
    return hints
  }

  private static func isHiding(_ style: ArraySlice<UInt8>) -> Bool {
    guard style.count < 512, style.contains(UInt8(ascii: ":")) else { return false }
    let plain = style.filter { $0 > 0x20 }.map { $0 | 0x20 }
    return hidingStyles.contains { plain.contains(bytes: $0) }
  }

  private static let hidingStyles = [
    "display:none", "visibility:hidden", "left:-9", "text-indent:-9", "font-size:0;",
  ].map { $0.utf8.map { $0 | 0x20 } }
}
