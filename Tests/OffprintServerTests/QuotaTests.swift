import OffprintCrypto
import OffprintHTTP
import OffprintServer
import OffprintTesting
import OffprintWire
import Testing

/// Quotas (E6, LIM-4), and the usage they are held against.
@Suite struct QuotaTests {
  private func server(_ quota: AccountQuota) throws -> TestServer { try TestServer { $0.quota = quota } }

  private func usage(_ server: TestServer, _ account: RecordID) throws -> (kept: AccountUsage?, counted: AccountUsage) {
    try server.store.read { (try $0.log(of: account)?.usage, try $0.countedUsage(of: account)) }
  }

  private func refusal(_ result: PushResult) -> Refusal? {
    if case .refused(let refusal) = result.outcome { return refusal }
    return nil
  }

  private func dead(_ device: TestDevice, _ low: UInt64, at milliseconds: Int64) -> Record {
    device.record(RecordKey(.article, RecordID(high: 0, low: low)), at: milliseconds, [.life: .string("dead")])
  }

  @Test func `a push over the quota of records refuses those that are too many, each for itself`() throws {
    let server = try server(AccountQuota(records: 3))
    var phone = try server.signIn()
    let answer = try phone.push((1...5).map { phone.article($0, title: "t") })
    #expect(answer.results.map { refusal($0)?.slug } == [nil, nil, nil, .quotaExceeded, .quotaExceeded])
    #expect(refusal(answer.results[4])?.limit == 3)
    #expect(try phone.pullAll().records.count == 3)
    // Changes of what is there go on, and a deletion makes room.
    let later = server.now + 1
    let change = phone.record(RecordKey(.article, RecordID(high: 0, low: 1)), at: later, [.title: .string("other")])
    #expect(try phone.push([change]).results.allSatisfy { refusal($0) == nil })
    let swap = try phone.push([dead(phone, 2, at: later), phone.article(9, title: "t", at: later)])
    #expect(swap.results.allSatisfy { refusal($0) == nil })
    // Bringing it back does not.
    let back = phone.record(RecordKey(.article, RecordID(high: 0, low: 2)), at: later + 1, [.life: .string("live")])
    #expect(try phone.push([back]).results.map { refusal($0)?.slug } == [.quotaExceeded])
  }

  @Test func `a full account takes no new article, but changes and positions from its reserve, and deletions last`()
    throws
  {
    let server = try server(AccountQuota(bytes: 16_000))
    var phone = try server.signIn()
    let text = String(repeating: "a", count: 900)
    var number: UInt64 = 0
    var full = false
    while !full {
      number += 1
      full = try phone.push([phone.article(number, title: text)]).results.contains { refusal($0) != nil }
    }
    let bytes = try #require(try usage(server, phone.account).kept).bytes
    #expect(bytes <= 16_000 && bytes > 14_500)
    func change(_ low: UInt64, _ length: Int, at: Int64) throws -> Refusal.Slug? {
      let note = phone.record(
        RecordKey(.article, RecordID(high: 0, low: low)), at: at,
        [.byline: .string(String(repeating: "b", count: length))])
      return refusal(try phone.push([note]).results[0])?.slug
    }
    #expect(try change(1, 500, at: server.now + 1) == nil, "the reserve")
    #expect(try change(2, 1_000, at: server.now + 1) == nil || bytes > 15_200)
    #expect(try change(3, 1_000, at: server.now + 1) == .quotaExceeded, "which has an end")
    let position = phone.record(
      RecordKey(.progress, RecordID(high: 0, low: 1)), at: server.now + 1, [.life: .string("live")])
    #expect(refusal(try phone.push([position]).results[0]) == nil)
    for low in 1..<min(number, 12) {
      #expect(refusal(try phone.push([dead(phone, low, at: server.now + 2)]).results[0]) == nil, "\(low)")
    }
    let kept = try usage(server, phone.account)
    #expect(kept.kept == kept.counted)
  }

  @Test func `a content over the quota is 507, one that is there already is not, and another account's are its own`()
    throws
  {
    let server = try server(AccountQuota(bytes: 1_000))
    let phone = try server.signIn()
    let other = try server.signIn("ben")
    func put(_ device: TestDevice, _ bytes: [UInt8]) -> HTTPResponse {
      device.send("PUT", "/v1/contents/\(Hex.encode(SHA256.hash(bytes)))", body: bytes)
    }
    let (first, second) = ([UInt8](repeating: 1, count: 700), [UInt8](repeating: 2, count: 400))
    #expect(put(phone, first).status == 204)
    let refused = put(phone, second)
    #expect(refused.status == 507 && Problem(parsing: refused.body)?.slug == .quotaExceeded)
    #expect(Problem(parsing: refused.body)?["limit"]?.integer == 1_000)
    #expect(put(phone, first).status == 204, "sent again it takes nothing")
    #expect(put(other, first).status == 204)
    for account in [phone.account, other.account] {
      let usage = try usage(server, account)
      #expect(usage.kept == usage.counted && usage.kept?.contentBytes == 700, "shared bytes count for each")
    }
    #expect(phone.send("GET", "/v1/contents/\(Hex.encode(SHA256.hash(second)))").status == 404)
  }

