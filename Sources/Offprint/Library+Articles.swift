import OffprintWire

/// Reading and changing articles. Nothing here waits for a network.
extension Library {
  /// The article of that id, or of the group it was found to belong to.
  public func article(_ id: ArticleID) throws(OffprintError) -> Article {
    try read { try $0.article(id) }
  }

  /// The article a shortened id stands for, deleted ones included.
  /// - Throws: `.notFound`, `.ambiguous` with the candidates.
  public func articleID(forPrefix text: String) throws(OffprintError) -> ArticleID {
    try read { try $0.id(forPrefix: text, in: "article", what: "article") }
  }

  /// The bookmark a shortened id stands for.
  /// - Throws: `.notFound`, `.ambiguous` with the candidates.
  public func bookmarkID(forPrefix text: String) throws(OffprintError) -> BookmarkID {
    try read { try $0.id(forPrefix: text, in: "bookmark", what: "bookmark") }
  }

  /// The articles a query asks for, at most ``ArticleQuery/limit``; go on with ``ArticleQuery/after``.
  public func articles(_ query: ArticleQuery) throws(OffprintError) -> [Article] {
    try read { try $0.articles(query) }
  }

  /// The article's body, an HTML fragment within the allow-list; nil if there is none or it is not on this device.
  public func body(of id: ArticleID) throws(OffprintError) -> [UInt8]? {
    try read { try $0.body(of: id)?.bytes }
  }

  /// The images that the article's body names, in its order.
  public func pictures(of id: ArticleID) throws(OffprintError) -> [Picture] {
    try read { try $0.pictures(of: id) }
  }

  /// The bytes of an image; nil if they are not on this device. They are from anywhere: show them only if ``ImageHead`` knows them,
  /// and bound the pixels that are decoded (Protocol, CONT-13).
  public func bytes(of picture: Picture) throws(OffprintError) -> [UInt8]? {
    try read { try $0.content(picture.hash) }
  }

  /// The article's text by blocks; nil if there is none or it is not on this device.
  public func text(of id: ArticleID) throws(OffprintError) -> BodyText? {
    try read { store in try store.body(of: id).map { BodyText(html: $0.bytes, contentHash: $0.hash) } }
  }

  /// Where this reader is shown to be, on whatever device they read; nil if the article was never read.
  public func readingPosition(of id: ArticleID) throws(OffprintError) -> ReadingPosition? {
    try read { try $0.readingPosition(of: id) }
  }

  /// The article most recently read on any device and not finished.
  public func mostRecentlyReadUnfinished() throws(OffprintError) -> Article? {
    try read { try $0.mostRecentlyReadUnfinished() }
  }

  /// The bookmarks of an article by place, or all by age.
  public func bookmarks(of article: ArticleID?) throws(OffprintError) -> [Bookmark] {
    try read { try $0.bookmarks(of: article) }
  }

  /// All tags of live articles.
  public func tags() throws(OffprintError) -> [TagCount] {
    try read { try $0.tags() }
  }

  /// Saves a page; an address saved before is saved again, which also undeletes it.
  public func add(_ page: SavedPage) throws(OffprintError) -> AddedArticle {
    try write { try $0.add(page) }
  }

  /// Moves the reading position. Opening an article is not reading: call this when the reader moves.
  ///
  /// - Parameter restart: Opens the next reading round: from now on only positions of that round count.
  @discardableResult
  public func setProgress(
    of id: ArticleID, to target: ProgressTarget, restart: Bool = false
  ) throws(OffprintError) -> ReadingPosition {
    try write { try $0.setProgress(of: id, to: target, restart: restart) }
  }

  /// Marks a passage.
  public func addBookmark(
    in id: ArticleID, at passage: Passage, note: String?, colour: String?
  ) throws(OffprintError) -> Bookmark {
    try write { try $0.addBookmark(in: id, at: passage, note: note, colour: colour) }
  }

  /// Changes a bookmark's note or colour.
  public func editBookmark(
    _ id: BookmarkID, note: Change<String>, colour: Change<String>
  ) throws(OffprintError) -> Bookmark {
    try write { try $0.editBookmark(id, note: note, colour: colour) }
  }

  /// Removes a bookmark.
  public func removeBookmark(_ id: BookmarkID) throws(OffprintError) {
    try write { try $0.removeBookmark(id) }
  }

  /// Changes the person's own title and byline; cleared, what was found shows again.
  public func edit(
    _ id: ArticleID, title: Change<String>, byline: Change<String>
  ) throws(OffprintError) -> Article {
    try write { try $0.edit(id, title: title, byline: byline) }
  }

  /// Adds and removes tags.
  public func tag(_ id: ArticleID, add: [String], remove: [String]) throws(OffprintError) -> Article {
    try write { try $0.tag(id, add: add, remove: remove) }
  }

  /// Has the server fetch the article's page, also once more; it hears of it with the next sync. The text that is there stays until
  /// there is another.
  /// - Throws: `.invalidInput` for an article without an address.
  public func fetch(_ id: ArticleID) throws(OffprintError) -> Article {
    try write { try $0.wishFetch(id) }
  }

  /// Puts an article away, or back.
  public func setArchived(_ id: ArticleID, _ archived: Bool) throws(OffprintError) -> Article {
    try write { try $0.change(id, [(.archived, CanonicalValue(.bool(archived)))]) }
  }

  /// Marks an article, or unmarks it.
  public func setFavourite(_ id: ArticleID, _ favourite: Bool) throws(OffprintError) -> Article {
    try write { try $0.change(id, [(.favourite, CanonicalValue(.bool(favourite)))]) }
  }

  /// Deletes an article; it can be undeleted for as long as the server keeps deletions.
  public func delete(_ id: ArticleID) throws(OffprintError) {
    try write { try $0.delete(id) }
  }

  /// Brings a deleted article back with its progress and bookmarks.
  public func undelete(_ id: ArticleID) throws(OffprintError) -> Article {
    try write { try $0.undelete(id) }
  }
}
