import OffprintCrypto
import OffprintHTTP
import OffprintServer
import OffprintTesting
import OffprintWire
import OffprintLocks
import Testing

/// What an operator does with accounts, and what devices see of it.
@Suite struct AdministrationTests {
  private let server: TestServer

  init() throws { server = try TestServer() }

  private var accounts: Accounts { server.core.accounts }

  private func signIn(_ user: String, _ password: String) -> Int {
    let body = JSONValue.members(
      ("device", .string("d")), ("password", .string(password)), ("user", .string(user)))
    return server.send(
      HTTPRequest(
        method: "POST", path: "/v1/devices", headers: ["Content-Type": "application/json"], body: body.canonicalBytes)
    ).status
  }

  @Test func `a disabled account is to its devices and at sign-in as if it were not there, and enabled it goes on`()
    throws
  {
    let phone = try server.signIn()
    #expect(phone.send("GET", "/v1/changes").status == 200)
    #expect(try accounts.setDisabled(true, user: "anna"))
    #expect(try !accounts.setDisabled(true, user: "anna"))
    let refused = phone.send("GET", "/v1/changes")
    let garbage = TestDevice(
      server: server, token: String(repeating: "5", count: 64), account: phone.account, id: phone.id
    ).send("GET", "/v1/changes")
    #expect(refused.status == 401 && refused.headers["Offprint-Account"] == nil)
    #expect(Problem(parsing: refused.body)?.detail == Problem(parsing: garbage.body)?.detail)
    #expect(signIn("anna", TestServer.password) == 401)
    #expect(try accounts.setDisabled(false, user: "anna"))
    #expect(phone.send("GET", "/v1/changes").status == 200)
    #expect(signIn("anna", TestServer.password) == 201)
    #expect(throws: Accounts.UnknownUser.self) { try accounts.setDisabled(true, user: "nobody") }
  }

