import OffprintCrypto
import OffprintHTTP
import OffprintServer
import OffprintTesting
import OffprintWire
import OffprintLocks
import Testing

/// Pairing codes (row 45, DEV-9).
@Suite struct PairingTests {
  private let server: TestServer

  init() throws {
    server = try TestServer { $0.failedPairingsPerMinuteMax = 1_000 }
    try server.makeAccount()
  }

  private func pair(_ code: String, peer: String = "198.51.100.7") -> HTTPResponse {
    let body = JSONValue.members(("code", .string(code)), ("device", .string("tablet")))
    return server.send(
      HTTPRequest(
        method: "POST", path: "/v1/devices", headers: ["Content-Type": "application/json"], body: body.canonicalBytes,
        peer: peer))
  }

  private func code(isReusable: Bool = false) throws -> PairingCode {
    try server.core.accounts.makePairingCode(user: "anna", isReusable: isReusable).code
  }

  /// A code with the same handle and another secret.
  private func wrong(_ code: PairingCode) -> String {
    code.handle + (code.secret == "00000000" ? "00000001" : "00000000")
  }

  @Test func `a code signs one device in, says whose account it is, and is then worth nothing`() throws {
    let code = try code()
    let first = pair(code.text)
    let answer = try JSONValue(parsing: first.body)
    #expect(first.status == 201 && answer["user"]?.string == "anna" && answer["name"]?.string == "tablet")
    #expect(first.headers["Content-Encoding"] == nil)
    let token = try #require(answer["token"]?.string)
    let read = server.send(
      HTTPRequest(method: "GET", path: "/v1/changes", headers: ["Authorization": "Bearer \(token)"]))
    #expect(read.status == 200)
    #expect(pair(code.text).status == 401)
  }

  @Test func `a code is read as people type it`() throws {
    for change: (String) -> String in [
      { $0.lowercased() }, { $0.filter { $0 != "-" } }, { " \($0) " }, { $0.replacing("0", with: "o") },
      { $0.replacing("1", with: "l") }, { $0.replacing("1", with: "I").replacing("0", with: "O") },
    ] {
      let text = change(try code().text)
      #expect(pair(text).status == 201, "\(text)")
    }
  }

  @Test func `codes are twelve characters of the alphabet, and read back as they were written`() throws {
    var generator = SeededGenerator(seed: 5)
    var seen: Set<String> = []
    for _ in 0..<2_000 {
      let code = PairingCode(random: generator.next())
      #expect(PairingCode(code.text) == code)
      #expect(code.text.utf8.count == 14 && !code.text.contains { "ILOU".contains($0) })
      seen.insert(code.text)
    }
    #expect(seen.count == 2_000)
  }

  @Test func `45: five wrong tries burn a code, and the right one is then as wrong as any`() throws {
    let code = try code()
    let unknown = pair("ZZZZ-ZZZZ-ZZZZ")
    for _ in 0..<5 {
      let answer = pair(wrong(code))
      #expect(answer.status == 401 && Problem(parsing: answer.body)?.slug == .unauthorized)
      #expect(Self.comparable(answer) == Self.comparable(unknown))
    }
    let late = pair(code.text)
    #expect(late.status == 401 && Self.comparable(late) == Self.comparable(unknown))
  }

