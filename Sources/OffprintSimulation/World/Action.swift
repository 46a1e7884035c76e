import Offprint
import OffprintOracle
import OffprintWire

/// What a person does on a device: the call, and what the documents say it writes.
struct Action {
  /// What it is called in the log.
  var name: String
  /// What is written, known before the call.
  var intents: [Oracle.Intent] = []
  /// Makes the call; gives what it writes that is known only afterwards: the record of a new bookmark.
  var perform: (LibraryStore) throws -> [Oracle.Intent]
  /// The note by which a new bookmark is found again if the call never returned.
  var bookmark: NewBookmark?

  /// A bookmark that is being made.
  struct NewBookmark {
    var note: String
    var article: RecordKey
  }

  /// The registers of a bookmark that was made (DESIGN: making one writes `live` on the article too).
  static func bookmarkIntents(_ id: RecordID, _ new: NewBookmark) -> [Oracle.Intent] {
    let key = RecordKey(.bookmark, id).forOracle
    return [
      Oracle.Intent(key, "life", #""live""#),
      Oracle.Intent(key, "article", "\"\(new.article.id)\""),
      Oracle.Intent(key, "created", .anything),
      Oracle.Intent(key, "range", .anything),
      Oracle.Intent(key, "note", "\"\(new.note)\""),
      Oracle.Intent(new.article.forOracle, "life", #""live""#),
    ]
  }
}

extension RecordKey {
  /// The key as the oracle names it.
  var forOracle: Oracle.RecordKey { Oracle.RecordKey(type.name, id.description) }
}

extension World {
  /// A text that nobody wrote before, so that a value names its edit.
  func freshText(_ kind: String) -> String {
    textCount += 1
    return "\(kind) \(textCount)"
  }

  /// The action an event asks for; nil if there is nothing it could be done to.
  func action(for event: Event, on device: SimulatedDevice, _ store: LibraryStore) throws -> Action? {
    switch event.kind {
    case .save: return try saving(event, on: device, store)
    case .bookmark: return try marking(event, store)
    case .note, .unbookmark: return try changingBookmark(event, store)
    case .progress, .readAgain: return try reading(event, store)
    case .deleteMany: return try deletingMany(event, store)
    case .restoreEntry: return nil
    case .same: return try joining(event, store)
    case .future: return try writingFuture(event, store)
    default: return try changingArticle(event, store)
    }
  }

  /// The article an event means, deleted ones too where asked for; nil if there is none.
  private func article(_ choice: Int, in store: LibraryStore, _ filter: ArticleQuery.Filter) throws -> Article? {
    let articles = try store.read { try store.articles(ArticleQuery(filter: filter, sort: .saved, limit: 200)) }
    return articles.isEmpty ? nil : articles[choice % articles.count]
  }

  private func saving(_ event: Event, on device: SimulatedDevice, _ store: LibraryStore) throws -> Action? {
    let number = event.choice(0) % setup.addresses
    let url = "https://example.org/\(device.account)/\(number)"
    guard let address = PageAddress(url) else { return nil }
    let known = try store.read { try store.load(articleID: address.articleID) }
    let key = RecordKey(.article, known?.id ?? address.articleID).forOracle
    var page = SavedPage(url: url)
    var intents = [
      Oracle.Intent(key, "life", #""live""#), Oracle.Intent(key, "saved", .anything),
      Oracle.Intent(key, "url", "\"\(url)\""),
    ]
    if event.choice(1) % 3 == 0 {
      let title = freshText("found")
      page.document = SavedPage.Document(body: Array("<p>\(freshText("text"))</p>".utf8), title: title)
      intents.append(Oracle.Intent(key, "content", .anything))
      intents.append(Oracle.Intent(key, "found.title", "\"\(title)\""))
    }
    if event.choice(2) % 4 == 0 {
      page.tags = ["t\(event.choice(2) % 5)"]
      intents.append(Oracle.Intent(key, "tag:\(page.tags[0])", "true"))
    }
    let saved = page
    return Action(name: "save \(url)", intents: intents) { store in
      _ = try store.add(saved)
      return []
    }
  }

  private func marking(_ event: Event, _ store: LibraryStore) throws -> Action? {
    guard let article = try article(event.choice(0), in: store, .all) else { return nil }
    let new = Action.NewBookmark(note: freshText("note"), article: RecordKey(.article, article.id))
    let place = Int64(event.choice(1) % 1_000_000)
    return Action(
      name: "bookmark \(article.id) \(new.note)",
      perform: { store in
        let made = try store.addBookmark(in: article.id, at: .fraction(place), note: new.note, colour: nil)
        return Action.bookmarkIntents(made.id, new)
      }, bookmark: new)
  }

  private func changingBookmark(_ event: Event, _ store: LibraryStore) throws -> Action? {
    let live = try store.read { try store.bookmarks(of: nil) }
      .filter { !$0.isDeleted && !poison.contains(RecordKey(.bookmark, $0.id)) }
    guard !live.isEmpty else { return nil }
    let bookmark = live[event.choice(0) % live.count]
    let key = RecordKey(.bookmark, bookmark.id).forOracle
    if event.kind == .unbookmark {
      return Action(
        name: "unbookmark \(bookmark.id)", intents: [Oracle.Intent(key, "life", #""dead""#)],
        perform: {
          try $0.removeBookmark(bookmark.id)
          return []
        })
    }
    let note = freshText("note")
    return Action(
      name: "note \(bookmark.id) \(note)", intents: [Oracle.Intent(key, "note", "\"\(note)\"")],
      perform: {
        _ = try $0.editBookmark(bookmark.id, note: .set(note), colour: .keep)
        return []
      })
  }

  private func reading(_ event: Event, _ store: LibraryStore) throws -> Action? {
    guard let article = try article(event.choice(0), in: store, .all) else { return nil }
    let fraction = Int64(event.choice(1) % 1_000_001)
    let again = event.kind == .readAgain
    let known = try store.read { try store.greatestRound(of: [article.id] + article.memberIDs) }
    let key = RecordKey(.progress, article.id).forOracle
    // A position brings a record back to life that a purge has buried (LIFE-5).
    let there = try store.read { try store.heldRegisters(RecordKey(.progress, article.id)) } ?? []
    let isBuried = there.first { $0.name == .life }?.value == Record.dead
    let others = article.memberIDs.filter { $0 != article.id }.map { RecordKey(.progress, $0).forOracle }
    let intent = Oracle.Intent(
      key, "at:\(store.replicaID)",
      .position(
        fraction: Int(fraction), round: Int(known.map { again ? $0 + 1 : $0 } ?? 1),
        finished: fraction == 1_000_000), alsoSees: others)
    return Action(
      name: "\(event.kind.rawValue) \(article.id) \(fraction)",
      intents: [intent] + (isBuried ? [Oracle.Intent(key, "life", #""live""#)] : []),
      perform: {
        _ = try $0.setProgress(of: article.id, to: .fraction(fraction), restart: again)
        return []
      })
  }

  private func deletingMany(_ event: Event, _ store: LibraryStore) throws -> Action? {
    let articles = try store.read { try store.articles(ArticleQuery(filter: .all, sort: .saved, limit: 200)) }
    let some = articles.prefix(event.choice(0) % 40)
    guard !some.isEmpty else { return nil }
    let intents = some.flatMap { [$0.id] + $0.memberIDs }.map {
      Oracle.Intent(RecordKey(.article, $0).forOracle, "life", #""dead""#)
    }
    let ids = some.map(\.id)
    return Action(
      name: "delete \(ids.count) articles", intents: intents,
      perform: { store in
        for id in ids { try store.delete(id) }
        return []
      })
  }

  private func joining(_ event: Event, _ store: LibraryStore) throws -> Action? {
    guard let one = try article(event.choice(0), in: store, .all),
      let other = try article(event.choice(1), in: store, .all), one.id != other.id
    else { return nil }
    let undo = event.choice(2) % 4 == 0
    let key = RecordKey(.article, one.id)
    let value: JSONValue = undo ? .null : .string(other.id.description)
    return Action(
      name: "same \(one.id) \(undo ? "-" : other.id.description)",
      intents: [Oracle.Intent(key.forOracle, "same", CanonicalValue(value).text)],
      perform: {
        try $0.writeRegisters(key, [(.same, CanonicalValue(value))])
        return []
      })
  }

  /// What a newer client writes: names and values that this one keeps without knowing them.
  private func writingFuture(_ event: Event, _ store: LibraryStore) throws -> Action? {
    guard let article = try article(event.choice(0), in: store, .all) else { return nil }
    let key = RecordKey(.article, article.id)
    let names: [RegisterName] = ["zz.mood", "zz.list:a", "zz.list:b"]
    let name = names[event.choice(1) % names.count]
    let value = CanonicalValue(.members(("of", .array([.integer(1), .null])), ("text", .string(freshText("future")))))
    return Action(
      name: "future \(article.id) \(name.text)", intents: [Oracle.Intent(key.forOracle, name.text, value.text)],
      perform: {
        try $0.writeRegisters(key, [(name, value)])
        return []
      })
  }

  private func changingArticle(_ event: Event, _ store: LibraryStore) throws -> Action? {
    let isDeleted = event.kind == .undelete
    guard let article = try article(event.choice(0), in: store, isDeleted ? .deleted : .all) else { return nil }
    let id = article.id
    let key = RecordKey(.article, id).forOracle
    let choice = event.choice(1)
    switch event.kind {
    case .title, .byline:
      let register = event.kind.rawValue
      let clears = choice % 8 == 0
      let text = freshText(register)
      let change: Change<String> = clears ? .clear : .set(text)
      // Nothing is written where the value is shown already.
      let held = try store.read { try store.heldRegisters(RecordKey(.article, id)) } ?? []
      if clears, held.first(where: { $0.name.text == register })?.value == .null { return nil }
      return Action(
        name: "\(register) \(id) \(clears ? "-" : text)",
        intents: [Oracle.Intent(key, register, clears ? "null" : "\"\(text)\"")],
        perform: {
          _ = try $0.edit(
            id, title: register == "title" ? change : .keep, byline: register == "byline" ? change : .keep)
          return []
        })
    case .tag, .untag:
      let tag = "t\(choice % 5)"
      let held = try store.read { try store.heldRegisters(RecordKey(.article, id)) } ?? []
      let value = held.first { $0.name.text == "tag:\(tag)" }?.value
      if event.kind == .tag ? value == CanonicalValue(.bool(true)) : value == nil || value == .null { return nil }
      let adds = event.kind == .tag
      return Action(
        name: "\(event.kind.rawValue) \(id) \(tag)",
        intents: [Oracle.Intent(key, "tag:\(tag)", adds ? "true" : "null")],
        perform: {
          _ = try $0.tag(id, add: adds ? [tag] : [], remove: adds ? [] : [tag])
          return []
        })
    case .archive, .favourite:
      let register: RegisterName = event.kind == .archive ? .archived : .favourite
      let held = try store.read { try store.heldRegisters(RecordKey(.article, id)) } ?? []
      let value = CanonicalValue(.bool(held.first { $0.name == register }?.value != CanonicalValue(.bool(true))))
      return Action(
        name: "\(event.kind.rawValue) \(id)", intents: [Oracle.Intent(key, register.text, value.text)],
        perform: {
          _ = try $0.change(id, [(register, value)])
          return []
        })
    case .delete:
      return Action(
        name: "delete \(id)",
        intents: ([id] + article.memberIDs).map {
          Oracle.Intent(RecordKey(.article, $0).forOracle, "life", #""dead""#)
        },
        perform: {
          try $0.delete(id)
          return []
        })
    case .undelete:
      return Action(
        name: "undelete \(id)",
        intents: ([id] + article.memberIDs).map {
          Oracle.Intent(RecordKey(.article, $0).forOracle, "life", #""live""#)
        },
        perform: {
          _ = try $0.undelete(id)
          return []
        })
    default: return nil
    }
  }
}

extension LibraryStore {
  /// The article shown for an id, if the library has it.
  fileprivate func load(articleID id: RecordID) throws -> Article? {
    try heldRegisters(RecordKey(.article, id)) == nil ? nil : article(id)
  }

  /// The greatest round among all positions held in an article's group, those of dead records too; nil if there are none.
  fileprivate func greatestRound(of group: [RecordID]) throws -> Int64? {
    try group.flatMap { try heldRegisters(RecordKey(.progress, $0)) ?? [] }
      .filter { $0.name.text.hasPrefix("at:") }.compactMap { $0.value.json["round"]?.integer }.max()
  }
}

extension CanonicalValue {
  /// The bytes as text.
  var text: String { String(decoding: bytes, as: UTF8.self) }
}
