import OffprintCrypto
import OffprintWire

/// A record to be pushed.
struct BenchRecord {
  var type: String
  var id: String
  var values: [(name: String, json: String)]

  /// An article with an address and texts about as long, and about as hard to compress, as those of real pages.
  static func article(_ number: Int, saved: Int64) -> BenchRecord {
    let url = "https://site\(number % 97).example/\(2_000 + number % 26)/a-story-about-number-\(number)"
    let id = PageAddress(url).map { "\($0.articleID)" } ?? ""
    let title =
      "Story \(number): \(["rivers", "boats", "lamps", "letters", "bridges"][number % 5]) and \(number * 7_919 % 10_007)"
    return BenchRecord(
      type: "article", id: id,
      values: [
        ("found.byline", "\"\(words(2, number))\""), ("found.excerpt", "\"\(words(30, number))\""),
        ("found.language", "\"en\""), ("found.site", "\"Site \(number % 97)\""), ("found.title", "\"\(title)\""),
        ("found.words", "\(300 + number * 31 % 4_000)"), ("life", "\"live\""), ("saved", "\(saved)"),
        ("url", "\"\(url)\""),
      ])
  }

  private static let syllables = [
    "ba", "con", "der", "en", "for", "ing", "la", "men", "no", "or", "per", "re", "si", "ter", "un", "ver",
  ]

  /// So many words that nobody knows, of a few syllables each; the same for the same number.
  private static func words(_ count: Int, _ number: Int) -> String {
    let digits = SHA256.hash(Array("\(number) \(count)".utf8)).flatMap { [$0 & 15, $0 >> 4] }
    return (0..<count).map { word in
      (0...(word * 7 % 3)).map { syllables[Int(digits[(word * 2 + $0) % digits.count])] }.joined()
    }.joined(separator: " ")
  }

  /// A new bookmark.
  static func bookmark(of article: String, saved: Int64) -> BenchRecord {
    let id =
      FixedHex.text(UInt64.random(in: .min ... .max), digits: 16)
      + FixedHex.text(UInt64.random(in: .min ... .max), digits: 16)
    return BenchRecord(
      type: "bookmark", id: id,
      values: [("article", "\"\(article)\""), ("created", "\(saved)"), ("life", "\"live\""), ("note", "\"a note\"")])
  }
}
