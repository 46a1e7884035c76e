import Foundation
import Offprint
import OffprintTesting
import OffprintWire
import OffprintLocks

extension FuzzTarget {
  /// A whole library that syncs with a server that answers whatever the input says.
  static let client = FuzzTarget(
    "client", bytesMax: 4_096,
    waiting: { bytes in
      let world = try await ClientWorld.shared.value
      try await world.run(bytes)
    })
}

/// A library made once, with something sent, something unsent and a text, of which each input gets a copy.
///
/// In an input `{A}` is the account, `{K}` the article sent, `{N}` the one unsent, `{R}` the replica, `{G}` the digest, `{S}` a
/// stamp of this replica, `{Z}` 255 rows of empty buckets.
private struct ClientWorld {
  private let folder: TemporaryFolder
  private let account: RecordID
  private let article: ArticleID
  private let names: RequestScript.Names
  private static let count = Mutex(0)
  /// Edited without a network, and so to be kept whatever a server says.
  private static let unsentNote = "written offline"

  static let shared = Task { try await ClientWorld() }

  private var template: String { folder.file("library") }

  private init() async throws {
    folder = try TemporaryFolder()
    let template = folder.file("library")
    let server = try SimulatedServer(folder: folder.file("server"), seed: 5)
    let network = FaultyTransport(to: server)
    let library = try await Library.open(at: template, create: true, environment: FakeDevice(seed: 5).environment)
    let signedIn = try await library.login(
      to: SimulatedServer.url, user: "ana", password: SimulatedServer.password, device: "d", over: network)
    account = signedIn.account
    let document = SavedPage.Document(body: Array("<p>text of the page</p>\n".utf8), title: "found")
    let sent = try await library.add(SavedPage(url: "https://example.org/sent", tags: ["a"], document: document))
    _ = try await library.sync(over: network).result()
    article = sent.article.id
    let unsent = try await library.add(SavedPage(url: "https://example.org/unsent", title: Self.unsentNote))
    _ = try await library.setArchived(sent.article.id, true)
    let status = try await library.status()
    await library.close()
    let texts: [(Character, String)] = [
      ("A", account.description), ("K", "\(sent.article.id)"), ("N", "\(unsent.article.id)"),
      ("R", status.replica.description), ("G", status.digest),
      ("Z", Array(repeating: #"{"count":0,"sum":"0000000000000000"}"#, count: 255).joined(separator: ",")),
      ("S", Stamp(milliseconds: 1_800_000_000_000, counter: 1, replica: status.replica).description),
    ]
    names = RequestScript.Names(uniqueKeysWithValues: texts.map { (($0.0.asciiValue ?? 0), Array($0.1.utf8)) })
  }

  func run(_ bytes: [UInt8]) async throws {
    let index = Self.count.withLock { count in
      count += 1
      return count
    }
    let copy = folder.file("copy-\(index)")
    try FileManager.default.copyItem(atPath: template, toPath: copy)
    defer { try? FileManager.default.removeItem(atPath: copy) }
    let environment = FakeDevice(seed: UInt64(6)).environment
    let library = try await Library.open(at: copy, create: false, environment: environment)
    // A person syncs again after a failure, so what the first sync left behind is met by a second one.
    for isFirst in [true, false] {
      if !isFirst { try await edit(library) }
      let script = AnswerScript(bytes, account: account.description, names)
      do throws(OffprintError) { _ = try await library.sync(over: script).result() } catch {
        try hold(![.damaged, .failed].contains(error.code), "the sync ended with \(error)")
        let isPlain = error.explanation.unicodeScalars.allSatisfy {
          $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value)
        }
        try hold(isPlain, "control characters in \(error.explanation.debugDescription)")
      }
      try hold(script.oddRequest == nil, "a request of odd bytes: \(script.oddRequest ?? "")")
      try hold(!script.isAskedForEver, "the sync does not end")
    }
    await library.close()
    let again = try await Library.open(at: copy, create: false, environment: environment)
    try await checkWhole(again)
    await again.close()
  }

  /// What a person does next, on whatever the server made of the article.
  private func edit(_ library: Library) async throws {
    do throws(OffprintError) { _ = try await library.edit(article, title: .set("edited after"), byline: .keep) } catch {
      // The server may have said that the article was deleted, or given its title the last stamp there is.
      try hold([.notFound, .failed].contains(error.code), "an edit ended with \(error)")
    }
  }

  /// Nothing damaged, everything readable, and what was written offline still there or in the journal.
  private func checkWhole(_ library: Library) async throws {
    let report = try await library.verify(over: nil)
    let damagedTexts = report.damagedContents + report.damagedContentsKept
    try hold(report.damagedRecords.isEmpty && damagedTexts.isEmpty, "damaged: \(report)")
    try hold(report.indexMatches, "the digest is not that of the records")
    let status = try await library.status()
    try hold(status.lastProblem?.unicodeScalars.allSatisfy { $0.value >= 0x20 } ?? true, "control characters in status")
    for article in try await library.articles(ArticleQuery()) {
      _ = try await library.body(of: article.id)
      _ = try await library.text(of: article.id)
      _ = try await library.readingPosition(of: article.id)
    }
    _ = (try await library.bookmarks(of: nil), try await library.tags(), try await library.refused())
    let kept = try await library.exportRecords(after: nil, limit: 1_000).lines
    let journal = try await library.conflicts().map { "\($0)" }.joined()
    let isKept = String(decoding: kept, as: UTF8.self).contains(Self.unsentNote) || journal.contains(Self.unsentNote)
    try hold(isKept, "what was written offline is gone")
  }
}