  @Test func `a new password is the only one from then on, and devices stay unless they are to go`() throws {
    let phone = try server.signIn()
    #expect(try accounts.setPassword("a new password", of: "anna", signsOut: false) == 0)
    #expect(signIn("anna", TestServer.password) == 401)
    #expect(signIn("anna", "a new password") == 201)
    #expect(phone.send("GET", "/v1/changes").status == 200)
    #expect(try accounts.setPassword("yet another one", of: "anna", signsOut: true) == 2)
    let answer = phone.send("GET", "/v1/changes")
    #expect(answer.status == 401 && Problem(parsing: answer.body)?.slug == .deviceRevoked)
    #expect(throws: Accounts.CreationError.badPasswordLength) {
      try accounts.setPassword("short", of: "anna", signsOut: false)
    }
  }

  @Test func `a device's row says when it was seen and how many changes it was not given`() throws {
    var phone = try server.signIn(device: "phone")
    server.advance(milliseconds: 1)
    let tablet = try server.signIn(device: "tablet")
    server.advance(milliseconds: 1)
    _ = try server.signIn(device: "drawer")
    _ = try tablet.pullAll()
    try phone.push((1...3).map { phone.article($0, title: "t") })
    server.core.writeNotes()
    func behind() throws -> [Int64?] { try accounts.devices(of: "anna").map(\.behind) }
    #expect(try behind() == [0, 3, nil])
    server.advance(milliseconds: 120_000)
    _ = try tablet.pull(limit: 2)
    server.core.writeNotes()
    #expect(try behind() == [0, 1, nil])
    let listed = try accounts.devices(of: "anna")
    #expect(listed.map(\.device.lastSeen) == [server.now - 120_000, server.now, nil])
    // What is not written yet is shown all the same to who asks over HTTP.
    server.advance(milliseconds: 120_000)
    let devices = try JSONValue(parsing: phone.send("GET", "/v1/devices").body)["devices"]?.array
    #expect(devices?.map { $0["lastSeen"]?.integer } == [server.now, server.now - 120_000, nil])
  }

  @Test func `a removed account leaves nothing, and others keep all that is theirs`() throws {
    var phone = try server.signIn()
    var ben = try server.signIn("ben")
    func put(_ device: TestDevice, _ byte: UInt8) throws -> String {
      let bytes = [UInt8](repeating: byte, count: 1_000)
      let path = "/v1/contents/\(Hex.encode(SHA256.hash(bytes)))"
      #expect(device.send("PUT", path, body: bytes).status == 204)
      return path
    }
    let shared = try put(phone, 1)
    let own = try put(phone, 2)
    #expect(try put(ben, 1) == shared)
    for batch in 0..<3 {
      try phone.push((0..<400).map { phone.article(UInt64(batch * 400 + $0 + 1), title: "t") })
    }
    try ben.push([ben.article(1, title: "Kept")])
    let goes = try accounts.belongings(of: "anna")
    #expect(goes.records == 1_200 && goes.contents == 2 && goes.devices == 1)
    var steps = 0
    try accounts.remove("anna") { steps += 1 }
    #expect(steps >= 4, "in small transactions")
    #expect(phone.send("GET", "/v1/changes").status == 401)
    #expect(signIn("anna", TestServer.password) == 401)
    #expect(try server.store.read { try $0.accounts() }.map(\.name) == ["ben"])
    #expect(try ben.pullAll().records.map(\.record) == [ben.article(1, title: "Kept")])
    #expect(ben.send("GET", shared).status == 200)
    #expect(ben.send("PUT", own, body: [UInt8](repeating: 2, count: 1_000)).status == 204)
    #expect(try server.store.integrityErrors().isEmpty)
    // The name is free again, and whoever takes it finds nothing.
    try server.makeAccount("anna")
    #expect(try server.signIn("anna").pullAll().records.isEmpty)
  }

  @Test func `a removal that was cut short leaves nobody in, and goes on where it stopped`() throws {
    struct Cut: Error {}
    var phone = try server.signIn()
    for batch in 0..<3 { try phone.push((0..<400).map { phone.article(UInt64(batch * 400 + $0 + 1), title: "t") }) }
    let id = phone.account
    try server.store.write { try $0.beginRemoval(of: id, at: server.now) }
    #expect(try server.store.write { try $0.removeSome(of: id, limit: 500) })
    #expect(phone.send("GET", "/v1/changes").status == 401)
    #expect(signIn("anna", TestServer.password) == 401)
    #expect(try accounts.belongings(of: "anna").account.removing == server.now)
    #expect(throws: Accounts.CreationError.exists) { try accounts.create(name: "anna", password: "a long password") }
    try accounts.remove("anna")
    #expect(try server.store.read { try $0.accounts() }.isEmpty)
  }

  @Test func `others push between the steps of a removal`() throws {
    var phone = try server.signIn()
    var ben = try server.signIn("ben")
    for batch in 0..<3 { try phone.push((0..<400).map { phone.article(UInt64(batch * 400 + $0 + 1), title: "t") }) }
    var low: UInt64 = 0
    try accounts.remove("anna") {
      low += 1
      #expect(throws: Never.self) { try ben.push([ben.article(low, title: "t")]) }
    }
    #expect(try ben.pullAll().records.count == Int(low) && low >= 4)
  }

  @Test func `signed out devices are remembered, but no more than a thousand`() throws {
    let phone = try server.signIn()
    for index in 0..<1_100 {
      let token = try #require(Token(bytes: Array(SHA256.hash(Array("\(index)".utf8)))))
      let device = Device(id: RecordID(high: 1, low: UInt64(index)), account: phone.account, name: "d", created: 1)
      try server.store.write { transaction in
        try transaction.insert(device, tokenHash: token.hash)
        _ = try transaction.revoke(device.id, of: phone.account, at: Int64(index))
      }
    }
    func remembered(_ index: Int) throws -> Bool {
      let token = try #require(Token(bytes: Array(SHA256.hash(Array("\(index)".utf8)))))
      return try server.store.read { try $0.device(tokenHash: token.hash) } != nil
    }
    #expect(try !remembered(99) && remembered(100) && remembered(1_099))
  }

  @Test func `E3: a hundred thousand tokens are 256 bits each and no two alike`() throws {
    var seen: Set<[UInt8]> = []
    for _ in 0..<100_000 {
      let token = try #require(Token(bytes: SecureRandom.bytes(Token.byteCount)))
      #expect(token.text.utf8.count == 64)
      seen.insert(token.hash)
    }
    #expect(seen.count == 100_000)
  }

  /// A store whose account is removed just before some later call.
  private final class RemovingStore: Store {
    let real: StoreSQLite
    let remove: @Sendable () throws -> Void
    let callsLeft = Mutex(-1)

    init(_ real: StoreSQLite, remove: @escaping @Sendable () throws -> Void) {
      self.real = real
      self.remove = remove
    }

    private func count() throws {
      let isNow = callsLeft.withLock { calls in
        calls -= 1
        return calls == -1
      }
      if isNow { try remove() }
    }

    func write<T>(_ load: WriteLoad, _ body: (any StoreTransaction) throws -> T) throws -> T {
      try count()
      return try real.write(load, body)
    }

    func read<T>(_ body: (any StoreReader) throws -> T) throws -> T {
      try count()
      return try real.read(body)
    }
  }

  @Test(arguments: ["sync", "changes", "digest", "upload"])
  func `a request whose account goes while it is worked on is told to sign in, and is no failure`(route: String) throws
  {
    var phone = try server.signIn()
    try phone.push([phone.article(1, title: "t")])
    let accounts = accounts
    let store = RemovingStore(server.store) { try accounts.remove("anna") }
    let now = server.now
    let core = try ServerCore(
      store: store,
      environment: ServerEnvironment(now: { now }, randomBytes: { .init(repeating: 9, count: $0) }, sleep: { _ in }))
    var request = HTTPRequest(
      method: "GET", path: "/v1/\(route)",
      headers: ["Authorization": "Bearer \(phone.token)", "Content-Type": "application/json"])
    switch route {
    case "sync":
      request.method = "POST"
      let cursor = try phone.pull().end.cursor
      request.body = phone.pushBody(
        [PushedRecord(record: phone.article(2, title: "t"), new: [.title], again: false)], cursor: cursor)
    case "upload":
      request.method = "PUT"
      request.body = [1, 2, 3]
      request.path = "/v1/contents/\(Hex.encode(SHA256.hash(request.body)))"
    default: break
    }
    // The first call lets the device in.
    store.callsLeft.withLock { $0 = 1 }
    let reply = core.reply(to: request)
    #expect(reply.response.status == 401 && reply.failure == nil, "\(reply)")
  }
}
