import OffprintWire

/// Records found to be one page are shown as one, under the smallest id; no data moves (Protocol, SAME-1).
extension LibraryStore {
  /// A hostile chain of `same` registers must not make one article cost the library.
  private static let groupMax = 64

  /// The articles connected with `id` by `same` in either direction, `id` included, in order of their ids. Only those of
  /// the same life: the live ones of a live article, the dead ones of a dead one.
  func group(of id: RecordID) throws -> [RecordID] {
    let isLive = try isLiveArticle(id)
    return try component(of: id) { try isLiveArticle($0) == isLive }
  }

  /// All articles connected with `id`, dead or alive.
  func component(of id: RecordID, where admits: (RecordID) throws -> Bool = { _ in true }) throws -> [RecordID] {
    var met: Set<RecordID> = [id]
    var queue = [id]
    while let next = queue.popLast(), met.count < Self.groupMax {
      let linked = try rows(
        "SELECT other FROM article_same WHERE id = ? UNION SELECT id FROM article_same WHERE other = ? ORDER BY 1",
        .id(next), .id(next))
      for neighbour in linked.compactMap({ $0[0].blob.flatMap { RecordID(bytes: $0) } }) {
        guard !met.contains(neighbour), try admits(neighbour) else { continue }
        met.insert(neighbour)
        queue.append(neighbour)
      }
    }
    return met.sorted()
  }

  private func isLiveArticle(_ id: RecordID) throws -> Bool {
    try count("SELECT live FROM record WHERE type = 'article' AND id = ?", .id(id)) == 1
  }

  /// Notes that an article's derived rows must be made anew.
  func markStale(_ id: RecordID) throws {
    staleArticles.formUnion(try component(of: id))
  }
}
