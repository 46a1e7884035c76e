import Offprint
import OffprintWire

/// `bookmark add`, `list`, `edit`, `remove`.
extension Session {
  func addBookmark() async throws {
    let passage: Passage
    switch (arguments.value("quote"), arguments.value("at")) {
    case (let quote?, nil): passage = .quote(quote)
    case (nil, let share?): passage = .fraction(try fraction(share))
    default: throw UsageError("say what to mark: --quote TEXT or --at FRACTION.")
    }
    try await withLibrary { library in
      let bookmark = try await library.addBookmark(
        in: articleID(library), at: passage, note: arguments.value("note"), colour: arguments.value("colour"))
      try show(bookmark, "marked")
    }
  }

  private func show(_ bookmark: Bookmark, _ done: String) throws {
    try result(ArticleText.json(bookmark), "\(done) \(ArticleText.line(bookmark, style))")
  }

  func listBookmarks() async throws {
    try await withLibrary { library in
      let article = arguments.word("ID") == nil ? nil : try await articleID(library)
      for bookmark in try await library.bookmarks(of: article) {
        let title = article == nil ? bookmark.articleTitle.map { "  (\($0.visible))" } ?? "" : ""
        try result(ArticleText.json(bookmark), ArticleText.line(bookmark, style) + title)
      }
    }
  }

  func editBookmark() async throws {
    guard arguments.has("note") || arguments.has("colour") else {
      throw UsageError("say what to change: --note N, --colour C; an empty text clears it.")
    }
    try await withLibrary { library in
      let id = try await library.bookmarkID(forPrefix: arguments.word("BOOKMARK") ?? "")
      try show(await library.editBookmark(id, note: change("note"), colour: change("colour")), "changed")
    }
  }

  func removeBookmark() async throws {
    try await withLibrary { library in
      let id = try await library.bookmarkID(forPrefix: arguments.word("BOOKMARK") ?? "")
      try await library.removeBookmark(id)
      try result([("id", .string(id.description)), ("removed", true)], "removed \(ArticleText.short(id))")
    }
  }
}
