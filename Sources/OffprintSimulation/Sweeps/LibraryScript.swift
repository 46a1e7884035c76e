import Offprint
import OffprintCrypto
import OffprintWire

/// What a person and their library do in a sweep, the same each time: fifty edits of all kinds among syncs and restarts.
struct LibraryScript: Sendable {
  enum Action: Sendable {
    case edit(@Sendable (LibraryStore) throws -> Void)
    case signIn
    /// A sync, before which another device has written these.
    case sync([Int])
    /// Closed in good order and opened.
    case reopen
  }

  struct Step: Sendable {
    let name: String
    let action: Action
    var isAtomic: Bool { if case .edit = action { true } else { false } }
    var isRestart: Bool { if case .reopen = action { true } else { false } }
  }

  private(set) var steps: [Step] = []
  /// Hashes of the texts that are saved.
  private(set) var contents: [String] = []
  private var saved = 0

  init() {
    save(4)
    edit("a tag") { _ = try $0.tag(Self.id(0), add: ["later"], remove: []) }
    edit("a title") { _ = try $0.edit(Self.id(1), title: .set("my title"), byline: .keep) }
    steps.append(Step(name: "sign in", action: .signIn))
    edit("a place") { _ = try $0.setProgress(of: Self.id(0), to: .fraction(250_000), restart: false) }
    steps.append(Step(name: "first sync", action: .sync([1, 2, 3])))
    steps.append(Step(name: "close and open", action: .reopen))
    addEditsOfOneArticle()
    steps.append(Step(name: "sync", action: .sync([])))
    steps.append(Step(name: "close and open", action: .reopen))
    save(6)
    steps.append(Step(name: "close and open", action: .reopen))
    addBookmarks()
    steps.append(Step(name: "sync with others", action: .sync(Array(4..<40))))
    steps.append(Step(name: "close and open", action: .reopen))
    addDeletions()
    steps.append(Step(name: "close and open", action: .reopen))
    steps.append(Step(name: "sync", action: .sync([40])))
    steps.append(Step(name: "close and open", action: .reopen))
    addLateEdits()
    steps.append(Step(name: "last sync", action: .sync([41])))
    steps.append(Step(name: "close and open", action: .reopen))
    save(3)
  }

  /// The article of a number.
  private static func id(_ number: Int) -> RecordID {
    PageAddress(url(number))?.articleID ?? RecordID(high: 0, low: UInt64(number))
  }

  private static func url(_ number: Int) -> String { "https://example.org/\(number)" }

  private mutating func edit(_ name: String, _ body: @escaping @Sendable (LibraryStore) throws -> Void) {
    steps.append(Step(name: name, action: .edit { store in try store.write { try body(store) } }))
  }

  private mutating func save(_ count: Int) {
    for _ in 0..<count {
      let number = saved
      saved += 1
      var page = SavedPage(url: Self.url(number), tags: number % 2 == 0 ? ["t\(number)"] : [])
      if number % 3 != 1 {
        // Some texts of one page, some of many.
        let text = (0..<(number % 3 == 0 ? 12 : 250)).map { "word\(number * 7 + $0 * $0)" }.joined(separator: " ")
        page.document = SavedPage.Document(body: Array("<p>\(text)</p>".utf8), title: "found \(number)", words: 100)
        contents.append(Hex.encode(SHA256.hash(Array("<p>\(text)</p>".utf8))))
      }
      let ready = page
      edit("save \(number)") { _ = try $0.add(ready) }
    }
  }

  private mutating func addEditsOfOneArticle() {
    edit("a byline") { _ = try $0.edit(Self.id(1), title: .keep, byline: .set("somebody")) }
    edit("archived") { _ = try $0.change(Self.id(1), [(.archived, CanonicalValue(.bool(true)))]) }
    edit("marked") { _ = try $0.change(Self.id(2), [(.favourite, CanonicalValue(.bool(true)))]) }
    edit("another tag") { _ = try $0.tag(Self.id(0), add: ["now", "soon"], remove: ["later"]) }
    edit("read on") { _ = try $0.setProgress(of: Self.id(0), to: .fraction(500_000), restart: false) }
    edit("finished") { _ = try $0.setProgress(of: Self.id(2), to: .finished, restart: false) }
    edit("read again") { _ = try $0.setProgress(of: Self.id(2), to: .fraction(10_000), restart: true) }
    edit("a long title") {
      _ = try $0.edit(Self.id(3), title: .set(String(repeating: "long ", count: 150)), byline: .keep)
    }
    edit("a title cleared") { _ = try $0.edit(Self.id(1), title: .clear, byline: .keep) }
  }

  private mutating func addBookmarks() {
    for number in 0..<5 {
      edit("bookmark \(number)") {
        _ = try $0.addBookmark(
          in: Self.id(number), at: .fraction(Int64(number) * 90_000), note: "n\(number)", colour: nil)
      }
    }
    edit("a note") {
      guard let mark = try $0.bookmarks(of: Self.id(0)).first else { return }
      _ = try $0.editBookmark(mark.id, note: .set("another note"), colour: .set("green"))
    }
    edit("a bookmark removed") {
      guard let mark = try $0.bookmarks(of: Self.id(1)).first(where: { !$0.isDeleted }) else { return }
      try $0.removeBookmark(mark.id)
    }
  }

  private mutating func addDeletions() {
    for number in 4..<8 { edit("delete \(number)") { try $0.delete(Self.id(number)) } }
    edit("undelete") { _ = try $0.undelete(Self.id(5)) }
    edit("two are one") {
      try $0.writeRegisters(
        RecordKey(.article, Self.id(8)), [(.same, CanonicalValue(.string(Self.id(9).description)))])
    }
    edit("many at once") { store in
      // None of the two that are one: which of them gets the tag is open while that edit waits for room on the disk.
      for number in 0..<8 { _ = try store.tag(Self.id(number), add: ["all"], remove: []) }
    }
  }

  private mutating func addLateEdits() {
    edit("theirs is marked") {
      _ = try $0.change(RecordID(high: 0x07E, low: 3), [(.favourite, CanonicalValue(.bool(true)))])
    }
    edit("no more one") { try $0.writeRegisters(RecordKey(.article, Self.id(8)), [(.same, CanonicalValue(.null))]) }
    for number in 0..<6 {
      edit("title \(number)") { _ = try $0.edit(Self.id(number), title: .set("late \(number)"), byline: .keep) }
    }
    edit("the brake's care: theirs is deleted") { try $0.delete(RecordID(high: 0x07E, low: 5)) }
  }
}
