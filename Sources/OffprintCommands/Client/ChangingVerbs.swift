import Offprint
import OffprintReader
import OffprintWire

/// Verbs that save and change: `add`, `edit`, `tag`, `archive`, `favourite`, `delete`, `progress` and their opposites.
extension Session {
  func add() async throws {
    let source = arguments.word("SOURCE") ?? "-"
    var page = SavedPage(
      url: arguments.value("url"), title: arguments.value("title"), tags: arguments.values("tag"))
    if source.lowercased().hasPrefix("http://") || source.lowercased().hasPrefix("https://") {
      guard page.url == nil else { throw UsageError("a URL is saved under itself. --url is for files and -.") }
      page.url = source
    } else {
      page.document = try document(source)
    }
    try await withLibrary(create: true) { library in
      let added = try await library.add(page)
      let article = added.article
      try result(
        ArticleText.json(article) + [("new", .bool(added.isNew))],
        "\(added.isNew ? "saved" : "saved again") \(ArticleText.short(article.id))  \(article.title.visible)")
      if article.content == .pending { remark("the server fetches the page after the next sync") }
    }
  }

  private func document(_ source: String) throws -> SavedPage.Document {
    let bytes =
      source == "-"
      ? try InputFile.read(descriptor: world.input, name: "standard input", bytesMax: Reader.inputBytesMax)
      : try InputFile.read(path: source, bytesMax: Reader.inputBytesMax)
    let name = source == "-" ? nil : source.split(separator: "/").last.map(String.init)
    let read: ReadArticle
    do throws(ReaderError) { read = try Reader.read(bytes, url: arguments.value("url"), fileName: name) } catch {
      throw CommandFailure(.failed, code: "invalidInput", "\(source.visible) cannot be saved: \(error)")
    }
    if let doubt = read.doubt { remark("perhaps no article: \(doubt.explanation)") }
    if read.isTruncated { remark("the page was nested too deeply; its end was cut") }
    return SavedPage.Document(
      body: read.body, title: read.title, byline: read.byline, site: read.site, language: read.language,
      excerpt: read.excerpt, words: read.words, publishedAt: read.published?.milliseconds)
  }

  /// Runs one change of an article and prints how it is now.
  func change(_ done: String, _ body: (Library, ArticleID) async throws -> Article) async throws {
    try await withLibrary { library in
      let article = try await body(library, articleID(library))
      try result(ArticleText.json(article), "\(done) \(ArticleText.short(article.id))  \(article.title.visible)")
    }
  }

  func fetch() async throws {
    try await change("to be fetched:") { try await $0.fetch($1) }
    remark("the server fetches the page after the next sync")
  }

  func edit() async throws {
    guard arguments.has("title") || arguments.has("byline") else {
      throw UsageError("say what to change: --title T, --byline B; an empty text clears it.")
    }
    try await change("changed") { try await $0.edit($1, title: change("title"), byline: change("byline")) }
  }

  func tag() async throws {
    var add: [String] = []
    var remove: [String] = []
    for word in arguments.words("CHANGE") {
      switch word.first {
      case "+": add.append(String(word.dropFirst()))
      case "-": remove.append(String(word.dropFirst()))
      default:
        throw UsageError(
          "\(word.visible) says neither to add nor to remove. Write +\(word.visible) or -\(word.visible).")
      }
    }
    try await change("tagged") { try await $0.tag($1, add: add, remove: remove) }
  }

  func delete() async throws {
    try await change("deleted") { library, id in
      try await library.delete(id)
      return try await library.article(id)
    }
    remark("`offprint undelete` brings it back with its bookmarks")
  }

  func progress() async throws {
    var target: ProgressTarget?
    if let word = arguments.word("FRACTION") { target = .fraction(try fraction(word)) }
    if let quote = arguments.value("quote") {
      guard target == nil else { throw UsageError("give a fraction or a quote, not both.") }
      target = .quote(quote)
    }
    if target == nil, arguments.has("restart") { target = .fraction(0) }
    try await withLibrary { [target] library in
      let id = try await articleID(library)
      let position =
        if let target {
          try await library.setProgress(of: id, to: target, restart: arguments.has("restart"))
        } else {
          try await library.readingPosition(of: id)
        }
      try result(
        [("id", .string(id.description)), ("position", ArticleText.json(position))], ArticleText.sentence(position))
    }
  }
}
