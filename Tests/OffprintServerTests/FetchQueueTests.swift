import OffprintCrypto
import OffprintServer
import OffprintTesting
import OffprintWire
import Testing

/// What waits to be fetched, in which order, and what becomes of it (FETCH-1 to FETCH-6); nothing is fetched here.
@Suite struct FetchQueueTests {
  private let server: TestServer
  private static let body = Array("<p>On paper boats.</p>\n".utf8)
  private static let minute: Int64 = 60_000

  init() throws { server = try TestServer() }

  private func take(_ server: TestServer, after: RecordID? = nil, leaving busy: Set<String> = []) throws -> FetchJob? {
    try server.core.takeFetch(after: after) { busy.contains($0) }
  }

  private func key(_ low: UInt64) -> RecordKey { RecordKey(.article, RecordID(high: 0, low: low)) }

  private func stored(_ device: TestDevice, _ low: UInt64) throws -> Record {
    try #require(try server.store.read { try $0.record(key(low), of: device.account) }).record
  }

  private func fetchState(_ device: TestDevice, _ low: UInt64) throws -> String? {
    try stored(device, low)[.fetch]?["state"]?.string
  }

  private static func found(_ title: String = "Found", body: [UInt8] = body) -> FetchOutcome {
    var article = FoundArticle(body: body)
    article.title = title
    article.words = 3
    return .found(article)
  }

  private static func failed(_ reason: String, transient: Bool = false, after seconds: Int? = nil) -> FetchOutcome {
    .failed(reason: reason, isTransient: transient, retryAfterSeconds: seconds)
  }

  private func wanted(_ device: TestDevice, _ low: UInt64, at milliseconds: Int64) -> Record {
    device.record(
      key(low), at: milliseconds,
      [.fetch: .members(("at", .integer(milliseconds)), ("reason", .null), ("state", .string("wanted")))])
  }

  private func content(_ device: TestDevice, _ low: UInt64, of body: [UInt8], at milliseconds: Int64) throws -> Record {
    let hash = Hex.encode(SHA256.hash(body))
    #expect(device.send("PUT", "/v1/contents/\(hash)", body: body).status == 204)
    return device.record(
      key(low), at: milliseconds,
      [.content: .members(("hash", .string(hash)), ("size", .integer(Int64(body.count))))])
  }

  @Test func `an article saved by its address alone is fetched, and every device gets what was found`() throws {
    var phone = try server.signIn(device: "phone")
    let tablet = try server.signIn(device: "tablet")
    try phone.push([phone.article(1, title: "My title")])
    let cursor = try tablet.pullAll().end.cursor
    let job = try #require(try take(server))
    #expect(job.wish.url == "https://example.org/1" && job.wish.site == "example.org" && job.tries == 1)
    #expect(try take(server) == nil, "what is begun is not begun again")
    try server.core.finishFetch(job, Self.found())
    let news = try tablet.pullAll(since: cursor)
    #expect(news.records.count == 1)
    let record = try #require(news.records.first?.record)
    #expect(record[.title]?.string == "My title" && record["found.title"]?.string == "Found")
    #expect(record["found.words"]?.integer == 3 && record["found.byline"] == nil)
    #expect(record[.fetch]?["state"]?.string == "done")
    let reference = try #require(record[.content].flatMap { ContentReference($0) })
    #expect(tablet.send("GET", "/v1/contents/\(reference.hash)").body == Self.body)
    #expect(try take(server) == nil)
    // The digest is that of the records, and a device that pushes on is not in the way.
    #expect(try phone.push([phone.record(key(1), at: server.now + 1, [.archived: .bool(true)])]).results.count == 1)
    #expect(try server.store.read { try $0.log(of: phone.account)?.usage == $0.countedUsage(of: phone.account) })
  }

  @Test func `the server writes as a replica of its own, over what it saw and nothing else`() throws {
    var phone = try server.signIn()
    try phone.push([phone.article(1, title: "t")])
    let job = try #require(try take(server))
    // Meanwhile somebody edits the article, with a clock that is ahead.
    try phone.push([
      phone.record(key(1), at: server.now + 200_000, [.title: .string("later"), "found.title": .string("x")])
    ])
    try server.core.finishFetch(job, Self.found())
    let record = try stored(phone, 1)
    let replica = try #require(try server.store.read { try $0.log(of: phone.account)?.replica })
    #expect(record[.title]?.string == "later")
    for name in ["found.title", "content", "fetch", "found.words"] as [RegisterName] {
      #expect(record.registers[name]?.stamp.replica == replica, "\(name)")
    }
    // Whoever has seen a value beats it, whatever the clocks say.
    #expect(record["found.title"]?.string == "Found")
    #expect(record.registers["found.title"]?.stamp.milliseconds == UInt64(server.now + 200_000))
  }

