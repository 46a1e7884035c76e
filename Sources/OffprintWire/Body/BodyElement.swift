/// The elements of a body whose text is a block of its own: what locators count.
public enum BodyElement: String, Sendable, CaseIterable {
  /// A paragraph.
  case paragraph = "p"
  /// A heading of the first level.
  case heading1 = "h1"
  /// A heading of the second level.
  case heading2 = "h2"
  /// A heading of the third level.
  case heading3 = "h3"
  /// A heading of the fourth level.
  case heading4 = "h4"
  /// A heading of the fifth level.
  case heading5 = "h5"
  /// A heading of the sixth level.
  case heading6 = "h6"
  /// An item of a list.
  case listItem = "li"
  /// Text whose white space counts.
  case preformatted = "pre"
  /// A quotation, for the text that stands in it directly.
  case quotation = "blockquote"
  /// What is said about a figure.
  case caption = "figcaption"
  /// A cell of a table.
  case cell = "td"
  /// A head cell of a table.
  case headCell = "th"
  /// A term of a list of descriptions.
  case term = "dt"
  /// A description in such a list.
  case description = "dd"

  /// 1...6 for headings, nil for all else.
  public var headingLevel: Int? {
    switch self {
    case .heading1: 1
    case .heading2: 2
    case .heading3: 3
    case .heading4: 4
    case .heading5: 5
    case .heading6: 6
    default: nil
    }
  }
}