  @Test func `four wrong tries do not`() throws {
    let code = try code()
    for _ in 0..<4 { #expect(pair(wrong(code)).status == 401) }
    #expect(pair(code.text).status == 201)
  }

  @Test func `45: an address has five wrong codes a minute; another address is not held up`() throws {
    let server = try TestServer()
    let body = JSONValue.members(("code", .string("ZZZZ-ZZZZ-ZZZZ")), ("device", .string("d"))).canonicalBytes
    func wrong(_ peer: String) -> HTTPResponse {
      server.send(
        HTTPRequest(
          method: "POST", path: "/v1/devices", headers: ["Content-Type": "application/json"], body: body, peer: peer))
    }
    for _ in 0..<5 { #expect(wrong("198.51.100.7").status == 401) }
    server.advance(milliseconds: 20_500)
    let sixth = wrong("198.51.100.7")
    #expect(sixth.status == 429 && sixth.headers["Retry-After"] == "40")
    #expect(wrong("198.51.100.8").status == 401)
    server.advance(milliseconds: 40_000)
    #expect(wrong("198.51.100.7").status == 401)
  }

  @Test func `a code ends after ten minutes, and with its account's access`() throws {
    let (late, disabled, changed) = (try code(), try code(), try code())
    server.advance(milliseconds: Accounts.pairingMilliseconds - 1)
    #expect(pair(late.text).status == 201)
    let later = try code()
    server.advance(milliseconds: Accounts.pairingMilliseconds)
    #expect(pair(later.text).status == 401)
    #expect(pair(disabled.text).status == 401)
    let fresh = try code()
    #expect(try server.core.accounts.setDisabled(true, user: "anna"))
    #expect(pair(fresh.text).status == 401)
    #expect(throws: Accounts.PairingError.disabled) { try code() }
    #expect(try server.core.accounts.setDisabled(false, user: "anna"))
    let other = try code()
    _ = try server.core.accounts.setPassword("another password", of: "anna", signsOut: false)
    #expect(pair(other.text).status == 401)
    _ = changed
  }

  @Test func `a reusable code signs many devices in, and wrong tries burn it all the same`() throws {
    let code = try code(isReusable: true)
    for _ in 0..<8 {
      #expect(pair(wrong(code)).status == 401)
      #expect(pair(code.text).status == 201)
    }
    for _ in 0..<5 { #expect(pair(wrong(code)).status == 401) }
    #expect(pair(code.text).status == 401)
  }

  @Test func `an account has ten codes at one time, and those that have ended make room`() throws {
    for _ in 0..<10 { _ = try code() }
    #expect(throws: Accounts.PairingError.tooMany) { try code() }
    server.advance(milliseconds: Accounts.pairingMilliseconds)
    _ = try code()
    #expect(throws: Accounts.PairingError.noAccount) {
      try server.core.accounts.makePairingCode(user: "nobody")
    }
  }

  @Test func `a hundred who try one code at one moment are answered five times, and it signs one device in`()
    async throws
  {
    let code = try code()
    let server = server
    let known = try await withThrowingTaskGroup(of: Bool.self) { group in
      for _ in 0..<100 {
        group.addTask {
          try await blocking { try server.core.accounts.signIn(code: code.text, deviceName: "d") != nil }
        }
      }
      return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(known == 1)
    let devices = try server.core.accounts.devices(of: "anna")
    #expect(devices.count == 1)
  }

  @Test(arguments: [
    #"{"code":"7KQM2F9DXW3T","device":"d","user":"anna"}"#, #"{"code":"7KQM2F9DXW3T","device":"d","password":"x"}"#,
    #"{"code":7,"device":"d"}"#, #"{"code":null,"device":"d"}"#, #"{"code":"7KQM2F9DXW3T"}"#,
    #"{"code":"\#(String(repeating: "-", count: 65))","device":"d"}"#, #"{"code":"7KQM2F9DXW3T","device":""}"#,
  ])
  func `a sign-in by code of wrong form is 400`(body: String) {
    let answer = server.send(
      HTTPRequest(
        method: "POST", path: "/v1/devices", headers: ["Content-Type": "application/json"], body: Array(body.utf8)))
    #expect(answer.status == 400 && Problem(parsing: answer.body)?.slug == .badRequest)
  }

  @Test(arguments: ["", "-", "7KQM", "7KQM2F9DXW3TX", "7KQM2F9DXW3U", "7KQM2F9DXW3\u{0}", "７KQM2F9DXW3T", "ж"])
  func `a text that is no code is a wrong code`(code: String) { #expect(pair(code).status == 401) }

  /// What tells one answer from another but for the request's own name and time.
  private static func comparable(_ answer: HTTPResponse) -> String {
    let id = answer.headers["Offprint-Request"] ?? ""
    let names = answer.headers.fields.map { $0.name == "Offprint-Request" ? $0.name : "\($0.name): \($0.value)" }
    return "\(answer.status) \(names) \(String(decoding: answer.body, as: UTF8.self).replacing(id, with: "ID"))"
  }
}
