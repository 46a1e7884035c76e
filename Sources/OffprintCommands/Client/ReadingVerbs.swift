import Offprint
import OffprintWire

/// Verbs that show: `list`, `show`, `read`, `resume`, `tags`.
extension Session {
  func list() async throws {
    let filters: [(String, ArticleQuery.Filter)] = [
      ("unread", .unread), ("in-progress", .inProgress), ("archived", .archived), ("favourite", .favourite),
      ("deleted", .deleted), ("all", .all),
    ]
    let filter = filters.first { arguments.has($0.0) }?.1 ?? (arguments.has("tag") ? .all : .current)
    let sort = arguments.value("sort").flatMap(ArticleQuery.Sort.init) ?? .saved
    var left = try arguments.integer("limit", in: 1...1_000_000) ?? Int.max
    try await withLibrary { library in
      var query = ArticleQuery(filter: filter, tag: arguments.value("tag"), sort: sort)
      var count = 0
      repeat {
        query.limit = min(left, 200)
        let page = try await library.articles(query)
        for article in page {
          if isJSON { try json(ArticleText.json(article)) } else { try line(ArticleText.line(article, style)) }
        }
        count += page.count
        left -= page.count
        query.after = page.last
        if page.count < query.limit { break }
      } while left > 0
      if count == 0 { remark("nothing to list; `offprint add` saves an article, `--all` shows the archived ones too") }
    }
  }

  func show() async throws {
    try await withLibrary { library in
      let id = try await articleID(library)
      let format = isJSON ? "json" : arguments.value("format") ?? "text"
      guard format == "html" || !arguments.has("pictures") else {
        throw UsageError("--pictures is for --format html, which can name them.")
      }
      let article = try await library.article(id)
      switch format {
      case "html":
        guard var body = try await library.body(of: id) else { throw Self.noText(article) }
        if let folder = arguments.value("pictures") {
          body = try await PictureFiles(folder: folder).write(of: id, namedBy: body, from: library)
        }
        try output.write(bytes: body)
        if body.last != 0x0A { try line() }
      case "json":
        let bookmarks = try await library.bookmarks(of: id)
        let position = try await library.readingPosition(of: id)
        let body = try await library.body(of: id)
        try json(
          ArticleText.json(article) + [
            ("bookmarks", .array(bookmarks.map { .object(ArticleText.json($0)) })),
            ("html", .text(body.map { String(decoding: $0, as: UTF8.self) })),
            ("pictures", .array(try await library.pictures(of: id).map(ArticleText.json))),
            ("position", ArticleText.json(position)),
          ])
      default: try await showText(library, article)
      }
    }
  }

  private func showText(_ library: Library, _ article: Article) async throws {
    try line(style.bold(article.title.visible))
    for (name, value) in [("by", article.byline), ("from", article.site), ("url", article.url)] {
      if let value { try line("\(name) \(value.visible)") }
    }
    if !article.tags.isEmpty { try line("tags " + article.tags.map(\.visible).joined(separator: ", ")) }
    let pictures = try await library.pictures(of: article.id)
    if !pictures.isEmpty { try line(ArticleText.line(pictures)) }
    try line("read " + ArticleText.sentence(try await library.readingPosition(of: article.id)))
    for bookmark in try await library.bookmarks(of: article.id) {
      try line("bookmark \(ArticleText.line(bookmark, style))")
    }
    try line()
    guard let text = try await library.text(of: article.id) else {
      return try line("(\(Self.noText(article).message))")
    }
    for textLine in text.lines(width: nil) { try line(textLine.text.visible) }
  }

  static func noText(_ article: Article) -> CommandFailure {
    let reason =
      switch article.content {
      case .pending: "the page has not been fetched yet"
      case .fetching(let reason): "the page has not been fetched yet: \(reason ?? "the server tries again")"
      case .failed(let reason): "the page could not be fetched: \(reason)"
      case .ready, .notOnThisDevice: "the text is not on this device yet; `offprint sync` fetches it"
      }
    return CommandFailure(.notFound, code: "noText", reason)
  }

  func read() async throws {
    try await withLibrary { library in try await read(library, articleID(library), announces: false) }
  }

  func resume() async throws {
    try await withLibrary { library in
      guard let article = try await library.mostRecentlyReadUnfinished() else {
        throw CommandFailure(
          .notFound, code: "notFound", "nothing is being read; `offprint list --unread` shows what waits")
      }
      try await read(library, article.id, announces: true)
    }
  }

  /// In a terminal the pager; piped, the text: from its start for `read`, from where the reader is for `resume`.
  private func read(_ library: Library, _ id: ArticleID, announces: Bool) async throws {
    let article = try await library.article(id)
    let position = try await library.readingPosition(of: id)
    guard let text = try await library.text(of: id) else { throw Self.noText(article) }
    if isJSON {
      return try json([
        ("id", .string(article.id.description)), ("position", ArticleText.json(position)),
        ("text", .string(text.plainText())), ("title", .string(article.title)),
      ])
    }
    if world.isTerminal(world.output), world.isTerminal(world.input) {
      return try await page(library, article, text, from: position)
    }
    var start = BodyPosition(block: 0, offset: 0)
    if announces {
      try line("resuming \(article.title.visible), \(ArticleText.sentence(position))")
      try line()
      start = BodyPosition(block: position?.block ?? 0, offset: position?.offset ?? 0)
    }
    let lines = text.lines(width: announces ? 80 : nil)
    let first = lines.lastIndex { $0.position <= start && !$0.text.isEmpty } ?? 0
    for textLine in lines[min(first, lines.count)...] { try line(textLine.text.visible) }
  }

  func tags() async throws {
    try await withLibrary { library in
      for tag in try await library.tags() {
        try result([("count", .number(tag.count)), ("tag", .string(tag.name))], "\(tag.count)\t\(tag.name.visible)")
      }
    }
  }
}