  @Test func `an account's own quota goes before the server's, and none is none`() throws {
    let server = try server(AccountQuota(records: 1, devices: 2))
    var phone = try server.signIn()
    let accounts = server.core.accounts
    _ = try accounts.setQuota(of: "anna") { $0.records = .at(2) }
    let first = try phone.push((1...3).map { phone.article($0, title: "t") })
    #expect(first.results.count { refusal($0) != nil } == 1)
    _ = try accounts.setQuota(of: "anna") { $0.records = .unlimited }
    #expect(try phone.push((3...9).map { phone.article($0, title: "t") }).results.allSatisfy { refusal($0) == nil })
    _ = try accounts.setQuota(of: "anna") { $0.records = .ofServer }
    #expect(refusal(try phone.push([phone.article(10, title: "t")]).results[0])?.limit == 1)
  }

  @Test func `the device beyond the quota is 507 until another one is signed out`() throws {
    let server = try server(AccountQuota(devices: 2))
    let phone = try server.signIn()
    _ = try server.signIn()
    func signIn(_ body: String) -> HTTPResponse {
      server.send(
        HTTPRequest(
          method: "POST", path: "/v1/devices", headers: ["Content-Type": "application/json"], body: Array(body.utf8)))
    }
    let third = #"{"device":"d","password":"\#(TestServer.password)","user":"anna"}"#
    let refused = signIn(third)
    #expect(refused.status == 507 && Problem(parsing: refused.body)?["limit"]?.integer == 2)
    #expect(
      signIn(#"{"device":"d","password":"wrong password","user":"anna"}"#).status == 401, "nobody else learns of it")
    let code = try server.core.accounts.makePairingCode(user: "anna").code.text
    let paired = #"{"device":"d","code":"\#(code)"}"#
    #expect(signIn(paired).status == 507)
    #expect(phone.send("DELETE", "/v1/devices/\(phone.id)").status == 204)
    #expect(signIn(paired).status == 201, "and the code is still good")
  }

  @Test func `what is kept of an account's usage is what counting gives, whatever was done`() throws {
    let seed = Seed.value
    var generator = SeededGenerator(seed: seed)
    let server = try TestServer { $0.retentionDays = 1 }
    var devices = [try server.signIn(), try server.signIn(), try server.signIn("ben")]
    devices[1].replica = ReplicaID(bits: 2)
    for _ in 0..<60 {
      let index = Int.random(in: 0..<3, using: &generator)
      let records = (0..<Int.random(in: 1...6, using: &generator)).map { _ -> Record in
        let low = UInt64.random(in: 1...12, using: &generator)
        if Bool.random(using: &generator) { return dead(devices[index], low, at: server.now) }
        let length = Int.random(in: 0...200, using: &generator)
        return devices[index].article(low, title: String(repeating: "t", count: length))
      }
      try devices[index].push(records)
      let bytes = [UInt8](repeating: UInt8.random(in: 0...9, using: &generator), count: 50)
      _ = devices[index].send("PUT", "/v1/contents/\(Hex.encode(SHA256.hash(bytes)))", body: bytes)
      server.advance(milliseconds: Int64.random(in: 1...20_000_000, using: &generator))
      if Int.random(in: 0..<8, using: &generator) == 0 { try server.core.purge() }
      for account in Set(devices.map(\.account)) {
        let usage = try usage(server, account)
        #expect(usage.kept == usage.counted, "seed \(seed)")
      }
    }
  }

  @Test func `what a record counts for is what it is stored as`() throws {
    let device = try TestServer().signIn()
    for length in [0, 1, 300] {
      let record = device.article(1, title: String(repeating: "é", count: length))
      #expect(StoredRecord.size(of: record) == Int64(RegisterEncoding.encode(record.registers).count))
    }
    let empty = Record(key: RecordKey(.article, RecordID(high: 0, low: 1)))
    #expect(StoredRecord.size(of: empty) == Int64(RegisterEncoding.encode(empty.registers).count))
  }
}
