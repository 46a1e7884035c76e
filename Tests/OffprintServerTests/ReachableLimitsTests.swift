import Foundation
import OffprintCrypto
import OffprintGzip
import OffprintHTTP
import OffprintServer
import OffprintTesting
import OffprintWire
import Testing

/// Every announced limit can be reached, and one more is refused with its slug (G17).
@Suite struct ReachableLimitsTests {
  /// A record at a limit, or one beyond it, and what becomes of it.
  struct Case: Sendable, CustomStringConvertible {
    let name: String
    let limit: Int
    let type: RecordType
    let refusal: String
    /// Values of a record that has so much of it.
    let values: @Sendable (Int) -> [(String, JSONValue)]

    var description: String { name }
  }

  private static func text(_ count: Int) -> JSONValue { .string(String(repeating: "x", count: count)) }

  private static func url(_ count: Int) -> JSONValue {
    let start = "https://example.org/"
    return .string(start + String(repeating: "x", count: count - start.utf8.count))
  }

  static let cases: [Case] = [
    Case(name: "title", limit: Limits.titleBytesMax, type: .article, refusal: "invalid") { [("title", text($0))] },
    Case(name: "byline", limit: Limits.titleBytesMax, type: .article, refusal: "invalid") { [("byline", text($0))] },
    Case(name: "url", limit: Limits.urlBytesMax, type: .article, refusal: "invalid") { [("url", url($0))] },
    Case(name: "note", limit: Limits.noteBytesMax, type: .bookmark, refusal: "invalid") { [("note", text($0))] },
    Case(name: "quote", limit: Limits.quoteBytesMax, type: .bookmark, refusal: "invalid") { [("quote", text($0))] },
    Case(name: "colour", limit: Limits.colourBytesMax, type: .bookmark, refusal: "invalid") { [("colour", text($0))] },
    Case(name: "found.excerpt", limit: Limits.foundBytesMax, type: .article, refusal: "invalid") {
      [("found.excerpt", text($0))]
    },
    Case(name: "a tag's name", limit: Limits.tagBytesMax, type: .article, refusal: "invalid") {
      [("tag:" + String(repeating: "x", count: $0), .bool(true))]
    },
    Case(name: "tags", limit: Limits.tagsMax, type: .article, refusal: "invalid") { count in
      (0..<count).map { ("tag:\($0)", .bool(true)) }
    },
    Case(name: "unknown registers", limit: Limits.unknownBytesMax, type: .article, refusal: "invalid") {
      // The name and the quotes count too.
      [("x-new", text($0 - 7))]
    },
  ]

