import OffprintFetch
import OffprintReader
import OffprintServer

/// Makes an article of an address: fetched, read, its images fetched too.
struct PageGatherer {
  /// What came of it, with what the log is told.
  struct Gathered {
    var outcome: FetchOutcome
    /// The reason in one word.
    var slug: String
    /// Bytes that were fetched.
    var bytes = 0
  }

  let fetcher: Fetcher
  let images: ImageGatherer

  init(fetcher: Fetcher, ticks: @escaping @Sendable () -> Int64) {
    self.fetcher = fetcher
    images = ImageGatherer(fetcher: fetcher, ticks: ticks)
  }

  /// Gathers what is at an address; nil if the program ends.
  func gather(_ url: String) -> Gathered? {
    let answer: Fetcher.Answer
    do throws(FetchError) { answer = try fetcher.fetch(.page(url)) } catch {
      if error == .stopped { return nil }
      return Gathered(
        outcome: .failed(
          reason: error.reason, isTransient: error.isTransient, retryAfterSeconds: error.retryAfterSeconds),
        slug: error.slug)
    }
    let read: ReadArticle
    do throws(ReaderError) { read = try Self.read(answer) } catch {
      return Gathered(
        outcome: .failed(
          reason: "no article was found there: \(error)", isTransient: false, retryAfterSeconds: nil),
        slug: "unreadable", bytes: answer.body.count)
    }
    if let doubt = read.doubt {
      return Gathered(
        outcome: .failed(reason: doubt.explanation, isTransient: false, retryAfterSeconds: nil), slug: doubt.rawValue,
        bytes: answer.body.count)
    }
    guard let withImages = images.gather(read.body) else { return nil }
    var found = Self.article(read)
    found.body = withImages.body
    found.images = withImages.images
    return Gathered(outcome: .found(found), slug: "found", bytes: answer.body.count + withImages.bytes)
  }

  private static func read(_ answer: Fetcher.Answer) throws(ReaderError) -> ReadArticle {
    // Whatever it is called, what is no text is told by its bytes.
    _ = try Reader.detect(answer.body)
    let isText = answer.contentType.lowercased().hasPrefix("text/plain")
    if isText { return try Reader.read(text: answer.body, fileName: nil) }
    return try Reader.read(html: marked(answer.body, answer.contentType), url: answer.url)
  }

  /// The page with the encoding that the site named in front of it, where a declaration of its own would stand: the site's word
  /// goes before the page's (HTML, "determining the character encoding"), and a mark in the bytes before both.
  private static func marked(_ page: [UInt8], _ contentType: String) -> [UInt8] {
    guard let key = contentType.lowercased().firstRange(of: "charset=") else { return page }
    let label = contentType.lowercased()[key.upperBound...].drop { $0 == "\"" || $0 == "'" || $0 == " " }
      .prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.:+".contains($0)) }
    let hasMark = [[0xEF, 0xBB, 0xBF], [0xFE, 0xFF], [0xFF, 0xFE]].contains { page.starts(with: $0) }
    guard (1...40).contains(label.utf8.count), !hasMark else { return page }
    return Array("<meta charset=\"\(label)\">".utf8) + page
  }

  private static func article(_ read: ReadArticle) -> FoundArticle {
    var found = FoundArticle(body: read.body)
    found.title = read.title
    found.byline = read.byline
    found.site = read.site
    found.language = read.language
    found.excerpt = read.excerpt
    found.words = read.words
    found.publishedAt = read.published?.milliseconds
    found.image = read.leadImage
    return found
  }
}
