import OffprintServer
import OffprintTesting
import OffprintWire
import Testing

/// Upkeep in small steps.
@Suite struct UpkeepTests {
  private static let day: Int64 = 86_400_000

  /// A server with so many dead articles, each with a live progress record, older than the retention.
  private func server(articles: UInt64) throws -> (TestServer, TestDevice) {
    let server = try TestServer { $0.retentionDays = 10 }
    var device = try server.signIn()
    let cursor = try device.pull().end.cursor
    for first in stride(from: UInt64(0), to: articles, by: 100) {
      var records: [Record] = []
      for low in first..<min(first + 100, articles) {
        var article = device.article(low, title: "No. \(low)")
        article.registers[.life] = Register(stamp: device.stamp(server.now, 1), value: Record.dead)
        let key = RecordKey(.progress, article.key.id)
        records += [article, device.record(key, [.life: .string("live")])]
      }
      try device.push(records, cursor: cursor)
    }
    server.advance(milliseconds: 11 * Self.day)
    return (server, device)
  }

  @Test func `a purge that is always asked to end does one thing in each transaction, and all in the end`() throws {
    let (server, device) = try server(articles: 30)
    var (removed, buried) = (0, 0)
    for _ in 0..<2 {
      let purge = Purge(now: server.now, retentionMilliseconds: 10 * Self.day)
      var next: Int64? = 0
      var batches = 0
      while let number = next {
        let batch = try server.store.write {
          try purge.runBatch(after: number, of: device.account, in: $0, until: { true })
        }
        #expect(batch.removed <= 1 && batch.buried <= 1)
        removed += batch.removed
        buried += batch.buried
        next = batch.next
        batches += 1
        guard batches < 500 else {
          Issue.record("it does not end")
          return
        }
      }
      server.advance(milliseconds: 11 * Self.day)
    }
    let again = try server.core.purge()
    #expect(buried == 30 && removed + again.removed == 60, "\(buried) \(removed) \(again)")
    #expect(try device.pullAll().records.isEmpty)
  }

  @Test func `no transaction of a purge touches more than its share of rows`() throws {
    let (server, device) = try server(articles: 350)
    let purge = Purge(now: server.now, retentionMilliseconds: 10 * Self.day)
    var next: Int64? = 0
    var buried = 0
    while let number = next {
      let batch = try server.store.write { try purge.runBatch(after: number, of: device.account, in: $0) }
      #expect(batch.removed <= Purge.batchMax && batch.buried <= Purge.buriedMax)
      buried += batch.buried
      next = batch.next
    }
    #expect(buried == 350)
  }
}
