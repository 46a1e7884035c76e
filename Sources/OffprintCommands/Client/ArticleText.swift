import Offprint
import OffprintWire

/// How articles, bookmarks and positions are printed.
enum ArticleText {
  /// Digits of an id shown to people; more are asked for where they do not suffice.
  static let idDigits = 12

  static func short(_ id: RecordID) -> String { String(id.description.prefix(idDigits)) }

  static func json(_ article: Article) -> [(String, JSONResult)] {
    [
      ("archived", .bool(article.isArchived)), ("byline", .text(article.byline)),
      ("content", .string(state(article.content))), ("deleted", .bool(article.isDeleted)),
      ("excerpt", .text(article.excerpt)), ("favourite", .bool(article.isFavourite)),
      ("finished", .bool(article.isFinished)), ("fraction", .millionths(article.fraction)),
      ("held", .bool(article.isHeld)), ("id", .string(article.id.description)), ("language", .text(article.language)),
      ("lastRead", .number(article.lastReadAt)), ("published", .number(article.publishedAt)),
      ("same", .array(article.memberIDs.map { .string($0.description) })), ("saved", .number(article.savedAt)),
      ("site", .text(article.site)), ("tags", .array(article.tags.map { .string($0) })),
      ("title", .string(article.title)), ("unsent", .bool(article.hasUnsentEdits)), ("url", .text(article.url)),
      ("words", .number(article.words)),
    ]
  }

  static func state(_ content: ContentState) -> String {
    switch content {
    case .ready: "ready"
    case .notOnThisDevice: "not here"
    case .pending: "pending"
    case .fetching: "fetching"
    case .failed: "failed"
    }
  }

  static func json(_ picture: Picture) -> JSONResult {
    .object([("hash", .string(picture.hash)), ("here", .bool(picture.isHere)), ("size", .integer(picture.size))])
  }

  /// How many pictures there are, and how large they are.
  static func line(_ pictures: [Picture]) -> String {
    let here = pictures.count(where: \.isHere)
    let size = Wording.bytes(pictures.reduce(0) { $0 + min($1.size, 1 << 40) })
    return
      "with \(Wording.count(pictures.count, "picture")) (\(size)), \(here == pictures.count ? "all" : "\(here)") on this device"
  }

  /// One line of a list.
  static func line(_ article: Article, _ style: TerminalStyle) -> String {
    var marks: [String] = []
    if article.isFavourite { marks.append("favourite") }
    if article.isArchived { marks.append("archived") }
    if article.isHeld { marks.append("held") }
    if article.content != .ready { marks.append(state(article.content)) }
    marks += article.tags.map { "#" + $0.visible }
    let progress = article.isFinished ? "read" : article.fraction == 0 ? "   -" : Fraction.percent(article.fraction)
    let padded = String(repeating: " ", count: max(0, 5 - progress.count)) + progress
    let tail = marks.isEmpty ? "" : "  " + style.dim(marks.joined(separator: " "))
    return "\(style.dim(short(article.id)))  \(padded)  \(style.bold(article.title.visible))\(tail)"
  }

  static func json(_ bookmark: Bookmark) -> [(String, JSONResult)] {
    [
      ("article", .text(bookmark.article?.description)), ("colour", .text(bookmark.colour)),
      ("created", .number(bookmark.createdAt)),
      ("fraction", bookmark.fraction.map { .millionths($0) } ?? .null), ("id", .string(bookmark.id.description)),
      ("note", .text(bookmark.note)), ("quote", .text(bookmark.quote)), ("title", .text(bookmark.articleTitle)),
    ]
  }

  static func line(_ bookmark: Bookmark, _ style: TerminalStyle) -> String {
    var text = "\(style.dim(short(bookmark.id)))  \(bookmark.fraction.map(Fraction.percent) ?? "-")"
    if let quote = bookmark.quote { text += "  \u{201C}\(quote.visible)\u{201D}" }
    if let note = bookmark.note { text += "  note: \(note.visible)" }
    if let colour = bookmark.colour { text += "  \(colour.visible)" }
    return text
  }

  static func json(_ position: ReadingPosition?) -> JSONResult {
    guard let position else { return .null }
    return .object([
      ("at", .number(position.at)), ("block", .number(position.block)), ("excerpt", .text(position.excerpt)),
      ("finished", .bool(position.isFinished)), ("fraction", .millionths(position.fraction)),
      ("here", .bool(position.isThisReplica)), ("offset", .number(position.offset)),
      (
        "others",
        .array(
          position.others.map {
            .object([
              ("finished", .bool($0.isFinished)), ("fraction", .millionths($0.fraction)),
              ("replica", .string($0.replica.description)), ("round", .integer($0.round)),
            ])
          })
      ),
      ("replica", .string(position.replica.description)), ("resolution", .text(position.resolution?.rawValue)),
      ("round", .integer(position.round)),
    ])
  }

  /// What a position says to a person.
  static func sentence(_ position: ReadingPosition?) -> String {
    guard let position else { return "not begun" }
    var text = position.isFinished ? "read to the end" : "at \(Fraction.percent(position.fraction))"
    if position.round > 1 { text += ", reading \(position.round)" }
    if let excerpt = position.excerpt, !excerpt.isEmpty, !position.isFinished {
      text += ": \u{201C}\(excerpt.visible)\u{2026}\u{201D}"
    }
    if position.resolution == .approximate { text += " (about there: the text has changed)" }
    let further = position.others.filter { $0.round == position.round && $0.fraction > position.fraction }
    if let other = further.max(by: { $0.fraction < $1.fraction }) {
      text += "; another device is at \(Fraction.percent(other.fraction))"
    }
    return text
  }
}
