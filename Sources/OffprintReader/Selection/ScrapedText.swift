/// Finds the article in a text that was copied from a page together with what stood around it.
///
/// As the page's markup is gone, only its lines speak: what addresses readers (share, newsletter, comments), and where running text
/// begins and ends. A text without at least two such lines is somebody's own and is taken as it is.
struct ScrapedText {
  /// The paragraph that is the title.
  let title: Int
  /// The paragraph under the title, if it is not the first of the article.
  let standfirst: Int?
  /// The paragraphs of the article.
  let article: [Int]

  private static let clutterMin = 2
  private static let titleWordsMin = 3
  private static let standfirstWordsMax = 45

  init?(_ paragraphs: [String]) {
    let lines = paragraphs.prefix(10_000).map(Line.init)
    guard lines.count(where: { $0.isClutter && $0.words.count <= 12 }) >= Self.clutterMin else { return nil }
    guard let run = Self.longestRun(lines) else { return nil }
    var article = run
    var title: Int?
    for index in (0..<run[0]).reversed() where lines[index].mayBeTitle {
      title = index
      // A category line stands between the title and the text.
      if lines[index].words.count > Self.titleWordsMin { break }
    }
    guard let title else { return nil }
    // The sentence under the title is its own where something parts it from the text.
    standfirst = (title + 1..<run[0]).first {
      lines[$0].isProse && !lines[$0].isAppeal && lines[$0].words.count <= Self.standfirstWordsMax
    }
    if let standfirst { article.removeAll { $0 == standfirst } }
    self.title = title
    self.article = article
  }

  /// The paragraphs of running text that belong together: parted by a line of their own at most, and by no appeal.
  private static func longestRun(_ lines: [Line]) -> [Int]? {
    var best: (run: [Int], weight: Int)?
    var run: [Int] = []
    var gap: [Int] = []
    func close() {
      let weight = run.reduce(0) { $0 + lines[$1].words.count }
      if weight > best?.weight ?? 0 { best = (run, weight) }
    }
    for (index, line) in lines.enumerated() {
      if line.isProse, !line.isAppeal, !line.isClutter {
        // A heading stands between two paragraphs, but nothing that is called by two names.
        if !run.isEmpty, gap.count == 1, lines[gap[0]].mayBeHeading, run.count > 1 {
          run += gap
        } else if !gap.isEmpty || run.isEmpty {
          close()
          run = []
        }
        gap = []
        run.append(index)
      } else {
        gap.append(index)
        if line.isAppeal || line.isClutter || gap.count > 1 {
          close()
          run = []
        }
      }
    }
    close()
    return best?.run
  }

  private struct Line {
    let words: [UInt64]
    let isProse: Bool
    let isAppeal: Bool
    let isClutter: Bool
    let mayBeTitle: Bool
    let mayBeHeading: Bool

    init(_ paragraph: String) {
      let folded = TextScalar.folded(paragraph, bytesMax: 8_192)
      words = WordHashes.of(folded.utf8)
      let ending = folded.trimmed { "\"'”’»)]\u{A0} ".contains($0) }.last
      let endsSentence = ending.map { ".!?…。！？:".contains($0) } ?? false
      let isWide = words.count < 8 && folded.unicodeScalars.count > 40
      let isOneLine = !paragraph.contains { $0.isNewline }
      isClutter = words.count <= 45 && ClutterPhrases.lines.matches(words)
      isAppeal = ClutterPhrases.appeals.matches(words)
      isProse = (words.count > 8 || isWide) && endsSentence && !folded.holds("[Photo")
      let isPlain = isOneLine && !isClutter && !isAppeal && !folded.holds(" | ") && folded.holds(" ")
      mayBeTitle =
        isPlain && words.count >= ScrapedText.titleWordsMin && ending != "."
        && folded.unicodeScalars.count < PlainText.titleScalarsMax
      mayBeHeading = isPlain && words.count <= 12 && !endsSentence
    }
  }
}