  @Test(arguments: cases)
  func `a register at its limit is stored, and one byte or one register more is refused`(_ item: Case) throws {
    let server = try TestServer()
    var device = try server.signIn()
    let cursor = try device.pull().end.cursor
    for (low, count, isStored) in [(UInt64(1), item.limit, true), (2, item.limit + 1, false)] {
      var values: [RegisterName: JSONValue] = [:]
      for (name, value) in item.values(count) { values[try #require(RegisterName(name))] = value }
      let record = device.record(RecordKey(item.type, RecordID(high: 9, low: low)), values)
      let answer = try device.push([record], cursor: cursor)
      switch answer.results.first?.outcome {
      case .stored: #expect(isStored, "\(item.name) of \(count) is stored")
      case .refused(let refusal):
        #expect(!isStored && refusal.slug.rawValue == item.refusal, "\(item.name) of \(count): \(refusal)")
      case nil: Issue.record("no result")
      }
    }
    #expect(try device.pullAll().records.count == 1)
  }

  @Test func `500 records and a push of the greatest size are taken, one more of either is 413`() throws {
    let server = try TestServer()
    var device = try server.signIn()
    let cursor = try device.pull().end.cursor
    let records = (0..<UInt64(Limits.pushRecordsMax)).map { device.article($0, title: "No. \($0)") }
    #expect(try device.push(records, cursor: cursor).results.count == Limits.pushRecordsMax)
    let more = (0...UInt64(Limits.pushRecordsMax)).map { device.article($0 + 1_000, title: "No. \($0)") }
    #expect(try problem(device.sendPush(pushed(more), cursor: cursor)) == .tooLarge)
    #expect(try device.pullAll().records.count == Limits.pushRecordsMax)

    // As sent: spaces are JSON too.
    let body = device.pushBody(pushed([device.article(9_000, title: "last")]), cursor: cursor)
    let space = [UInt8](repeating: 0x20, count: Limits.pushBytesMax - body.count)
    #expect(device.send("POST", "/v1/sync", body: body + space).status == 200)
    #expect(try problem(device.send("POST", "/v1/sync", body: body + space + [0x20])) == .tooLarge)
    // Once inflated.
    let inflated = body + [UInt8](repeating: 0x20, count: Limits.pushInflatedBytesMax - body.count)
    let headers: HTTPHeaders = ["Content-Encoding": "gzip"]
    #expect(device.send("POST", "/v1/sync", headers: headers, body: try Gzip.deflate(inflated)).status == 200)
    #expect(
      try problem(device.send("POST", "/v1/sync", headers: headers, body: Gzip.deflate(inflated + [0x20])))
        == .inflateLimit)
  }

  @Test func `a record of the greatest size is stored, and one byte more is refused as too large`() throws {
    let server = try TestServer()
    let device = try server.signIn()
    let cursor = try device.pull().end.cursor
    for (extra, isStored) in [(0, true), (1, false)] {
      // Filled with the text of registers that are not new, whose lengths bind nobody.
      func push(_ fill: Int) -> (size: Int, body: [UInt8]) {
        var record = device.record(RecordKey(.article, RecordID(high: 3, low: UInt64(extra))), [.title: .string("t")])
        let foreign = Stamp(milliseconds: 1, counter: 0, replica: ReplicaID(bits: 77))
        for (name, count) in [("x-a", 100_000), ("x-b", fill)] {
          let entry = RegisterMap.Entry(
            RegisterName(trusted: name), Register(stamp: foreign, value: CanonicalValue(Self.text(count))))
          record.registers = RegisterMap(record.registers.entries + [entry])
        }
        let pushed = PushedRecord(record: record, new: [.title], again: false)
        func body(_ count: Int) -> [UInt8] {
          SyncRequest.encode(
            cursor: cursor, limit: nil, replica: device.replica, n: Int64(extra + 1),
            nonce: FixedHex.text(1, digits: 16), records: Array(repeating: pushed, count: count))
        }
        // What a second one adds, without the comma.
        return (body(2).count - body(1).count - 1, body(1))
      }
      let fill = Limits.recordBytesMax + extra - push(0).size
      let (size, body) = push(fill)
      #expect(size == Limits.recordBytesMax + extra)
      let outcome = try TestDevice.read(device.send("POST", "/v1/sync", body: body)).results.first?.outcome
      switch outcome {
      case .stored: #expect(isStored)
      case .refused(let refusal): #expect(!isStored && refusal.slug.rawValue == "too-large", "\(refusal)")
      case nil: Issue.record("no result")
      }
    }
  }

  @Test func `a content of 32 MiB is kept and read back, one byte more is 413`() throws {
    let server = try TestServer()
    let device = try server.signIn()
    let bytes = [UInt8](repeating: 0x61, count: Limits.contentBytesMax)
    let hash = Hex.encode(SHA256.hash(bytes))
    #expect(device.send("PUT", "/v1/contents/\(hash)", body: bytes).status == 204)
    #expect(device.send("GET", "/v1/contents/\(hash)").body == bytes)
    let tail = device.send("GET", "/v1/contents/\(hash)", headers: ["Range": "bytes=-3"])
    #expect(tail.status == 206 && tail.body == [0x61, 0x61, 0x61])
    let more = bytes + [0x61]
    let other = Hex.encode(SHA256.hash(more))
    #expect(try problem(device.send("PUT", "/v1/contents/\(other)", body: more)) == .tooLarge)
    #expect(
      try problem(
        device.send(
          "PUT", "/v1/contents/\(other)", headers: ["Content-Encoding": "gzip"], body: Gzip.deflate(more, level: 1)))
        == .inflateLimit)
    #expect(device.send("GET", "/v1/contents/\(other)").status == 404)
  }

  @Test func `1000 hashes and 1000 records of a page are taken; more hashes are refused, more records cut`() throws {
    let server = try TestServer()
    let device = try server.signIn()
    func list(_ count: Int) -> [UInt8] {
      JSONValue.members(
        (
          "hashes",
          .array((0..<count).map { .string(Hex.encode(SHA256.hash(Array("\($0)".utf8)))) })
        )
      ).canonicalBytes
    }
    for route in ["missing", "batch"] {
      #expect(device.send("POST", "/v1/contents/\(route)", body: list(Limits.hashesMax)).status == 200)
      #expect(try problem(device.send("POST", "/v1/contents/\(route)", body: list(Limits.hashesMax + 1))) == .tooLarge)
    }
    try fill(server, device.account, articles: 1_100)
    #expect(try device.pull(limit: 1_000).records.count == 1_000)
    #expect(try device.pull(limit: 5_000).records.count == 1_000)
  }

  @Test func `a library of 100,000 articles is read from nothing, sealed or not, and each record comes once`() throws {
    let articles = ProcessInfo.processInfo.environment["OFFPRINT_LONG"] == nil ? 4_000 : 100_000
    let server = try TestServer()
    let device = try server.signIn()
    try fill(server, device.account, articles: articles)
    let before = try device.pullAll(limit: 1_000)
    try server.core.keepUp()
    let after = try device.pullAll(limit: 1_000)
    #expect(before.records.count == articles && after.records.count == articles)
    #expect(before.records.map(\.number) == after.records.map(\.number))
    #expect(before.records.map(\.record) == after.records.map(\.record))
    #expect(before.end == after.end && after.end.digest?.count == Int64(articles))
  }

  private func fill(_ server: TestServer, _ account: RecordID, articles: Int) throws {
    let device = TestDevice(server: server, token: "", account: account, id: account)
    for first in stride(from: 0, to: articles, by: 2_000) {
      let records = (first..<min(first + 2_000, articles)).map { device.article(UInt64($0), title: "No. \($0)") }
      try server.store.write { transaction in
        _ = try LogWriter(account: account, transaction: transaction, now: server.now)
          .write(records.map { (before: nil, after: $0, hash: $0.stateHash) })
      }
    }
  }

  private func pushed(_ records: [Record]) -> [PushedRecord] {
    records.map { PushedRecord(record: $0, new: $0.registers.entries.map(\.name), again: false) }
  }

  private func problem(_ response: HTTPResponse) throws -> Problem.Slug? { Problem(parsing: response.body)?.slug }
}
