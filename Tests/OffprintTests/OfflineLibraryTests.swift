import Offprint
import OffprintTesting
import OffprintWire
import Testing

/// A library does everything but sync before anybody has signed in.
@Suite struct OfflineLibraryTests {
  private let folder: TemporaryFolder
  private let device = FakeDevice(seed: 1)

  init() throws { folder = try TemporaryFolder() }

  private func open(create: Bool = true) async throws -> Library {
    try await Library.open(at: folder.file("library"), create: create, environment: device.environment)
  }

  private func document(_ paragraphs: String...) -> SavedPage.Document {
    SavedPage.Document(
      body: Array(paragraphs.map { "<p>\($0)</p>" }.joined(separator: "\n").utf8), title: "Found title")
  }

  @Test func `what was saved is there after the library was closed and opened again`() async throws {
    let library = try await open()
    let added = try await library.add(
      SavedPage(
        url: "https://example.org/a", title: "Mine", tags: ["sea", "Paper"], document: document("One two three.")))
    #expect(added.isNew)
    await library.close()
    let again = try await open(create: false)
    let article = try await again.article(added.article.id)
    #expect(article.title == "Mine")
    #expect(article.tags == ["Paper", "sea"])
    #expect(article.content == .ready)
    #expect(article.hasUnsentEdits)
    #expect(try await again.unsentChanges() == 1)
    await again.close()
  }

  @Test func `the same address saved twice is one article and keeps the title given first`() async throws {
    let library = try await open()
    let one = try await library.add(SavedPage(url: "https://example.org/a?utm_source=x", title: "Mine"))
    let two = try await library.add(SavedPage(url: "http://EXAMPLE.org/a"))
    #expect(one.article.id == two.article.id)
    #expect(!two.isNew)
    #expect(two.article.title == "Mine")
    await library.close()
  }

  @Test func `without a server a later position of this device is the one shown`() async throws {
    let library = try await open()
    let id = try await library.add(SavedPage(document: document("Alpha beta.", "Gamma delta epsilon."))).article.id
    try await library.setProgress(of: id, to: .fraction(400_000))
    let back = try await library.setProgress(of: id, to: .fraction(100_000))
    #expect(back.fraction == 100_000)
    #expect(back.resolution == .exact)
    let article = try await library.article(id)
    #expect(article.isInProgress)
    #expect(try await library.mostRecentlyReadUnfinished()?.id == id)
    let round = try await library.setProgress(of: id, to: .fraction(0), restart: true)
    #expect(round.round == 2)
    await library.close()
  }

  @Test func `a deleted article is hidden with its bookmarks and comes back with them`() async throws {
    let library = try await open()
    let id = try await library.add(SavedPage(document: document("Alpha beta gamma."))).article.id
    let bookmark = try await library.addBookmark(in: id, at: .quote("beta"), note: "why", colour: nil)
    #expect(bookmark.fraction == 352_941)
    try await library.delete(id)
    #expect(try await library.articles(ArticleQuery(filter: .all)).isEmpty)
    #expect(try await library.articles(ArticleQuery(filter: .deleted)).map(\.id) == [id])
    #expect(try await library.bookmarks(of: nil).isEmpty)
    _ = try await library.undelete(id)
    #expect(try await library.bookmarks(of: nil).map(\.note) == ["why"])
    #expect(try await library.bookmarks(of: id).map(\.id) == [bookmark.id])
    await library.close()
  }

  @Test(arguments: [ArticleQuery.Sort.saved, .title, .progress])
  func `pages of a list meet every article once, in order`(sort: ArticleQuery.Sort) async throws {
    let library = try await open()
    var ids: Set<ArticleID> = []
    for index in 0..<23 {
      device.advance(milliseconds: Int64(index % 3))
      let added = try await library.add(SavedPage(url: "https://example.org/\(index)", title: "T\(index % 5)"))
      ids.insert(added.article.id)
      try await library.setProgress(of: added.article.id, to: .fraction(Int64(index % 4) * 200_000))
    }
    var met: [ArticleID] = []
    var query = ArticleQuery(filter: .all, sort: sort, limit: 5)
    while case let page = try await library.articles(query), let last = page.last {
      met += page.map(\.id)
      query.after = last
    }
    #expect(met.count == 23)
    #expect(Set(met) == ids)
    await library.close()
  }

  @Test func `a library that is not there is told apart from an empty one`() async throws {
    await #expect { try await open(create: false) } throws: { ($0 as? OffprintError)?.code == .noLibrary }
    await (try open()).close()
    let library = try await open(create: false)
    #expect(try await library.articles(ArticleQuery()).isEmpty)
    await library.close()
  }

  @Test func `an address with a password, another scheme or a space is refused with the reason`() async throws {
    let library = try await open()
    for url in ["javascript:alert(1)", "https://a:b@example.org/", "https://example.org/a b", "file:///etc/passwd"] {
      await #expect { try await library.add(SavedPage(url: url)) } throws: {
        ($0 as? OffprintError)?.code == .invalidInput
      }
    }
    #expect(try await library.unsentChanges() == 0)
    await library.close()
  }
}