  @Test func `what needs no fetching is not fetched: deleted, without an address, with a text, done, failed`() throws {
    var phone = try server.signIn()
    var dead = phone.article(1, title: "t")
    dead.registers[.life] = Register(stamp: phone.stamp(server.now), value: Record.dead)
    var file = phone.article(2, title: "t")
    file.registers[.url] = nil
    var records = [dead, file]
    for (low, state) in [(UInt64(3), "done"), (4, "failed")] {
      var record = phone.article(low, title: "t")
      record.registers[.fetch] = Register(
        stamp: phone.stamp(server.now),
        value: CanonicalValue(.members(("at", .integer(1)), ("reason", .null), ("state", .string(state)))))
      records.append(record)
    }
    var whole = phone.article(5, title: "t")
    whole.registers[.content] = try content(phone, 5, of: Self.body, at: server.now).registers[.content]
    try phone.push(records + [whole])
    #expect(try take(server) == nil)
    #expect(try server.core.nextFetchDue() == nil)
  }

  @Test func `what is deleted, or gets its text, while it waits or is fetched is left alone`() throws {
    var phone = try server.signIn()
    try phone.push((1...3).map { phone.article($0, title: "t") })
    let job = try #require(try take(server, leaving: []))
    let low = job.article.low
    try phone.push([phone.record(job.key, at: server.now + 1, [.life: .string("dead")])])
    let head = try phone.pullAll().end.number
    try server.core.finishFetch(job, Self.found())
    #expect(try phone.pullAll().end.number == head)
    // One that waits.
    let others = (UInt64(1)...3).filter { $0 != low }
    try phone.push([try content(phone, others[0], of: Self.body, at: server.now + 1)])
    // One that is being fetched.
    let second = try #require(try take(server))
    #expect(second.article.low == others[1])
    let mine = Array("<p>Mine.</p>\n".utf8)
    try phone.push([try content(phone, others[1], of: mine, at: server.now + 1)])
    try server.core.finishFetch(second, Self.found())
    #expect(
      try stored(phone, others[1])[.content].flatMap { ContentReference($0) }?.hash == Hex.encode(SHA256.hash(mine)))
    #expect(try take(server) == nil)
  }

  @Test func `a page asked for again is fetched again, and a failure never replaces the text`() throws {
    var phone = try server.signIn()
    try phone.push([phone.article(1, title: "t")])
    try server.core.finishFetch(try #require(try take(server)), Self.found())
    let good = try stored(phone, 1)
    server.advance(milliseconds: Self.minute)
    try phone.push([wanted(phone, 1, at: server.now)])
    try server.core.finishFetch(try #require(try take(server)), Self.failed("the site has no such page (404)"))
    let failed = try stored(phone, 1)
    #expect(failed[.fetch]?["state"]?.string == "failed")
    #expect(failed[.fetch]?["reason"]?.string == "the site has no such page (404)")
    for name in ["content", "found.title", "found.words"] as [RegisterName] {
      #expect(failed.registers[name] == good.registers[name], "\(name)")
    }
    #expect(try take(server) == nil)
    // And once more, with another text.
    server.advance(milliseconds: Self.minute)
    try phone.push([wanted(phone, 1, at: server.now)])
    let other = Array("<p>Other.</p>\n".utf8)
    try server.core.finishFetch(try #require(try take(server)), .found(FoundArticle(body: other)))
    let again = try stored(phone, 1)
    #expect(again[.content].flatMap { ContentReference($0) }?.hash == Hex.encode(SHA256.hash(other)))
    #expect(again["found.title"]?.isNull == true, "what was found before is not what is there now")
    #expect(again[.fetch]?["state"]?.string == "done" && again[.fetch]?["reason"]?.isNull == true)
  }

  @Test func `a text brought since a fetch was asked for stays`() throws {
    var phone = try server.signIn()
    var article = phone.article(1, title: "t")
    article.registers.join(wanted(phone, 1, at: server.now).registers)
    try phone.push([article])
    let mine = Array("<p>Mine.</p>\n".utf8)
    try phone.push([try content(phone, 1, of: mine, at: server.now + 5)])
    try server.core.finishFetch(try #require(try take(server)), Self.found())
    let record = try stored(phone, 1)
    #expect(record[.content].flatMap { ContentReference($0) }?.hash == Hex.encode(SHA256.hash(mine)))
    #expect(record["found.title"] == nil && record[.fetch]?["state"]?.string == "done")
  }

  @Test func `a transient failure is told once, tried again after ever longer times, and given up in the end`() throws {
    var phone = try server.signIn()
    try phone.push([phone.article(1, title: "t")])
    var waits: [Int64] = []
    for count in 1...RetrySchedule.triesMax {
      let job = try #require(try take(server))
      #expect(job.tries == count)
      let head = try phone.pullAll().end.number
      try server.core.finishFetch(job, Self.failed("the site could not be reached", transient: true))
      let isLast = count == RetrySchedule.triesMax
      #expect(try fetchState(phone, 1) == (isLast ? "failed" : "fetching"))
      #expect(try phone.pullAll().end.number == head + (count == 1 || isLast ? 1 : 0))
      guard !isLast else { break }
      #expect(try take(server) == nil)
      let due = try #require(try server.core.nextFetchDue())
      waits.append(due - server.now)
      server.setNow(due - 1)
      #expect(try take(server) == nil)
      server.setNow(due)
    }
    #expect(waits == waits.sorted() && waits.first.map { (Self.minute...Self.minute * 2).contains($0) } == true)
    #expect(try take(server) == nil)
    #expect(try server.core.nextFetchDue() == nil)
    // Asked for again it begins anew.
    server.advance(milliseconds: 10)
    try phone.push([wanted(phone, 1, at: server.now)])
    #expect(try take(server)?.tries == 1)
  }

  @Test func `a site that asks to be left alone is, up to a day`() throws {
    var phone = try server.signIn()
    try phone.push([phone.article(1, title: "t")])
    try server.core.finishFetch(
      try #require(try take(server)), Self.failed("later", transient: true, after: 7_200))
    #expect(try #require(try server.core.nextFetchDue()) >= server.now + 7_200_000)
    server.advance(milliseconds: 10_000_000)
    try server.core.finishFetch(
      try #require(try take(server)), Self.failed("later", transient: true, after: 1 << 40))
    #expect(try #require(try server.core.nextFetchDue()) <= server.now + 86_400_000)
  }

  @Test func `accounts take turns, sites that are busy are passed over, what was saved last comes first`() throws {
    var ana = try server.signIn("ana")
    var ben = try server.signIn("ben")
    try ana.push((1...20).map { ana.article($0, title: "t") })
    server.advance(milliseconds: 10)
    var other = ana.article(30, title: "t")
    other.registers[.url] = Register(
      stamp: ana.stamp(server.now), value: CanonicalValue(.string("https://other.example:8080/a")))
    try ana.push([other])
    server.advance(milliseconds: 10)
    try ana.push([ana.article(21, title: "t")])
    try ben.push([ben.article(1, title: "t")])
    let first = try #require(try take(server, after: min(ana.account, ben.account)))
    #expect(first.account == max(ana.account, ben.account))
    let jobs = try (0..<3).map { _ in try #require(try take(server, after: ben.account)) }
    let ofAna = ([first] + jobs).filter { $0.account == ana.account }.map(\.article.low)
    #expect(ofAna.prefix(2) == [21, 30])
    #expect(try #require(ofAna.last) <= 20)
    #expect(try take(server, leaving: ["example.org"]) == nil)
    try server.core.abandonFetch(try #require(([first] + jobs).first { $0.article.low == 30 }))
    let busy = try #require(try take(server, leaving: ["example.org"]))
    #expect(busy.wish.site == "other.example:8080")
    #expect(try take(server, leaving: ["example.org", "other.example:8080"]) == nil)
  }

  @Test func `a server that ends over a fetch does it anew, and not for ever`() throws {
    var phone = try server.signIn()
    try phone.push([phone.article(1, title: "t"), phone.article(2, title: "t")])
    let running = try #require(try take(server))
    for count in 1...RetrySchedule.triesMax {
      let job = try #require(try take(server))
      #expect(job.article != running.article && job.tries == count)
      try server.core.recoverFetches(besides: [running])
      // At once the first time.
      if count > 1, count < RetrySchedule.triesMax {
        #expect(try take(server) == nil)
        server.setNow(try #require(try server.core.nextFetchDue()))
      }
    }
    #expect(try take(server) == nil)
    let low: UInt64 = running.article.low == 1 ? 2 : 1
    #expect(try fetchState(phone, low) == "failed")
    try server.core.recoverFetches()
    #expect(try take(server)?.article == running.article)
  }

  @Test func `a fetch that is given back is as if it had not been begun`() throws {
    var phone = try server.signIn()
    try phone.push([phone.article(1, title: "t")])
    try server.core.abandonFetch(try #require(try take(server)))
    #expect(try take(server)?.tries == 1)
  }

  @Test func `images are stored, named by the record in their order, and let go with the next text`() throws {
    var phone = try server.signIn()
    try phone.push([phone.article(1, title: "t")])
    var article = FoundArticle(body: Self.body)
    article.images = [Array("one".utf8), Array("two".utf8)]
    try server.core.finishFetch(try #require(try take(server)), .found(article))
    let images = try #require(try stored(phone, 1)[.images].flatMap { ContentReference.list($0) })
    #expect(images.map(\.size) == [3, 3])
    #expect(images.map(\.hash) == article.images.map { Hex.encode(SHA256.hash($0)) })
    func isUnnamed(_ image: [UInt8]) throws -> Bool {
      try server.store.read { try $0.isContentUnnamed(SHA256.hash(image), of: phone.account) }
    }
    for (image, bytes) in zip(images, article.images) {
      #expect(phone.send("GET", "/v1/contents/\(image.hash)").body == bytes)
      #expect(try !isUnnamed(bytes))
    }
    server.advance(milliseconds: Self.minute)
    try phone.push([wanted(phone, 1, at: server.now)])
    article.images = [article.images[1]]
    try server.core.finishFetch(try #require(try take(server)), .found(article))
    #expect(try isUnnamed(Array("one".utf8)) && !isUnnamed(Array("two".utf8)))
    #expect(try server.store.read { try $0.log(of: phone.account)?.usage == $0.countedUsage(of: phone.account) })
  }

  @Test func `a full account gets no text, and is told`() throws {
    let server = try TestServer { $0.quota = AccountQuota(bytes: 2_000) }
    var phone = try server.signIn()
    try phone.push([phone.article(1, title: "t")])
    let job = try #require(try take(server))
    try server.core.finishFetch(job, Self.found(body: [UInt8](repeating: 0x61, count: 3_000)))
    let record = try #require(try server.store.read { try $0.record(job.key, of: phone.account) }).record
    #expect(record[.content] == nil && record[.fetch]?["state"]?.string == "failed")
  }

  @Test func `nothing is fetched for an account that is disabled or gone`() throws {
    var phone = try server.signIn()
    try phone.push([phone.article(1, title: "t"), phone.article(2, title: "t")])
    let job = try #require(try take(server))
    try server.store.write { try $0.setDisabled(1, of: phone.account) }
    #expect(try take(server) == nil)
    try server.core.finishFetch(job, Self.found())
    #expect(try stored(phone, job.article.low)[.content] == nil)
    try server.store.write { try $0.beginRemoval(of: phone.account, at: 1) }
    while try server.store.write({ try $0.removeSome(of: phone.account, limit: 10) }) {}
    try server.core.finishFetch(job, Self.found())
    try server.core.abandonFetch(job)
    try server.core.recoverFetches()
    #expect(try server.store.read { try $0.accountsWithFetches() } == [])
  }

  @Test func `values that are too long, empty or no text of the wire are cut to what a record may hold`() throws {
    var phone = try server.signIn()
    try phone.push([phone.article(1, title: "t")])
    var article = FoundArticle(body: Self.body)
    article.title = String(repeating: "é", count: 4_000)
    article.byline = ""
    article.site = "a\0b"
    article.publishedAt = .min
    article.words = -4
    try server.core.finishFetch(try #require(try take(server)), .found(article))
    let record = try stored(phone, 1)
    #expect(record["found.title"]?.string?.utf8.count == Limits.foundBytesMax)
    #expect(record["found.byline"] == nil && record["found.published"] == nil)
    #expect(record["found.site"]?.string == "ab" && record["found.words"]?.integer == 0)
    for entry in record.registers.entries {
      #expect(ValueRules.refusal(type: .article, name: entry.name, value: entry.register.value) == nil)
    }
  }
}

extension FetchJob {
  fileprivate var key: RecordKey { RecordKey(.article, article) }
}
